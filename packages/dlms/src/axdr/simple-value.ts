import type { OctetReader } from "../octets.ts";
import type { BitString, Data } from "./data.ts";
import { readLength } from "./length.ts";
import { dataTypeOfTag } from "./tags.ts";

/** The only value of null-data: one object for all of them. */
export const nullData: Data = { type: "null-data", value: null };
const dontCare: Data = { type: "dont-care", value: null };

/** The contents of a value that is no array, structure or compact-array, its tag read already. */
export function readSimpleValue(reader: OctetReader, tag: number): Data {
  switch (tag) {
    case 0x00:
      return nullData;
    case 0x03:
      return { type: "boolean", value: reader.uint8("Data.boolean") !== 0 };
    case 0x04:
      return { type: "bit-string", value: readBitString(reader) };
    case 0x05:
      return { type: "double-long", value: reader.int32("Data.double-long") };
    case 0x06:
      return { type: "double-long-unsigned", value: reader.uint32("Data.double-long-unsigned") };
    case 0x09:
      return { type: "octet-string", value: readOctets(reader, "Data.octet-string") };
    case 0x0a:
      return { type: "visible-string", value: readOctets(reader, "Data.visible-string") };
    case 0x0c:
      return { type: "utf8-string", value: readOctets(reader, "Data.utf8-string") };
    case 0x0d:
      return { type: "bcd", value: reader.uint8("Data.bcd") };
    case 0x0f:
      return { type: "integer", value: reader.int8("Data.integer") };
    case 0x10:
      return { type: "long", value: reader.int16("Data.long") };
    case 0x11:
      return { type: "unsigned", value: reader.uint8("Data.unsigned") };
    case 0x12:
      return { type: "long-unsigned", value: reader.uint16("Data.long-unsigned") };
    case 0x14:
      return { type: "long64", value: reader.int64("Data.long64") };
    case 0x15:
      return { type: "long64-unsigned", value: reader.uint64("Data.long64-unsigned") };
    case 0x16:
      return { type: "enum", value: reader.uint8("Data.enum") };
    case 0x17:
      return { type: "float32", value: reader.take(4, "Data.float32") };
    case 0x18:
      return { type: "float64", value: reader.take(8, "Data.float64") };
    case 0x19:
      return { type: "date-time", value: reader.take(12, "Data.date-time") };
    case 0x1a:
      return { type: "date", value: reader.take(5, "Data.date") };
    case 0x1b:
      return { type: "time", value: reader.take(4, "Data.time") };
    case 0xff:
      return dontCare;
    default:
      return readDelta(reader, tag);
  }
}

function readDelta(reader: OctetReader, tag: number): Data {
  switch (tag) {
    case 0x1c:
      return { type: "delta-integer", value: reader.int8("Data.delta-integer") };
    case 0x1d:
      return { type: "delta-long", value: reader.int16("Data.delta-long") };
    case 0x1e:
      return { type: "delta-double-long", value: reader.int32("Data.delta-double-long") };
    case 0x1f:
      return { type: "delta-unsigned", value: reader.uint8("Data.delta-unsigned") };
    case 0x20:
      return { type: "delta-long-unsigned", value: reader.uint16("Data.delta-long-unsigned") };
    case 0x21:
      return {
        type: "delta-double-long-unsigned",
        value: reader.uint32("Data.delta-double-long-unsigned"),
      };
    default:
      reader.offset--;
      return reader.fail("Data", unknownTag(tag));
  }
}

function unknownTag(tag: number): string {
  const hex = tag.toString(16).padStart(2, "0");
  return dataTypeOfTag(tag) === undefined ? `tag 0x${hex} is reserved` : `tag 0x${hex} not allowed`;
}

/** An octet string: its length, then a view of its octets. */
export function readOctets(reader: OctetReader, field: string): Uint8Array {
  return reader.take(readLength(reader, field), field);
}

/** The length counts bits. Bits beyond it in the last octet carry nothing and are cleared. */
function readBitString(reader: OctetReader): BitString {
  const bitCount = readLength(reader, "Data.bit-string");
  const octets = reader.take(Math.ceil(bitCount / 8), "Data.bit-string");
  const unused = (0x100 - bitCount) & 7;
  const last = octets.at(-1) ?? 0;
  if (unused === 0 || (last & ((1 << unused) - 1)) === 0) return { bitCount, octets };
  const cleared = octets.slice();
  cleared[cleared.length - 1] = last & (0xff << unused);
  return { bitCount, octets: cleared };
}
