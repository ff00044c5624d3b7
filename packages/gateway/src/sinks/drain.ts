/**
 * Moves one sink's outbox to its sink: loads rows, keeps at most `inFlightMax` under way, and
 * removes a row only after its acknowledgement. There is no polling: it moves when rows are
 * committed (`notify`), when a delivery ends, when the sink's readiness changes and when a pause
 * is over.
 */
import type { Clock } from "@lectura/dlms-node";
import type { OutboxRow } from "../store/store.ts";
import { AckWriter } from "./ack-writer.ts";
import {
  defaultDrainLimits,
  type DrainCounters,
  type DrainEvent,
  type DrainLimits,
  type DrainOptions,
} from "./drain-options.ts";
import { Lane } from "./lane.ts";
import type { Sink } from "./sink.ts";

export type { DrainCounters, DrainEvent, DrainLimits, DrainOptions } from "./drain-options.ts";

export class Drain {
  readonly #sink: Sink;
  readonly #store: DrainOptions["store"];
  readonly #clock: Clock;
  readonly #limits: DrainLimits;
  readonly #onEvent: (event: DrainEvent) => void;
  readonly #acks: AckWriter;
  readonly #lanes: Map<number, Lane> = new Map();
  /** Lanes that may send now. The others wait for readiness, a pause or rows. */
  readonly #active: Set<Lane> = new Set();
  readonly #waiting: Set<Lane> = new Set();
  /** Rows whose last attempt has not been counted in the store. */
  #attempted: number[] = [];
  /** Rows under way or acknowledged and not yet removed, which a load must skip. */
  readonly #known: Set<number> = new Set();
  #state: "new" | "running" | "finishing" | "stopped" = "new";
  #pumpQueued = false;
  #scanning = false;
  #scanWanted = false;
  #scanCursor = 0;
  #loadedRows = 0;
  #loads = 0;
  #inFlightRows = 0;
  #idle: (() => void)[] = [];
  #counters = { acknowledged: 0, deadLettered: 0, retried: 0, inFlight: 0 };

