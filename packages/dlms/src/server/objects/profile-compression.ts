/** null-data in a buffer: what a client can work out from the row before is not sent. */
import { nullData } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { encodeData } from "../../axdr/data-encode.ts";
import { dateTimeFromData, encodeDateTime } from "../../cosem/date-time.ts";
import { laterBy } from "../../cosem/profile-buffer.ts";
import { equalOctets } from "../../octets.ts";
import type { StoredRow } from "./profile-selection.ts";

/**
 * Rows with null-data where a cell repeats the one above, and in the clock column where the time
 * is the
 * one above plus `periodSeconds` (negative where rows come newest first). The first row is whole.
 */
export function compressRows(
  rows: readonly StoredRow[],
  clockIndex: number,
  periodSeconds: number,
): readonly StoredRow[] {
  return rows.map((cells, row) => {
    const above = rows[row - 1];
    if (above === undefined) return cells;
    return cells.map((cell, column) => {
      const follows =
        column === clockIndex
          ? isNext(above[column]!, cell, periodSeconds)
          : equalOctets(encodeData(above[column]!), encodeData(cell));
      return follows ? nullData() : cell;
    });
  });
}

function isNext(above: Data, cell: Data, periodSeconds: number): boolean {
  if (above.type !== cell.type) return false;
  if (cell.type !== "octet-string" && cell.type !== "date-time") return false;
  if (cell.value.length !== 12) return false;
  const next = laterBy(dateTimeFromData(above), periodSeconds);
  return next !== undefined && equalOctets(encodeDateTime(next), cell.value);
}
