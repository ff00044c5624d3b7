/**
 * COSEM date-time (12 octets), date (5) and time (4), Blue Book 4.1.6.1:
 *
 *     year(2) month day dow | hour minute second hundredths | deviation(2) clock-status
 *
 * Every field keeps the number that is on the wire, wildcards and garbage too, so that encoding
 * gives back identical octets. Meters do send garbage (month 25, day 243): decoding says
 * `invalid`, never throws.
 */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import {
  civilToIso,
  civilToMs,
  type CivilTime,
  dayMs,
  dayOfWeek,
  daysInMonth,
  epochDay,
  msToCivil,
} from "./civil-time.ts";

/** "Not specified" in every field of one octet. */
export const notSpecified = 0xff;
/** "Not specified" in the year. */
export const yearNotSpecified = 0xffff;
/** "Not specified" in the deviation (8000 hex). */
export const deviationNotSpecified = -0x8000;
/** Month: the month in which daylight saving ends / begins. */
export const monthDstEnd = 0xfd;
/** Month: when daylight saving begins (Blue Book 4.1.6.1). */
export const monthDstBegin = 0xfe;
/**
 * Day: the second last / the last day of the month (of the given day of week where one is
 * given).
 */
export const daySecondLast = 0xfd;
/** Day: the last of the month (Blue Book 4.1.6.1). */
export const dayLast = 0xfe;

/** COSEM date. `dayOfWeek` 1 = Monday .. 7 = Sunday. Wildcards as the constants above. */
export interface CosemDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfWeek: number;
  /** A field is out of its range, or the day does not exist in that month. */
  readonly invalid: boolean;
}

/** COSEM time. `hundredths` of a second, 255 = not specified, as in all its fields. */
export interface CosemTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly hundredths: number;
  readonly invalid: boolean;
}

/** COSEM date-time. */
export interface CosemDateTime extends CosemDate, CosemTime {
  /**
   * Minutes to add to local time to get UTC: -60 = Central European winter time. -32768 = not
   * specified.
   */
  readonly deviationMinutes: number;
  /** Clock status octet, 255 = not specified; see `clockStatus`. */
  readonly status: number;
}

/** The flags of the clock status octet. */
export interface ClockStatus {
  readonly raw: number;
  readonly invalid: boolean;
  readonly doubtful: boolean;
  readonly differentBase: boolean;
  readonly invalidClockStatus: boolean;
  /** Daylight saving is active. The deviation includes it already. */
  readonly dst: boolean;
}

/** How to read a meter's deviation. */
export interface DeviationOptions {
  /** The meter's firmware sends the deviation with the opposite sign (UTC = local - deviation). */
  readonly invertedDeviation?: boolean;
}

/** What makes a date-time: fields left out are not specified. */
export interface DateTimeFields {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly dayOfWeek?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly hundredths?: number;
  readonly deviationMinutes?: number;
  readonly status?: number;
}

/**
 * A COSEM date-time of 12 octets (Blue Book 4.1.6.1).
 * @throws {DecodeError} cosem/malformed: not 12 octets. Never for what is in them.
 */
export function decodeDateTime(octets: Uint8Array): CosemDateTime {
  if (octets.length !== 12) refuseLength("date-time", 12, octets.length);
  return dateTimeAt(octets, 0);
}

/** As `decodeDateTime`, of the 12 octets at `offset`. The caller has checked that they are there. */
export function dateTimeAt(octets: Uint8Array, offset: number): CosemDateTime {
  return dateTimeOf({
    year: (octets[offset]! << 8) | octets[offset + 1]!,
    month: octets[offset + 2]!,
    day: octets[offset + 3]!,
    dayOfWeek: octets[offset + 4]!,
    hour: octets[offset + 5]!,
    minute: octets[offset + 6]!,
    second: octets[offset + 7]!,
    hundredths: octets[offset + 8]!,
    deviationMinutes: deviationAt(octets, offset),
    status: octets[offset + 11]!,
  });
}

