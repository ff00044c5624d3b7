import fc from "fast-check";
import { expect, test } from "vitest";
import { octetString, u8 } from "../axdr/index.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import {
  civilToIso,
  civilToMs,
  daysInMonth,
  dayOfWeek,
  epochDay,
  msToCivil,
} from "./civil-time.ts";
import {
  clockStatus,
  dateTimeFromData,
  dateTimeFromUtcMs,
  dateTimeOf,
  dayLast,
  daySecondLast,
  decodeDate,
  decodeDateTime,
  decodeTime,
  encodeDate,
  encodeDateTime,
  encodeTime,
  localText,
  looseText,
  monthDstBegin,
  resolveDay,
  utcMs,
  utcText,
} from "./date-time.ts";

test("adds the deviation to local time to get UTC", () => {
  const value = dateTimeOf({
    year: 2024,
    month: 7,
    day: 1,
    hour: 1,
    minute: 30,
    second: 0,
    deviationMinutes: -120,
    status: 0x80,
  });
  expect(localText(value)).toBe("2024-07-01T01:30:00");
  expect(utcText(value)).toBe("2024-06-30T23:30:00Z");
  expect(utcMs(value)).toBe(Date.UTC(2024, 5, 30, 23, 30));
  expect(clockStatus(value)).toMatchObject({ dst: true, invalid: false, raw: 0x80 });
});

test("takes the opposite sign where a meter's firmware has it", () => {
  const value = decodeDateTime(fromHex("07d20c04030a060bff007800"));
  expect(utcText(value)).toBe("2002-12-04T12:06:11Z");
  expect(utcText(value, { invertedDeviation: true })).toBe("2002-12-04T08:06:11Z");
});

test("leaves UTC open where the deviation or a part is not specified", () => {
  const noDeviation = decodeDateTime(fromHex("07e2020cff00000000800000"));
  expect(localText(noDeviation)).toBe("2018-02-12T00:00:00");
  expect(utcMs(noDeviation)).toBeUndefined();
  expect(noDeviation.invalid).toBe(false);
  const everyDay = decodeDateTime(fromHex("ffffffffff0c0000ff800000"));
  expect(localText(everyDay)).toBeUndefined();
  expect(looseText(everyDay)).toBe("****-**-** 12:00:00");
});

test.for<readonly [what: string, hex: string, invalid: boolean, local: string | undefined]>([
  ["29 February of a leap year", "07e8021d0400000000000000", false, "2024-02-29T00:00:00"],
  ["29 February of a common year", "07e9021d0500000000000000", true, undefined],
  ["29 February of 1900", "076c021d0400000000000000", true, undefined],
  ["29 February of 2000", "07d0021d0200000000000000", false, "2000-02-29T00:00:00"],
  ["hour 24", "07e90101031800000080008f", true, undefined],
  ["second 60", "07e9010103173b3c00800000", true, undefined],
  ["all octets zero", "000000000000000000000000", true, undefined],
  ["day of week 0 beside a real day", "07e901010000000000000000", true, "2025-01-01T00:00:00"],
  ["deviation 900", "07e9010103000000000384ff", true, "2025-01-01T00:00:00"],
  ["hundredths 100", "07e901010300000064000000", true, "2025-01-01T00:00:00"],
  ["hundredths 5", "07e901010300000005000000", false, "2025-01-01T00:00:00.050000"],
])("judges %s", ([, hex, invalid, local]) => {
  const value = decodeDateTime(fromHex(hex));
  expect(value.invalid).toBe(invalid);
  expect(localText(value)).toBe(local);
});

test("gives back identical octets, whatever they were, and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (octets) => {
      const value = decodeDateTime(octets);
      expect(encodeDateTime(value)).toEqual(octets);
      expect(looseText(value)).toMatch(/./);
      clockStatus(value);
      utcMs(value);
      resolveDay(value);
      resolveDay(value, 2025);
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (octets) => {
      expect(encodeDate(decodeDate(octets))).toEqual(octets);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (octets) => {
      expect(encodeTime(decodeTime(octets))).toEqual(octets);
    }),
  );
});

