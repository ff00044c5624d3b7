import type { Clock } from "@lectura/dlms-node";
import type { Acquisition } from "../acquisition/acquisition.ts";
import type { MeterAgent } from "../acquisition/meter-agent.ts";
import { openLatch } from "../acquisition/recovery/credential-latch.ts";
import { failureOf } from "../acquisition/recovery/failure.ts";
import type { Delivery } from "../delivery.ts";
import { GatewayError } from "../errors.ts";
import type { Stream } from "../observe/stream.ts";
import type { Reading } from "../readings/reading.ts";
import type { Line, Meter, PlanItem, SinkDefinition, Template } from "../registry/model.ts";
import type { Registry } from "../registry/registry.ts";
import type { HistoryQuery, SinkCounts, Store, StoredEvent } from "../store/store.ts";
import type { GatewayStatus, MeterStatus, StreamItem } from "./control.ts";
import type {
  GatewayControl,
  GatewaySummary,
  KeyChangeReport,
  KeyChangeRequest,
  ReadItem,
  ReadOutcome,
  ReadReport,
  SinkStatus,
  TestReport,
} from "./gateway-control.ts";
import type {
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  Reference,
  SinkDraft,
  SinkEdit,
} from "../registry/draft.ts";
import { keyChangeOf } from "./key-change-request.ts";
import type { LatestReadings } from "./latest-readings.ts";

export interface LiveControlParts {
  readonly pid: number;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly store: Store;
  readonly acquisition: Acquisition;
  readonly delivery: Delivery;
  readonly latest: LatestReadings;
  readonly stream: Stream;
  readonly journaled: () => number;
  /** Makes lines, meters and sinks what the registry says, before it returns. */
  readonly reconcile: () => void;
}

/** Events and readings of one answer. */
const eventsMax = 10_000;
const historyMax = 100_000;

/** The gateway's control in its own process. */
export class LiveControl implements GatewayControl {
  readonly #parts: LiveControlParts;
  readonly #startedAt: number;
  /** Sinks' totals when the gateway started: the summary counts from then on. */
  readonly #baseline = new Map<number, SinkCounts>();

  constructor(parts: LiveControlParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.nowMs();
  }

  /** Remembers what earlier runs delivered. Once, before anything is delivered. */
  async begin(): Promise<void> {
    const { registry, store } = this.#parts;
    for (const { id } of registry.sinks()) this.#baseline.set(id, await store.counts(id));
  }

