/**
 * Profiles (class 7) whose rows are computed when asked for, so that any number of meters keeps any
 * number of days. Selection by range and by entry.
 */
import { array, type Data, enumeration, structure, u32 } from "@lectura/dlms/axdr";
import {
  type CaptureObject,
  clockColumn,
  decodeEntry,
  decodeRange,
  encodeCaptureObject,
  encodeCaptureObjects,
  isSameColumn,
  obis,
  type ObisText,
  type SelectiveAccess,
} from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import type { Refusal, ServerObject } from "@lectura/dlms/server";
import { readTime } from "./meter-time.ts";

const rangeSelector = 1;
const entrySelector = 2;
const sortedByFifo = 1;

/** One column, and its value in the row of a moment. */
export interface ComputedColumn extends CaptureObject {
  readonly value: (atMs: number) => Data;
}

/** Moments of rows; numbers grow by one from row to row. */
export interface RowTimes {
  /** UTC ms of a row. */
  readonly atMs: (row: number) => number;
  /** The last row at or before a moment. */
  readonly rowAt: (ms: number) => number;
}

/** What a computed profile is. */
export interface ComputedProfileOptions {
  readonly logicalName: ObisText;
  /** The first one is the clock. */
  readonly columns: readonly ComputedColumn[];
  readonly times: RowTimes;
  /** Attribute 4; 0 where a script captures. */
  readonly capturePeriodS: number;
  readonly entriesMax: number;
  readonly utcOffsetMinutes: number;
}

/** Rows every so many milliseconds from the epoch, moved by an offset. */
export function evenTimes(periodMs: number, offsetMs = 0): RowTimes {
  return {
    atMs: (row) => row * periodMs - offsetMs,
    rowAt: (ms) => Math.floor((ms + offsetMs) / periodMs),
  };
}

/** Rows by number; both ends included, none when from > to. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

interface Selection extends Rows {
  readonly columns: readonly ComputedColumn[];
}

/** Profile generic (class 7 version 1), always full. */
export function computedProfile(options: ComputedProfileOptions): ServerObject {
  const { columns, times, entriesMax } = options;
  return {
    classId: 7,
    version: 1,
    logicalName: obis(options.logicalName),
    attributes: {
      2: {
        selectors: [rangeSelector, entrySelector],
        read: ({ nowMs, selection }) => {
          const newest = times.rowAt(nowMs);
          const selected = select(
            options,
            { from: newest - entriesMax + 1, to: newest },
            selection,
          );
          return typeof selected === "string" ? selected : readRows(times, selected);
        },
      },
      3: { read: () => encodeCaptureObjects(columns) },
      4: { read: () => u32(options.capturePeriodS) },
      5: { read: () => enumeration(sortedByFifo) },
      6: { read: () => encodeCaptureObject(clockColumn) },
      7: { read: () => u32(entriesMax) },
      8: { read: () => u32(entriesMax) },
    },
  };
}

function readRows({ atMs }: RowTimes, { from, to, columns }: Selection): Data {
  const rows: Data[] = [];
  for (let row = from; row <= to; row++) {
    rows.push(structure(columns.map((column) => column.value(atMs(row)))));
  }
  return array(rows);
}

function select(
  options: ComputedProfileOptions,
  kept: Rows,
  selection: SelectiveAccess | undefined,
): Selection | Refusal {
  if (selection === undefined) return { ...kept, columns: options.columns };
  try {
    return selection.selector === rangeSelector
      ? selectRange(options, kept, selection.parameters)
      : selectEntries(options.columns, kept, selection.parameters);
  } catch (error) {
    if (error instanceof DecodeError) return "type-unmatched";
    throw error;
  }
}

function selectRange(
  { columns, times, utcOffsetMinutes }: ComputedProfileOptions,
  kept: Rows,
  parameters: Data,
): Selection | Refusal {
  const { restrictingObject, from, to, selectedValues } = decodeRange(parameters);
  const fromMs = readTime(from, utcOffsetMinutes);
  const toMs = readTime(to, utcOffsetMinutes);
  if (fromMs === undefined || toMs === undefined) return "type-unmatched";
  const chosen = selectedValues.map((wanted) => columnOf(columns, wanted));
  if (!isSameColumn(restrictingObject, clockColumn) || chosen.includes(undefined)) {
    return "scope-of-access-violated";
  }
  const before = times.rowAt(fromMs);
  return {
    from: Math.max(kept.from, times.atMs(before) === fromMs ? before : before + 1),
    to: Math.min(kept.to, times.rowAt(toMs)),
    columns: chosen.length === 0 ? columns : chosen.filter((column) => column !== undefined),
  };
}

/** Entries count from 1, the oldest row; columns too. 0 as an end is the last one. */
function selectEntries(
  columns: readonly ComputedColumn[],
  kept: Rows,
  parameters: Data,
): Selection {
  const { fromEntry, toEntry, fromColumn, toColumn } = decodeEntry(parameters);
  const last = toEntry === 0 ? kept.to : kept.from + toEntry - 1;
  return {
    from: kept.from + Math.max(1, fromEntry) - 1,
    to: Math.min(kept.to, last),
    columns: columns.slice(Math.max(1, fromColumn) - 1, toColumn === 0 ? columns.length : toColumn),
  };
}

function columnOf(
  columns: readonly ComputedColumn[],
  wanted: CaptureObject,
): ComputedColumn | undefined {
  return columns.find((column) => isSameColumn(column, wanted));
}
