/** What every sink promises, as tests that run against it, and the outbox they run with. */
import { ManualClock, until } from "@lectura/testkit";
import { obisFromOctets } from "@lectura/dlms/cosem";
import { afterEach, expect, test } from "vitest";
import type { PollRecord, ReadingValue } from "../readings/reading.ts";
import type { OutboxRow, Store } from "../store/store.ts";
import { Drain, type DrainEvent, type DrainLimits } from "./drain.ts";
import type { Sink } from "./sink.ts";

export const startMs: number = Date.UTC(2026, 0, 1);

/** A poll of one meter with the values given; keys get a made-up logical name. */
export function pollRecord(
  meterId: number,
  measuredAt: number,
  values: Readonly<Record<string, ReadingValue>>,
): PollRecord {
  const readings = Object.entries(values).map(([key, value], index) => ({
    meterId,
    key,
    obis: obisFromOctets(Uint8Array.of(1, 0, 32 + index, 7, 0, 255)),
    value,
    unit: 35,
    measuredAt,
    receivedAt: measuredAt + 40,
    origin: "poll" as const,
    quality: [],
  }));
  const receivedAt = measuredAt + 40;
  return { meterId, measuredAt, receivedAt, origin: "poll", readings, failures: [] };
}

export function decimal(raw: number | bigint, scaler: number): ReadingValue {
  return { kind: "decimal", raw: BigInt(raw), scaler };
}

/** The outbox of one sink, in memory, with the store's order and none of its disk. */
export class MemoryOutbox implements Pick<
  Store,
  "pending" | "acknowledge" | "attempted" | "deadLetter"
