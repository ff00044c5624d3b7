/**
 * What every Store must do. A store's own test calls `storeContract("name", open)`, where `open`
 * gives a fresh empty store and, called again with the same place, the same one after a restart.
 */
import { describe, expect, test } from "vitest";
import type { ObisCode } from "@lectura/dlms/cosem";
import type { PollRecord, Reading, ReadingValue } from "../readings/reading.ts";
import type { SinkCounts, Store } from "./store.ts";

/** One place where a store lies; `open` again after disposing the store = a restart. */
export interface StorePlace extends AsyncDisposable {
  open(): Promise<Store>;
}

export const startMs = 1_760_000_000_000;

export function readingOf(
  meterId: number,
  key: string,
  measuredAt: number,
  value: ReadingValue | bigint = 23_012n,
  more: Partial<Reading> = {},
): Reading {
  return {
    meterId,
    key,
    obis: "1.0.32.7.0.255" as ObisCode,
    value: typeof value === "bigint" ? { kind: "decimal", raw: value, scaler: -2 } : value,
    unit: 35,
    measuredAt,
    receivedAt: measuredAt,
    origin: "poll",
    quality: [],
    ...more,
  };
}

export function recordOf(
  meterId: number,
  measuredAt: number,
  readings: readonly Reading[] = [
    readingOf(meterId, "voltage_l1", measuredAt),
    readingOf(meterId, "voltage_l2", measuredAt, 22_999n),
  ],
  failures: PollRecord["failures"] = [],
): PollRecord {
  return {
    meterId,
    measuredAt,
    receivedAt: measuredAt + 40,
    origin: "poll",
    readings,
    failures,
  };
}

/** The law of the counters. */
export function expectBalanced(counts: SinkCounts): void {
  const { produced, acknowledged, pending, deadLettered, dropped } = counts;
  expect(acknowledged + pending + deadLettered + dropped).toBe(produced);
}

const everyKind: readonly [string, ReadingValue][] = [
  ["zero", { kind: "decimal", raw: 0n, scaler: 0 }],
  ["negative", { kind: "decimal", raw: -5n, scaler: -3 }],
  ["scaled_up", { kind: "decimal", raw: 12n, scaler: 3 }],
  ["unsafe", { kind: "decimal", raw: 9_007_199_254_740_993n, scaler: -1 }],
  ["int64_min", { kind: "decimal", raw: -(2n ** 63n), scaler: -128 }],
  ["uint64_max", { kind: "decimal", raw: 2n ** 64n - 1n, scaler: 127 }],
  ["float32", { kind: "float", width: 32, bits: 0x4366_199an, scaler: 0 }],
  ["float32_nan", { kind: "float", width: 32, bits: 0x7fc0_0001n, scaler: 0 }],
  ["float64", { kind: "float", width: 64, bits: 0x3fb9_9999_9999_999an, scaler: 2 }],
  ["float64_minus_zero", { kind: "float", width: 64, bits: 0x8000_0000_0000_0000n, scaler: 0 }],
  ["float64_infinite", { kind: "float", width: 64, bits: 0x7ff0_0000_0000_0000n, scaler: 0 }],
  ["text", { kind: "text", text: 'quotes " and \u00e9 and \n' }],
  ["octets", { kind: "octets", octets: Uint8Array.of(0, 0x7e, 0xff) }],
  ["no_octets", { kind: "octets", octets: Uint8Array.of() }],
  ["datetime", { kind: "datetime", local: "2026-08-22T10:00:00", utcMs: startMs }],
  ["datetime_open", { kind: "datetime", local: "2026-08-22", utcMs: undefined }],
  ["yes", { kind: "boolean", value: true }],
  ["no", { kind: "boolean", value: false }],
];

/** Runs the suite against one kind of store. */
export function storeContract(name: string, makePlace: () => StorePlace): void {
  describe(`the ${name} store`, () => {
    journalContract(makePlace);
    outboxContract(makePlace);
    memoryContract(makePlace);
  });
}

