import type { Data } from "../axdr/data.ts";
import { readData } from "../axdr/data-decode.ts";
import { readLength } from "../axdr/length.ts";
import { readSimpleValue } from "../axdr/simple-value.ts";
import type { OctetReader } from "../octets.ts";
import {
  deviationAt,
  deviationNotSpecified,
  notSpecified,
  clockMsAt,
  dayMsAt,
  wallToUtcMs,
} from "./date-time.ts";
import { isDelta, type ProfileLayout, resolveCell } from "./profile-buffer.ts";

/** One column of a profile; which kind it is follows from its cells. */
export type ProfileColumn = TimeColumn | NumberColumn | BigintColumn | DataColumn;

/** The clock. NaN where a time is not determined. */
export interface TimeColumn {
  readonly kind: "time";
  /** UTC ms since 1970: wall time + deviation. */
  readonly utcMs: Float64Array;
  /** The meter's wall time as if it were UTC. Determined also where the deviation is not specified. */
  readonly wallMs: Float64Array;
  /** -32768 = not specified. */
  readonly deviationMinutes: Int16Array;
  /** Clock status octets, 255 = not specified. */
  readonly status: Uint8Array;
}

/** Integers up to 32 bits, enum, bcd, boolean (0, 1) and floats: each is exact as a double. */
export interface NumberColumn {
  readonly kind: "number";
  /** Raw values; the scaler of the captured register applies. NaN before `firstRow`. */
  readonly values: Float64Array;
  /** First row with a value: before it the meter sent null-data only. `rowCount` = no row at all. */
  readonly firstRow: number;
}

/** 64-bit integers. */
export interface BigintColumn {
  readonly kind: "bigint";
  /** Raw values; 0 before `firstRow`. */
  readonly values: BigInt64Array;
  readonly firstRow: number;
}

/** Everything else, and columns whose cells are not all of one kind. */
export interface DataColumn {
  readonly kind: "data";
  /** Views of the octets given. null-data only where no row before has a value. */
  readonly values: readonly Data[];
}

const nullData: Data = { type: "null-data", value: null };
const bigintMax = 0x7fff_ffff_ffff_ffffn;

/** Fewest octets of a value without its tag; Infinity for types that hold other values. */
export function widthOfTag(tag: number): number {
  return tagWidths[tag] ?? 1;
}

const tagWidths: Readonly<Record<number, number>> = {
  0x00: 0,
  0x01: Infinity,
  0x02: Infinity,
  0x05: 4,
  0x06: 4,
  0x10: 2,
  0x12: 2,
  0x13: Infinity,
  0x14: 8,
  0x15: 8,
  0x17: 4,
  0x18: 8,
  0x19: 12,
  0x1a: 5,
  0x1b: 4,
  0x1d: 2,
  0x1e: 4,
  0x20: 2,
  0x21: 4,
  0xff: 0,
};

const open = 0;
const time = 1;
const number = 2;
const bigint = 3;
const data = 4;

/** Fills one column, row by row. The kind of column is settled by its first cell with a value. */
export class ColumnBuilder {
  /** A cell did not fit the kind: the column has to be read again, as Data. */
  changedKind = false;
  readonly #layout: ProfileLayout;
  readonly #stepMs: number;
  #kind: typeof open | typeof time | typeof number | typeof bigint | typeof data = open;
  #firstRow = -1;
  #numbers: Float64Array;
  #bigints: BigInt64Array = new BigInt64Array(0);
  #wallMs: Float64Array = new Float64Array(0);
  #deviations: Int16Array = new Int16Array(0);
  #status: Uint8Array = new Uint8Array(0);
  #data: Data[] = [];
  #dayKey = 0;
  #dayMs: number = Number.NaN;

  constructor(rowsMax: number, layout: ProfileLayout, isClock: boolean, asData: boolean) {
    this.#layout = layout;
    const stepMs = layout.capturePeriodSeconds * 1000;
    this.#stepMs = layout.newestFirst === true ? -stepMs : stepMs;
    this.#numbers = new Float64Array(asData ? 0 : rowsMax);
    if (asData) this.#kind = data;
    else if (isClock) this.#beTime(rowsMax);
  }

  /** Reads the value of a cell whose tag is read already; false where the kind changed. */
  read(reader: OctetReader, tag: number, row: number): boolean {
    if (this.#kind === data) {
      this.#data.push(this.#readData(reader, tag, row));
      return true;
    }
    switch (tag) {
      case 0x00:
        return this.#repeat(row);
      case 0x05:
        return this.#putNumber(reader.int32("buffer cell"), row);
      case 0x06:
        return this.#putNumber(reader.uint32("buffer cell"), row);
      case 0x09:
        return this.#putOctets(reader, readLength(reader, "buffer cell"), row);
      case 0x10:
        return this.#putNumber(reader.int16("buffer cell"), row);
      case 0x03:
      case 0x0d:
      case 0x11:
      case 0x16:
        return this.#putNumber(reader.uint8("buffer cell"), row);
      case 0x12:
        return this.#putNumber(reader.uint16("buffer cell"), row);
      case 0x19:
        return this.#putOctets(reader, 12, row);
      default:
        return this.#putRare(reader, tag, row);
    }
  }

