import { unitSymbol } from "@lectura/dlms/cosem";
import type { Reading } from "../readings/reading.ts";
import { valueText } from "../readings/value-text.ts";
import { endpointText } from "../registry/line-endpoint.ts";
import type { Meter, PlanItem } from "../registry/model.ts";
import { GatewayError } from "../errors.ts";
import { LineDownError } from "./line/line-down-error.ts";
import type { LineOwner, Turn } from "./line/line-owner.ts";
import type { AcquisitionParts } from "./meter-parts.ts";
import { MeterStats } from "./meter-stats.ts";
import { type KeyOutcome, MeterReader, type ReadAttempt } from "./poll/meter-reader.ts";
import { ReconnectBudget } from "./recovery/backoff.ts";
import { closeLatch, openLatch, readLatch } from "./recovery/credential-latch.ts";
import { failureOf } from "./recovery/failure.ts";
import {
  afterFailure,
  afterPerson,
  afterSuccess,
  type Failure,
  type Health,
  type HealthStep,
} from "./recovery/health.ts";
import type { MeterKeyChange } from "./security/change-meter-keys.ts";
import { staggerMs } from "./schedule/schedule.ts";

/** A meter read less often than this is also read once soon after it was added or resumed. */
const firstReadSpreadMs = 10_000;
/** Failures in a row after which a remembered framing and address form are looked for again. */
const forgetAddressAfter = 3;

/** What a person's read or test brought. */
export interface OnDemandRead extends ReadAttempt {
  readonly roundTrips: number;
  /** The association was open already. */
  readonly reused: boolean;
}

/** Told as each stage is through, for `test`; `detail` is what was found out by it. */
export type OnStage = (stage: "tcp" | "session" | "read", detail: string) => void;

/** Live state, without what only the store knows. */
export interface AgentSnapshot {
  readonly state: "idle" | "reading" | "waiting" | "paused" | "held" | "failing";
  readonly code: string | undefined;
  readonly upSinceMs: number | undefined;
  readonly lastReadingAt: number | undefined;
  /** UTC ms. */
  readonly nextAttemptAt: number | undefined;
}

/**
 * Acquisition of one meter: its cadence, its cycles and its recovery. Nothing here throws towards
 * the schedule; what a person asks (`readNow`) rejects with the cause.
 */
export class MeterAgent {
  readonly stats: MeterStats = new MeterStats();
  readonly line: LineOwner;
  readonly #parts: AcquisitionParts;
  readonly #reader: MeterReader;
  readonly #budget: ReconnectBudget;
  #meter: Meter;
  #loading: Promise<void> | undefined;
  #health: Health = { at: "good" };
  #cadence: readonly Disposable[] = [];
  #retry: Disposable | undefined;
  /** The poll that is queued or under way. */
  #job: AbortController | undefined;
  #polling: Promise<void> = Promise.resolve();
  #phase: "idle" | "waiting" | "reading" = "idle";
  #lineWait: { readonly code: string; readonly untilMs: number } | undefined;
  #upSinceMs: number | undefined;
  #lastReadingAt: number | undefined;
  #active = false;
  /** Mark of what the meter refused, while its latch is closed. */
  #refusedMark: string | undefined;

  constructor(meter: Meter, line: LineOwner, parts: AcquisitionParts) {
    this.#meter = meter;
    this.line = line;
    this.#parts = parts;
    this.#reader = new MeterReader(meter, line, parts);
    this.#budget = new ReconnectBudget(parts.clock.monotonicMs());
  }

  get meter(): Meter {
    return this.#meter;
  }

  get snapshot(): AgentSnapshot {
    const { clock } = this.#parts;
    const nextMs = this.#nextAttemptMs();
    const waits = nextMs > clock.monotonicMs();
    return {
      ...this.#stateAndCode(waits),
      upSinceMs: this.#upSinceMs,
      lastReadingAt: this.#lastReadingAt,
      nextAttemptAt:
        waits && Number.isFinite(nextMs)
          ? clock.nowMs() + (nextMs - clock.monotonicMs())
          : undefined,
    };
  }

