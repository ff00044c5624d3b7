import { transferOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import { writeCompactArray } from "./compact-array.ts";
import type { BitString, Data, IntegerType } from "./data.ts";
import { writeLength } from "./length.ts";
import { dataTags } from "./tags.ts";

interface IntegerRange {
  readonly octets: 1 | 2 | 4;
  readonly lowest: number;
  readonly highest: number;
}

const u8: IntegerRange = { octets: 1, lowest: 0, highest: 0xff };
const u16: IntegerRange = { octets: 2, lowest: 0, highest: 0xffff };
const u32: IntegerRange = { octets: 4, lowest: 0, highest: 0xffff_ffff };
const i8: IntegerRange = { octets: 1, lowest: -0x80, highest: 0x7f };
const i16: IntegerRange = { octets: 2, lowest: -0x8000, highest: 0x7fff };
const i32: IntegerRange = { octets: 4, lowest: -0x8000_0000, highest: 0x7fff_ffff };

const integerRanges: Readonly<Record<IntegerType, IntegerRange>> = {
  "double-long": i32,
  "double-long-unsigned": u32,
  bcd: u8,
  integer: i8,
  long: i16,
  unsigned: u8,
  "long-unsigned": u16,
  enum: u8,
  "delta-integer": i8,
  "delta-long": i16,
  "delta-double-long": i32,
  "delta-unsigned": u8,
  "delta-long-unsigned": u16,
  "delta-double-long-unsigned": u32,
};

const fixedOctets = { float32: 4, float64: 8, "date-time": 12, date: 5, time: 4 } as const;

/** Encodes one Data value into octets of its own. @throws {RangeError} a value out of its range. */
export function encodeData(data: Data): Uint8Array {
  const writer = new OctetWriter(transferOctetsMax, 64);
  writeData(writer, data);
  return writer.finish();
}

/** Appends one Data value in its canonical form. @throws {RangeError} a value out of its range. */
export function writeData(writer: OctetWriter, data: Data): void {
  const tag = dataTags[data.type];
  if (tag === undefined) throw new RangeError(`no Data type is called ${data.type}`);
  writer.uint8(tag);
  if (data.type === "array" || data.type === "structure") {
    writeLength(writer, data.value.length);
    for (const element of data.value) writeData(writer, element);
  } else if (data.type === "compact-array") {
    const contents = new OctetWriter(transferOctetsMax, 64);
    writeCompactArray(writer, contents, data.value, writeContents);
  } else {
    writeContents(writer, data);
  }
}

/** A simple value behind its tag. @throws {RangeError} out of its range, or no simple value. */
export function writeContents(writer: OctetWriter, data: Data): void {
  switch (data.type) {
    case "null-data":
    case "dont-care":
      return;
    case "boolean":
      return writer.uint8(data.value ? 1 : 0);
    case "bit-string":
      return writeBitString(writer, data.value);
    case "octet-string":
    case "visible-string":
    case "utf8-string":
      writeLength(writer, data.value.length);
      return writer.octets(data.value);
    case "long64":
      return writeLong64(writer, data.value, BigInt.asIntN(64, data.value));
    case "long64-unsigned":
      return writeLong64(writer, data.value, BigInt.asUintN(64, data.value));
    case "float32":
    case "float64":
    case "date-time":
    case "date":
    case "time":
      return writeFixed(writer, data.value, fixedOctets[data.type], data.type);
    case "array":
    case "structure":
    case "compact-array":
      throw new RangeError(`${data.type} is not a simple value`);
    case "double-long":
    case "double-long-unsigned":
    case "bcd":
    case "integer":
    case "long":
    case "unsigned":
    case "long-unsigned":
    case "enum":
    case "delta-integer":
    case "delta-long":
    case "delta-double-long":
    case "delta-unsigned":
    case "delta-long-unsigned":
    case "delta-double-long-unsigned":
      return writeInteger(writer, data.type, data.value);
  }
}

function writeInteger(writer: OctetWriter, type: IntegerType, value: number): void {
  const { octets, lowest, highest } = integerRanges[type];
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`${type} ${value} is not in ${lowest}..${highest}`);
  }
  if (octets === 1) writer.uint8(value & 0xff);
  else if (octets === 2) writer.uint16(value & 0xffff);
  else writer.uint32(value >>> 0);
}

function writeLong64(writer: OctetWriter, value: bigint, wrapped: bigint): void {
  if (value !== wrapped) throw new RangeError(`${value} does not fit into 64 bits`);
  writer.uint64(BigInt.asUintN(64, value));
}

function writeFixed(writer: OctetWriter, value: Uint8Array, octets: number, type: string): void {
  if (value.length !== octets) {
    throw new RangeError(`${type} has ${octets} octets, not ${value.length}`);
  }
  writer.octets(value);
}

function writeBitString(writer: OctetWriter, { bitCount, octets }: BitString): void {
  if (octets.length !== Math.ceil(bitCount / 8)) {
    throw new RangeError(`${bitCount} bits in ${octets.length} octets`);
  }
  writeLength(writer, bitCount);
  if (octets.length === 0) return;
  const unused = (0x100 - bitCount) & 7;
  writer.octets(octets.subarray(0, -1));
  writer.uint8(octets.at(-1)! & (0xff << unused) & 0xff);
}
