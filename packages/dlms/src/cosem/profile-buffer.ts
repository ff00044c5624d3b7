/**
 * Rows of a profile generic's buffer (class 7 attribute 2). In a buffer null-data means "as in the row
 * before"; in the clock column it means "the row before plus capture_period". Both are resolved here, and
 * delta values are added to the cell above.
 */
import type { Data, DataType } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import type { CaptureObject } from "./capture-object.ts";
import { civilToMs, dayOfWeek, epochDay, msToCivil } from "./civil-time.ts";
import { elementsOf } from "./data-shape.ts";
import {
  civilTime,
  type CosemDateTime,
  dateTimeFromData,
  dateTimeOf,
  type DeviationOptions,
  notSpecified,
  utcMs,
} from "./date-time.ts";
import { type ObisCode, obisGroups } from "./obis.ts";

/** What the meter says about a buffer in other attributes, and how to read its times. */
export interface ProfileLayout extends DeviationOptions {
  /** Attribute 3, or the columns that were selected, in their order. */
  readonly columns: readonly CaptureObject[];
  /** Attribute 4 in seconds; 0 = captured by events, then null-data repeats the time. */
  readonly capturePeriodSeconds: number;
  /** The clock column's object, where the profile captures several clocks. Absent: the first. */
  readonly clock?: ObisCode;
  /** Rows come newest first (sort_method LIFO or largest of the clock): null-data counts back. */
  readonly newestFirst?: boolean;
}

/** One row with everything in it resolved. */
export interface ProfileRow {
  /** Undefined where there is no clock column, or its cells are null-data from the first row on. */
  readonly time: CosemDateTime | undefined;
  /** UTC ms of `time` where it is determined. */
  readonly utcMs: number | undefined;
  /** The time was not sent, but counted from the row before. */
  readonly timeDerived: boolean;
  /** Cell of the status column (0-b:96.10.e). Its bits are the vendor's. */
  readonly status: Data | undefined;
  /** One cell a column, clock and status too. null-data only where no row before has a value. */
  readonly cells: readonly Data[];
}

/** A cell as it is meant: null-data is the cell above, a delta value is added to it. */
export function resolveCell(cell: Data, above: Data): Data {
  if (cell.type === "null-data") return above;
  if (!isDelta(cell.type) || typeof cell.value !== "number") return cell;
  if (above.type === "long64" || above.type === "long64-unsigned") {
    return { type: above.type, value: above.value + BigInt(cell.value) };
  }
  if (typeof above.value !== "number" || isDelta(above.type)) return cell;
  return { type: above.type, value: above.value + cell.value };
}

/** delta-integer and its relatives: the difference to the value before (delta-value-encoding). */
export function isDelta(type: DataType): boolean {
  return type.startsWith("delta-");
}

/**
 * Column of the clock: class 8 attribute 2, of the object `clock` where that is given; -1 where there
 * is none.
 */
export function clockColumnOf(columns: readonly CaptureObject[], clock?: ObisCode): number {
  return columns.findIndex(
    ({ classId, attributeId, logicalName }) =>
      classId === 8 && attributeId === 2 && (clock === undefined || logicalName === clock),
  );
}

/** Column of the profile's status, 0-b:96.10.e; -1 where there is none. */
export function statusColumnOf(columns: readonly CaptureObject[]): number {
  return columns.findIndex(({ logicalName }) => {
    const { a, c, d } = obisGroups(logicalName);
    return a === 0 && c === 96 && d === 10;
  });
}

/**
 * Rows of a decoded buffer, sent as array or as compact-array.
 * @throws {DecodeError} cosem/malformed: a row has another number of cells than there are columns.
 */
export function decodeProfileBuffer(data: Data, layout: ProfileLayout): readonly ProfileRow[] {
  const { columns } = layout;
  const clockIndex = clockColumnOf(columns, layout.clock);
  const statusIndex = statusColumnOf(columns);
  const rows: ProfileRow[] = [];
  let before: ProfileRow | undefined;
  for (const [index, element] of elementsOf(data, "buffer").entries()) {
    const sent = cellsOf(element, columns.length, index);
    const cells = sent.map((cell, at) => {
      const above = before?.cells[at];
      return above === undefined || at === clockIndex ? cell : resolveCell(cell, above);
    });
    const clock = timeOfRow(clockIndex === -1 ? undefined : sent[clockIndex], before, layout);
    const time = clock?.time;
    const row: ProfileRow = {
      time,
      utcMs: time === undefined ? undefined : utcMs(time, layout),
      timeDerived: clock?.derived ?? false,
      status: statusIndex === -1 ? undefined : cells[statusIndex],
      cells,
    };
    rows.push(row);
    before = row;
  }
  return rows;
}

/**
 * The date-time `seconds` later on the same wall, deviation and status kept: the meter says when they
 * change by sending the time. Undefined where the time is not determined.
 */
export function laterBy(time: CosemDateTime, seconds: number): CosemDateTime | undefined {
  const civil = civilTime(time);
  if (civil === undefined) return undefined;
  const later = msToCivil(civilToMs(civil) + seconds * 1000);
  if (later.year < 1 || later.year > 9999) return undefined;
  const weekday = dayOfWeek(epochDay(later.year, later.month, later.day));
  return dateTimeOf({
    ...later,
    dayOfWeek: time.dayOfWeek === notSpecified ? notSpecified : weekday,
    hundredths: time.hundredths,
    deviationMinutes: time.deviationMinutes,
    status: time.status,
  });
}

function cellsOf(element: Data, columnCount: number, row: number): readonly Data[] {
  const isList = element.type === "structure" || element.type === "array";
  const cells = isList ? element.value : [element];
  if (cells.length === columnCount) return cells;
  const problem = `has ${cells.length} cells for ${columnCount} columns`;
  throw new DecodeError("cosem", `buffer row ${row + 1}`, 0, problem);
}

interface RowTime {
  readonly time: CosemDateTime | undefined;
  readonly derived: boolean;
}

function timeOfRow(
  cell: Data | undefined,
  before: ProfileRow | undefined,
  layout: ProfileLayout,
): RowTime | undefined {
  if (cell === undefined) return undefined;
  if (cell.type !== "null-data") {
    return { time: dateTimeFromData(cell, "buffer.clock"), derived: false };
  }
  if (before?.time === undefined) return undefined;
  const seconds =
    layout.newestFirst === true ? -layout.capturePeriodSeconds : layout.capturePeriodSeconds;
  return { time: laterBy(before.time, seconds), derived: true };
}