  /** Loads what earlier runs learned. Once, before anything else. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    const recalled = await this.#reader.load();
    const hold = readLatch(recalled);
    if (hold === undefined) return;
    this.#health = { at: "held", code: hold.code };
    this.#refusedMark = await this.#credentialMark();
  }

  /** Begins the cadence. `originMs` is the monotonic instant the cadences of all meters hang on. */
  start(originMs: number): void {
    if (this.#active || this.#meter.paused || this.line.line.paused) return;
    this.#active = true;
    this.line.join(this.#meter.id);
    const { schedule, clock } = this.#parts;
    const { name, plan } = this.#meter;
    const { intervalMs } = plan;
    const offsetMs = staggerMs(name, intervalMs);
    const nowMs = clock.monotonicMs();
    const cadence = { originMs: originMs + offsetMs, intervalMs };
    const every = schedule.every(cadence, (missed) => this.#tick(missed));
    const sinceTickMs = (((nowMs - cadence.originMs) % intervalMs) + intervalMs) % intervalMs;
    const firstTickMs = sinceTickMs === 0 ? 0 : intervalMs - sinceTickMs;
    if (firstTickMs <= firstReadSpreadMs) {
      this.#cadence = [every];
      return;
    }
    const firstReadMs = nowMs + staggerMs(name, firstReadSpreadMs);
    this.#cadence = [every, schedule.at(firstReadMs, () => this.#tick(0))];
  }

  /**
   * No request leaves for this meter any more; the association is released in the background.
   * Resolves when that is done. A cycle under way is withdrawn.
   */
  async stop(reason: "paused" | "removed" | "stopping"): Promise<void> {
    this.#active = false;
    this.line.leave(this.#meter.id);
    for (const due of this.#cadence) due[Symbol.dispose]();
    this.#cadence = [];
    this.#clearRetry();
    this.#lineWait = undefined;
    this.stats.withdraw();
    this.#upSinceMs = undefined;
    this.#job?.abort(new DOMException(`the meter is ${reason}`, "AbortError"));
    await this.#release();
  }

  /** Ends the cadence and resolves when the poll that has already begun is through. */
  async finish(): Promise<void> {
    for (const due of this.#cadence) due[Symbol.dispose]();
    this.#cadence = [];
    this.#clearRetry();
    this.#active = false;
    if (this.#phase !== "reading") {
      this.stats.withdraw();
      this.#job?.abort(new DOMException("the gateway stops", "AbortError"));
    }
    await this.#polling;
  }

  /** Name, plan or pauses changed; address, association and line changes make a new agent. */
  update(meter: Meter): void {
    const planChanged = JSON.stringify(meter.plan) !== JSON.stringify(this.#meter.plan);
    this.#meter = meter;
    this.#reader.meter = meter;
    if (planChanged) this.#reader.planChanged();
  }

  /** The store takes records again: do now what was waiting for it. */
  kick(): void {
    if (this.stats.isOpen && this.#job === undefined) this.#attempt();
  }

  /** A person asked: forget waits, open the latch. */
  async forgive(): Promise<void> {
    if (this.#health.at === "held") await openLatch(this.#parts.store, this.#meter.id);
    this.#clearRetry();
    this.#lineWait = undefined;
    this.#reader.forgetCounters();
    this.line.forgive();
    this.#step(afterPerson(this.#health));
  }

  /** Fresh session, fresh scalers, parked objects and latch open, polled at once. */
  async restart(): Promise<void> {
    this.#job?.abort(new DOMException("the meter is restarted", "AbortError"));
    await this.#release();
    await this.#reader.forget();
    await this.forgive();
    if (this.#active && this.#job === undefined) this.#tick(0);
  }

  /**
   * Reads for a person: goes before the schedule, uses the open association, and is charged to the
   * same reconnect budget. Not journaled.
   */
  async readNow(
    items: readonly PlanItem[],
    signal: AbortSignal,
    onStage: OnStage = () => {},
  ): Promise<OnDemandRead> {
    return this.#onDemand(signal, async (turn) => {
      const reused = this.#reader.isOpen;
      const place = endpointText(this.line.line.endpoint);
      if (reused) onStage("tcp", place);
      else await this.#open(turn, signal, () => onStage("tcp", place));
      onStage("session", this.#reader.agreement);
      const before = this.#reader.roundTrips;
      const attempt = await this.#reader.read(turn, signal, [...items]);
      this.stats.requests += attempt.result.requests;
      if (attempt.result.error !== undefined) throw attempt.result.error;
      onStage("read", valuesText(attempt.digest.readings));
      return { ...attempt, reused, roundTrips: this.#reader.roundTrips - before };
    });
  }

  /** Gives the meter new keys for a person, and proves them: goes before the schedule. */
  async changeKeys(change: MeterKeyChange, signal: AbortSignal): Promise<KeyOutcome> {
    return this.#onDemand(signal, (turn) => this.#reader.changeKeys(turn, signal, change));
  }

  /** What a person asks for: refused while it cannot be, charged to the same recovery as a poll. */
  async #onDemand<T>(signal: AbortSignal, act: (turn: Turn) => Promise<T>): Promise<T> {
    // A latch that an earlier run closed is closed for a person's read, too.
    await this.load();
    return this.line.submit("on-demand", signal, async (turn) => {
      this.#refuseOnDemand();
      try {
        const result = await act(turn);
        this.#succeeded();
        return result;
      } catch (error) {
        if (!signal.aborted) await this.#failed(error, turn);
        throw error instanceof LineDownError && error.cause !== undefined ? error.cause : error;
      } finally {
        if (!this.#keepsSession()) await this.#reader.close(turn);
      }
    });
  }

  /** Password or keys may have been edited by another process: new ones open the latch. */
  async checkCredential(): Promise<void> {
    if (this.#health.at !== "held") return;
    const mark = await this.#credentialMark();
    if (mark === this.#refusedMark || this.#health.at !== "held") return;
    await this.forgive();
  }

  async #credentialMark(): Promise<string> {
    return (await this.#parts.credentials(this.#meter.id)).mark;
  }

  #tick(missed: number): void {
    const items = this.#reader.activeItems();
    if (missed > 0) this.#overrun(missed, items);
    if (this.#job !== undefined) {
      this.#overrun(1, items);
      return;
    }
    this.stats.open(items);
    this.#attempt();
  }

  #overrun(cycles: number, items: number): void {
    this.stats.skip(cycles, items);
    this.stats.overruns += cycles;
    if (this.stats.overruns === cycles) {
      const message = "a poll takes longer than the interval; cycles are skipped and counted";
      this.#tell("meter/overrun", "warning", message);
    }
  }

  /** Queues a poll unless there is something to wait for. The open cycle stays open meanwhile. */
  #attempt(): void {
    if (!this.#active || this.#job !== undefined || this.#health.at === "held") return;
    if (!this.#parts.intake.accepting) return;
    const nextMs = this.#nextAttemptMs();
    if (nextMs > this.#parts.clock.monotonicMs()) {
      this.#retryAt(nextMs);
      return;
    }
    this.#clearRetry();
    this.#lineWait = undefined;
    const job = new AbortController();
    this.#job = job;
    this.#phase = "waiting";
    this.#polling = this.line
      .submit("scheduled", job.signal, (turn) => this.#poll(turn, job.signal))
      .catch((error: unknown) => {
        if (!job.signal.aborted) this.#parts.onInternal("a poll ended unexpectedly", error);
      })
      .finally(() => {
        if (this.#job !== job) return;
        this.#job = undefined;
        this.#phase = "idle";
      });
  }

  async #poll(turn: Turn, signal: AbortSignal): Promise<void> {
    this.#phase = "reading";
    try {
      if (!this.#reader.isOpen) await this.#open(turn, signal);
      const attempt = await this.#reader.read(turn, signal);
      this.stats.requests += attempt.result.requests;
      this.stats.brought(attempt.digest.readings.length);
      this.#deliver(attempt);
      if (attempt.result.error !== undefined) throw attempt.result.error;
      this.stats.close(attempt.digest.readings.length > 0);
      this.#succeeded();
      if (!this.#keepsSession()) await this.#reader.close(turn);
    } catch (error) {
      if (!signal.aborted) await this.#failed(error, turn);
    }
  }

  /** Opens the session; an attempt after a failure costs a token and repeats nothing. */
  async #open(turn: Turn, signal: AbortSignal, onConnected?: () => void): Promise<void> {
    const { clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    const failing = this.#health.at === "failing" ? this.#health : undefined;
    if (failing !== undefined) {
      if (!this.#budget.take(nowMs)) this.#refuseWhileBackingOff(failing.code, nowMs);
      this.stats.reconnects++;
      if (failing.failures % forgetAddressAfter === 0) this.#reader.forgetAddress();
    }
    const onDemand = onConnected !== undefined;
    const repeat = failing === undefined || onDemand;
    let isTold = false;
    const told =
      onConnected === undefined
        ? {}
        : {
            onConnected: () => {
              if (!isTold) onConnected();
              isTold = true;
            },
          };
    await this.#reader.open(turn, signal, { repeat, onDemand, ...told });
  }

  #refuseOnDemand(): void {
    const { name: line, paused } = this.line.line;
    if (paused) {
      throw new GatewayError("line/paused", `line ${line} is paused; resume it first`, {
        params: { name: line },
      });
    }
    if (this.#health.at !== "held") return;
    const { name } = this.#meter;
    const detail = `the meter refused the credential of ${name}; correct it or resume the meter`;
    const params = { name, cause: this.#health.code };
    throw new GatewayError("meter/credential-held", detail, { params });
  }

  #refuseWhileBackingOff(cause: string, nowMs: number): never {
    const { name } = this.#meter;
    const seconds = Math.ceil((this.#budget.availableAt(nowMs) - nowMs) / 1000);
    const detail = `${name} fails (${cause}) and has used its ten attempts an hour; wait`;
    throw new GatewayError("meter/backing-off", detail, { params: { name, cause, seconds } });
  }

  #deliver({ result, digest }: ReadAttempt): void {
    const { measuredAt } = result;
    if (measuredAt === undefined) return;
    const { readings, failures } = digest;
    const receivedAt = result.answers.at(-1)!.at;
    if (readings.length > 0) this.#lastReadingAt = measuredAt;
    const meterId = this.#meter.id;
    const record = { meterId, measuredAt, receivedAt, origin: "poll", readings, failures } as const;
    void this.#parts.intake.accept(record).then((journaled) => {
      this.stats.readingsJournaled += journaled;
    });
  }

  #succeeded(): void {
    this.line.answered(this.#meter.id);
    this.#upSinceMs ??= this.#parts.clock.nowMs();
    this.#lineWait = undefined;
    this.#step(afterSuccess(this.#health, "meter"));
  }

  /** By cause: the line waits, the latch closes, or this meter backs off. */
  async #failed(error: unknown, turn: Turn): Promise<void> {
    const wasUp = this.#upSinceMs !== undefined;
    this.#upSinceMs = undefined;
    await this.#reader.close(turn, true);
    const failure = failureOf(error, wasUp);
    if (failure.code === "gateway/internal") this.#parts.onInternal("a poll broke", error);
    if (error instanceof LineDownError) {
      this.#lineWait = { code: error.causeCode, untilMs: error.nextAttemptAt };
    } else if (await this.line.failed(this.#meter.id, failure)) {
      this.#lineWait = { code: failure.code, untilMs: this.line.closedUntilMs };
    } else {
      await this.#backOff(failure);
    }
    const nextMs = this.#nextAttemptMs();
    if (this.#active && Number.isFinite(nextMs)) this.#retryAt(nextMs);
  }

  async #backOff(failure: Failure): Promise<void> {
    const { clock, random, store } = this.#parts;
    if (failure.recovery === "hold-credential") {
      this.#refusedMark = await this.#credentialMark();
      // On disk before anything else can happen: a crash here must not cost the meter a second try.
      await closeLatch(store, this.#meter.id, { code: failure.code, since: clock.nowMs() }).catch(
        (error: unknown) =>
          this.#parts.onInternal("the credential latch could not be saved", error),
      );
    }
    const nowMs = clock.monotonicMs();
    const budget = this.#budget;
    const { retryDelayMs: pauseMs = 0 } = this.#meter.association.settings ?? {};
    const context = { scope: "meter", nowMs, random: random(), budget, pauseMs } as const;
    this.#step(afterFailure(this.#health, failure, context));
  }

  #retryAt(dueMs: number): void {
    this.#clearRetry();
    this.#retry = this.#parts.schedule.at(dueMs, () => {
      this.#retry = undefined;
      this.#attempt();
    });
  }

  #clearRetry(): void {
    this.#retry?.[Symbol.dispose]();
    this.#retry = undefined;
  }

  /** Monotonic ms of the next attempt; Infinity while held, 0 when nothing is waited for. */
  #nextAttemptMs(): number {
    if (this.#health.at === "held") return Infinity;
    const ownMs = this.#health.at === "failing" ? this.#health.nextAttemptAt : 0;
    return Math.max(ownMs, this.line.closedUntilMs);
  }

  #stateAndCode(waits: boolean): Pick<AgentSnapshot, "state" | "code"> {
    const health = this.#health;
    const code = health.at === "good" ? this.#lineWait?.code : health.code;
    if (health.at === "held") return { state: "held", code };
    if (this.#meter.paused || this.line.line.paused) return { state: "paused", code };
    if (this.#phase === "reading") return { state: "reading", code };
    if (health.at === "failing" || (waits && code !== undefined)) return { state: "failing", code };
    return { state: this.#phase === "waiting" ? "waiting" : "idle", code };
  }

  /** Kept while the next poll is near enough for meters and converters not to hang up meanwhile. */
  #keepsSession(): boolean {
    return this.#active && this.#meter.plan.intervalMs <= this.line.keepIdleMs;
  }

  async #release(): Promise<void> {
    await this.#polling;
    if (!this.#reader.holdsSession) return;
    const { signal } = new AbortController();
    await this.line
      .submit("on-demand", signal, (turn) => this.#reader.close(turn))
      .catch((error: unknown) => this.#parts.onInternal("a release ended unexpectedly", error));
  }

  #step(step: HealthStep): void {
    this.#health = step.health;
    for (const { code, severity, message } of step.events) this.#tell(code, severity, message);
  }

  #tell(code: string, severity: "info" | "warning" | "error" | "critical", message: string): void {
    this.#parts.onEvent({ code, severity, meterId: this.#meter.id, message });
  }
}

/** "voltage_l1 230.1 V": what a person recognises the meter by. */
function valuesText(readings: readonly Reading[]): string {
  return readings
    .map(({ key, value, unit }) => `${key} ${valueText(value)} ${unitSymbol(unit)}`.trimEnd())
    .join(", ");
}