> {
  readonly rows: Map<number, OutboxRow> = new Map();
  readonly deadLetters: { readonly rowId: number; readonly reason: string }[] = [];
  /** Most rows one call of `pending` gave. */
  largestAnswer = 0;
  acknowledgeCalls = 0;
  pendingCalls = 0;
  /** Rejects every call while set. */
  failure: Error | undefined;
  readonly #seqs: Map<number, number> = new Map();
  #lastRowId = 0;

  append(record: PollRecord): OutboxRow {
    this.#lastRowId += 1;
    const seq = (this.#seqs.get(record.meterId) ?? 0) + 1;
    this.#seqs.set(record.meterId, seq);
    const row = { rowId: this.#lastRowId, sinkId: 1, seq, attempts: 0, record };
    this.rows.set(row.rowId, row);
    return row;
  }

  async pending(
    _sinkId: number,
    limit: number,
    { afterRowId = 0, meterId }: { afterRowId?: number; meterId?: number } = {},
  ): Promise<readonly OutboxRow[]> {
    this.#check();
    this.pendingCalls += 1;
    const rows = [...this.rows.values()]
      .filter(({ rowId }) => rowId > afterRowId)
      .filter(({ record }) => meterId === undefined || record.meterId === meterId)
      .toSorted((a, b) => a.rowId - b.rowId)
      .slice(0, limit);
    this.largestAnswer = Math.max(this.largestAnswer, rows.length);
    // The real store answers from another thread.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return rows;
  }

  async acknowledge(_sinkId: number, rowIds: readonly number[]): Promise<void> {
    this.#check();
    this.acknowledgeCalls += 1;
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const rowId of rowIds) this.rows.delete(rowId);
  }

  async attempted(_sinkId: number, rowIds: readonly number[]): Promise<void> {
    this.#check();
    for (const rowId of rowIds) {
      const row = this.rows.get(rowId);
      if (row !== undefined) this.rows.set(rowId, { ...row, attempts: row.attempts + 1 });
    }
  }

  async deadLetter(_sinkId: number, rowId: number, reason: string): Promise<void> {
    this.#check();
    this.rows.delete(rowId);
    this.deadLetters.push({ rowId, reason });
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** One sink with the server it delivers to. Meters 1 and 2 exist and may be delivered. */
export interface SinkHarness extends AsyncDisposable {
  readonly sink: Sink;
  /** Telemetry payloads that arrived for a meter, in order, duplicates included. */
  received(meterId: number): readonly string[];
  losePubacks(meterId: number, count: number): void;
  delayPubacks(afterMs: number): void;
  /** Payloads holding this key are refused with 0x99. */
  refuseKey(key: string): void;
  refusePublishes(meterId: number, reason: number, count: number): void;
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
}

/** A running drain over a harness; disposing stops everything. */
interface Rig extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly outbox: MemoryOutbox;
  readonly drain: Drain;
  readonly harness: SinkHarness;
  readonly events: DrainEvent[];
  readonly append: (meterId: number, index: number, key?: string) => OutboxRow;
}

/** Waits on sockets and moves time whenever nothing happens for a while. */
async function patiently(clock: ManualClock, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await clock.settle();
    if (!holds()) await clock.advance(250);
  }
}

/**
 * Registers the suite. `open` starts server and sink; the sink is started by the suite. `reasons`:
 * the connection tells why it refuses a publish (MQTT 5).
 */
export function sinkContract(
  name: string,
  open: (clock: ManualClock) => Promise<SinkHarness>,
  { reasons = true }: { readonly reasons?: boolean } = {},
): void {
  const rigs: Rig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig[Symbol.asyncDispose]();
  });
  const newRig = async (limits: Partial<DrainLimits> = {}): Promise<Rig> => {
    const rig = await openRig(open, limits);
    rigs.push(rig);
    return rig;
  };

  test(`${name}: a row leaves the outbox only after its PUBACK`, async () => {
    const { clock, outbox, harness, drain, append } = await newRig();
    harness.delayPubacks(5000);
    append(1, 0);
    await until(() => harness.received(1).length === 1);
    await clock.advance(4000);
    expect(outbox.rows.size).toBe(1);
    await patiently(clock, () => outbox.rows.size === 0);
    await drain.settled();
    expect(drain.counters).toMatchObject({ acknowledged: 1, inFlight: 0 });
  });

  test(`${name}: a lost PUBACK makes the same octets come again`, async () => {
    const { clock, outbox, harness, append } = await newRig();
    harness.losePubacks(1, 1);
    append(1, 0);
    await until(() => harness.received(1).length === 1);
    await patiently(clock, () => outbox.rows.size === 0);
    const [first, second, ...more] = harness.received(1);
    expect(second).toBe(first);
    expect(more).toEqual([]);
  });

  test(`${name}: an outage of the server loses nothing and keeps the order`, async () => {
    const { clock, outbox, harness, append } = await newRig();
    append(1, 0);
    await patiently(clock, () => outbox.rows.size === 0);
    await harness.goDown();
    await until(() => !harness.sink.ready(1));
    for (let index = 1; index < 200; index++) append(1 + (index % 2), index);
    await clock.advance(30_000);
    expect(outbox.rows.size).toBe(199);
    await harness.comeUp();
    await patiently(clock, () => outbox.rows.size === 0);
    for (const meterId of [1, 2]) {
      const times = harness.received(meterId).map(timeOf);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times).toHaveLength(100);
    }
  });

  test.runIf(reasons)(
    `${name}: a row refused for ever becomes a dead letter and the next ones go on`,
    async () => {
      const { outbox, harness, events, append } = await newRig();
      harness.refuseKey("poison");
      const bad = append(1, 0, "poison");
      append(1, 1);
      append(2, 2);
      await until(() => outbox.rows.size === 0);
      expect(outbox.deadLetters).toHaveLength(1);
      expect(outbox.deadLetters[0]).toMatchObject({ rowId: bad.rowId });
      expect(outbox.deadLetters[0]?.reason).toContain("mqtt/puback-0x99");
      expect(events).toMatchObject([{ type: "dead-letter", meterId: 1, code: "mqtt/puback-0x99" }]);
      expect(harness.received(2)).toHaveLength(1);
    },
  );

  test.runIf(reasons)(`${name}: a quota slows one meter down and loses nothing`, async () => {
    const { clock, outbox, harness, append } = await newRig();
    harness.refusePublishes(1, 0x97, 5);
    append(1, 0);
    await until(() => harness.received(1).length === 2);
    await clock.settle();
    // The second refusal is followed by a pause, not by a third try.
    expect(harness.received(1)).toHaveLength(2);
    await patiently(clock, () => outbox.rows.size === 0);
    expect(outbox.deadLetters).toEqual([]);
    expect(harness.received(1)).toHaveLength(6);
  });

  test(`${name}: stop waits for what is under way and writes its acknowledgements`, async () => {
    const { clock, outbox, harness, drain, append } = await newRig();
    harness.delayPubacks(2000);
    append(1, 0);
    await until(() => harness.received(1).length === 1);
    const stopped = drain.stop(5000);
    await clock.advance(2000);
    await patiently(clock, () => outbox.rows.size === 0);
    await stopped;
    append(1, 1);
    drain.notify();
    await clock.settle();
    expect(harness.received(1)).toHaveLength(1);
  });

  test(`${name}: stop keeps to its deadline when the server does not answer`, async () => {
    const { clock, outbox, harness, drain, append } = await newRig();
    harness.delayPubacks(3_600_000);
    append(1, 0);
    await until(() => harness.received(1).length === 1);
    let isStopped = false;
    void drain.stop(5000).then(() => {
      isStopped = true;
    });
    await clock.advance(5000);
    expect(isStopped).toBe(true);
    expect(outbox.rows.size).toBe(1);
  });

  test(`${name}: a backlog goes through bounded memory`, async () => {
    const limits = { batchRows: 32, loadedRowsMax: 64, laneRowsMax: 16 };
    const { clock, outbox, harness, append } = await newRig(limits);
    await harness.goDown();
    await until(() => !harness.sink.ready(1));
    for (let index = 0; index < 500; index++) append(index < 400 ? 1 : 2, index);
    await harness.comeUp();
    await patiently(clock, () => outbox.rows.size === 0);
    expect(outbox.largestAnswer).toBeLessThanOrEqual(32);
    expect(harness.received(1)).toHaveLength(400);
    expect(harness.received(2)).toHaveLength(100);
  });
}

async function openRig(
  open: (clock: ManualClock) => Promise<SinkHarness>,
  limits: Partial<DrainLimits>,
): Promise<Rig> {
  const clock = new ManualClock(startMs);
  const outbox = new MemoryOutbox();
  const harness = await open(clock);
  const events: DrainEvent[] = [];
  const { sink } = harness;
  const drain = new Drain({
    sink,
    store: outbox,
    clock,
    limits,
    onEvent: (event) => events.push(event),
  });
  sink.start();
  drain.start();
  await patiently(clock, () => sink.ready(1) && sink.ready(2));
  return {
    clock,
    outbox,
    drain,
    harness,
    events,
    append: (meterId, index, key = "voltage_l1") => {
      const row = outbox.append(
        pollRecord(meterId, startMs + index * 1000, { [key]: decimal(2300 + index, -1) }),
      );
      drain.notify();
      return row;
    },
    [Symbol.asyncDispose]: async () => {
      const done = Promise.all([drain.stop(100), harness[Symbol.asyncDispose]()]);
      await clock.advance(5000);
      await done;
    },
  };
}

function timeOf(payload: string): number {
  return (JSON.parse(payload) as { ts: number }).ts;
}
