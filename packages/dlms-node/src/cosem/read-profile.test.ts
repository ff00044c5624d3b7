import { octetString, u32, u8 } from "@lectura/dlms/axdr";
import { clockColumn, dateTimeFromUtcMs, encodeDateTime, obis } from "@lectura/dlms/cosem";
import {
  type ServedColumn,
  servedClock,
  servedProfile,
  type ServedProfileOptions,
  servedRegister,
  type ServerObject,
} from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { meterSession, type MeterOptions, noLists } from "./procedure.fixture.ts";
import type { ProfileRequest } from "./profile-request.ts";
import { type ProfilePart, readProfile } from "./read-profile.ts";

const profile = "1.0.99.1.0.255";
const energy = obis("1.0.1.8.0.255");
const startMs = Date.UTC(2026, 0, 1);
const periodMs = 900_000;
const nothing = u8(0);
const register = servedRegister(energy, {
  value: () => u32(1),
  scalerUnit: { scaler: -2, unit: 30 },
});
const columns: readonly ServedColumn[] = [
  { ...clockColumn, capture: () => nothing },
  {
    classId: 1,
    logicalName: obis("0.0.96.10.1.255"),
    attributeId: 2,
    dataIndex: 0,
    capture: () => nothing,
  },
  { classId: 3, logicalName: energy, attributeId: 2, dataIndex: 0, capture: () => nothing },
];

function meterObjects(
  rows: number,
  changes: Partial<ServedProfileOptions> = {},
): readonly ServerObject[] {
  const served = servedProfile(profile, {
    columns,
    capturePeriodSeconds: 900,
    entriesMax: 10_000,
    compressed: true,
    ...changes,
  });
  for (let row = 0; row < rows; row++) {
    const time = dateTimeFromUtcMs(startMs + row * periodMs, -60, 0);
    served.append([octetString(encodeDateTime(time)), u8(row & 1), u32(1000 + row)]);
  }
  return [served.object, servedClock({ timeZoneMinutes: -60 }).object, register];
}

async function read(
  objects: readonly ServerObject[],
  request: Omit<ProfileRequest, "profile">,
  options: MeterOptions = {},
): Promise<{ readonly parts: readonly ProfilePart[]; readonly roundTrips: number }> {
  await using meter = await meterSession(objects, options);
  const before = meter.session.counters.requests;
  const parts = await Array.fromAsync(readProfile(meter.session, { profile, ...request }));
  return { parts, roundTrips: meter.session.counters.requests - before };
}

const timesOf = (parts: readonly ProfilePart[]): readonly (number | undefined)[] =>
  parts.flatMap((part) => (part.ok ? part.rows.map(({ utcMs }) => utcMs) : []));
const expected = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, row) => startMs + (from + row) * periodMs);
const times = (from: number, to: number) => ({
  fromMs: startMs + from * periodMs,
  toMs: startMs + to * periodMs,
});