function journalContract(makePlace: () => StorePlace): void {
  test("gives every kind of value back exactly", async () => {
    await using place = makePlace();
    await using store = await place.open();
    const readings = everyKind.map(([key, value]) => readingOf(1, key, startMs, value));
    const record = recordOf(1, startMs, readings);
    await store.append(record, [7]);
    expect(await store.history({ meterId: 1, limit: 100 })).toEqual(readings);
    expect((await store.pending(7, 1))[0]?.record).toEqual(record);
  });

  test("keeps origin, quality and the time of each answer", async () => {
    await using place = makePlace();
    await using store = await place.open();
    const readings = [
      readingOf(1, "a", startMs, 1n, { origin: "push", quality: ["late", "meter-invalid"] }),
      readingOf(1, "b", startMs, 2n, { origin: "backfill", receivedAt: startMs + 90_000_000 }),
      readingOf(1, "c", startMs, 3n, { quality: ["estimated"] }),
    ];
    const record = { ...recordOf(1, startMs, readings), origin: "backfill" as const };
    await store.append(record, [1]);
    expect(await store.history({ meterId: 1, limit: 9 })).toEqual(readings);
    expect((await store.pending(1, 9))[0]?.record).toEqual(record);
  });

  test("merges two polls of one instant by key, the later one wins", async () => {
    await using place = makePlace();
    await using store = await place.open();
    await store.append(recordOf(1, startMs), [1]);
    const again = readingOf(1, "voltage_l1", startMs, 9n, { quality: ["substituted"] });
    const other = readingOf(1, "frequency", startMs, 5000n, { origin: "backfill" });
    await store.append(recordOf(1, startMs, [again, other]), [1]);
    const stored = await store.history({ meterId: 1, limit: 9 });
    const untouched = readingOf(1, "voltage_l2", startMs, 22_999n);
    expect(stored).toEqual([again, untouched, other]);
    const rows = await store.pending(1, 9);
    expect(rows.map(({ record }) => record.readings.length)).toEqual([2, 2]);
    expect(rows[0]?.record).toEqual(recordOf(1, startMs));
  });

  test("answers history by key, range, order and limit", async () => {
    await using place = makePlace();
    await using store = await place.open();
    const times = [0, 1, 2, 3, 4].map((step) => startMs + step * 1000);
    await Promise.all(times.map((at) => store.append(recordOf(1, at), [])));
    await store.append(recordOf(2, startMs), []);
    const at = async (query: Partial<Parameters<Store["history"]>[0]>): Promise<string[]> =>
      (await store.history({ meterId: 1, limit: 100, ...query })).map(
        ({ key, measuredAt }) => `${key}@${(measuredAt - startMs) / 1000}`,
      );
    expect(await at({ key: "voltage_l2", fromMs: times[1]!, toMs: times[3]! })).toEqual([
      "voltage_l2@1",
      "voltage_l2@2",
      "voltage_l2@3",
    ]);
    expect(await at({ limit: 3 })).toEqual(["voltage_l1@0", "voltage_l2@0", "voltage_l1@1"]);
    expect(await at({ key: "voltage_l1", newestFirst: true, limit: 2 })).toEqual([
      "voltage_l1@4",
      "voltage_l1@3",
    ]);
    expect(await at({ key: "nothing" })).toEqual([]);
    expect(await at({ limit: 0 })).toEqual([]);
  });

  test("knows the latest Reading of each key", async () => {
    await using place = makePlace();
    await using store = await place.open();
    await store.append(recordOf(1, startMs, [readingOf(1, "energy", startMs, 7n)]), []);
    await store.append(recordOf(1, startMs + 1000), []);
    await store.append(recordOf(1, startMs + 500), []);
    const latest = await store.latest(1);
    expect(latest.map(({ key, measuredAt }) => [key, measuredAt - startMs])).toEqual([
      ["voltage_l1", 1000],
      ["voltage_l2", 1000],
      ["energy", 0],
    ]);
    expect(await store.latest(2)).toEqual([]);
  });

  test("numbers the polls of each meter without gaps, across restarts", async () => {
    await using place = makePlace();
    const seqs: number[] = [];
    for (const run of [0, 1]) {
      await using store = await place.open();
      const appends = [0, 1, 2].map((step) =>
        store.append(recordOf(1, startMs + (run * 3 + step) * 1000), [1]),
      );
      seqs.push(...(await Promise.all(appends)).map(({ seq }) => seq));
    }
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6]);
    await using store = await place.open();
    expect(await store.append(recordOf(2, startMs), [])).toEqual({ seq: 1, readings: 2 });
    expect((await store.pending(1, 9)).map(({ seq }) => seq)).toEqual(seqs);
  });
}

