import fc from "fast-check";
import { expect, test } from "vitest";
import {
  array,
  compactArray,
  type Data,
  encodeData,
  float64,
  i64,
  nullData,
  octetString,
  structure,
  u16,
  u32,
  u64,
  u8,
} from "../axdr/index.ts";
import { DecodeError } from "../error.ts";
import { fromHex } from "../octets.ts";
import type { CaptureObject } from "./capture-object.ts";
import { civilTime, dateTimeOf, encodeDateTime } from "./date-time.ts";
import { civilToMs } from "./civil-time.ts";
import { obis } from "./obis.ts";
import { decodeProfileBuffer, type ProfileLayout } from "./profile-buffer.ts";
import { decodeProfileColumns } from "./profile-columns.ts";

const column = (classId: number, name: string): CaptureObject => ({
  classId,
  logicalName: obis(name),
  attributeId: 2,
  dataIndex: 0,
});
const clock = column(8, "0-0:1.0.0");
const status = column(1, "0-0:96.10.1");
const energy = column(3, "1-0:1.8.0");
const layout: ProfileLayout = { columns: [clock, status, energy], capturePeriodSeconds: 900 };

const at = (day: number, hour: number, deviationMinutes = -60): Data =>
  octetString(
    encodeDateTime(
      dateTimeOf({ year: 2025, month: 3, day, hour, minute: 0, second: 0, deviationMinutes }),
    ),
  );

test("gives times as UTC and wall milliseconds and numbers as doubles", () => {
  const buffer = array([
    structure([at(1, 0), u8(8), u32(100)]),
    structure([nullData(), nullData(), u32(103)]),
    structure([nullData(), u8(0), nullData()]),
  ]);
  const { rowCount, columns } = decodeProfileColumns(encodeData(buffer), layout);
  const first = 1_740_783_600_000; // 2025-02-28T23:00:00Z
  expect(rowCount).toBe(3);
  expect(columns[0]).toEqual({
    kind: "time",
    utcMs: Float64Array.of(first, first + 900_000, first + 1_800_000),
    wallMs: Float64Array.of(first + 3_600_000, first + 4_500_000, first + 5_400_000),
    deviationMinutes: Int16Array.of(-60, -60, -60),
    status: Uint8Array.of(255, 255, 255),
  });
  expect(columns[1]).toEqual({ kind: "number", values: Float64Array.of(8, 8, 0), firstRow: 0 });
  expect(columns[2]).toEqual({
    kind: "number",
    values: Float64Array.of(100, 103, 103),
    firstRow: 0,
  });
});

test("keeps the wall time where the deviation is not specified", () => {
  const buffer = array([structure([at(1, 5, -0x8000)])]);
  const { columns } = decodeProfileColumns(encodeData(buffer), { ...layout, columns: [clock] });
  expect(columns[0]).toMatchObject({
    utcMs: Float64Array.of(Number.NaN),
    wallMs: Float64Array.of(1_740_805_200_000),
  });
});

test("counts back in a buffer that begins with the newest row", () => {
  const buffer = array([structure([at(1, 5)]), structure([nullData()])]);
  const options = { ...layout, columns: [clock], newestFirst: true };
  const { columns } = decodeProfileColumns(encodeData(buffer), options);
  expect(columns[0]).toMatchObject({
    wallMs: Float64Array.of(1_740_805_200_000, 1_740_804_300_000),
  });
});

test("says at which row a column begins to have values", () => {
  const buffer = array([structure([nullData()]), structure([u16(7)])]);
  const { columns } = decodeProfileColumns(encodeData(buffer), { ...layout, columns: [energy] });
  expect(columns[0]).toEqual({
    kind: "number",
    values: Float64Array.of(Number.NaN, 7),
    firstRow: 1,
  });
});

test("gives 64-bit integers as bigint", () => {
  const buffer = array([structure([i64(-5n)]), structure([nullData()]), structure([u8(9)])]);
  const { columns } = decodeProfileColumns(encodeData(buffer), { ...layout, columns: [energy] });
  expect(columns[0]).toEqual({
    kind: "bigint",
    values: BigInt64Array.of(-5n, -5n, 9n),
    firstRow: 0,
  });
});

test.for<readonly [what: string, cells: readonly Data[]]>([
  ["texts", [octetString(fromHex("4142")), octetString(fromHex("43"))]],
  ["a change from numbers to octets", [u8(1), octetString(fromHex("00"))]],
  ["an integer above 63 bits", [u64(1n), u64(0xffff_ffff_ffff_ffffn)]],
  ["structures", [structure([u8(1)]), structure([u8(2)])]],
])("falls back to Data for %s", ([, cells]) => {
  const buffer = array(cells.map((cell) => structure([cell])));
  const { columns } = decodeProfileColumns(encodeData(buffer), { ...layout, columns: [energy] });
  expect(columns[0]).toEqual({ kind: "data", values: cells });
});