  /** The column, cut to the rows there are. */
  finish(rowCount: number): ProfileColumn {
    const firstRow = this.#firstRow === -1 ? rowCount : this.#firstRow;
    switch (this.#kind) {
      case time:
        return {
          kind: "time",
          utcMs: this.#numbers.subarray(0, rowCount),
          wallMs: this.#wallMs.subarray(0, rowCount),
          deviationMinutes: this.#deviations.subarray(0, rowCount),
          status: this.#status.subarray(0, rowCount),
        };
      case bigint:
        return { kind: "bigint", values: this.#bigints.subarray(0, rowCount), firstRow };
      case data:
        return { kind: "data", values: this.#data };
      case open:
      case number:
        return { kind: "number", values: this.#numbers.subarray(0, rowCount), firstRow };
    }
  }

  #beTime(rowsMax: number): void {
    this.#kind = time;
    this.#wallMs = new Float64Array(rowsMax);
    this.#deviations = new Int16Array(rowsMax);
    this.#status = new Uint8Array(rowsMax);
  }

  #change(): false {
    this.changedKind = true;
    return false;
  }

  #repeat(row: number): true {
    switch (this.#kind) {
      case time:
        this.#repeatTime(row);
        return true;
      case bigint:
        this.#bigints[row] = this.#bigints[row - 1]!;
        return true;
      case open:
        this.#numbers[row] = Number.NaN;
        return true;
      case number:
      case data:
        this.#numbers[row] = this.#numbers[row - 1]!;
        return true;
    }
  }

  #repeatTime(row: number): void {
    if (row === 0) {
      this.#putTime(Number.NaN, deviationNotSpecified, notSpecified, row);
      return;
    }
    this.#numbers[row] = this.#numbers[row - 1]! + this.#stepMs;
    this.#wallMs[row] = this.#wallMs[row - 1]! + this.#stepMs;
    this.#deviations[row] = this.#deviations[row - 1]!;
    this.#status[row] = this.#status[row - 1]!;
  }

  #putNumber(value: number, row: number): boolean {
    if (this.#kind === number) {
      this.#numbers[row] = value;
      return true;
    }
    if (this.#kind === bigint) {
      if (!Number.isSafeInteger(value)) return this.#change();
      this.#bigints[row] = BigInt(value);
      return true;
    }
    if (this.#kind !== open) return this.#change();
    this.#kind = number;
    this.#firstRow = row;
    this.#numbers[row] = value;
    return true;
  }

  #putBigint(value: bigint, row: number): boolean {
    if (value > bigintMax) return this.#change();
    if (this.#kind === open) {
      this.#kind = bigint;
      this.#firstRow = row;
      this.#bigints = new BigInt64Array(this.#numbers.length);
    } else if (this.#kind !== bigint) {
      const asNumber = Number(value);
      return Number.isSafeInteger(asNumber) ? this.#putNumber(asNumber, row) : this.#change();
    }
    this.#bigints[row] = value;
    return true;
  }

  #putOctets(reader: OctetReader, length: number, row: number): boolean {
    if (this.#kind !== time || length !== 12) return this.#change();
    const at = reader.offset;
    reader.skip(12, "buffer clock");
    const { octets } = reader;
    // Rows lie minutes apart: most of them are of the same day as the row before.
    const dayKey =
      (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
    if (dayKey !== this.#dayKey) {
      this.#dayKey = dayKey;
      this.#dayMs = dayMsAt(octets, at);
    }
    const wallMs = this.#dayMs + clockMsAt(octets, at);
    this.#putTime(wallMs, deviationAt(octets, at), octets[at + 11]!, row);
    return true;
  }

  #putTime(wallMs: number, deviationMinutes: number, status: number, row: number): void {
    this.#numbers[row] = wallToUtcMs(wallMs, deviationMinutes, this.#layout);
    this.#wallMs[row] = wallMs;
    this.#deviations[row] = deviationMinutes;
    this.#status[row] = status;
  }

  #putRare(reader: OctetReader, tag: number, row: number): boolean {
    switch (tag) {
      case 0x0f:
        return this.#putNumber(reader.int8("buffer cell"), row);
      case 0x14:
        return this.#putBigint(reader.int64("buffer cell"), row);
      case 0x15:
        return this.#putBigint(reader.uint64("buffer cell"), row);
      case 0x17:
      case 0x18:
        return this.#putNumber(floatAt(reader, tag === 0x17 ? 4 : 8), row);
      default:
        break;
    }
    const value = readTagged(reader, tag);
    if (!isDelta(value.type) || typeof value.value !== "number") return this.#change();
    if (this.#kind === bigint) {
      return this.#putBigint(this.#bigints[row - 1]! + BigInt(value.value), row);
    }
    if (this.#kind !== number) return this.#change();
    return this.#putNumber(this.#numbers[row - 1]! + value.value, row);
  }

  #readData(reader: OctetReader, tag: number, row: number): Data {
    const cell = readTagged(reader, tag);
    const above = this.#data[row - 1];
    return above === undefined ? cell : resolveCell(cell, above);
  }
}

function readTagged(reader: OctetReader, tag: number): Data {
  if (tag === 0x00) return nullData;
  if (tag !== 0x01 && tag !== 0x02 && tag !== 0x13) return readSimpleValue(reader, tag);
  reader.offset--;
  return readData(reader);
}

function floatAt(reader: OctetReader, width: 4 | 8): number {
  const octets = reader.take(width, "buffer cell");
  const view = new DataView(octets.buffer, octets.byteOffset, width);
  return width === 4 ? view.getFloat32(0) : view.getFloat64(0);
}
