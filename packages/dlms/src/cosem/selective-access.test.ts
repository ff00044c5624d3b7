import { expect, test } from "vitest";
import { encodeData } from "../axdr/index.ts";
import { toHex } from "../octets.ts";
import type { CaptureObject } from "./capture-object.ts";
import { decodeCaptureObjects, encodeCaptureObjects } from "./capture-object.ts";
import { dateTimeOf, encodeDateTime } from "./date-time.ts";
import { clock, profileGeneric, register } from "./descriptor.ts";
import { obis } from "./obis.ts";
import {
  byClassList,
  byEntry,
  byObjectId,
  byObjectIds,
  byTimeRange,
  clockColumn,
  decodeClassList,
  decodeEntry,
  decodeObjectId,
  decodeObjectIds,
  decodeRange,
  restrictingColumn,
  withoutAccessRights,
} from "./selective-access.ts";

const from = dateTimeOf({ year: 2025, month: 11, day: 1, hour: 0, minute: 0, second: 0 });
const to = dateTimeOf({ year: 2025, month: 11, day: 2, hour: 0, minute: 0, second: 0 });
const energy: CaptureObject = {
  classId: 3,
  logicalName: obis("1-0:1.8.0"),
  attributeId: 2,
  dataIndex: 0,
};

test("encodes a range descriptor as the standard draws it", () => {
  const { selector, parameters } = byTimeRange(from, to);
  expect(selector).toBe(1);
  expect(toHex(encodeData(parameters))).toBe(
    "0204" +
      "020412000809060000010000ff0f02120000" +
      "090c07e90b01ff000000ff8000ff" +
      "090c07e90b02ff000000ff8000ff" +
      "0100",
  );
});

test("writes bounds as date-time and only the columns wanted where told", () => {
  const { parameters } = byTimeRange(from, to, {
    boundType: "date-time",
    selectedValues: [clockColumn, energy],
  });
  expect(decodeRange(parameters)).toEqual({
    restrictingObject: clockColumn,
    from: { type: "date-time", value: encodeDateTime(from) },
    to: { type: "date-time", value: encodeDateTime(to) },
    selectedValues: [clockColumn, energy],
  });
});

test("restricts by the clock wherever it stands, never by the first column", () => {
  expect(restrictingColumn([energy, clockColumn])).toBe(clockColumn);
  expect(restrictingColumn([energy])).toBeUndefined();
});

test("encodes an entry descriptor, all entries and columns unless told", () => {
  expect(toHex(encodeData(byEntry().parameters))).toBe("020406000000010600000000120001120000");
  const selection = { fromEntry: 2, toEntry: 5, fromColumn: 1, toColumn: 3 };
  expect(byEntry(selection).selector).toBe(2);
  expect(decodeEntry(byEntry(selection).parameters)).toEqual(selection);
});

test.for([
  { fromEntry: 0 },
  { fromEntry: 5, toEntry: 4 },
  { toColumn: 0x1_0000 },
  { fromEntry: 1.5 },
])("refuses the entries %j", (selection) => {
  expect(() => byEntry(selection)).toThrow(RangeError);
});

test("selects from an object list by class, by object or without rights", () => {
  expect(withoutAccessRights()).toMatchObject({ selector: 1 });
  expect(byClassList([3, 7]).selector).toBe(2);
  expect(decodeClassList(byClassList([3, 7]).parameters)).toEqual([3, 7]);
  const id = { classId: 3, logicalName: obis("1-0:1.8.0") };
  expect(byObjectIds([id]).selector).toBe(3);
  expect(decodeObjectIds(byObjectIds([id]).parameters)).toEqual([id]);
  expect(byObjectId(id).selector).toBe(4);
  expect(decodeObjectId(byObjectId(id).parameters)).toEqual(id);
});

test("reads back the capture objects it writes", () => {
  const columns = [clockColumn, energy];
  expect(decodeCaptureObjects(encodeCaptureObjects(columns))).toEqual(columns);
});

test("names attributes and methods by a few words", () => {
  const volts = register("1-0:32.7.0");
  const { logicalName } = volts;
  expect(volts).toMatchObject({ classId: 3, logicalName: "1.0.32.7.0.255", attributeId: 2 });
  expect(volts.attribute(3)).toMatchObject({ classId: 3, logicalName, attributeId: 3 });
  expect(volts.method(1)).toEqual({ classId: 3, logicalName, methodId: 1 });
  expect(clock()).toMatchObject({ classId: 8, logicalName: "0.0.1.0.0.255", attributeId: 2 });
  const selection = byEntry({ toEntry: 1 });
  expect(profileGeneric("1-0:99.1.0").select(selection)).toMatchObject({
    classId: 7,
    logicalName: "1.0.99.1.0.255",
    attributeId: 2,
    selection,
  });
  expect(() => register("volts")).toThrow(RangeError);
});