function outboxContract(makePlace: () => StorePlace): void {
  test("keeps a poll for each sink until that sink has acknowledged it", async () => {
    await using place = makePlace();
    await using store = await place.open();
    await store.append(recordOf(1, startMs), [1, 2]);
    await store.append(recordOf(1, startMs + 1), [1, 2]);
    const [first] = await store.pending(1, 1);
    await store.acknowledge(1, [first!.rowId]);
    await store.acknowledge(1, [first!.rowId, 999_999]);
    expect(await store.pending(1, 9)).toHaveLength(1);
    expect(await store.pending(2, 9)).toHaveLength(2);
    expect(await store.counts(1)).toEqual({
      produced: 4,
      acknowledged: 2,
      pending: 2,
      deadLettered: 0,
      dropped: 0,
      oldestPendingAt: startMs + 1,
    });
    const rest = await store.pending(2, 9);
    await store.acknowledge(
      2,
      rest.map(({ rowId }) => rowId),
    );
    expect(rest[0]?.record).toEqual(recordOf(1, startMs));
    expect(await store.counts(2)).toMatchObject({ pending: 0, oldestPendingAt: undefined });
  });

  test("gives pending rows in the order of commits, by meter and after a row", async () => {
    await using place = makePlace();
    await using store = await place.open();
    for (const step of [0, 1, 2, 3]) {
      await store.append(recordOf(1 + (step % 2), startMs - step), [1]);
    }
    const all = await store.pending(1, 9);
    expect(all.map(({ record }) => startMs - record.measuredAt)).toEqual([0, 1, 2, 3]);
    const ofTwo = await store.pending(1, 9, { meterId: 2 });
    expect(ofTwo.map(({ record }) => startMs - record.measuredAt)).toEqual([1, 3]);
    const later = await store.pending(1, 1, { afterRowId: all[1]!.rowId });
    expect(later).toEqual([all[2]]);
    const laterOfTwo = await store.pending(1, 9, { meterId: 2, afterRowId: ofTwo[0]!.rowId });
    expect(laterOfTwo).toEqual([ofTwo[1]]);
  });

  test("never gives a row number twice, even after the outbox was empty", async () => {
    await using place = makePlace();
    const seen: number[] = [];
    for (const step of [0, 1, 2]) {
      await using store = await place.open();
      await store.append(recordOf(1, startMs + step), [1]);
      const rows = await store.pending(1, 9);
      seen.push(...rows.map(({ rowId }) => rowId));
      await store.acknowledge(
        1,
        rows.map(({ rowId }) => rowId),
      );
    }
    expect(new Set(seen).size).toBe(3);
  });

  test("carries a poll without any value to the sinks, with its failures", async () => {
    await using place = makePlace();
    await using store = await place.open();
    const failure = { key: "a", obis: "1.0.1.8.0.255" as ObisCode, code: "object-undefined" };
    await store.append(recordOf(1, startMs, [], [failure]), [1]);
    expect((await store.pending(1, 9))[0]?.record.failures).toEqual([failure]);
    expect(await store.history({ meterId: 1, limit: 9 })).toEqual([]);
    expect(await store.counts(1)).toMatchObject({ produced: 0, oldestPendingAt: startMs });
  });

  test("counts attempts", async () => {
    await using place = makePlace();
    await using store = await place.open();
    await store.append(recordOf(1, startMs), [1]);
    const [row] = await store.pending(1, 1);
    await store.attempted(1, [row!.rowId]);
    await store.attempted(1, [row!.rowId]);
    expect((await store.pending(1, 1))[0]?.attempts).toBe(2);
  });

  test("sets a poisonous poll aside and can put it back", async () => {
    await using place = makePlace();
    await using store = await place.open();
    await store.append(recordOf(1, startMs), [1, 2]);
    await store.append(recordOf(1, startMs + 1), [1]);
    const [first, second] = await store.pending(1, 9);
    await store.deadLetter(1, first!.rowId, "topic too long");
    await store.deadLetter(1, first!.rowId, "again");
    expect(await store.pending(1, 9)).toEqual([second]);
    expect(await store.counts(1)).toMatchObject({ pending: 2, deadLettered: 2, produced: 4 });
    const [letter] = await store.deadLetters(1, 9);
    expect(letter).toMatchObject({ rowId: first!.rowId, seq: 1, reason: "topic too long" });
    expect(letter?.record).toEqual(recordOf(1, startMs));
    await store.acknowledge(2, [first!.rowId]);
    await store.republish(1);
    expect(await store.deadLetters(1, 9)).toEqual([]);
    expect((await store.pending(1, 9)).map(({ rowId }) => rowId)).toEqual([
      first!.rowId,
      second!.rowId,
    ]);
    expectBalanced(await store.counts(1));
  });

  test("knows nothing of a sink it never saw", async () => {
    await using place = makePlace();
    await using store = await place.open();
    expect(await store.counts(99)).toEqual({
      produced: 0,
      acknowledged: 0,
      pending: 0,
      deadLettered: 0,
      dropped: 0,
      oldestPendingAt: undefined,
    });
    expect(await store.pending(99, 9)).toEqual([]);
  });
}

