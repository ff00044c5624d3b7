/**
 * A profile buffer as columns, decoded from its octets without an object per cell: for back-fill of
 * thousands of rows. The same rules as `decodeProfileBuffer`: null-data repeats the cell above, in the
 * clock column it adds capture_period, delta values add to the cell above.
 */
import type { Data } from "../axdr/data.ts";
import { readData } from "../axdr/data-decode.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { readLength } from "../axdr/length.ts";
import { dataElementsMax } from "../limits.ts";
import { OctetReader } from "../octets.ts";
import { clockColumnOf, type ProfileLayout } from "./profile-buffer.ts";
import { ColumnBuilder, type ProfileColumn, widthOfTag } from "./profile-column.ts";

/** Columns in the order of `layout.columns`; every one has `rowCount` values. */
export interface ProfileColumns {
  readonly rowCount: number;
  readonly columns: readonly ProfileColumn[];
}

/** Where the rows stand in the octets, and the columns' tags where rows carry none. */
interface RowsAt {
  readonly start: number;
  readonly end: number;
  /** Exact for an array, an upper bound for a compact-array. */
  readonly rowsMax: number;
  readonly compactTags: readonly number[] | undefined;
}

/**
 * Decodes the octets of one buffer attribute (array or compact-array of structures).
 * @throws {DecodeError} the octets are malformed, or a row has not as many cells as there are
 * columns.
 */
export function decodeProfileColumns(octets: Uint8Array, layout: ProfileLayout): ProfileColumns {
  const reader: OctetReader = new OctetReader(octets, "axdr");
  const rows = findRows(reader, layout.columns.length);
  if (rows === undefined) return fromData(octets, layout);
  const clockIndex = clockColumnOf(layout.columns, layout.clock);
  // A column whose cells change from one kind to another is read again, as Data.
  const asData = new Set<number>();
  for (;;) {
    const builders = layout.columns.map(
      (_, index) =>
        new ColumnBuilder(rows.rowsMax, layout, index === clockIndex, asData.has(index)),
    );
    reader.offset = rows.start;
    const rowCount = readRows(reader, rows, builders);
    const changed = builders.findIndex(({ changedKind }) => changedKind);
    if (changed === -1) {
      reader.finish("buffer");
      return { rowCount, columns: builders.map((builder) => builder.finish(rowCount)) };
    }
    asData.add(changed);
  }
}

/** Undefined for forms that are too rare to read without objects. */
function findRows(reader: OctetReader, columnCount: number): RowsAt | undefined {
  const tag = reader.uint8("buffer");
  if (tag === 0x01) {
    const rowsMax = readLength(reader, "buffer");
    // Every row takes its tag, its count and an octet a cell: checked before columns are allocated.
    if (rowsMax * (2 + columnCount) > reader.remaining) {
      reader.fail("buffer", `${rowsMax} rows in ${reader.remaining} octets`);
    }
    if (rowsMax > dataElementsMax) reader.fail("buffer", `${rowsMax} rows`, "limit");
    return { start: reader.offset, end: reader.end, rowsMax, compactTags: undefined };
  }
  if (tag !== 0x13 || reader.uint8("buffer") !== 0x02) return undefined;
  const described = readLength(reader, "buffer");
  if (described !== columnCount) {
    reader.fail("buffer", `${described} cells for ${columnCount} columns`);
  }
  const compactTags = [...reader.take(described, "buffer")];
  const widths = compactTags.map(widthOfTag);
  const widthMin = widths.reduce((sum, width) => sum + width, 0);
  // Not finite: an array or structure within a row; zero: rows without octets.
  if (!Number.isFinite(widthMin) || widthMin === 0) return undefined;
  const contents = readLength(reader, "buffer");
  if (contents > reader.remaining) {
    reader.fail("buffer", `needs ${contents} octets, ${reader.remaining} left`);
  }
  const rowsMax = Math.min(Math.floor(contents / widthMin), dataElementsMax);
  return { start: reader.offset, end: reader.offset + contents, rowsMax, compactTags };
}

/** Number of rows read; stops early at a column that changed its kind. */
function readRows(reader: OctetReader, rows: RowsAt, builders: readonly ColumnBuilder[]): number {
  const { compactTags, end, rowsMax } = rows;
  const columnCount = builders.length;
  let row = 0;
  for (; compactTags === undefined ? row < rowsMax : reader.offset < end; row++) {
    if (compactTags === undefined) readRowHead(reader, columnCount);
    else if (row >= rowsMax) reader.fail("buffer", `more than ${rowsMax} rows`, "limit");
    for (let column = 0; column < columnCount; column++) {
      const tag = compactTags === undefined ? reader.uint8("buffer") : compactTags[column]!;
      if (!builders[column]!.read(reader, tag, row)) return row;
    }
  }
  if (reader.offset > end) reader.fail("buffer", "a row reaches beyond the contents");
  return row;
}

function readRowHead(reader: OctetReader, columnCount: number): void {
  const { octets, offset } = reader;
  if (reader.remaining > 1 && octets[offset] === 0x02 && octets[offset + 1] === columnCount) {
    if (columnCount < 0x80) {
      reader.offset = offset + 2;
      return;
    }
  }
  const tag = reader.uint8("buffer row");
  if (tag !== 0x02) reader.fail("buffer row", `tag 0x${tag.toString(16)} is no structure`);
  const cells = readLength(reader, "buffer row");
  if (cells !== columnCount) reader.fail("buffer row", `${cells} cells for ${columnCount} columns`);
}

/** Other forms take the way over Data, once, into the form that is read directly. */
function fromData(octets: Uint8Array, layout: ProfileLayout): ProfileColumns {
  const reader: OctetReader = new OctetReader(octets, "axdr");
  const data = readData(reader);
  reader.finish("buffer");
  if (data.type !== "compact-array") reader.fail("buffer", `${data.type} is no list of rows`);
  const rows = data.value.elements.map((element): Data => ({
    type: "structure",
    value: element.type === "structure" || element.type === "array" ? element.value : [element],
  }));
  return decodeProfileColumns(encodeData({ type: "array", value: rows }), layout);
}
