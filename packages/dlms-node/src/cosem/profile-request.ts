import type { BoundType, ObisCode, ObisText } from "@lectura/dlms/cosem";
import type { DescribeProfileRequest, MeterProfileDescription } from "./describe-profile.ts";

/** Rows between two moments, UTC ms, both included. */
export interface ProfileTimes {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows by number, from 1 in the profile's order, both included. */
export interface ProfileEntries {
  readonly fromEntry: number;
  /** Absent or 0: to the last. */
  readonly toEntry?: number;
}

/** Names a column; all of the same object and attribute are meant. */
export interface ObjectColumn {
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

/** What to read. */
export interface ProfileRequest extends DescribeProfileRequest {
  readonly profile: ObisText;
  readonly rows: ProfileTimes | ProfileEntries;
  /** Of an earlier reading: spares the round trips that describe the profile. */
  readonly description?: MeterProfileDescription;
  /**
   * Only these columns, in the profile's order; the clock always comes with them. Absent: all. Rows by
   * number are sent whole and cut here.
   */
  readonly columns?: readonly ObjectColumn[];
  /** How time bounds are written. Absent: octet-string, and date-time where that is refused. */
  readonly boundType?: BoundType;
  /** Rows asked for at a time; a profile without a period is read in one. Absent: 500. */
  readonly rowsPerRequest?: number;
  /** Called after each request with the rows read so far; `onProgress` says octets in between. */
  readonly onRows?: (rows: number) => void;
}
