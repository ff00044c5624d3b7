/**
 * The template of compact data (class 62, Blue Book 4.3.10): what the values in the buffer are,
 * which carries them without tags.
 *
 *     template_description ::= 02 n type{n}     or, with the same meaning, type{n}
 *     type ::= tag | 02 n type{n} | 01 count(u16) type     as in a compact-array,
 *              or, where arrays are counted in the buffer, 01 type
 */
import type { Data, DataType } from "../axdr/data.ts";
import { dataLimits, overLimit } from "../axdr/data-limits.ts";
import { readLength, writeLength } from "../axdr/length.ts";
import { dataTags, dataTypeOfTag } from "../axdr/tags.ts";
import { DecodeError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";
import { OctetReader, OctetWriter } from "../octets.ts";

/** What one captured value is. An array without `count` carries its count in the buffer. */
export type CompactType =
  | { readonly type: Exclude<DataType, "array" | "structure" | "compact-array"> }
  | { readonly type: "array"; readonly count?: number; readonly element: CompactType }
  | { readonly type: "structure"; readonly elements: readonly CompactType[] };

/** How a meter writes arrays; public texts on class 62 do not settle it. */
export interface CompactTemplateOptions {
  /**
   * Where the number of an array's elements stands: in the description, as the TypeDescription of
   * a compact-array has it (default), or before the elements in the buffer.
   */
  readonly arrays?: "described" | "counted";
}

const field = "template_description";

/**
 * The types of a template, one for each capture object.
 * @throws {DecodeError} axdr/malformed, axdr/limit; cosem/malformed: not as many types as objects.
 */
export function decodeCompactTemplate(
  octets: Uint8Array,
  objectCount: number,
  options: CompactTemplateOptions = {},
): readonly CompactType[] {
  const counted = options.arrays === "counted";
  const reader = new OctetReader(octets, "axdr");
  const types: CompactType[] = [];
  while (reader.remaining > 0) types.push(readType(reader, counted, 0));
  const [first] = types;
  // One structure around all: the form without it has as many types as there are objects.
  if (types.length === 1 && first?.type === "structure" && first.elements.length === objectCount) {
    return first.elements;
  }
  if (types.length === objectCount) return types;
  const found = types.length === 1 && first?.type === "structure" ? first.elements : types;
  const problem = `describes ${found.length} values of ${objectCount} objects`;
  throw new DecodeError("cosem", field, 0, problem);
}

/**
 * The inverse, one structure around all types.
 * @throws {RangeError} an array's count is missing, or does not belong there
 */
export function encodeCompactTemplate(
  types: readonly CompactType[],
  options: CompactTemplateOptions = {},
): Uint8Array {
  const writer = new OctetWriter(apduOctetsMax);
  writeType(writer, { type: "structure", elements: types }, options.arrays === "counted");
  return writer.finish();
}

/**
 * The type of a value, as a meter describes what it captures.
 * @throws {RangeError} a compact-array, or an array whose elements are not of one type
 */
export function compactTypeOf(value: Data, options: CompactTemplateOptions = {}): CompactType {
  if (value.type === "compact-array") throw new RangeError("compact data has no compact-array");
  if (value.type === "structure") {
    return {
      type: "structure",
      elements: value.value.map((element) => compactTypeOf(element, options)),
    };
  }
  if (value.type !== "array") return { type: value.type };
  const [element = { type: "null-data" as const }, ...others] = value.value.map((inner) =>
    compactTypeOf(inner, options),
  );
  if (others.some((other) => !isSame(element, other))) {
    throw new RangeError("elements of an array in compact data are of one type");
  }
  if (options.arrays === "counted") return { type: "array", element };
  return { type: "array", count: value.value.length, element };
}

function isSame(one: CompactType, other: CompactType): boolean {
  if (one.type === "array") {
    return (
      other.type === "array" && one.count === other.count && isSame(one.element, other.element)
    );
  }
  if (one.type === "structure") {
    return (
      other.type === "structure" &&
      one.elements.length === other.elements.length &&
      one.elements.every((element, index) => isSame(element, other.elements[index]!))
    );
  }
  return one.type === other.type;
}

function readType(reader: OctetReader, counted: boolean, depth: number): CompactType {
  const at = reader.offset;
  const tag = reader.uint8(field);
  const type = dataTypeOfTag(tag);
  if (type === undefined || type === "compact-array") {
    reader.offset = at;
    return reader.fail(field, `tag 0x${tag.toString(16).padStart(2, "0")} is not allowed`);
  }
  if (type !== "array" && type !== "structure") return { type };
  if (depth > dataLimits.depthMax) {
    overLimit(reader, at, field, `nested deeper than ${dataLimits.depthMax}`);
  }
  if (type === "array") {
    if (counted) return { type, element: readType(reader, counted, depth + 1) };
    const count = reader.uint16(field);
    return { type, count, element: readType(reader, counted, depth + 1) };
  }
  const count = readLength(reader, field);
  if (count > reader.remaining) {
    reader.fail(field, `${count} elements in ${reader.remaining} octets`);
  }
  const elements = Array.from({ length: count }, () => readType(reader, counted, depth + 1));
  return { type, elements };
}

function writeType(writer: OctetWriter, type: CompactType, counted: boolean): void {
  writer.uint8(dataTags[type.type]);
  if (type.type === "array") {
    if (!counted) writer.uint16(countOf(type.count));
    else if (type.count !== undefined) throw new RangeError("the buffer counts arrays");
    writeType(writer, type.element, counted);
  } else if (type.type === "structure") {
    writeLength(writer, type.elements.length);
    for (const element of type.elements) writeType(writer, element, counted);
  }
}

function countOf(count: number | undefined): number {
  if (count === undefined || (count & 0xffff) !== count) {
    throw new RangeError(`an array of ${count ?? "no"} elements, 0..65535 can be described`);
  }
  return count;
}
