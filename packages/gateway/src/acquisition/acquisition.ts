import type { Line, Meter } from "../registry/model.ts";
import { LineOwner } from "./line/line-owner.ts";
import { MeterAgent } from "./meter-agent.ts";
import type { AcquisitionParts } from "./meter-parts.ts";

/** What the registry says now. */
export interface Fleet {
  readonly lines: readonly Line[];
  readonly meters: readonly Meter[];
}

export interface AcquisitionOptions {
  /** False: nothing is read unless a person asks. */
  readonly scheduled: boolean;
}

/**
 * Every line with its one owner, every meter with its agent. `apply` makes them what the registry
 * says; whoever did not change does not notice.
 */
export class Acquisition {
  readonly #parts: AcquisitionParts;
  readonly #options: AcquisitionOptions;
  readonly #lines = new Map<number, LineOwner>();
  readonly #agents = new Map<number, MeterAgent>();
  /** Agents that are being loaded, and releases under way: awaited by `stop`. */
  readonly #background = new Set<Promise<void>>();
  /** The instant all cadences hang on: an edit does not move a meter's place in its interval. */
  readonly #originMs: number;
  #scheduledByGone = 0;
  #stopped = false;

  constructor(parts: AcquisitionParts, options: AcquisitionOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#originMs = parts.clock.monotonicMs();
  }

  get agents(): ReadonlyMap<number, MeterAgent> {
    return this.#agents;
  }

  agent(meterId: number): MeterAgent | undefined {
    return this.#agents.get(meterId);
  }

  /** Readings that were due since the start, of meters that are gone too. */
  get readingsScheduled(): number {
    let scheduled = this.#scheduledByGone;
    for (const { stats } of this.#agents.values()) scheduled += stats.snapshot().readings.scheduled;
    return scheduled;
  }

  /** Adds, changes, removes, pauses and resumes. Takes effect before it returns. */
  apply(fleet: Fleet): void {
    if (this.#stopped) return;
    const lines = new Map(fleet.lines.map((line) => [line.id, line]));
    const meters = new Map(fleet.meters.map((meter) => [meter.id, meter]));
    const pausesChanged = this.#applyLines(lines);
    for (const [id, agent] of this.#agents) {
      const meter = meters.get(id);
      const owner = meter === undefined ? undefined : this.#lines.get(meter.lineId);
      if (meter === undefined || owner !== agent.line || needsNewAgent(agent.meter, meter)) {
        this.#agents.delete(id);
        const stopped = agent.stop("removed");
        this.#scheduledByGone += agent.stats.snapshot().readings.scheduled;
        this.#inBackground(stopped);
      }
    }
    for (const meter of fleet.meters) {
      const owner = this.#lines.get(meter.lineId);
      if (owner === undefined) continue;
      const agent = this.#agents.get(meter.id);
      if (agent === undefined) this.#add(meter, owner);
      else this.#change(agent, meter, pausesChanged.has(meter.lineId));
    }
  }

  /** The way to these lines is open now: what waits for them need not wait. */
  reached(lineIds: readonly number[]): void {
    for (const id of lineIds) this.#lines.get(id)?.forgive();
    for (const agent of this.#agents.values()) {
      if (lineIds.includes(agent.meter.lineId)) agent.kick();
    }
  }

  /** The store takes records again. */
  kick(): void {
    for (const agent of this.#agents.values()) agent.kick();
  }

  /** No new poll begins; resolves when those under way are through, or after `deadlineMs`. */
  async finish(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const finished = [...this.#agents.values()].map((agent) => agent.finish());
    await this.#within(deadlineMs, Promise.all(finished));
  }

  /** Releases every association, closes every line. Bounded by `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const released = [...this.#agents.values()].map((agent) => agent.stop("stopping"));
    await this.#within(deadlineMs, Promise.all([...released, ...this.#background]));
    await Promise.all([...this.#lines.values()].map((line) => line.stop()));
  }

  /** Ids of the lines whose pause changed. */
  #applyLines(lines: ReadonlyMap<number, Line>): ReadonlySet<number> {
    const pausesChanged = new Set<number>();
    for (const [id, owner] of this.#lines) {
      const line = lines.get(id);
      if (line !== undefined && !needsNewOwner(owner.line, line)) {
        if (line.paused !== owner.line.paused) pausesChanged.add(id);
        owner.line = line;
        continue;
      }
      // Its agents are stopped by the caller: they hold an owner that is not the line's any more.
      this.#lines.delete(id);
      const agents = [...this.#agents.values()].filter((agent) => agent.line === owner);
      const stopped = agents.map((agent) => agent.stop("removed"));
      this.#inBackground(Promise.all(stopped).then(() => owner.stop()));
    }
    for (const line of lines.values()) {
      if (!this.#lines.has(line.id)) this.#lines.set(line.id, this.#owner(line));
    }
    return pausesChanged;
  }

  #owner(line: Line): LineOwner {
    const { wire, clock, random, onEvent } = this.#parts;
    return new LineOwner(line, {
      wire,
      clock,
      random,
      onEvent: (event) => onEvent({ ...event, lineId: line.id }),
    });
  }

  #add(meter: Meter, owner: LineOwner): void {
    const agent = new MeterAgent(meter, owner, this.#parts);
    this.#agents.set(meter.id, agent);
    this.#inBackground(
      agent.load().then(() => {
        if (this.#agents.get(meter.id) === agent) this.#start(agent);
      }),
    );
  }

  #change(agent: MeterAgent, meter: Meter, linePauseChanged: boolean): void {
    this.#inBackground(agent.checkCredential());
    const before = agent.meter;
    if (!linePauseChanged && meter.updatedAt === before.updatedAt && isSame(before, meter)) return;
    const restarts =
      linePauseChanged ||
      before.paused !== meter.paused ||
      before.name !== meter.name ||
      before.plan.intervalMs !== meter.plan.intervalMs;
    agent.update(meter);
    if (!restarts) return;
    const reason = meter.paused || agent.line.line.paused ? "paused" : "removed";
    this.#inBackground(agent.stop(reason));
    this.#start(agent);
  }

  #start(agent: MeterAgent): void {
    if (this.#options.scheduled && !this.#stopped) agent.start(this.#originMs);
  }

  #inBackground(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => this.#parts.onInternal("a meter could not be changed", error))
      .finally(() => this.#background.delete(settled));
    this.#background.add(settled);
  }

  async #within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const deadline = this.#parts.clock.sleep(deadlineMs, done.signal).catch(() => {});
    await Promise.race([work, deadline]);
    done.abort();
  }
}

/** Another endpoint or framing is another line under the same name. */
function needsNewOwner(before: Line, after: Line): boolean {
  return (
    before.framing !== after.framing ||
    JSON.stringify(before.endpoint) !== JSON.stringify(after.endpoint)
  );
}

/** Another address or association is another session: begin afresh. */
function needsNewAgent(before: Meter, after: Meter): boolean {
  return (
    JSON.stringify([before.address, before.association]) !==
    JSON.stringify([after.address, after.association])
  );
}

function isSame(before: Meter, after: Meter): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
