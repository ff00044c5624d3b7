import { octetString, u32, u8 } from "@lectura/dlms/axdr";
import { clockColumn, dateTimeFromUtcMs, encodeDateTime, obis } from "@lectura/dlms/cosem";
import {
  type ServedColumn,
  servedClock,
  servedProfile,
  servedRegister,
  type ServerObject,
} from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession, type MeterOptions } from "./procedure.fixture.ts";
import type { ProfileRequest } from "./profile-request.ts";
import { type ProfileColumnsPart, readProfileColumns } from "./read-profile-columns.ts";
import { readProfile } from "./read-profile.ts";

const profile = "1.0.99.1.0.255";
const energy = obis("1.0.1.8.0.255");
const ownClock = obis("0.1.1.0.0.255");
const startMs = Date.UTC(2026, 0, 1);
const periodMs = 900_000;
const nothing = u8(0);
const register = servedRegister(energy, {
  value: () => u32(1),
  scalerUnit: { scaler: -2, unit: 30 },
});

function meterObjects(rows: number, clock = clockColumn.logicalName): readonly ServerObject[] {
  const columns: readonly ServedColumn[] = [
    { ...clockColumn, logicalName: clock, capture: () => nothing },
    { classId: 3, logicalName: energy, attributeId: 2, dataIndex: 0, capture: () => nothing },
  ];
  const served = servedProfile(profile, {
    columns,
    capturePeriodSeconds: 900,
    entriesMax: 10_000,
    compressed: true,
  });
  for (let row = 0; row < rows; row++) {
    const time = dateTimeFromUtcMs(startMs + row * periodMs, -60, 0);
    served.append([octetString(encodeDateTime(time)), u32(1000 + row)]);
  }
  const clocks = [servedClock({ timeZoneMinutes: -60 }).object];
  if (clock !== clockColumn.logicalName) {
    clocks.push({ ...servedClock({ timeZoneMinutes: -120 }).object, logicalName: clock });
  }
  return [served.object, ...clocks, register];
}

async function read(
  objects: readonly ServerObject[],
  request: Omit<ProfileRequest, "profile">,
  options: MeterOptions = {},
) {
  await using meter = await meterSession(objects, options);
  const parts = await Array.fromAsync(readProfileColumns(meter.session, { profile, ...request }));
  return { parts, roundTrips: meter.session.counters.requests };
}

function valuesOf(parts: readonly ProfileColumnsPart[], column: number): readonly number[] {
  return parts.flatMap((part) => {
    const cells = part.ok ? part.columns[column]!.cells : undefined;
    if (cells?.kind === "time") return [...cells.utcMs];
    return cells?.kind === "number" ? [...cells.values] : [];
  });
}

const times = (from: number, to: number) => ({
  fromMs: startMs + from * periodMs,
  toMs: startMs + to * periodMs,
});
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, row) => 1000 + from + row);

describe("the columns of a profile over a session", () => {
  test.each([
    ["by time", times(10, 39)],
    ["by number", { fromEntry: 11, toEntry: 40 }],
  ])("come in parts %s, and rows are counted", async (_, rows) => {
    const seen: number[] = [];
    const { parts } = await read(meterObjects(50), {
      rows,
      rowsPerRequest: 12,
      onRows: (count) => seen.push(count),
    });
    expect(seen).toEqual([12, 24, 30]);
    expect(valuesOf(parts, 1)).toEqual(numbers(10, 39));
    expect(valuesOf(parts, 0)[0]).toBe(startMs + 10 * periodMs);
    expect(parts[0]).toMatchObject({
      ok: true,
      rowCount: 12,
      columns: [{ object: { classId: 8 } }, { scalerUnit: { scaler: -2, unit: 30 } }],
    });
    expect(parts.at(-1)).toMatchObject({ next: undefined });
  });

  test("say what the rows say, in blocks, over short names and behind a known description", async () => {
    const objects = meterObjects(400);
    for (const options of [{}, { referencing: "sn" as const }]) {
      await using meter = await meterSession(objects, options);
      const request = { profile, rows: { fromEntry: 1 } };
      const [rows] = await Array.fromAsync(readProfile(meter.session, request));
      if (rows?.ok !== true) throw new Error("refused");
      const before = meter.session.counters.requests;
      const parts = await Array.fromAsync(
        readProfileColumns(meter.session, { ...request, description: rows.description }),
      );
      expect(meter.session.counters.requests).toBe(before + 1);
      expect(valuesOf(parts, 0)).toEqual(rows.rows.map(({ utcMs }) => utcMs));
      expect(valuesOf(parts, 1)).toEqual(rows.rows.map((row) => row.values[1]!.data.value));
    }
  });

  test.each([times(2, 4), { fromEntry: 3, toEntry: 5 }])(
    "are only those wanted, and the clock, for %j",
    async (rows) => {
      const { parts } = await read(meterObjects(9), { rows, columns: [] });
      expect(parts).toMatchObject([{ rowCount: 3, columns: [{ object: { classId: 8 } }] }]);
    },
  );

  test("have the bounds of the profile's own clock, wherever it stands", async () => {
    const { parts, roundTrips } = await read(meterObjects(9, ownClock), { rows: times(2, 4) });
    expect(parts).toMatchObject([{ rowCount: 3, description: { deviationMinutes: -120 } }]);
    expect(roundTrips).toBe(4);
    const named = await read(meterObjects(9, ownClock), { rows: times(2, 4), clock: ownClock });
    expect(named.parts).toMatchObject([{ rowCount: 3, description: { deviationMinutes: -120 } }]);
    expect(named.roundTrips).toBe(3);
  });

  test("are not there where the clock that is asked for is not captured", async () => {
    await expect(read(meterObjects(9), { rows: times(2, 4), clock: ownClock })).rejects.toThrow(
      RangeError,
    );
  });

  test("of a profile the meter has not, or refuses, are the meter's no", async () => {
    const { parts } = await read([], { rows: times(0, 1) });
    expect(parts).toEqual([{ ok: false, reason: "object-undefined", next: times(0, 1) }]);
    const [object, ...others] = meterObjects(3);
    const { 2: _, ...attributes } = object!.attributes;
    const refused = await read([{ ...object!, attributes }, ...others], { rows: { fromEntry: 1 } });
    expect(refused.parts).toEqual([
      { ok: false, reason: "object-undefined", next: { fromEntry: 1 } },
    ]);
  });
});
