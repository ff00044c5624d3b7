/**
 * Rows of a profile as readings: times reconstructed, values scaled exactly, quality by clock
 * status.
 */
import type { Data } from "../axdr/data.ts";
import type { CaptureObject } from "./capture-object.ts";
import { clockStatus, type CosemDateTime } from "./date-time.ts";
import { decodeProfileBuffer, type ProfileLayout, type ProfileRow } from "./profile-buffer.ts";
import { isScaledAttribute, type ScalerUnit } from "./scaler-unit.ts";
import { type ExactValue, toExactValue } from "./value.ts";

/**
 * How far the time of a row is to be trusted, from the clock status in it: `invalid-time` and
 * `doubtful-time` as the meter says, `no-time` where none can be worked out. The row's values are
 * kept in every case; what a status column says of them is the vendor's (`status`).
 */
export type RowQuality = "good" | "doubtful-time" | "invalid-time" | "no-time";

/** What reads a buffer. */
export interface ProfileDescription extends ProfileLayout {
  /** One for each column; undefined where a column has no scaler (clock, status, Data). */
  readonly scalerUnits: readonly (ScalerUnit | undefined)[];
}

/** One cell. */
export interface ProfileValue {
  readonly object: CaptureObject;
  readonly data: Data;
  /** Undefined for what is no single value: null-data, array, structure. */
  readonly exact: ExactValue | undefined;
  readonly scalerUnit: ScalerUnit | undefined;
}

/** One row. */
export interface ProfileReading {
  /** UTC ms; undefined with `no-time`. */
  readonly utcMs: number | undefined;
  readonly time: CosemDateTime | undefined;
  /** The time was not sent but follows from the row before. */
  readonly timeDerived: boolean;
  readonly quality: RowQuality;
  readonly status: Data | undefined;
  /** In the order of the columns. */
  readonly values: readonly ProfileValue[];
}

/**
 * Rows of a buffer with times, values and units.
 * @throws {DecodeError} cosem/malformed: no rows, or a row of another width.
 */
export function readProfileRows(
  buffer: Data,
  description: ProfileDescription,
): readonly ProfileReading[] {
  return decodeProfileBuffer(buffer, description).map((row) => readingOf(row, description));
}

/** Whether the scaler of a column's object applies to its cells. */
export function isScaledColumn({ classId, attributeId }: CaptureObject): boolean {
  return isScaledAttribute(classId, attributeId);
}

function readingOf(row: ProfileRow, description: ProfileDescription): ProfileReading {
  const { columns, scalerUnits } = description;
  return {
    utcMs: row.utcMs,
    time: row.time,
    timeDerived: row.timeDerived,
    quality: qualityOf(row),
    status: row.status,
    values: row.cells.map((data, index): ProfileValue => {
      const object = columns[index]!;
      const scalerUnit = scalerUnits[index];
      const octetString = object.classId === 8 ? "datetime" : "octets";
      const exact = toExactValue(data, scalerUnit?.scaler ?? 0, {
        octetString,
        ...(description.invertedDeviation === undefined
          ? {}
          : { invertedDeviation: description.invertedDeviation }),
      });
      return { object, data, exact, scalerUnit };
    }),
  };
}

function qualityOf({ time, utcMs }: ProfileRow): RowQuality {
  if (time === undefined || utcMs === undefined) return "no-time";
  const status = clockStatus(time);
  if (status?.invalid === true || status?.invalidClockStatus === true) return "invalid-time";
  return status?.doubtful === true ? "doubtful-time" : "good";
}
