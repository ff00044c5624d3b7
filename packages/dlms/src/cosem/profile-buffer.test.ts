import { expect, test } from "vitest";
import {
  array,
  bitString,
  compactArray,
  type Data,
  nullData,
  octetString,
  structure,
  u32,
  u8,
} from "../axdr/index.ts";
import { DecodeError } from "../error.ts";
import type { CaptureObject } from "./capture-object.ts";
import { dateTimeOf, encodeDateTime, localText } from "./date-time.ts";
import { obis } from "./obis.ts";
import {
  clockColumnOf,
  decodeProfileBuffer,
  laterBy,
  type ProfileLayout,
  statusColumnOf,
} from "./profile-buffer.ts";

const column = (classId: number, name: string): CaptureObject => ({
  classId,
  logicalName: obis(name),
  attributeId: 2,
  dataIndex: 0,
});
const columns = [column(3, "1-0:1.8.0"), column(1, "0-0:96.10.1"), column(8, "0-0:1.0.0")];
const layout: ProfileLayout = { columns, capturePeriodSeconds: 900 };

const at = (hour: number, minute: number, deviationMinutes: number, status = 0): Data =>
  octetString(
    encodeDateTime(
      dateTimeOf({
        year: 2025,
        month: 10,
        day: 26,
        dayOfWeek: 7,
        hour,
        minute,
        second: 0,
        deviationMinutes,
        status,
      }),
    ),
  );

test("finds clock and status wherever they stand", () => {
  expect(clockColumnOf(columns)).toBe(2);
  expect(statusColumnOf(columns)).toBe(1);
  expect(clockColumnOf([])).toBe(-1);
  expect(statusColumnOf([column(3, "1-0:96.10.1")])).toBe(-1);
});

test("repeats values and counts times on, across the hour that comes twice", () => {
  const buffer = array([
    structure([u32(1), bitString("00000001"), at(2, 45, -120, 0x80)]),
    structure([u32(2), nullData(), at(2, 0, -60)]),
    structure([nullData(), nullData(), nullData()]),
  ]);
  const rows = decodeProfileBuffer(buffer, layout);
  expect(rows.map(({ time }) => time && localText(time))).toEqual([
    "2025-10-26T02:45:00",
    "2025-10-26T02:00:00",
    "2025-10-26T02:15:00",
  ]);
  expect(rows.map(({ utcMs }) => utcMs)).toEqual([
    Date.UTC(2025, 9, 26, 0, 45),
    Date.UTC(2025, 9, 26, 1, 0),
    Date.UTC(2025, 9, 26, 1, 15),
  ]);
  expect(rows.map(({ timeDerived }) => timeDerived)).toEqual([false, false, true]);
  expect(rows.map(({ cells }) => cells[0])).toEqual([u32(1), u32(2), u32(2)]);
  expect(rows[2]?.status).toEqual(bitString("00000001"));
});

test("has no time where the first rows do not say it", () => {
  const rows = decodeProfileBuffer(array([structure([u32(1), u8(0), nullData()])]), layout);
  expect(rows[0]).toMatchObject({ time: undefined, utcMs: undefined, timeDerived: false });
});

test("reads a compact-array and rows of one bare value", () => {
  const single = { ...layout, columns: [column(3, "1-0:1.8.0")] };
  const buffer = compactArray({ type: "unsigned" }, [u8(1), u8(2)]);
  expect(decodeProfileBuffer(buffer, single).map(({ cells }) => cells)).toEqual([[u8(1)], [u8(2)]]);
});

test("steps over midnight with the right day of week and keeps hundredths", () => {
  const evening = dateTimeOf({
    year: 2025,
    month: 12,
    day: 31,
    dayOfWeek: 3,
    hour: 23,
    minute: 50,
    second: 0,
    hundredths: 5,
  });
  expect(laterBy(evening, 900)).toMatchObject({
    year: 2026,
    month: 1,
    day: 1,
    dayOfWeek: 4,
    hundredths: 5,
  });
  expect(laterBy(evening, -900)?.minute).toBe(35);
  expect(laterBy(dateTimeOf({}), 900)).toBeUndefined();
  expect(laterBy(dateTimeOf({ ...evening, year: 9999 }), 900)).toBeUndefined();
});

test("refuses a row of another width and a clock that is no time", () => {
  const narrow = array([structure([u32(1)])]);
  expect(() => decodeProfileBuffer(narrow, layout)).toThrow(DecodeError);
  const odd = array([structure([u32(1), u8(0), u8(0)])]);
  expect(() => decodeProfileBuffer(odd, layout)).toThrow(DecodeError);
});
