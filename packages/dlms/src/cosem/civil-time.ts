/**
 * Days and milliseconds of the proleptic Gregorian calendar in integers. `dlms` has no clock and no
 * time zone data, so it has no use for the platform's date objects.
 */

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** Milliseconds of one civil day. */
export const dayMs = 86_400_000;

/** A wall time without zone. Ranges: year 1..9999, month 1..12, day 1..31, `millisecond` 0..999. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month 1..12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 to the given day; negative before. Year 1..9999. */
export function epochDay(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays =
    Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477;
  const leapDay = month > 2 && isLeapYear(year) ? 1 : 0;
  return (year - 1970) * 365 + leapDays + daysBeforeMonth[month - 1]! + leapDay + day - 1;
}

/** 1 = Monday .. 7 = Sunday, as in COSEM. */
export function dayOfWeek(epochDays: number): number {
  return ((((epochDays + 3) % 7) + 7) % 7) + 1;
}

/** Milliseconds from 1970-01-01T00:00:00 of the same wall (no zone applied). */
export function civilToMs(time: CivilTime): number {
  const clockMs = ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond;
  return epochDay(time.year, time.month, time.day) * dayMs + clockMs;
}

/** Inverse of `civilToMs`, for whole milliseconds in years 1..9999. */
export function msToCivil(ms: number): CivilTime {
  const days = Math.floor(ms / dayMs);
  let rest = ms - days * dayMs;
  // Shift to an era that starts on 0000-03-01, so that the leap day is the last day of a year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const hour = Math.floor(rest / 3_600_000);
  rest -= hour * 3_600_000;
  const minute = Math.floor(rest / 60_000);
  rest -= minute * 60_000;
  const second = Math.floor(rest / 1000);
  return { year, month, day, hour, minute, second, millisecond: rest - second * 1000 };
}

/** `2025-11-30T23:59:59`, with six decimals only where the milliseconds are not zero. */
export function civilToIso(time: CivilTime): string {
  const date = `${digits(time.year, 4)}-${digits(time.month, 2)}-${digits(time.day, 2)}`;
  const clock = `${digits(time.hour, 2)}:${digits(time.minute, 2)}:${digits(time.second, 2)}`;
  const fraction = time.millisecond === 0 ? "" : `.${digits(time.millisecond, 3)}000`;
  return `${date}T${clock}${fraction}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
