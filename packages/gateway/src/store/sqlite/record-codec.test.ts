import fc from "fast-check";
import { expect, test } from "vitest";
import type { ObisCode } from "@lectura/dlms/cosem";
import type { PollRecord, Reading, ReadingValue } from "../../readings/reading.ts";
import {
  decodeReadings,
  decodeRecord,
  encodeRecord,
  mergeReadings,
  parseLayout,
} from "./record-codec.ts";

const scaler = fc.integer({ min: -128, max: 127 });
const value: fc.Arbitrary<ReadingValue> = fc.oneof(
  fc.record({
    kind: fc.constant("decimal" as const),
    raw: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    scaler,
  }),
  fc.record({
    kind: fc.constant("float" as const),
    width: fc.constant(32 as const),
    bits: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
    scaler,
  }),
  fc.record({
    kind: fc.constant("float" as const),
    width: fc.constant(64 as const),
    bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    scaler,
  }),
  fc.record({ kind: fc.constant("text" as const), text: fc.string({ unit: "binary" }) }),
  fc.record({ kind: fc.constant("octets" as const), octets: fc.uint8Array() }),
  fc.record({ kind: fc.constant("boolean" as const), value: fc.boolean() }),
  fc.record({
    kind: fc.constant("datetime" as const),
    local: fc.string(),
    utcMs: fc.option(fc.nat(), { nil: undefined }),
  }),
);

const measuredAt = 1_760_000_000_000;
const reading: fc.Arbitrary<Reading> = fc.record({
  meterId: fc.constant(7),
  key: fc.string({ minLength: 1 }),
  obis: fc.constant("1.0.1.8.0.255" as ObisCode),
  value,
  unit: fc.integer({ min: 0, max: 255 }),
  measuredAt: fc.constant(measuredAt),
  receivedAt: fc.integer({ min: measuredAt - 1000, max: measuredAt + 100_000_000 }),
  origin: fc.constantFrom("poll", "push", "backfill"),
  quality: fc.subarray([
    "estimated",
    "late",
    "clock-suspect",
    "unit-mismatch",
    "rollover",
    "substituted",
    "meter-invalid",
    "scaler-corrected",
  ] as const),
});

const record: fc.Arbitrary<PollRecord> = fc.record({
  meterId: fc.constant(7),
  measuredAt: fc.constant(measuredAt),
  receivedAt: fc.integer({ min: measuredAt, max: measuredAt + 10_000 }),
  origin: fc.constantFrom("poll", "push", "backfill"),
  readings: fc.uniqueArray(reading, { selector: ({ key }) => key, maxLength: 12 }),
  failures: fc.array(
    fc.record({
      key: fc.string(),
      obis: fc.constant("1.0.1.8.0.255" as ObisCode),
      code: fc.string(),
    }),
    { maxLength: 3 },
  ),
});

test("any record comes back as it was", () => {
  fc.assert(
    fc.property(record, (original) => {
      const encoded = encodeRecord(original);
      expect(decodeRecord(encoded, parseLayout(encoded.layout))).toEqual(original);
    }),
  );
});

test("merging keeps the later of equal keys and all others", () => {
  fc.assert(
    fc.property(record, record, (older, newer) => {
      const merged = mergeReadings(encodeRecord(older), encodeRecord(newer));
      const readings = decodeReadings(7, measuredAt, parseLayout(merged.layout), merged);
      const expected = new Map(
        [...older.readings, ...newer.readings].map((item) => [item.key, item]),
      );
      expect(new Map(readings.map((item) => [item.key, item]))).toEqual(expected);
    }),
  );
});
