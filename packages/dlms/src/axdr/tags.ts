import type { DataType } from "./data.ts";

/** Tags of the Data CHOICE. 7, 8, 11, 14 and everything above 33 but 255 are reserved. */
export const dataTags = {
  "null-data": 0x00,
  array: 0x01,
  structure: 0x02,
  boolean: 0x03,
  "bit-string": 0x04,
  "double-long": 0x05,
  "double-long-unsigned": 0x06,
  "octet-string": 0x09,
  "visible-string": 0x0a,
  "utf8-string": 0x0c,
  bcd: 0x0d,
  integer: 0x0f,
  long: 0x10,
  unsigned: 0x11,
  "long-unsigned": 0x12,
  "compact-array": 0x13,
  long64: 0x14,
  "long64-unsigned": 0x15,
  enum: 0x16,
  float32: 0x17,
  float64: 0x18,
  "date-time": 0x19,
  date: 0x1a,
  time: 0x1b,
  "delta-integer": 0x1c,
  "delta-long": 0x1d,
  "delta-double-long": 0x1e,
  "delta-unsigned": 0x1f,
  "delta-long-unsigned": 0x20,
  "delta-double-long-unsigned": 0x21,
  "dont-care": 0xff,
} as const satisfies Readonly<Record<DataType, number>>;

const typeByTag: (DataType | undefined)[] = Array.from({ length: 256 });
for (const [type, tag] of Object.entries(dataTags)) typeByTag[tag] = type as DataType;

/** The type a tag stands for; undefined where the standard reserves it. */
export function dataTypeOfTag(tag: number): DataType | undefined {
  return typeByTag[tag];
}