test("agrees with the platform's calendar from year 1 to 9999", () => {
  const first = epochDay(1, 1, 1) * 86_400_000;
  const last = epochDay(9999, 12, 31) * 86_400_000;
  fc.assert(
    fc.property(fc.integer({ min: first, max: last }), (ms) => {
      const civil = msToCivil(ms);
      const date = new Date(ms);
      expect(civilToMs(civil)).toBe(ms);
      expect(civil.year).toBe(date.getUTCFullYear());
      expect(civil.month).toBe(date.getUTCMonth() + 1);
      expect(civil.day).toBe(date.getUTCDate());
      expect(civilToIso({ ...civil, millisecond: 0 })).toBe(date.toISOString().slice(0, 19));
      expect(dayOfWeek(Math.floor(ms / 86_400_000)) % 7).toBe(date.getUTCDay());
      expect(civil.day).toBeLessThanOrEqual(daysInMonth(civil.year, civil.month));
    }),
    { numRuns: 5000 },
  );
});

test("writes the date-time of an instant in the meter's own zone", () => {
  const ms = Date.UTC(2025, 9, 26, 0, 0, 0, 120);
  const value = dateTimeFromUtcMs(ms, -120, 0x80);
  expect(toHex(encodeDateTime(value))).toBe("07e90a1a070200000cff8880");
  expect(utcMs(value)).toBe(ms);
  expect(localText(dateTimeFromUtcMs(ms))).toBe("2025-10-26T00:00:00.120000");
  expect(utcMs(dateTimeFromUtcMs(ms))).toBeUndefined();
  expect(() => dateTimeFromUtcMs(Number.NaN)).toThrow(RangeError);
  expect(() => dateTimeFromUtcMs(8.64e15)).toThrow(RangeError);
});

test("keeps both passes of the repeated hour apart", () => {
  const first = decodeDateTime(fromHex("07e90a1a0702000000ff8880"));
  const second = decodeDateTime(fromHex("07e90a1a0702000000ffc400"));
  expect(localText(first)).toBe(localText(second));
  expect(utcMs(second)! - utcMs(first)!).toBe(3_600_000);
});

test("finds the day that a rule means in a year", () => {
  const lastSunday = decodeDateTime(fromHex("ffff03fe07020000ff800000"));
  expect(resolveDay(lastSunday, 2025)).toEqual({ year: 2025, month: 3, day: 30 });
  expect(resolveDay(lastSunday, 2026)).toEqual({ year: 2026, month: 3, day: 29 });
  const date = (fields: object) => dateTimeOf({ month: 2, ...fields });
  expect(resolveDay(date({ day: dayLast }), 2024)?.day).toBe(29);
  expect(resolveDay(date({ day: daySecondLast }), 2025)?.day).toBe(27);
  expect(resolveDay(date({ day: daySecondLast, dayOfWeek: 7 }), 2025)?.day).toBe(16);
  expect(resolveDay(date({ day: 8, dayOfWeek: 7 }), 2025)?.day).toBe(9);
  expect(resolveDay(date({ day: 29 }), 2025)).toBeUndefined();
  expect(resolveDay(date({ day: dayLast }))).toBeUndefined();
  expect(resolveDay(dateTimeOf({ month: monthDstBegin, day: 1 }), 2025)).toBeUndefined();
});

test("tells misuse from what a peer sent", () => {
  expect(() => decodeDateTime(fromHex("07e9"))).toThrow(DecodeError);
  expect(() => decodeDate(fromHex("07e9"))).toThrow(DecodeError);
  expect(() => decodeTime(fromHex("07e9"))).toThrow(DecodeError);
  expect(() => dateTimeFromData(u8(1))).toThrow(DecodeError);
  expect(() => dateTimeFromData(octetString(fromHex("00")))).toThrow(DecodeError);
  const value = dateTimeOf({});
  expect(() => encodeDateTime({ ...value, year: -1 })).toThrow(RangeError);
  expect(() => encodeDateTime({ ...value, hour: 256 })).toThrow(RangeError);
  expect(() => encodeDateTime({ ...value, deviationMinutes: 40_000 })).toThrow(RangeError);
});