test("adds delta values to the cell above", () => {
  const buffer = array([
    structure([u32(100)]),
    structure([{ type: "delta-integer", value: -3 }]),
    structure([{ type: "delta-long-unsigned", value: 300 }]),
  ]);
  const single = { ...layout, columns: [energy] };
  expect(decodeProfileColumns(encodeData(buffer), single).columns[0]).toMatchObject({
    values: Float64Array.of(100, 97, 397),
  });
  expect(decodeProfileBuffer(buffer, single).map(({ cells }) => cells[0])).toEqual([
    u32(100),
    u32(97),
    u32(397),
  ]);
});

test("reads a compact-array, also one with structures in its rows", () => {
  const simple = compactArray(
    {
      type: "structure",
      elements: [{ type: "octet-string" }, { type: "unsigned" }, { type: "long64" }],
    },
    [structure([at(1, 0), u8(1), i64(5n)]), structure([at(1, 1), u8(2), i64(6n)])],
  );
  expect(decodeProfileColumns(encodeData(simple), layout)).toMatchObject({
    rowCount: 2,
    columns: [
      { kind: "time" },
      { values: Float64Array.of(1, 2) },
      { values: BigInt64Array.of(5n, 6n) },
    ],
  });
  const nested = compactArray(
    {
      type: "structure",
      elements: [{ type: "unsigned" }, { type: "structure", elements: [{ type: "unsigned" }] }],
    },
    [structure([u8(1), structure([u8(2)])])],
  );
  const two = { ...layout, columns: [status, energy] };
  expect(decodeProfileColumns(encodeData(nested), two)).toMatchObject({
    rowCount: 1,
    columns: [{ kind: "number" }, { kind: "data" }],
  });
});

test("accepts an empty buffer", () => {
  expect(decodeProfileColumns(fromHex("0100"), layout).rowCount).toBe(0);
});

test.for<readonly [what: string, hex: string]>([
  ["a row too narrow", "0101020211001100"],
  ["octets left over", "010011"],
  ["more rows than octets", "0184ffffffff"],
  ["a row that is no structure", "0101110000000000"],
  ["a compact-array without octets in a row", "13020300000002ffff"],
  ["a value that is no list", "1105"],
  ["nothing", ""],
])("refuses %s with a typed error", ([, hex]) => {
  expect(() => decodeProfileColumns(fromHex(hex), layout)).toThrow(DecodeError);
});

const cell: fc.Arbitrary<Data> = fc.oneof(
  fc.constant(nullData()),
  fc.integer({ min: 0, max: 255 }).map(u8),
  fc.integer({ min: 0, max: 0xffff_ffff }).map(u32),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(i64),
  fc.double({ noNaN: true }).map(float64),
  fc.uint8Array({ maxLength: 13 }).map((octets) => octetString(octets)),
  fc
    .tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 24 }))
    .map(([day, hour]) => at(day, hour)),
);

test("agrees with the row by row decoder on every buffer", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 12 }), (rows) => {
      const buffer = array(rows.map((cells) => structure(cells)));
      const typed = outcome(() => decodeProfileBuffer(buffer, layout));
      const { rowCount, columns } = decodeProfileColumns(encodeData(buffer), layout);
      expect(rowCount).toBe(rows.length);
      // The row decoder refuses a clock that is no time; the columns give it as Data.
      if (typed === undefined) return;
      for (const [row, { time, utcMs, cells }] of typed.entries()) {
        for (const [index, column] of columns.entries()) {
          if (column.kind === "time") {
            expect(column.utcMs[row]).toBe(utcMs ?? Number.NaN);
            const civil = time === undefined ? undefined : civilTime(time);
            expect(column.wallMs[row]).toBe(civil === undefined ? Number.NaN : civilToMs(civil));
          } else if (column.kind === "data") {
            expect(column.values[row]).toEqual(cells[index]);
          } else if (row >= column.firstRow) {
            expect(String(column.values[row])).toBe(numericText(cells.at(index)));
          }
        }
      }
    }),
  );
});

test("gives columns or a typed error for arbitrary octets", () => {
  const listed = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .uint8Array({ maxLength: 64 })
      .map((octets) => Uint8Array.of(0x01, 0x02, 0x02, 0x03, ...octets)),
    fc.uint8Array({ maxLength: 64 }).map((octets) => Uint8Array.of(0x13, 0x02, 0x03, ...octets)),
  );
  fc.assert(
    fc.property(listed, (octets) => {
      outcome(() => decodeProfileColumns(octets, layout));
    }),
    { numRuns: 2000 },
  );
});

function numericText(data: Data | undefined): string {
  if (data?.type === "float64") {
    return String(new DataView(data.value.buffer, data.value.byteOffset).getFloat64(0));
  }
  return typeof data?.value === "number" || typeof data?.value === "bigint" ? `${data.value}` : "";
}

function outcome<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}
