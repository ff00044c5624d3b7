import type { Data } from "@lectura/dlms/axdr";
import { octetString } from "@lectura/dlms/axdr";
import {
  dateTimeFromData,
  dateTimeFromUtcMs,
  deviationNotSpecified,
  encodeDateTime,
  utcMs,
} from "@lectura/dlms/cosem";

/** Date-time as the meter writes it: local time with its deviation, status 0. */
export function writeTime(atMs: number, utcOffsetMinutes: number): Data {
  return octetString(encodeDateTime(dateTimeFromUtcMs(atMs, -utcOffsetMinutes, 0)));
}

/**
 * UTC ms of a date-time a client sent; without a deviation it is the meter's local time.
 * Undefined: not a date-time, or one that leaves its moment open.
 */
export function readTime(value: Data, utcOffsetMinutes: number): number | undefined {
  if (value.type !== "octet-string" && value.type !== "date-time") return undefined;
  if (value.value.length !== 12) return undefined;
  const time = dateTimeFromData(value);
  const local = time.deviationMinutes === deviationNotSpecified;
  return utcMs(local ? { ...time, deviationMinutes: -utcOffsetMinutes } : time);
}
