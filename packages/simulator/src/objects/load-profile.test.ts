import { type Data, dateTime, structure, u16, u32, u8 } from "@lectura/dlms/axdr";
import {
  byEntry,
  byRange,
  type CaptureObject,
  clockColumn,
  dateTimeFromData,
  dateTimeFromUtcMs,
  decodeCaptureObjects,
  encodeDateTime,
  obis,
  type SelectiveAccess,
  utcMs,
} from "@lectura/dlms/cosem";
import type { AccessContext } from "@lectura/dlms/server";
import { describe, expect, test } from "vitest";
import { MeterModel } from "../model/meter-model.ts";
import { personalities } from "../personalities/personality-table.ts";
import { loadProfileObject, profileEntriesMax } from "./load-profile.ts";

const quarterMs = 900_000;
const nowMs = Date.UTC(2026, 5, 1, 10, 7, 3);
const newestMs = Date.UTC(2026, 5, 1, 10, 0, 0);
const model = new MeterModel(personalities.microstar, 42, 0);
const profile = loadProfileObject(personalities.microstar, model);

const association: AccessContext["association"] = {
  clientSap: 1,
  mechanism: "low",
  conformance: 0,
  serverMaxPduOctets: 65_535,
  clientMaxPduOctets: 65_535,
  entries: [],
};

function read(attributeId: number, selection?: SelectiveAccess): Data {
  const value = profile.attributes[attributeId]?.read?.({ nowMs, association, selection });
  if (value === undefined || typeof value === "string") throw new Error(String(value));
  return value;
}

function refusal(selection: SelectiveAccess): unknown {
  return profile.attributes[2]?.read?.({ nowMs, association, selection });
}

function rowsOf(data: Data): readonly (readonly Data[])[] {
  if (data.type !== "array") throw new Error(data.type);
  return data.value.map((row) => {
    if (row.type !== "structure") throw new Error(row.type);
    return row.value;
  });
}

function timesOf(data: Data): (number | undefined)[] {
  return rowsOf(data).map(([clock]) => utcMs(dateTimeFromData(clock!)));
}

const clockBound = (atMs: number): Uint8Array => encodeDateTime(dateTimeFromUtcMs(atMs, 0));
const columns = decodeCaptureObjects(read(3));

describe("load profile", () => {
  test("keeps sixty days of quarters up to the one that has begun", () => {
    const times = timesOf(read(2));
    expect(times).toHaveLength(profileEntriesMax);
    expect(times.at(-1)).toBe(newestMs);
    expect(times[0]).toBe(newestMs - (profileEntriesMax - 1) * quarterMs);
    expect(read(7)).toEqual(u32(profileEntriesMax));
  });

  test("its rows hold what the registers held, energy never falling", () => {
    let last = 0;
    for (const [clock, status, energy, power, voltage] of rowsOf(read(2))) {
      const atMs = utcMs(dateTimeFromData(clock!))!;
      expect(status).toEqual(u8(0));
      expect(energy?.value).toBe(model.raw("active_energy", atMs));
      expect(power?.value).toBe(model.raw("active_power", atMs));
      expect(voltage?.value).toBe(model.raw("voltage_l1", atMs));
      expect(energy?.value).toBeGreaterThanOrEqual(last);
      last = energy?.value as number;
    }
  });

  test("names its columns", () => {
    expect(columns.map(({ classId, logicalName }) => `${classId}:${logicalName}`)).toEqual([
      "8:0.0.1.0.0.255",
      "1:0.0.96.10.1.255",
      "3:1.1.1.8.0.255",
      "3:1.1.1.7.0.255",
      "3:1.1.32.7.0.255",
    ]);
  });
});

describe("selection by range", () => {
  const fromMs = newestMs - 4 * quarterMs;

  test.each([
    ["on the quarters", fromMs, newestMs, 5],
    ["between the quarters", fromMs - 1000, newestMs - 1000, 4],
    ["within one quarter", fromMs + 1000, fromMs + 2000, 0],
    ["beyond what is kept", 0, newestMs + 86_400_000, profileEntriesMax],
    ["the wrong way round", newestMs, fromMs, 0],
  ])("takes bounds %s", (_name, from, to, count) => {
    const selection = byRange({
      restrictingObject: clockColumn,
      from: { type: "octet-string", value: clockBound(from) },
      to: dateTime(clockBound(to)),
      selectedValues: [],
    });
    expect(rowsOf(read(2, selection))).toHaveLength(count);
  });

  test("reads a bound without deviation as the meter's local time", () => {
    const local = { ...dateTimeFromUtcMs(newestMs - 5 * 3_600_000), deviationMinutes: -0x8000 };
    const bound: Data = { type: "octet-string", value: encodeDateTime(local) };
    const selection = byRange({
      restrictingObject: clockColumn,
      from: bound,
      to: bound,
      selectedValues: [],
    });
    expect(timesOf(read(2, selection))).toEqual([newestMs]);
  });

  test("gives the columns asked for, in the order asked for", () => {
    const selection = byRange({
      restrictingObject: clockColumn,
      from: { type: "octet-string", value: clockBound(newestMs) },
      to: { type: "octet-string", value: clockBound(newestMs) },
      selectedValues: [columns[2]!, columns[0]!],
    });
    const [row] = rowsOf(read(2, selection));
    expect(row?.map(({ type }) => type)).toEqual(["double-long-unsigned", "octet-string"]);
  });

  test("refuses other columns, other restrictions and bounds that are no times", () => {
    const bound: Data = { type: "octet-string", value: clockBound(newestMs) };
    const other: CaptureObject = { ...clockColumn, logicalName: obis("0.0.1.0.1.255") };
    const range = { restrictingObject: clockColumn, from: bound, to: bound, selectedValues: [] };
    expect(refusal(byRange({ ...range, selectedValues: [other] }))).toBe(
      "scope-of-access-violated",
    );
    expect(refusal(byRange({ ...range, restrictingObject: other }))).toBe(
      "scope-of-access-violated",
    );
    expect(refusal(byRange({ ...range, from: u32(5) }))).toBe("type-unmatched");
    expect(refusal({ selector: 1, parameters: structure([u16(1)]) })).toBe("type-unmatched");
  });
});

describe("selection by entry", () => {
  test.each([
    ["the first two", { fromEntry: 1, toEntry: 2 }, 2, 5],
    ["the last", { fromEntry: profileEntriesMax, toEntry: 0 }, 1, 5],
    ["columns two and three", { fromEntry: 1, toEntry: 1, fromColumn: 2, toColumn: 3 }, 1, 2],
    ["nothing beyond the end", { fromEntry: profileEntriesMax + 1, toEntry: 0 }, 0, 0],
    ["everything", {}, profileEntriesMax, 5],
  ])("gives %s", (_name, selection, rowCount, columnCount) => {
    const rows = rowsOf(read(2, byEntry(selection)));
    expect(rows).toHaveLength(rowCount);
    expect(rows[0]?.length ?? 0).toBe(columnCount);
  });

  test("refuses what is no entry descriptor", () => {
    expect(refusal({ selector: 2, parameters: u8(1) })).toBe("type-unmatched");
  });
});
