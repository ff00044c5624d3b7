/** Dates and times with parts left open, met by a day (Blue Book 4.1.6.1). */
import {
  type CosemDate,
  type CosemTime,
  dayLast,
  daySecondLast,
  notSpecified,
  resolveDay,
  yearNotSpecified,
} from "../../cosem/date-time.ts";
import type { CivilDay } from "./wall-clock.ts";

/** True where every part that is specified is that of the day. */
export function matchesDate(date: CosemDate, day: CivilDay): boolean {
  if (date.year !== yearNotSpecified && date.year !== day.year) return false;
  if (date.month !== notSpecified && date.month !== day.month) return false;
  if (date.day === dayLast || date.day === daySecondLast) {
    return resolveDay({ ...date, month: day.month }, day.year)?.day === day.day;
  }
  if (date.day !== notSpecified && date.day !== day.day) return false;
  return date.dayOfWeek === notSpecified || date.dayOfWeek === day.dayOfWeek;
}

/**
 * True from `begin` to `end`, both inclusive; a date that is wholly open does not bound. Without a
 * year the range comes every year, and may go over its end.
 */
export function withinDates(begin: CosemDate, end: CosemDate, day: CivilDay): boolean {
  const everyYear = begin.year === yearNotSpecified || end.year === yearNotSpecified;
  const from = orderOf(begin, everyYear, 0);
  const until = orderOf(end, everyYear, 1);
  const at = (everyYear ? 0 : day.year * 10_000) + day.month * 100 + day.day;
  return from <= until ? at >= from && at <= until : at >= from || at <= until;
}

/** `open`: whether parts left open count as first (0) or last (1). */
function orderOf(date: CosemDate, everyYear: boolean, open: 0 | 1): number {
  const year = everyYear ? 0 : date.year;
  const month = date.month > 12 ? 1 + open * 11 : date.month;
  const day = date.day > 31 ? 1 + open * 30 : date.day;
  return year * 10_000 + month * 100 + day;
}

/**
 * Milliseconds since midnight of a time, in their order: several where hour or minute are left
 * open. Seconds left open are 0.
 */
export function momentsOfDay({ hour, minute, second }: CosemTime): readonly number[] {
  const hours = partsOf(hour, 24);
  const minutes = partsOf(minute, 60);
  const [seconds] = second === notSpecified ? [0] : partsOf(second, 60);
  if (seconds === undefined) return [];
  return hours.flatMap((h) => minutes.map((m) => ((h * 60 + m) * 60 + seconds) * 1000));
}

/** All where it is open, none where there is no such part. */
function partsOf(part: number, count: number): readonly number[] {
  if (part === notSpecified) return Array.from({ length: count }, (_, at) => at);
  return part < count ? [part] : [];
}