  constructor(options: DrainOptions) {
    const { sink, store, clock } = options;
    this.#sink = sink;
    this.#store = store;
    this.#clock = clock;
    this.#limits = { ...defaultDrainLimits, ...options.limits };
    this.#onEvent = options.onEvent ?? (() => {});
    this.#acks = new AckWriter({
      acknowledge: (rowIds) => store.acknowledge(sink.sinkId, rowIds),
      clock,
      removed: (rowIds) => this.#removed(rowIds),
      failed: (error) => this.#onEvent({ type: "store-failed", error }),
    });
    sink.onChange(() => this.#wakeWaiting());
  }

  get counters(): DrainCounters {
    return this.#counters;
  }

  /** Begins with what earlier runs left in the outbox. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.notify();
  }

  /** Rows were committed. Cheap; call it after every append. */
  notify(): void {
    this.#scanWanted = true;
    this.#queuePump();
  }

  /**
   * Dead letters were put back, whose rows are older than what was seen last: look at all again.
   */
  rescan(): void {
    for (const lane of this.#lanes.values()) {
      this.#loadedRows -= lane.rewind();
      this.#activate(lane);
    }
    this.#scanCursor = 0;
    this.notify();
  }

  /**
   * Resolves when everything that can be delivered now has been and is removed from the outbox.
   * Rows of meters that are not ready do not hold it up.
   */
  async settled(): Promise<void> {
    while (!this.#isIdle()) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /**
   * Delivers what it can for at most `deadlineMs`, stops sending after three quarters of it, and
   * writes the acknowledgements that came. Whatever is left stays in the outbox. Idempotent.
   */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#state === "stopped") return;
    const begunMs = this.#clock.monotonicMs();
    const leftMs = (): number => Math.max(0, deadlineMs - (this.#clock.monotonicMs() - begunMs));
    this.notify();
    if (this.#state === "running") await this.#within(leftMs() * 0.75, this.settled());
    this.#state = "finishing";
    await this.#within(leftMs() * 0.75, this.#nothingInFlight());
    await this.#within(leftMs(), this.#acks.flushed());
    this.#state = "stopped";
    this.#acks.stop();
    for (const lane of this.#lanes.values()) lane.pause?.[Symbol.dispose]();
    this.#wakeIdle();
  }

  #queuePump(): void {
    if (this.#pumpQueued || this.#state === "new" || this.#state === "stopped") return;
    this.#pumpQueued = true;
    // One pass for everything that happened in this turn.
    queueMicrotask(() => {
      this.#pumpQueued = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#attempted.length > 0) void this.#countAttempts();
    if (this.#state === "running") {
      this.#scanWhenThereIsRoom();
      this.#send();
    }
    if (this.#isIdle() || this.#inFlightRows === 0) this.#wakeIdle();
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Round robin: a lane that sent goes to the end of the queue, so a backlog starves nobody. */
  #send(): void {
    const deferred: Lane[] = [];
    for (const lane of this.#active) {
      if (this.#inFlightRows >= this.#sink.inFlightMax) break;
      if (this.#acks.count >= this.#limits.unremovedRowsMax) break;
      this.#active.delete(lane);
      const next = this.#sendOne(lane);
      if (next === "again") this.#active.add(lane);
      if (next === "no-room") deferred.push(lane);
    }
    for (const lane of deferred) this.#active.add(lane);
  }

  /** Sends a lane's next row. `rest`: an event to come makes the lane active again. */
  #sendOne(lane: Lane): "again" | "rest" | "no-room" {
    if (lane.pause !== undefined || !lane.hasWork) return "rest";
    if (lane.inFlight >= this.#limits.laneInFlightMax) return "rest";
    if (!this.#sink.ready(lane.meterId)) {
      this.#waiting.add(lane);
      this.#loadedRows -= lane.unload();
      return "rest";
    }
    const row = lane.take();
    if (row === undefined) {
      if (!lane.wantsRows) return "rest";
      if (this.#loadedRows >= this.#limits.loadedRowsMax) return "no-room";
      void this.#load(lane);
      return "rest";
    }
    this.#loadedRows -= 1;
    void this.#deliver(lane, row);
    return "again";
  }

  async #deliver(lane: Lane, row: OutboxRow): Promise<void> {
    const readings = row.record.readings.length;
    this.#known.add(row.rowId);
    this.#inFlightRows += 1;
    lane.inFlight += 1;
    this.#count("inFlight", readings);
    const outcome = await this.#sink.deliver(row);
    switch (outcome.type) {
      case "acknowledged":
        lane.failures = 0;
        this.#count("acknowledged", readings);
        this.#acks.add(row.rowId);
        break;
      case "poison":
        await this.#deadLetter(lane, row, outcome);
        break;
      case "retry":
        this.#count("retried", readings);
        this.#retry(lane, row);
        break;
    }
    this.#inFlightRows -= 1;
    lane.inFlight -= 1;
    this.#count("inFlight", -readings);
    this.#activate(lane);
  }

  async #deadLetter(
    lane: Lane,
    row: OutboxRow,
    outcome: { readonly code: string; readonly reason: string },
  ): Promise<void> {
    const { rowId, record } = row;
    const { code, reason } = outcome;
    try {
      await this.#store.deadLetter(this.#sink.sinkId, rowId, `${code}: ${reason}`);
      this.#known.delete(rowId);
      this.#count("deadLettered", record.readings.length);
      this.#onEvent({ type: "dead-letter", meterId: record.meterId, rowId, code, reason });
    } catch (error) {
      // The row is still in the outbox: it is tried, refused and buried again after a pause.
      this.#onEvent({ type: "store-failed", error });
      lane.failures = Math.max(lane.failures, 1);
      this.#retry(lane, row);
    }
  }

  #retry(lane: Lane, row: OutboxRow): void {
    this.#known.delete(row.rowId);
    this.#attempted.push(row.rowId);
    if (lane.putBack(row)) this.#loadedRows += 1;
    lane.failures += 1;
    // The first failure is mostly a lost connection, for which readiness is pause enough.
    if (lane.failures < 2 || lane.pause !== undefined || this.#state === "stopped") return;
    const { retryFirstMs, retryMaxMs } = this.#limits;
    const pauseMs = Math.min(retryMaxMs, retryFirstMs * 2 ** Math.min(20, lane.failures - 2));
    // A pausing lane must not sit on the room of the others.
    this.#loadedRows -= lane.unload();
    lane.pause = this.#clock.timer(pauseMs, () => {
      lane.pause = undefined;
      this.#activate(lane);
    });
  }

  /** One write for all rows a lost connection gave back. */
  async #countAttempts(): Promise<void> {
    const rowIds = this.#attempted;
    this.#attempted = [];
    try {
      await this.#store.attempted(this.#sink.sinkId, rowIds);
    } catch (error) {
      // Only a number for people; the rows themselves are safe.
      this.#onEvent({ type: "store-failed", error });
    }
  }

  #scanWhenThereIsRoom(): void {
    if (!this.#scanWanted || this.#scanning) return;
    if (this.#loadedRows >= this.#limits.loadedRowsMax) return;
    void this.#scan();
  }

  /** Reads the next rows of the whole outbox and hands them to their lanes. */
  async #scan(): Promise<void> {
    this.#scanning = true;
    this.#scanWanted = false;
    const { batchRows } = this.#limits;
    try {
      const rows = await this.#store.pending(this.#sink.sinkId, batchRows, {
        afterRowId: this.#scanCursor,
      });
      for (const row of rows) this.#offer(row);
      if (rows.length === batchRows) this.#scanWanted = true;
    } catch (error) {
      this.#onEvent({ type: "store-failed", error });
      this.#later(() => this.notify());
    }
    this.#scanning = false;
    this.#queuePump();
  }

  #offer(row: OutboxRow): void {
    this.#scanCursor = Math.max(this.#scanCursor, row.rowId);
    const { meterId } = row.record;
    const lane = this.#lane(meterId);
    if (lane.offer(row, this.#sink.ready(meterId))) this.#loadedRows += 1;
    this.#activate(lane);
  }

  /** Reads a lane's own rows, which the scan passed by. */
  async #load(lane: Lane): Promise<void> {
    lane.beginLoad();
    this.#loads += 1;
    const limit = lane.rowsMax;
    try {
      const rows = await this.#store.pending(this.#sink.sinkId, limit, {
        afterRowId: lane.cursor,
        meterId: lane.meterId,
      });
      this.#loadedRows += lane.endLoad(rows, rows.length === limit, this.#known);
      this.#loads -= 1;
      this.#activate(lane);
    } catch (error) {
      lane.failLoad();
      this.#loads -= 1;
      this.#onEvent({ type: "store-failed", error });
      this.#later(() => this.#activate(lane));
    }
    this.#queuePump();
  }

  #lane(meterId: number): Lane {
    let lane = this.#lanes.get(meterId);
    if (lane === undefined) {
      lane = new Lane(meterId, this.#limits.laneRowsMax);
      this.#lanes.set(meterId, lane);
    }
    return lane;
  }

  #activate(lane: Lane): void {
    if (!this.#waiting.has(lane) && lane.hasWork) this.#active.add(lane);
    this.#queuePump();
  }

  #wakeWaiting(): void {
    for (const lane of this.#waiting) this.#active.add(lane);
    this.#waiting.clear();
    this.#queuePump();
  }

  #removed(rowIds: readonly number[]): void {
    for (const rowId of rowIds) this.#known.delete(rowId);
    this.#queuePump();
  }

  /** After the store failed: the disk is full or busy, and an immediate second try is no use. */
  #later(again: () => void): void {
    this.#clock.timer(this.#limits.retryFirstMs, again);
  }

  #isIdle(): boolean {
    if (this.#state === "stopped") return true;
    const moving = this.#inFlightRows + this.#acks.count + this.#active.size + this.#loads;
    return moving === 0 && !this.#scanning && !this.#scanWanted;
  }

  async #nothingInFlight(): Promise<void> {
    while (this.#inFlightRows > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    const done = new AbortController();
    const timeout = this.#clock.sleep(ms, done.signal).catch(() => {});
    await Promise.race([work, timeout]);
    done.abort();
  }

  #count(name: keyof DrainCounters, readings: number): void {
    this.#counters = { ...this.#counters, [name]: this.#counters[name] + readings };
  }
}
