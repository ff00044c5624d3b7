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
  return readValue(reader, limits, 0, undefined);
}

/**
 * The types meters answer with most stand here, a direct jump by tag; the others follow in
 * `readSimpleValue`. One object per value, always with the same two fields.
 */
function readValue(
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
    case 0x05:
      return { type: "double-long", value: reader.int32("Data.double-long") };
    case 0x06:
      return { type: "double-long-unsigned", value: reader.uint32("Data.double-long-unsigned") };
    case 0x09:
      return { type: "octet-string", value: readOctets(reader, "Data.octet-string") };
    case 0x0a:
      return { type: "visible-string", value: readOctets(reader, "Data.visible-string") };
    case 0x0f:
      return { type: "integer", value: reader.int8("Data.integer") };
    case 0x10:
      return { type: "long", value: reader.int16("Data.long") };
    case 0x11:
      return { type: "unsigned", value: reader.uint8("Data.unsigned") };
    case 0x12:
      return { type: "long-unsigned", value: reader.uint16("Data.long-unsigned") };
    case 0x13:
      return { type: "compact-array", value: readCompactArray(reader, limits, depth) };
    case 0x16:
      return { type: "enum", value: reader.uint8("Data.enum") };
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
  if (depth >= limits.depthMax) overLimit(at, field, `nested deeper than ${limits.depthMax}`);
  if (count > reader.remaining) {
    reader.fail(field, `${count} elements in ${reader.remaining} octets`);
  }
  if (count > limits.elementsMax) overLimit(at, field, `${count} elements`);
  const shared = budget ?? { left: limits.valuesMax };
  shared.left -= count;
  if (shared.left < 0) overLimit(at, field, `more than ${limits.valuesMax} values`);
  const elements: Data[] = [];
  for (let index = 0; index < count; index++) {
    elements.push(readValue(reader, limits, depth + 1, shared));
  }
  return elements;
}