  async status(): Promise<GatewayStatus> {
    const { registry, delivery, pid } = this.#parts;
    const meters = await Promise.all(registry.meters().map((meter) => this.#statusOf(meter)));
    return { pid, startedAt: this.#startedAt, meters, sinks: await delivery.statuses() };
  }

  async meterStatus(reference: Reference): Promise<MeterStatus> {
    return this.#statusOf(this.#parts.registry.meter(reference));
  }

  async summary(): Promise<GatewaySummary> {
    const { acquisition, delivery, journaled } = this.#parts;
    const sinks: Record<string, GatewaySummary["sinks"][string]> = {};
    for (const { sink, counts } of await delivery.statuses()) {
      const before = this.#baseline.get(sink.id);
      sinks[sink.name] = {
        acknowledged: counts.acknowledged - (before?.acknowledged ?? 0),
        pending: counts.pending,
        deadLettered: counts.deadLettered - (before?.deadLettered ?? 0),
        dropped: counts.dropped - (before?.dropped ?? 0),
      };
    }
    return { scheduled: acquisition.readingsScheduled, journaled: journaled(), sinks };
  }

  subscribe(listener: (item: StreamItem) => void): Disposable {
    return this.#parts.stream.subscribe(listener);
  }

  async lines(): Promise<readonly Line[]> {
    return this.#parts.registry.lines();
  }

  async line(reference: Reference): Promise<Line> {
    return this.#parts.registry.line(reference);
  }

  async addLine(draft: LineDraft): Promise<Line> {
    return this.#change((registry) => registry.addLine(draft));
  }

  async editLine(reference: Reference, edit: LineEdit): Promise<Line> {
    return this.#change((registry) => registry.editLine(reference, edit));
  }

  async removeLine(reference: Reference): Promise<void> {
    this.#change((registry) => registry.removeLine(reference));
  }

  async pauseLine(reference: Reference): Promise<Line> {
    return this.#change((registry) => registry.pauseLine(reference));
  }

  async resumeLine(reference: Reference): Promise<Line> {
    return this.#change((registry) => registry.resumeLine(reference));
  }

  async templates(): Promise<readonly Template[]> {
    return this.#parts.registry.templates();
  }

  async meters(): Promise<readonly Meter[]> {
    return this.#parts.registry.meters();
  }

  async meter(reference: Reference): Promise<Meter> {
    return this.#parts.registry.meter(reference);
  }

  async addMeter(draft: MeterDraft): Promise<Meter> {
    return this.#change((registry) => registry.addMeter(draft));
  }

  async editMeter(reference: Reference, edit: MeterEdit): Promise<Meter> {
    const meter = this.#change((registry) => registry.editMeter(reference, edit));
    const { password, securityKeys } = edit;
    if (password !== undefined || securityKeys !== undefined) await this.#openLatch(meter);
    return meter;
  }

  async removeMeter(reference: Reference): Promise<void> {
    const { registry, latest } = this.#parts;
    const { id } = registry.meter(reference);
    this.#change(() => registry.removeMeter(id));
    latest.forget(id);
  }

  async pauseMeter(reference: Reference): Promise<Meter> {
    return this.#change((registry) => registry.pauseMeter(reference));
  }

  async resumeMeter(reference: Reference): Promise<Meter> {
    const meter = this.#change((registry) => registry.resumeMeter(reference));
    await this.#openLatch(meter);
    return meter;
  }

  async restartMeter(reference: Reference): Promise<void> {
    const { registry } = this.#parts;
    const meter = registry.meter(reference);
    await this.#agent(meter).restart();
  }

  async readNow(
    reference: Reference,
    items?: readonly ReadItem[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<ReadReport> {
    const { registry, clock } = this.#parts;
    const meter = registry.meter(reference);
    const asked =
      items === undefined ? meter.plan.items : items.map((item) => planItemOf(item, meter));
    const begunMs = clock.monotonicMs();
    const signal = options?.signal ?? new AbortController().signal;
    const { digest, roundTrips } = await this.#agent(meter).readNow(asked, signal);
    const { readings, failures } = digest;
    const outcomes = asked.map(({ key, logicalName }): ReadOutcome => {
      const reading = readings.find((one) => one.key === key);
      if (reading !== undefined) return { ok: true, reading };
      const code = failures.find((one) => one.key === key)?.code ?? "reading/no-value";
      return { ok: false, key, obis: logicalName, code };
    });
    const elapsedMs = clock.monotonicMs() - begunMs;
    return { meter: meter.name, elapsedMs, roundTrips, outcomes };
  }

  async changeKeys(
    reference: Reference,
    change: KeyChangeRequest,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KeyChangeReport> {
    const meter = this.#parts.registry.meter(reference);
    const asked = keyChangeOf(change, meter);
    const signal = options?.signal ?? new AbortController().signal;
    const outcome = await this.#agent(meter).changeKeys(asked, signal);
    return { meter: meter.name, names: asked.names, outcome };
  }

  async testMeter(
    reference: Reference,
    options?: { readonly signal?: AbortSignal },
  ): Promise<TestReport> {
    const { registry, clock } = this.#parts;
    const meter = registry.meter(reference);
    const stages: TestReport["stages"][number][] = [];
    let sinceMs = clock.monotonicMs();
    const lap = (): number => {
      const ms = clock.monotonicMs() - sinceMs;
      sinceMs += ms;
      return ms;
    };
    const names = ["tcp", "session", "read"] as const;
    const signal = options?.signal ?? new AbortController().signal;
    try {
      const items = meter.plan.items.slice(0, 1);
      const read = await this.#agent(meter).readNow(items, signal, (stage, detail) => {
        stages.push({ stage, ok: true, ms: lap(), detail });
      });
      const [failure] = read.digest.failures;
      if (failure !== undefined) {
        const last = stages.pop()!;
        const detail = `the meter answered ${failure.code} to ${failure.key}`;
        stages.push({ ...last, ok: false, code: failure.code, detail });
      }
    } catch (error) {
      const { code, detail } = failureOf(error);
      const stage = names[stages.length] ?? "read";
      stages.push({ stage, ok: false, ms: lap(), code, detail });
    }
    return { meter: meter.name, ok: stages.every(({ ok }) => ok), stages };
  }

  async sinks(): Promise<readonly SinkStatus[]> {
    return this.#parts.delivery.statuses();
  }

  async sink(reference: Reference): Promise<SinkStatus> {
    return this.#parts.delivery.status(this.#parts.registry.sink(reference));
  }

  async addSink(draft: SinkDraft): Promise<SinkDefinition> {
    return this.#change((registry) => registry.addSink(draft));
  }

  async editSink(reference: Reference, edit: SinkEdit): Promise<SinkDefinition> {
    return this.#change((registry) => registry.editSink(reference, edit));
  }

  async removeSink(reference: Reference): Promise<void> {
    this.#change((registry) => registry.removeSink(reference));
  }

  async pauseSink(reference: Reference): Promise<SinkDefinition> {
    return this.#change((registry) => registry.pauseSink(reference));
  }

  async resumeSink(reference: Reference): Promise<SinkDefinition> {
    return this.#change((registry) => registry.resumeSink(reference));
  }

  async history(
    reference: Reference,
    query: Omit<HistoryQuery, "meterId">,
  ): Promise<readonly Reading[]> {
    const { registry, store } = this.#parts;
    const { id: meterId } = registry.meter(reference);
    return store.history({ ...query, meterId, limit: Math.min(query.limit, historyMax) });
  }

  async events(query: {
    readonly meter?: Reference;
    readonly limit: number;
    readonly afterId?: number;
  }): Promise<readonly StoredEvent[]> {
    const { registry, store } = this.#parts;
    return store.events({
      limit: Math.min(query.limit, eventsMax),
      ...(query.meter === undefined ? {} : { meterId: registry.meter(query.meter).id }),
      ...(query.afterId === undefined ? {} : { afterId: query.afterId }),
    });
  }

  async #statusOf(meter: Meter): Promise<MeterStatus> {
    const { registry, latest } = this.#parts;
    const line = registry.lines().find(({ id }) => id === meter.lineId)!;
    const agent = this.#agent(meter);
    const { cycles, readings, requests, reconnects } = agent.stats.snapshot();
    const newest = await latest.of(meter.id);
    const { lastReadingAt, ...live } = agent.snapshot;
    return {
      meter,
      line,
      ...live,
      cycles,
      readings,
      requests,
      reconnects,
      lastReadingAt: lastReadingAt ?? newestAt(newest),
      latest: newest,
    };
  }

  #agent(meter: Meter): MeterAgent {
    const { acquisition, reconcile } = this.#parts;
    if (acquisition.agent(meter.id) === undefined) reconcile();
    const agent = acquisition.agent(meter.id);
    if (agent !== undefined) return agent;
    const { name } = meter;
    throw new GatewayError("line/stopped", `the gateway stops; ${name} is not read any more`, {
      params: { name },
    });
  }

  /** A change of the registry and its effects, before anybody is answered. */
  #change<T>(work: (registry: Registry) => T): T {
    const result = work(this.#parts.registry);
    this.#parts.reconcile();
    return result;
  }

  /** Also without an agent: the latch is on disk. */
  async #openLatch(meter: Meter): Promise<void> {
    const agent = this.#parts.acquisition.agent(meter.id);
    if (agent === undefined) await openLatch(this.#parts.store, meter.id);
    else await agent.forgive();
  }
}

/** An item of a read on demand with what the plan knows about it. */
function planItemOf(item: ReadItem, meter: Meter): PlanItem {
  const { classId, logicalName, attributeId } = item;
  const planned = meter.plan.items.find(
    (one) => one.logicalName === logicalName && one.attributeId === attributeId,
  );
  const expectedUnit = planned?.expectedUnit;
  const key = item.key ?? planned?.key ?? logicalName;
  return { key, classId, logicalName, attributeId, expectedUnit, description: "" };
}

function newestAt(readings: readonly Reading[]): number | undefined {
  return readings.length === 0
    ? undefined
    : Math.max(...readings.map(({ measuredAt }) => measuredAt));
}
