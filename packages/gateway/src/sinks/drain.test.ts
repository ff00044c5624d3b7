import { ManualClock, seededRandom } from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { OutboxRow } from "../store/store.ts";
import { Drain, type DrainEvent, type DrainLimits } from "./drain.ts";
import type { DeliveryOutcome, Sink } from "./sink.ts";
import { decimal, MemoryOutbox, pollRecord, startMs } from "./sink.contract.ts";

/** A sink whose answers and readiness a test decides. */
class ScriptedSink implements Sink {
  readonly sinkId = 1;
  readonly name = "scripted";
  readonly inFlightMax: number;
  readonly unready: Set<number> = new Set();
  readonly sent: OutboxRow[] = [];
  inFlightSeen = 0;
  #inFlight = 0;
  readonly #clock: ManualClock;
  readonly #answer: (row: OutboxRow) => DeliveryOutcome;
  readonly #latencyMs: (row: OutboxRow) => number;
  #listener: () => void = () => {};

  constructor(
    clock: ManualClock,
    answer: (row: OutboxRow) => DeliveryOutcome = () => ({ type: "acknowledged" }),
    {
      inFlightMax = 8,
      latencyMs = () => 0,
    }: { inFlightMax?: number; latencyMs?: (row: OutboxRow) => number } = {},
  ) {
    this.#clock = clock;
    this.#answer = answer;
    this.#latencyMs = latencyMs;
    this.inFlightMax = inFlightMax;
  }

  health() {
    return { state: "connected", code: undefined, message: undefined, sinceMs: 0 } as const;
  }

  ready(meterId: number): boolean {
    return !this.unready.has(meterId);
  }

  setReady(meterId: number, ready: boolean): void {
    if (ready) this.unready.delete(meterId);
    else this.unready.add(meterId);
    this.#listener();
  }

  async deliver(row: OutboxRow): Promise<DeliveryOutcome> {
    this.sent.push(row);
    this.#inFlight += 1;
    this.inFlightSeen = Math.max(this.inFlightSeen, this.#inFlight);
    const latencyMs = this.#latencyMs(row);
    if (latencyMs > 0) await this.#clock.sleep(latencyMs);
    this.#inFlight -= 1;
    return this.#answer(row);
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  start(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

function openDrain(clock: ManualClock, sink: Sink, limits: Partial<DrainLimits> = {}) {
  const outbox = new MemoryOutbox();
  const events: DrainEvent[] = [];
  const drain = new Drain({
    sink,
    store: outbox,
    clock,
    limits,
    onEvent: (event) => events.push(event),
  });
  drain.start();
  let index = 0;
  const append = (meterId: number): OutboxRow => {
    index += 1;
    const values = { a: decimal(index, 0), b: decimal(index, -1) };
    return outbox.append(pollRecord(meterId, startMs + index, values));
  };
  return { outbox, events, drain, append };
}

test("delivers every row, first sends of a meter in order, never beyond the window", async () => {
  const outcomes = fc.constantFrom("acknowledged", "retry", "poison");
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          meter: fc.integer({ min: 1, max: 5 }),
          outcomes: fc.array(outcomes, { maxLength: 3 }),
          latencyMs: fc.integer({ min: 0, max: 30 }),
        }),
        { maxLength: 60 },
      ),
      fc.integer({ min: 1, max: 9 }),
      fc.record({
        batchRows: fc.integer({ min: 1, max: 9 }),
        loadedRowsMax: fc.integer({ min: 1, max: 20 }),
        laneRowsMax: fc.integer({ min: 1, max: 6 }),
        laneInFlightMax: fc.integer({ min: 1, max: 4 }),
      }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), { maxLength: 12 }),
      async (polls, inFlightMax, limits, switches) => {
        const clock = new ManualClock(startMs);
        const scripts = polls.map(({ outcomes: script }) => [...script]);
        const answer = ({ rowId }: OutboxRow): DeliveryOutcome => {
          const type = scripts[rowId - 1]?.shift() ?? "acknowledged";
          if (type === "retry") return { type, code: "test/retry" };
          return type === "poison"
            ? { type, code: "test/poison", reason: "scripted" }
            : { type: "acknowledged" };
        };
        const latencyMs = ({ rowId }: OutboxRow): number => polls[rowId - 1]?.latencyMs ?? 0;
        const sink = new ScriptedSink(clock, answer, { inFlightMax, latencyMs });
        const { outbox, drain, append } = openDrain(clock, sink, limits);
        for (const { meter } of polls) append(meter);
        drain.notify();
        for (const [meterId, ready] of switches) {
          sink.setReady(meterId, ready);
          await clock.advance(7);
        }
        for (let meterId = 1; meterId <= 5; meterId++) sink.setReady(meterId, true);
        await clock.advance(60_000);
        expect(outbox.rows.size).toBe(0);
        expect(sink.inFlightSeen).toBeLessThanOrEqual(inFlightMax);
        const { acknowledged, deadLettered, inFlight } = drain.counters;
        expect([acknowledged + deadLettered, inFlight]).toEqual([2 * polls.length, 0]);
        for (let meterId = 1; meterId <= 5; meterId++) {
          const rowIds = sink.sent
            .filter(({ record }) => record.meterId === meterId)
            .map(({ rowId }) => rowId);
          const firsts = [...new Set(rowIds)];
          expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
        }
        await drain.stop(100);
      },
    ),
    { numRuns: 60 },
  );
});

