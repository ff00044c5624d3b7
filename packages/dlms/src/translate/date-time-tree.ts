/** A COSEM date-time in the words of the public vectors. */
import {
  clockStatus,
  decodeDateTime,
  deviationNotSpecified,
  localText,
  utcText,
  yearNotSpecified,
} from "../cosem/date-time.ts";
import { toHex } from "../octets.ts";

/** The five flags of the clock status, with the octet. */
export interface ClockStatusTree {
  readonly raw: number;
  readonly invalid: boolean;
  readonly doubtful: boolean;
  readonly different_base: boolean;
  readonly invalid_clock_status: boolean;
  readonly dst: boolean;
}

/**
 * Fields as on the wire: null only for year FFFF and deviation 8000, other wildcards keep their
 * number.
 */
export interface DateTimeTree {
  readonly fields: {
    readonly year: number | null;
    readonly month: number;
    readonly day: number;
    readonly dow: number;
    readonly hour: number;
    readonly minute: number;
    readonly second: number;
    readonly hundredths: number;
    readonly deviation: number | null;
    readonly status: number;
  };
  /** `2025-11-30T23:59:59`, six decimals only for hundredths 1..99; null where not determined. */
  readonly local: string | null;
  /** Local + deviation, with `Z`; null where not determined. */
  readonly utc: string | null;
  /** null where the octet is FF. */
  readonly status: ClockStatusTree | null;
  /** A field is out of its range. */
  readonly invalid: boolean;
  /** The 12 octets. */
  readonly raw: string;
}

/** @throws {DecodeError} cosem/malformed: not 12 octets. */
export function translateDateTime(octets: Uint8Array): DateTimeTree {
  const value = decodeDateTime(octets);
  const status = clockStatus(value);
  return {
    fields: {
      year: value.year === yearNotSpecified ? null : value.year,
      month: value.month,
      day: value.day,
      dow: value.dayOfWeek,
      hour: value.hour,
      minute: value.minute,
      second: value.second,
      hundredths: value.hundredths,
      deviation: value.deviationMinutes === deviationNotSpecified ? null : value.deviationMinutes,
      status: value.status,
    },
    local: localText(value) ?? null,
    utc: utcText(value) ?? null,
    status:
      status === undefined
        ? null
        : {
            raw: status.raw,
            invalid: status.invalid,
            doubtful: status.doubtful,
            different_base: status.differentBase,
            invalid_clock_status: status.invalidClockStatus,
            dst: status.dst,
          },
    invalid: value.invalid,
    raw: toHex(octets),
  };
}
