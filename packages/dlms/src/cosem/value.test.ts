import fc from "fast-check";
import { expect, test } from "vitest";
import {
  array,
  bitString,
  bool,
  compactArray,
  type Data,
  date,
  dateTime,
  dontCare,
  enumeration,
  float32,
  i16,
  i64,
  nullData,
  octetString,
  structure,
  time,
  u32,
  u64,
  utf8String,
  visibleString,
} from "../axdr/index.ts";
import { DlmsError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { decodeCaptureObjects } from "./capture-object.ts";
import { dateTimeFromData } from "./date-time.ts";
import {
  clockColumn,
  decodeClassList,
  decodeEntry,
  decodeObjectIds,
  decodeRange,
} from "./selective-access.ts";
import { decodeObjectList } from "./object-list.ts";
import { decodeProfileBuffer } from "./profile-buffer.ts";
import { decodeScalerUnit } from "./scaler-unit.ts";
import { textOf } from "./text.ts";
import { type ExactValue, toExactValue } from "./value.ts";

const moment = fromHex("07e80715010c1e0000ff8880");

test.for<readonly [what: string, data: Data, value: ExactValue | undefined]>([
  ["an unsigned integer", u32(13_519), { kind: "decimal", raw: 13_519n, scaler: -2 }],
  ["a negative integer", i16(-7), { kind: "decimal", raw: -7n, scaler: -2 }],
  ["a 64-bit integer", u64(2n ** 63n), { kind: "decimal", raw: 2n ** 63n, scaler: -2 }],
  ["a signed 64-bit integer", i64(-1n), { kind: "decimal", raw: -1n, scaler: -2 }],
  ["an enum, without scaler", enumeration(3), { kind: "decimal", raw: 3n, scaler: 0 }],
  ["a float", float32(1.5), { kind: "float", width: 32, bits: 0x3fc0_0000n, scaler: -2 }],
  ["a boolean", bool(true), { kind: "boolean", value: true }],
  ["a text", visibleString("M-1"), { kind: "text", text: "M-1" }],
  ["bits", bitString("0101"), { kind: "text", text: "0101" }],
  ["octets", octetString(fromHex("0102")), { kind: "octets", octets: fromHex("0102") }],
  [
    "a date-time",
    dateTime(moment),
    { kind: "datetime", local: "2024-07-21T12:30:00", utcMs: Date.UTC(2024, 6, 21, 10, 30) },
  ],
  ["a date", date(fromHex("07e9010103")), { kind: "octets", octets: fromHex("07e9010103") }],
  ["a time", time(fromHex("01020300")), { kind: "octets", octets: fromHex("01020300") }],
  ["null-data", nullData(), undefined],
  ["don't-care", dontCare(), undefined],
  ["an array", array([u32(1)]), undefined],
  ["a structure", structure([u32(1)]), undefined],
  ["a compact-array", compactArray({ type: "unsigned" }, []), undefined],
])("takes %s as it is", ([, data, value]) => {
  expect(toExactValue(data, -2)).toEqual(value);
});

test("reads an octet-string as what the caller knows it to be", () => {
  const asTime = toExactValue(octetString(moment), 0, { octetString: "datetime" });
  expect(asTime).toMatchObject({ kind: "datetime", local: "2024-07-21T12:30:00" });
  const inverted = toExactValue(octetString(moment), 0, {
    octetString: "datetime",
    invertedDeviation: true,
  });
  expect(inverted).toMatchObject({ utcMs: Date.UTC(2024, 6, 21, 14, 30) });
  const asText = toExactValue(octetString(fromHex("4d31")), 0, { octetString: "text" });
  expect(asText).toEqual({ kind: "text", text: "M1" });
  const short = toExactValue(octetString(fromHex("00")), 0, { octetString: "datetime" });
  expect(short).toMatchObject({ kind: "octets" });
});

test("says what it knows of a time that is not determined", () => {
  const everyDay = toExactValue(dateTime(fromHex("ffffffffff0c0000ff800000")));
  expect(everyDay).toEqual({ kind: "datetime", local: "****-**-** 12:00:00", utcMs: undefined });
});

test("copies octets that lie in a receive buffer", () => {
  const buffer = fromHex("0102");
  const value = toExactValue(octetString(buffer));
  buffer[0] = 9;
  expect(value).toEqual({ kind: "octets", octets: fromHex("0102") });
});

test("decodes UTF-8 as the platform does and falls back to Latin-1", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "grapheme" }).map((text) => new TextEncoder().encode(text)),
        fc.uint8Array(),
      ),
      (octets) => {
        const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
        let expected: string;
        try {
          expected = strict.decode(octets);
        } catch {
          expected = String.fromCharCode(...octets);
        }
        expect(textOf(octets, "utf8-string")).toBe(expected);
      },
    ),
    { numRuns: 2000 },
  );
  expect(textOf(fromHex("e1"), "visible-string")).toBe("\u00e1");
  expect(toExactValue(utf8String(fromHex("c3a1")))).toEqual({ kind: "text", text: "\u00e1" });
});

const octets = fc.uint8Array({ maxLength: 13 });
const anyData: fc.Arbitrary<Data> = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(nullData()),
    fc.boolean().map(bool),
    fc.integer({ min: -32_768, max: 32_767 }).map(i16),
    fc.integer({ min: 0, max: 255 }).map(enumeration),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(u64),
    octets.map(octetString),
    octets.map(utf8String),
    fc.constant(dateTime(moment)),
    fc.array(tie("data"), { maxLength: 5 }).map(array),
    fc.array(tie("data"), { maxLength: 5 }).map(structure),
    fc
      .array(tie("data"), { maxLength: 3 })
      .map((elements) => compactArray({ type: "unsigned" }, elements)),
  ),
})).data;

const decoders: readonly ((data: Data) => unknown)[] = [
  decodeScalerUnit,
  decodeCaptureObjects,
  decodeRange,
  decodeEntry,
  decodeClassList,
  decodeObjectIds,
  (data) => dateTimeFromData(data),
  (data) => decodeObjectList(data, { associationVersion: 1 }),
  (data) => decodeObjectList(data, { associationVersion: 3 }),
  (data) => decodeProfileBuffer(data, { columns: [clockColumn], capturePeriodSeconds: 60 }),
  (data) => toExactValue(data, -1, { octetString: "datetime" }),
];

test("gives a value or a typed error for arbitrary Data in every typed decoder", () => {
  fc.assert(
    fc.property(anyData, (data) => {
      for (const decode of decoders) {
        try {
          decode(data);
        } catch (error) {
          expect(error).toBeInstanceOf(DlmsError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
