export type {
  BitString,
  CompactArray,
  Data,
  DataType,
  IntegerType,
  TypeDescription,
} from "./data.ts";
export { dataTags, dataTypeOfTag } from "./tags.ts";
export { decodeData, readData } from "./data-decode.ts";
export { type DataLimits, dataLimits } from "./data-limits.ts";
export { encodeData, writeData } from "./data-encode.ts";
export { readLength, writeLength } from "./length.ts";
export {
  array,
  bcd,
  bitsOf,
  bitString,
  bool,
  compactArray,
  date,
  dateTime,
  dontCare,
  enumeration,
  float32,
  float64,
  floatOf,
  i16,
  i32,
  i64,
  i8,
  nullData,
  octetString,
  structure,
  time,
  u16,
  u32,
  u64,
  u8,
  utf8String,
  visibleString,
} from "./construct.ts";