describe("a profile over a session", () => {
  test("is described in two round trips and read in parts by time", async () => {
    const { parts, roundTrips } = await read(meterObjects(50), {
      rows: times(10, 39),
      rowsPerRequest: 12,
    });
    expect(timesOf(parts)).toEqual(expected(10, 39));
    expect(parts.map((part) => part.ok && part.rows.length)).toEqual([12, 12, 6]);
    expect(roundTrips).toBe(2 + 3);
    const [first] = parts;
    if (first === undefined || !first.ok) throw new Error("refused");
    expect(first.description).toMatchObject({
      capturePeriodSeconds: 900,
      sortMethod: "fifo",
      deviationMinutes: -60,
      boundType: "octet-string",
    });
    const row = first.rows[1]!;
    expect(row).toMatchObject({ timeDerived: true, quality: "good", status: u8(1) });
    expect(row.values[2]).toMatchObject({
      exact: { kind: "decimal", raw: 1011n, scaler: -2 },
      scalerUnit: { scaler: -2, unit: 30 },
    });
    expect(row.values[1]!.scalerUnit).toBeUndefined();
  });

  test("goes on after a broken session where it stopped, without describing it again", async () => {
    const objects = meterObjects(50);
    const meter = await meterSession(objects);
    const parts: ProfilePart[] = [];
    await expect(async () => {
      const request = { profile, rows: times(0, 29), rowsPerRequest: 10 };
      for await (const part of readProfile(meter.session, request)) {
        parts.push(part);
        if (parts.length === 2) meter.pipe.break();
      }
    }).rejects.toThrow();
    await meter.session[Symbol.asyncDispose]();
    const last = parts.at(-1)!;
    if (!last.ok || last.next === undefined) throw new Error("nothing left");
    const rest = await read(objects, { rows: last.next, description: last.description });
    expect(timesOf([...parts, ...rest.parts])).toEqual(expected(0, 29));
    expect(rest.roundTrips).toBe(1);
  });

  test("is read by entries, to an end or to the last", async () => {
    const rows = { fromEntry: 5, toEntry: 30 };
    const some = await read(meterObjects(50), { rows, rowsPerRequest: 10 });
    expect(timesOf(some.parts)).toEqual(expected(4, 29));
    const all = await read(meterObjects(25), { rows: { fromEntry: 1 }, rowsPerRequest: 10 });
    expect(timesOf(all.parts)).toEqual(expected(0, 24));
    expect(all.parts.at(-1)).toMatchObject({ next: undefined });
    const none = await read(meterObjects(0), { rows: { fromEntry: 1 } });
    expect(timesOf(none.parts)).toEqual([]);
  });

  test.each([times(2, 4), { fromEntry: 3, toEntry: 5 }])(
    "gives only the columns wanted, and the clock, for %j",
    async (rows) => {
      const wanted = [{ logicalName: energy, attributeId: 2 }];
      const { parts } = await read(meterObjects(10), { rows, columns: wanted });
      expect(timesOf(parts)).toEqual(expected(2, 4));
      const values = parts.flatMap((part) => (part.ok ? part.rows.map((row) => row.values) : []));
      expect(values.map((row) => row.map(({ object }) => object.classId))).toEqual([
        [8, 3],
        [8, 3],
        [8, 3],
      ]);
      expect(values[0]![1]!.exact).toEqual({ kind: "decimal", raw: 1002n, scaler: -2 });
    },
  );

  test("comes newest first where the meter sorts it so", async () => {
    const { parts } = await read(meterObjects(5, { sort: "lifo" }), { rows: { fromEntry: 1 } });
    expect(timesOf(parts)).toEqual(expected(0, 4).toReversed());
  });

  test("of events is read in one request", async () => {
    const objects = meterObjects(20, { capturePeriodSeconds: 0 });
    const { parts } = await read(objects, { rows: times(0, 19), rowsPerRequest: 5 });
    expect(parts).toHaveLength(1);
    expect(timesOf(parts)).toEqual(expected(0, 19));
  });

  test("takes bounds as date-time where octet-string is refused, and remembers", async () => {
    const [object, ...others] = meterObjects(20);
    const buffer = object!.attributes[2]!;
    const picky: ServerObject = {
      ...object!,
      attributes: {
        ...object!.attributes,
        2: {
          ...buffer,
          read: (context) => {
            const parameters = context.selection?.parameters;
            const from = parameters?.type === "structure" ? parameters.value[1] : undefined;
            return from?.type === "date-time" ? buffer.read!(context) : "type-unmatched";
          },
        },
      },
    };
    const { parts, roundTrips } = await read([picky, ...others], {
      rows: times(0, 19),
      rowsPerRequest: 10,
    });
    expect(timesOf(parts)).toEqual(expected(0, 19));
    expect(roundTrips).toBe(2 + 2 + 1);
    expect(parts[1]).toMatchObject({ description: { boundType: "date-time" } });
    const fixed = await read([picky, ...others], {
      rows: times(0, 19),
      boundType: "octet-string",
    });
    expect(fixed.parts).toEqual([{ ok: false, reason: "type-unmatched", next: times(0, 19) }]);
  });

  test("works without lists, with a wrong scaler corrected, and over short names", async () => {
    const overrides = [{ classId: 3, logicalName: energy, scaler: 0 }];
    for (const options of [{ conformance: noLists }, { referencing: "sn" as const }]) {
      const { parts } = await read(meterObjects(3), { rows: { fromEntry: 1 }, overrides }, options);
      const [part] = parts;
      if (part === undefined || !part.ok) throw new Error(part?.reason);
      expect(part.rows[2]!.values[2]!.exact).toEqual({ kind: "decimal", raw: 1002n, scaler: 0 });
    }
  });

  test("that is not there is a value; times without a clock column are our mistake", async () => {
    const missing = await read([register], { rows: times(0, 1) });
    expect(missing.parts).toEqual([{ ok: false, reason: "object-undefined", next: times(0, 1) }]);
    const clockless = servedProfile(profile, {
      columns: columns.slice(1),
      capturePeriodSeconds: 900,
      entriesMax: 10,
    });
    await expect(read([clockless.object, register], { rows: times(0, 1) })).rejects.toThrow(
      /no clock/,
    );
  });
});
