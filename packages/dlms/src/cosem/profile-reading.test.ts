import { describe, expect, test } from "vitest";
import { array, nullData, octetString, structure, u16, u32, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { dateTimeFromUtcMs, encodeDateTime } from "./date-time.ts";
import { obis } from "./obis.ts";
import { isScaledColumn, type ProfileDescription, readProfileRows } from "./profile-reading.ts";
import { clockColumn } from "./selective-access.ts";

const startMs = Date.UTC(2026, 0, 1);
const column = (classId: number, code: string, attributeId = 2) => ({
  classId,
  logicalName: obis(code),
  attributeId,
  dataIndex: 0,
});
const description: ProfileDescription = {
  columns: [clockColumn, column(1, "0.0.96.10.1.255"), column(3, "1.0.1.8.0.255")],
  capturePeriodSeconds: 900,
  scalerUnits: [undefined, undefined, { scaler: -2, unit: 30 }],
};
const time = (ms: number, status: number, deviation?: number): Data =>
  octetString(encodeDateTime(dateTimeFromUtcMs(ms, deviation, status)));

describe("profile readings", () => {
  test("carry time, quality, status and exact values", () => {
    const rows = readProfileRows(
      array([
        structure([time(startMs, 0, -60), u8(0), u32(12_345)]),
        structure([nullData(), nullData(), u32(12_346)]),
        structure([time(startMs + 1_800_000, 0x02, -60), u8(4), nullData()]),
        structure([time(startMs + 2_700_000, 0x01, -60), nullData(), u16(7)]),
        structure([time(startMs, 0xff), u8(0), u32(1)]),
      ]),
      description,
    );
    expect(rows.map(({ utcMs }) => utcMs)).toEqual([
      startMs,
      startMs + 900_000,
      startMs + 1_800_000,
      startMs + 2_700_000,
      undefined,
    ]);
    expect(rows.map(({ quality }) => quality)).toEqual([
      "good",
      "good",
      "doubtful-time",
      "invalid-time",
      "no-time",
    ]);
    expect(rows[1]!.timeDerived).toBe(true);
    expect(rows[2]!.status).toEqual(u8(4));
    const energy = rows[2]!.values[2]!;
    expect(energy.exact).toEqual({ kind: "decimal", raw: 12_346n, scaler: -2 });
    expect(energy.scalerUnit).toEqual({ scaler: -2, unit: 30 });
    expect(rows[0]!.values[0]!.exact).toMatchObject({ kind: "datetime", utcMs: startMs });
  });

  test("scale only the values of registers", () => {
    expect(isScaledColumn(column(3, "1.0.1.8.0.255"))).toBe(true);
    expect(isScaledColumn(column(4, "1.0.1.6.0.255", 5))).toBe(false);
    expect(isScaledColumn(column(5, "1.0.1.4.0.255", 3))).toBe(true);
    expect(isScaledColumn(column(1, "0.0.96.10.1.255"))).toBe(false);
  });
});