test("publishes at once after the commit, without a timer", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock);
  const { outbox, drain, append } = openDrain(clock, sink);
  await clock.settle();
  append(1);
  drain.notify();
  await clock.settle();
  expect(sink.sent).toHaveLength(1);
  expect(outbox.rows.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test("does nothing while nothing happens", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock);
  sink.unready.add(1);
  const { outbox, drain, append } = openDrain(clock, sink);
  for (let index = 0; index < 10; index++) append(1);
  drain.notify();
  await clock.settle();
  const calls = outbox.pendingCalls;
  await clock.advance(3_600_000);
  expect(outbox.pendingCalls).toBe(calls);
  expect(clock.pending).toBe(0);
});

test("a meter that is not ready starves nobody, and catches up in order", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock);
  sink.unready.add(1);
  const { outbox, drain, append } = openDrain(clock, sink, { loadedRowsMax: 8, laneRowsMax: 4 });
  for (let index = 0; index < 300; index++) append(index < 290 ? 1 : 2);
  drain.notify();
  await clock.settle();
  await drain.settled();
  expect(outbox.rows.size).toBe(290);
  sink.setReady(1, true);
  await drain.settled();
  expect(outbox.rows.size).toBe(0);
  const times = sink.sent.slice(10).map(({ record }) => record.measuredAt);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("shares the window fairly between a backlog and a live meter", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock, undefined, { inFlightMax: 4, latencyMs: () => 10 });
  const { drain, append } = openDrain(clock, sink);
  for (let index = 0; index < 400; index++) append(1);
  for (let index = 0; index < 20; index++) append(2);
  drain.notify();
  await clock.advance(200);
  const firstForty = sink.sent.slice(0, 60);
  expect(firstForty.filter(({ record }) => record.meterId === 2).length).toBeGreaterThan(10);
});

test("a store that refuses acknowledgements costs no second delivery", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock, undefined, { latencyMs: () => 10 });
  const { outbox, events, drain, append } = openDrain(clock, sink);
  append(1);
  drain.notify();
  await clock.settle();
  outbox.failure = new Error("disk full");
  await clock.advance(5000);
  expect(outbox.rows.size).toBe(1);
  expect(events.some(({ type }) => type === "store-failed")).toBe(true);
  outbox.failure = undefined;
  await clock.advance(1000);
  expect(outbox.rows.size).toBe(0);
  expect(sink.sent).toHaveLength(1);
});

test("stops sending while too many acknowledgements wait for the store", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock, undefined, { latencyMs: () => 1 });
  const { outbox, drain, append } = openDrain(clock, sink, { unremovedRowsMax: 5 });
  for (let index = 0; index < 60; index++) append(1 + (index % 3));
  drain.notify();
  await clock.settle();
  outbox.failure = new Error("disk full");
  await clock.advance(500);
  expect(sink.sent.length).toBeLessThan(20);
  outbox.failure = undefined;
  await clock.advance(60_000);
  expect(outbox.rows.size).toBe(0);
});

test("groups acknowledgements that arrive while the store is writing", async () => {
  const clock = new ManualClock(startMs);
  const sink = new ScriptedSink(clock, undefined, { inFlightMax: 100 });
  const { outbox, drain, append } = openDrain(clock, sink);
  for (let index = 0; index < 100; index++) append(index % 20);
  drain.notify();
  await drain.settled();
  expect(outbox.rows.size).toBe(0);
  expect(outbox.acknowledgeCalls).toBeLessThan(20);
});

test("looks at dead letters again after rescan, though newer rows went before them", async () => {
  const clock = new ManualClock(startMs);
  let poison = true;
  const sink = new ScriptedSink(clock, ({ rowId }) =>
    poison && rowId === 1
      ? { type: "poison", code: "test/poison", reason: "scripted" }
      : { type: "acknowledged" },
  );
  const { outbox, drain, append } = openDrain(clock, sink);
  const bad = append(1);
  append(1);
  drain.notify();
  await drain.settled();
  expect(outbox.deadLetters).toMatchObject([{ rowId: 1 }]);
  poison = false;
  outbox.rows.set(bad.rowId, bad);
  drain.rescan();
  await drain.settled();
  expect(outbox.rows.size).toBe(0);
  expect(sink.sent.map(({ rowId }) => rowId)).toEqual([1, 2, 1]);
});

test("pauses a failing meter ever longer, and forgives it after a success", async () => {
  const clock = new ManualClock(startMs);
  const random = seededRandom(3);
  let failing = true;
  const sink = new ScriptedSink(
    clock,
    () => (failing ? { type: "retry", code: "test/retry" } : { type: "acknowledged" }),
    { latencyMs: () => Math.floor(random() * 3) },
  );
  const { outbox, drain, append } = openDrain(clock, sink);
  append(1);
  drain.notify();
  await clock.advance(600_000);
  // 0.5 s doubling to 60 s: about seven tries in the first minute, one a minute after it.
  expect(sink.sent.length).toBeGreaterThan(12);
  expect(sink.sent.length).toBeLessThan(25);
  expect(outbox.rows.get(1)?.attempts).toBe(sink.sent.length);
  failing = false;
  await clock.advance(60_000);
  expect(outbox.rows.size).toBe(0);
});