/** Completes fields to a date-time: what is left out is not specified. */
export function dateTimeOf(fields: DateTimeFields): CosemDateTime {
  const date = dateOf(fields);
  const time = timeOf(fields);
  const deviationMinutes = fields.deviationMinutes ?? deviationNotSpecified;
  return {
    year: date.year,
    month: date.month,
    day: date.day,
    dayOfWeek: date.dayOfWeek,
    hour: time.hour,
    minute: time.minute,
    second: time.second,
    hundredths: time.hundredths,
    deviationMinutes,
    status: fields.status ?? notSpecified,
    invalid: date.invalid || time.invalid || !isDeviation(deviationMinutes),
  };
}

/**
 * Twelve octets, the same that were decoded. @throws {RangeError} a field does not fit its
 * octets.
 */
export function encodeDateTime(value: CosemDateTime): Uint8Array {
  const octets = new Uint8Array(12);
  octets.set(encodeDate(value), 0);
  octets.set(encodeTime(value), 5);
  const { deviationMinutes } = value;
  if (
    !Number.isInteger(deviationMinutes) ||
    deviationMinutes < -0x8000 ||
    deviationMinutes > 0x7fff
  ) {
    throw new RangeError(`deviation ${deviationMinutes} does not fit 16 bits`);
  }
  octets[9] = (deviationMinutes >> 8) & 0xff;
  octets[10] = deviationMinutes & 0xff;
  octets[11] = octet(value.status, "clock status");
  return octets;
}

/**
 * A COSEM date of 5 octets (Blue Book 4.1.6.1).
 * @throws {DecodeError} cosem/malformed: not 5 octets.
 */
export function decodeDate(octets: Uint8Array): CosemDate {
  if (octets.length !== 5) refuseLength("date", 5, octets.length);
  return dateOf({
    year: (octets[0]! << 8) | octets[1]!,
    month: octets[2]!,
    day: octets[3]!,
    dayOfWeek: octets[4]!,
  });
}

/** Five octets. @throws {RangeError} a field does not fit. */
export function encodeDate(value: Omit<CosemDate, "invalid">): Uint8Array {
  const { year } = value;
  if (!Number.isInteger(year) || year < 0 || year > 0xffff) {
    throw new RangeError(`year ${year} does not fit 16 bits`);
  }
  return Uint8Array.of(
    year >> 8,
    year & 0xff,
    octet(value.month, "month"),
    octet(value.day, "day"),
    octet(value.dayOfWeek, "day of week"),
  );
}

/**
 * A COSEM time of 4 octets (Blue Book 4.1.6.1).
 * @throws {DecodeError} cosem/malformed: not 4 octets.
 */
export function decodeTime(octets: Uint8Array): CosemTime {
  if (octets.length !== 4) refuseLength("time", 4, octets.length);
  const [hour, minute, second, hundredths] = octets;
  return timeOf({ hour: hour!, minute: minute!, second: second!, hundredths: hundredths! });
}

/** Four octets. @throws {RangeError} a field does not fit. */
export function encodeTime(value: Omit<CosemTime, "invalid">): Uint8Array {
  return Uint8Array.of(
    octet(value.hour, "hour"),
    octet(value.minute, "minute"),
    octet(value.second, "second"),
    octet(value.hundredths, "hundredths"),
  );
}

/**
 * Date-time of an attribute: octet-string of 12 octets (class 8 and most profiles) or date-time.
 * @throws {DecodeError} cosem/malformed: another type or another length.
 */
export function dateTimeFromData(data: Data, field = "date-time"): CosemDateTime {
  if (data.type !== "octet-string" && data.type !== "date-time") {
    throw new DecodeError("cosem", field, 0, `${data.type} holds no date-time`);
  }
  return decodeDateTime(data.value);
}