function memoryContract(makePlace: () => StorePlace): void {
  test("remembers scalers and small facts across restarts, meter by meter", async () => {
    await using place = makePlace();
    const scaler = { classId: 3, logicalName: "1.0.1.8.0.255", scaler: -2, unit: 30, readAt: 5 };
    {
      await using store = await place.open();
      await store.saveScalers(1, [{ ...scaler, scaler: 0 }]);
      await store.saveScalers(1, [scaler]);
      await store.saveScalers(2, [scaler]);
      await store.remember(1, "with-list", "yes");
      await store.remember(1, "with-list", "no");
    }
    await using store = await place.open();
    expect(await store.scalers(1)).toEqual([scaler]);
    await store.clearScalers(1);
    expect(await store.scalers(1)).toEqual([]);
    expect(await store.scalers(2)).toEqual([scaler]);
    expect(await store.recall(1)).toEqual(new Map([["with-list", "no"]]));
    expect(await store.recall(2)).toEqual(new Map());
  });

  test("reserves invocation counters for one process at a time, across restarts", async () => {
    await using place = makePlace();
    {
      await using store = await place.open();
      expect(await store.invocationCounter("key")).toBeUndefined();
      expect(await store.reserveInvocationCounters("key", 5, 10)).toBe(false);
      expect(await store.reserveInvocationCounters("key", undefined, 10)).toBe(true);
      expect(await store.reserveInvocationCounters("key", undefined, 20)).toBe(false);
      expect(await store.reserveInvocationCounters("key", 10, 2 ** 32)).toBe(true);
      expect(await store.reserveInvocationCounters("key", 10, 11)).toBe(false);
    }
    await using store = await place.open();
    expect(await store.invocationCounter("key")).toBe(2 ** 32);
    expect(await store.invocationCounter("other")).toBeUndefined();
  });

  test("keeps the log of what happened", async () => {
    await using place = makePlace();
    await using store = await place.open();
    const event = (code: string, meterId: number | undefined) => ({
      at: startMs,
      severity: "warning" as const,
      code,
      meterId,
      lineId: undefined,
      message: `about ${code}`,
    });
    for (const [code, meterId] of [
      ["a", 1],
      ["b", 2],
      ["c", undefined],
      ["d", 1],
    ] as const) {
      await store.recordEvent(event(code, meterId));
    }
    const codes = async (query: Parameters<Store["events"]>[0]): Promise<string[]> =>
      (await store.events(query)).map(({ code }) => code);
    expect(await codes({ limit: 9 })).toEqual(["a", "b", "c", "d"]);
    expect(await codes({ limit: 2 })).toEqual(["c", "d"]);
    expect(await codes({ limit: 9, meterId: 1 })).toEqual(["a", "d"]);
    const [first] = await store.events({ limit: 9 });
    expect(first).toEqual({ ...event("a", 1), id: first!.id });
    expect(await codes({ limit: 2, afterId: first!.id })).toEqual(["b", "c"]);
    expect(await codes({ limit: 9, afterId: first!.id, meterId: 1 })).toEqual(["d"]);
  });

  test("commits what is under way before it closes, and then refuses", async () => {
    await using place = makePlace();
    const store = await place.open();
    const appends = Array.from({ length: 50 }, (_, step) =>
      store.append(recordOf(1, startMs + step), [1]),
    );
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    expect((await Promise.all(appends)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 50 }, (_, step) => step + 1),
    );
    await expect(store.append(recordOf(1, 1), [])).rejects.toMatchObject({ code: "store/closed" });
    await expect(store.counts(1)).rejects.toMatchObject({ code: "store/closed" });
    await using again = await place.open();
    expect((await again.counts(1)).pending).toBe(100);
  });
}
