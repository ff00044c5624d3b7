/** Selective access to a profile's buffer: which rows and columns a client gets. */
import type { Data } from "../../axdr/data.ts";
import { type CaptureObject, isSameColumn } from "../../cosem/capture-object.ts";
import {
  type CosemDateTime,
  dateTimeFromData,
  deviationNotSpecified,
  utcMs,
} from "../../cosem/date-time.ts";
import { decodeEntry, decodeRange } from "../../cosem/selective-access.ts";
import { DecodeError } from "../../error.ts";
import type { SelectiveAccess } from "../../xdlms/descriptor.ts";
import type { Refusal } from "../object.ts";

/** The cells of a row, one for each column. */
export type StoredRow = readonly Data[];

/** Rows cut to the columns that were asked for. */
export interface SelectedRows {
  readonly rows: readonly StoredRow[];
  readonly columns: readonly CaptureObject[];
}

/** What the selection asks for; no rows is an answer, a selection nobody can follow a refusal. */
export function selectRows(
  rows: readonly StoredRow[],
  columns: readonly CaptureObject[],
  selection: SelectiveAccess | undefined,
): SelectedRows | Refusal {
  if (selection === undefined) return { rows, columns };
  try {
    return selection.selector === 1
      ? selectRange(rows, columns, selection.parameters)
      : selectEntries(rows, columns, selection.parameters);
  } catch (error) {
    if (error instanceof DecodeError) return "type-unmatched";
    throw error;
  }
}

function selectRange(
  rows: readonly StoredRow[],
  columns: readonly CaptureObject[],
  parameters: Data,
): SelectedRows | Refusal {
  const { restrictingObject, from, to, selectedValues } = decodeRange(parameters);
  const by = indexOfColumn(columns, restrictingObject);
  const chosen = selectedValues.map((wanted) => indexOfColumn(columns, wanted));
  if (by === -1 || chosen.includes(-1)) return "scope-of-access-violated";
  const scale = scaleOf(columns[by]!, from, to);
  const low = positionOf(from, scale);
  const high = positionOf(to, scale);
  if (low === undefined || high === undefined) return "type-unmatched";
  const within = rows.filter((cells) => {
    const value = positionOf(cells[by]!, scale);
    return value !== undefined && value >= low && value <= high;
  });
  return chosen.length === 0 ? { rows: within, columns } : pick(within, columns, chosen);
}

/** Entries and columns count from 1; 0 as an end is the last one. */
function selectEntries(
  rows: readonly StoredRow[],
  columns: readonly CaptureObject[],
  parameters: Data,
): SelectedRows {
  const { fromEntry, toEntry, fromColumn, toColumn } = decodeEntry(parameters);
  const within = rows.slice(Math.max(1, fromEntry) - 1, toEntry === 0 ? rows.length : toEntry);
  const all = [...columns.keys()];
  const last = toColumn === 0 ? columns.length : toColumn;
  return pick(within, columns, all.slice(Math.max(1, fromColumn) - 1, last));
}

function pick(
  rows: readonly StoredRow[],
  columns: readonly CaptureObject[],
  chosen: readonly number[],
): SelectedRows {
  return {
    rows: rows.map((cells) => chosen.map((index) => cells[index]!)),
    columns: chosen.map((index) => columns[index]!),
  };
}

function indexOfColumn(columns: readonly CaptureObject[], wanted: CaptureObject): number {
  return columns.findIndex((column) => isSameColumn(column, wanted));
}

/**
 * What bounds and cells are compared by: moments, wall times where a bound says no deviation,
 * numbers.
 */
type Scale = "utc" | "wall" | "number";

function scaleOf(column: CaptureObject, from: Data, to: Data): Scale {
  if (column.classId !== 8) return "number";
  const open = [from, to].some(
    (bound) => timeOf(bound)?.deviationMinutes === deviationNotSpecified,
  );
  return open ? "wall" : "utc";
}

function positionOf(data: Data, scale: Scale): number | bigint | undefined {
  if (scale === "number") {
    const { value } = data;
    return typeof value === "number" || typeof value === "bigint" ? value : undefined;
  }
  const time = timeOf(data);
  if (time === undefined) return undefined;
  return utcMs(scale === "wall" ? { ...time, deviationMinutes: 0 } : time);
}

function timeOf(data: Data): CosemDateTime | undefined {
  if (data.type !== "octet-string" && data.type !== "date-time") return undefined;
  return data.value.length === 12 ? dateTimeFromData(data) : undefined;
}
