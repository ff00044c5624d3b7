/**
 * Compact data (class 62, Blue Book 4.3.10): captured values one behind the other, without tags.
 * Their types stand in the template, what they belong to in the capture objects; the first of those
 * is usually template_id itself, so that a buffer says which template it was written by.
 */
import type { Data } from "../axdr/data.ts";
import { readData } from "../axdr/data-decode.ts";
import { writeContents, writeData } from "../axdr/data-encode.ts";
import { dataLimits, overLimit } from "../axdr/data-limits.ts";
import { readLength, writeLength } from "../axdr/length.ts";
import { nullData, readSimpleValue } from "../axdr/simple-value.ts";
import { dataTags } from "../axdr/tags.ts";
import { DecodeError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import type { CaptureObject } from "./capture-object.ts";
import type { CompactTemplateOptions, CompactType } from "./compact-template.ts";

/** How a meter writes compact data. */
export interface CompactDataOptions extends CompactTemplateOptions {
  /**
   * Values without their tags, as the class is defined (default); "tagged" for meters that put
   * whole Data values into the buffer: the template is then not needed to read them.
   */
  readonly values?: "contents" | "tagged";
}

/** What compact data says of itself: keep it as long as the template id stays. */
export interface CompactDataDescription extends CompactDataOptions {
  readonly captureObjects: readonly CaptureObject[];
  readonly templateId: number;
  /** One for each capture object. */
  readonly types: readonly CompactType[];
}

/** One captured value. null-data and don't-care are what the meter has captured. */
export interface CompactValue {
  readonly object: CaptureObject;
  readonly data: Data;
}

const field = "compact_buffer";
const compactDataClass = 62;
const templateIdAttribute = 4;

/**
 * The values of a buffer with what they belong to; undefined for the empty buffer `reset` leaves.
 * Octet strings are views of `buffer`.
 * @throws {DecodeError} axdr/malformed, axdr/limit: the buffer is not of the template
 * @throws {DecodeError} cosem/malformed: the buffer was written by another template
 */
export function decodeCompactData(
  buffer: Uint8Array,
  description: CompactDataDescription,
): readonly CompactValue[] | undefined {
  const { captureObjects, templateId } = description;
  const values = decodeCompactBuffer(buffer, description.types, description);
  if (values === undefined) return undefined;
  return captureObjects.map((object, index) => {
    const data = values[index]!;
    if (isTemplateId(object) && data.value !== templateId) {
      const found = typeof data.value === "number" ? data.value : data.type;
      const problem = `is ${found}, the template read is ${templateId}`;
      throw new DecodeError("cosem", `${field}.template_id`, 0, problem);
    }
    return { object, data };
  });
}

/**
 * The values of a buffer; undefined for an empty one.
 * @throws {DecodeError} axdr/malformed, axdr/limit: the buffer is not of these types
 */
export function decodeCompactBuffer(
  buffer: Uint8Array,
  types: readonly CompactType[],
  options: CompactDataOptions = {},
): readonly Data[] | undefined {
  if (buffer.length === 0) return undefined;
  const reader = new OctetReader(buffer, "axdr");
  const budget = { left: dataLimits.valuesMax };
  const values = types.map((type) =>
    options.values === "tagged" ? readData(reader) : readValue(reader, type, budget),
  );
  reader.finish(field);
  return values;
}

/**
 * The buffer of values, one for each type.
 * @throws {RangeError} a value that is not of its type, or out of its range
 */
export function encodeCompactBuffer(
  values: readonly Data[],
  types: readonly CompactType[],
  options: CompactDataOptions = {},
): Uint8Array {
  if (values.length !== types.length) {
    throw new RangeError(`${values.length} values for ${types.length} types`);
  }
  const writer = new OctetWriter(transferOctetsMax, 64);
  for (const [index, value] of values.entries()) {
    if (options.values === "tagged") writeData(writer, value);
    else writeValue(writer, types[index]!, value);
  }
  return writer.finish();
}

function isTemplateId({ classId, attributeId }: CaptureObject): boolean {
  return classId === compactDataClass && attributeId === templateIdAttribute;
}

/** Values without octets are counted too: a few octets of template may stand for very many. */
function readValue(reader: OctetReader, type: CompactType, budget: { left: number }): Data {
  if (--budget.left < 0) {
    overLimit(reader, reader.offset, field, `more than ${dataLimits.valuesMax} values`);
  }
  if (type.type === "array") {
    const count = type.count ?? readLength(reader, field);
    if (count > dataLimits.elementsMax) {
      overLimit(reader, reader.offset, field, `an array of ${count} elements`);
    }
    const value: Data[] = [];
    for (let index = 0; index < count; index++) {
      value.push(readValue(reader, type.element, budget));
    }
    return { type: "array", value };
  }
  if (type.type === "structure") {
    const value = type.elements.map((element) => readValue(reader, element, budget));
    return { type: "structure", value };
  }
  if (type.type === "null-data") return nullData;
  return readSimpleValue(reader, dataTags[type.type]);
}

function writeValue(writer: OctetWriter, type: CompactType, value: Data): void {
  if (type.type === "array" && value.type === "array") {
    const { length } = value.value;
    if (type.count === undefined) writeLength(writer, length);
    else if (type.count !== length) {
      throw new RangeError(`${length} elements, described are ${type.count}`);
    }
    for (const element of value.value) writeValue(writer, type.element, element);
  } else if (type.type === "structure" && value.type === "structure") {
    if (value.value.length !== type.elements.length) {
      throw new RangeError(`${value.value.length} elements, described are ${type.elements.length}`);
    }
    for (const [index, element] of type.elements.entries()) {
      writeValue(writer, element, value.value[index]!);
    }
  } else if (value.type === type.type) {
    writeContents(writer, value);
  } else {
    throw new RangeError(`${value.type} in compact data of ${type.type}`);
  }
}
