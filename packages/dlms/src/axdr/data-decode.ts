import { OctetReader } from "../octets.ts";
import { readCompactArray } from "./compact-array.ts";
import type { Data } from "./data.ts";
import { type DataLimits, dataLimits, overLimit } from "./data-limits.ts";
import { readLength } from "./length.ts";
import { nullData, readOctets, readSimpleValue } from "./simple-value.ts";

/** What is left of `valuesMax` while one value is read. */
interface ValueBudget {
  left: number;
}

/** Decodes exactly one Data value. Octet strings are views of `octets`. @throws {DecodeError} */
export function decodeData(octets: Uint8Array, limits: DataLimits = dataLimits): Data {
  const reader = new OctetReader(octets, "axdr");
  const value = readData(reader, limits);
  reader.finish("Data");
  return value;
}

/** Reads one Data value where the reader stands. @throws {DecodeError} */
export function readData(reader: OctetReader, limits: DataLimits = dataLimits): Data {
  return readPlainValue(reader) ?? readCheckedValue(reader, limits, 0, undefined);
}

/** Octets, tag included, of the numbers meters answer with most, by tag; 0 for everything else. */
const numberOctets: Uint8Array = new Uint8Array(256);
for (const [tag, octets] of [
  [0x05, 5],
  [0x06, 5],
  [0x0f, 2],
  [0x10, 3],
  [0x11, 2],
  [0x12, 3],
  [0x16, 2],
] as const) {
  numberOctets[tag] = octets;
}

/** Octets, tag included, of the number that stands at `at`; 0 where none does, or not all of it. */
export function numberOctetsAt(octets: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const count = numberOctets[octets[at]!]!;
  return at + count <= end ? count : 0;
}

/** The number at `at`, where `numberOctetsAt` has found one. One object, always the same two fields. */
export function numberAt(octets: Uint8Array, at: number): Data {
  switch (octets[at]!) {
    case 0x05:
      return { type: "double-long", value: int32At(octets, at + 1) };
    case 0x06:
      return { type: "double-long-unsigned", value: int32At(octets, at + 1) >>> 0 };
    case 0x0f:
      return { type: "integer", value: (octets[at + 1]! << 24) >> 24 };
    case 0x10:
      return { type: "long", value: ((octets[at + 1]! << 24) >> 16) | octets[at + 2]! };
    case 0x11:
      return { type: "unsigned", value: octets[at + 1]! };
    case 0x12:
      return { type: "long-unsigned", value: (octets[at + 1]! << 8) | octets[at + 2]! };
    default:
      return { type: "enum", value: octets[at + 1]! };
  }
}

/**
 * Numbers and short octet strings, read by direct index where their octets are there; undefined
 * where they are not or the type is another, and then nothing was consumed. The checked cursor
 * below reads the same meaning, and is the place that knows how to fail.
 */
function readPlainValue(reader: OctetReader): Data | undefined {
  const { octets, offset: at, end } = reader;
  const count = numberOctetsAt(octets, at, end);
  if (count > 0) {
    reader.offset = at + count;
    return numberAt(octets, at);
  }
  if (end - at < 2 || octets[at] !== 0x09 || octets[at + 1]! >= 0x80) return undefined;
  const stop = at + 2 + octets[at + 1]!;
  if (stop > end) return undefined;
  reader.offset = stop;
  return { type: "octet-string", value: octets.subarray(at + 2, stop) };
}

function int32At(octets: Uint8Array, at: number): number {
  return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
}

function readCheckedValue(
  reader: OctetReader,
  limits: DataLimits,
  depth: number,
  budget: ValueBudget | undefined,
): Data {
  const tag = reader.uint8("Data");
  switch (tag) {
    case 0x00:
      return nullData;
    case 0x01:
      return { type: "array", value: readElements(reader, limits, depth, budget, "Data.array") };
    case 0x02:
      return {
        type: "structure",
        value: readElements(reader, limits, depth, budget, "Data.structure"),
      };
    case 0x09:
      return { type: "octet-string", value: readOctets(reader, "Data.octet-string") };
    case 0x13:
      return { type: "compact-array", value: readCompactArray(reader, limits, depth) };
    default:
      return readSimpleValue(reader, tag);
  }
}

/**
 * Every element takes an octet at least: a count above the octets left is refused before anything
 * is allocated for it, so a few octets never cost more memory than their own length allows.
 */
function readElements(
  reader: OctetReader,
  limits: DataLimits,
  depth: number,
  budget: ValueBudget | undefined,
  field: string,
): readonly Data[] {
  const at = reader.offset;
  const count = readLength(reader, field);
  if (depth >= limits.depthMax)
    overLimit(reader, at, field, `nested deeper than ${limits.depthMax}`);
  if (count > reader.remaining) {
    reader.fail(field, `${count} elements in ${reader.remaining} octets`);
  }
  if (count > limits.elementsMax) overLimit(reader, at, field, `${count} elements`);
  const shared = budget ?? { left: limits.valuesMax };
  shared.left -= count;
  if (shared.left < 0) overLimit(reader, at, field, `more than ${limits.valuesMax} values`);
  const elements = Array<Data>(count);
  for (let index = 0; index < count; index++) {
    elements[index] = readPlainValue(reader) ?? readCheckedValue(reader, limits, depth + 1, shared);
  }
  return elements;
}