/** Wall time, where all of year .. second are specified and real. */
export function civilTime(value: CosemDateTime): CivilTime | undefined {
  const { year, month, day, hour, minute, second, hundredths } = value;
  if (!isRealDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const millisecond = hundredths < 100 ? hundredths * 10 : 0;
  return { year, month, day, hour, minute, second, millisecond };
}

/**
 * `2025-11-30T23:59:59`, with `.990000` only where hundredths are 1..99. Undefined where a part from
 * year to second is not specified or does not exist.
 */
export function localText(value: CosemDateTime): string | undefined {
  const civil = civilTime(value);
  return civil === undefined ? undefined : civilToIso(civil);
}

/**
 * Text of any date-time, for people: `*` for parts not specified, hexadecimal for wildcards and garbage:
 * `****-10-FE 03:00:00`.
 */
export function looseText(value: CosemDateTime): string {
  const known = localText(value);
  if (known !== undefined) return known;
  const year = value.year === yearNotSpecified ? "****" : String(value.year).padStart(4, "0");
  const date = `${year}-${loose(value.month, 12)}-${loose(value.day, 31)}`;
  return `${date} ${loose(value.hour, 23)}:${loose(value.minute, 59)}:${loose(value.second, 59)}`;
}

/** As `localText`, in UTC and with `Z`. */
export function utcText(value: CosemDateTime, options?: DeviationOptions): string | undefined {
  const ms = utcMs(value, options);
  return ms === undefined ? undefined : `${civilToIso(msToCivil(ms))}Z`;
}

/**
 * UTC milliseconds since 1970: local time + deviation (Blue Book 4.1.6.1). Undefined where a
 * part from year to second or the deviation is not specified or impossible. The status does not
 * matter here.
 */
export function utcMs(value: CosemDateTime, options?: DeviationOptions): number | undefined {
  const civil = civilTime(value);
  if (civil === undefined) return undefined;
  const ms = wallToUtcMs(civilToMs(civil), value.deviationMinutes, options);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Wall milliseconds (no zone applied) of the day in the date-time at `offset`, without an object; NaN
 * where it is not specified or impossible. The caller has checked that the octets are there.
 */
export function dayMsAt(octets: Uint8Array, offset: number): number {
  const year = (octets[offset]! << 8) | octets[offset + 1]!;
  const month = octets[offset + 2]!;
  const day = octets[offset + 3]!;
  return isRealDay(year, month, day) ? epochDay(year, month, day) * dayMs : Number.NaN;
}

/** As `dayMsAt`, milliseconds since midnight. */
export function clockMsAt(octets: Uint8Array, offset: number): number {
  const hour = octets[offset + 5]!;
  const minute = octets[offset + 6]!;
  const second = octets[offset + 7]!;
  const hundredths = octets[offset + 8]!;
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const fraction = hundredths < 100 ? hundredths * 10 : 0;
  return (hour * 3600 + minute * 60 + second) * 1000 + fraction;
}

/** Deviation of the 12 octets at `offset`, in minutes; -32768 = not specified. */
export function deviationAt(octets: Uint8Array, offset: number): number {
  return ((octets[offset + 9]! << 24) >> 16) | octets[offset + 10]!;
}

/** UTC of a wall time; NaN where the deviation is not specified or impossible. */
export function wallToUtcMs(
  wallMs: number,
  deviationMinutes: number,
  options?: DeviationOptions,
): number {
  if (deviationMinutes < -deviationMax || deviationMinutes > deviationMax) return Number.NaN;
  return wallMs + (options?.invertedDeviation === true ? -60_000 : 60_000) * deviationMinutes;
}

/** Flags of the status octet; undefined where it is not specified. */
export function clockStatus(value: CosemDateTime): ClockStatus | undefined {
  const raw = value.status;
  if (raw === notSpecified) return undefined;
  return {
    raw,
    invalid: (raw & 0x01) !== 0,
    doubtful: (raw & 0x02) !== 0,
    differentBase: (raw & 0x04) !== 0,
    invalidClockStatus: (raw & 0x08) !== 0,
    dst: (raw & 0x80) !== 0,
  };
}

/**
 * Date-time for SET clock or a range bound: the wall time `deviationMinutes` away from `ms` (UTC).
 * `deviationMinutes` undefined leaves the deviation unspecified and writes UTC as the wall time.
 * @throws {RangeError} outside years 1..9999.
 */
export function dateTimeFromUtcMs(
  ms: number,
  deviationMinutes?: number,
  status: number = notSpecified,
): CosemDateTime {
  const civil = msToCivil(Math.floor(ms / 10) * 10 - (deviationMinutes ?? 0) * 60_000);
  if (!(civil.year >= 1 && civil.year <= 9999)) throw new RangeError(`${ms} ms is no year 1..9999`);
  return dateTimeOf({
    ...civil,
    dayOfWeek: dayOfWeek(epochDay(civil.year, civil.month, civil.day)),
    hundredths: civil.millisecond / 10,
    deviationMinutes: deviationMinutes ?? deviationNotSpecified,
    status,
  });
}

/**
 * The day of `month` that a date with wildcards means in `year`: "last Sunday" is day FE with day of
 * week 7. Undefined where the date does not determine one day of a given month.
 */
export function resolveDay(
  date: CosemDate,
  year: number = date.year,
): { readonly year: number; readonly month: number; readonly day: number } | undefined {
  const { month, day } = date;
  if (year < 1 || year > 9999 || month < 1 || month > 12) return undefined;
  const length = daysInMonth(year, month);
  if (day >= 1 && day <= length) return resolveFrom(date, year, day);
  if (day !== dayLast && day !== daySecondLast) return undefined;
  if (date.dayOfWeek === notSpecified) {
    return { year, month, day: day === dayLast ? length : length - 1 };
  }
  const lastWeekday = dayOfWeek(epochDay(year, month, length));
  const last = length - ((lastWeekday - date.dayOfWeek + 7) % 7);
  return { year, month, day: day === dayLast ? last : last - 7 };
}

/** Day and day of week given without a year: the first such weekday on or after the day. */
function resolveFrom(
  date: CosemDate,
  year: number,
  day: number,
): { readonly year: number; readonly month: number; readonly day: number } | undefined {
  const { month } = date;
  if (date.dayOfWeek === notSpecified || date.year !== yearNotSpecified)
    return { year, month, day };
  const weekday = dayOfWeek(epochDay(year, month, day));
  const found = day + ((date.dayOfWeek - weekday + 7) % 7);
  return found <= daysInMonth(year, month) ? { year, month, day: found } : undefined;
}

/** The Blue Book says -720..+840; UTC+14 exists, so the range is taken as symmetric. */
const deviationMax = 840;

function isDeviation(minutes: number): boolean {
  return minutes === deviationNotSpecified || Math.abs(minutes) <= deviationMax;
}

function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= daysInMonth(year, month);
}

function dateOf(fields: DateTimeFields): CosemDate {
  const year = fields.year ?? yearNotSpecified;
  const month = fields.month ?? notSpecified;
  const day = fields.day ?? notSpecified;
  const weekday = fields.dayOfWeek ?? notSpecified;
  const yearOk = (year >= 1 && year <= 9999) || year === yearNotSpecified;
  const monthOk = (month >= 1 && month <= 12) || month >= monthDstEnd;
  const weekdayOk = (weekday >= 1 && weekday <= 7) || weekday === notSpecified;
  const valid = yearOk && monthOk && weekdayOk && dayIsPossible(year, month, day);
  return { year, month, day, dayOfWeek: weekday, invalid: !valid };
}

function dayIsPossible(year: number, month: number, day: number): boolean {
  if (day >= daySecondLast) return true;
  if (day < 1 || day > 31) return false;
  // A leap year stands in for a year that is not specified.
  return (
    month > 12 || month < 1 || day <= daysInMonth(year === yearNotSpecified ? 2000 : year, month)
  );
}

function timeOf(fields: DateTimeFields): CosemTime {
  const hour = fields.hour ?? notSpecified;
  const minute = fields.minute ?? notSpecified;
  const second = fields.second ?? notSpecified;
  const hundredths = fields.hundredths ?? notSpecified;
  const valid =
    within(hour, 23) && within(minute, 59) && within(second, 59) && within(hundredths, 99);
  return { hour, minute, second, hundredths, invalid: !valid };
}

function loose(value: number, max: number): string {
  if (value === notSpecified) return "**";
  return value <= max ? String(value).padStart(2, "0") : value.toString(16).toUpperCase();
}

function within(value: number, max: number): boolean {
  return (value >= 0 && value <= max) || value === notSpecified;
}

function octet(value: number, field: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) {
    throw new RangeError(`${field} ${value} does not fit one octet`);
  }
  return value;
}

function refuseLength(field: string, expected: number, found: number): never {
  throw new DecodeError("cosem", field, 0, `has ${expected} octets, not ${found}`);
}
