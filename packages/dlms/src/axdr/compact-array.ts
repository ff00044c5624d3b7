import type { OctetReader, OctetWriter } from "../octets.ts";
import type { CompactArray, Data, DataType, TypeDescription } from "./data.ts";
import { type DataLimits, overLimit } from "./data-limits.ts";
import { readLength, writeLength } from "./length.ts";
import { readSimpleValue } from "./simple-value.ts";
import { dataTags, dataTypeOfTag } from "./tags.ts";

/*
 * compact-array ::= 13 | type description | octets of contents | contents
 *   description  ::= tag | 01 count(u16) description | 02 count descriptions
 *   contents     ::= values without tags; an array has the count of its description
 *
 * The number of elements follows from the contents' length, so an element must take octets. Types
 * without octets (null-data, dont-care, an empty structure) may stand inside a wider element: they
 * multiply the values an octet yields, therefore the values of the whole unit are counted.
 */

const typeField = "Data.compact-array.type";
const contentsField = "Data.compact-array.contents";

/** Values already made from one unit by compact-arrays that yield several values per octet. */
const expandedValues = new WeakMap<OctetReader, number>();

interface Footprint {
  /** Fewest octets one value takes. */
  readonly octetsMin: number;
  /** Values one value consists of, itself included. */
  readonly values: number;
}

/** Reads a compact-array behind its tag. @throws {DecodeError} */
export function readCompactArray(
  reader: OctetReader,
  limits: DataLimits,
  depth: number,
): CompactArray {
  const at = reader.offset;
  const elementType = readDescription(reader, limits, depth);
  const { octetsMin, values } = footprint(elementType);
  if (octetsMin === 0) reader.fail(typeField, "an element without octets");
  if (values > limits.valuesMax)
    overLimit(reader, at, typeField, `${values} values in one element`);
  const contents = readLength(reader, contentsField);
  if (contents > reader.remaining) {
    reader.fail(contentsField, `needs ${contents} octets, ${reader.remaining} left`);
  }
  const most = Math.floor(contents / octetsMin);
  let expanded = values > octetsMin ? (expandedValues.get(reader) ?? 0) : 0;
  const end = reader.offset + contents;
  const elements: Data[] = [];
  while (reader.offset < end) {
    expanded += values;
    if (elements.length >= limits.elementsMax || expanded > limits.valuesMax) {
      overLimit(reader, at, contentsField, `about ${most} elements of ${values} values`);
    }
    elements.push(readByDescription(reader, elementType, end));
  }
  if (values > octetsMin) expandedValues.set(reader, expanded);
  return { elementType, elements };
}

function readDescription(reader: OctetReader, limits: DataLimits, depth: number): TypeDescription {
  const at = reader.offset;
  const tag = reader.uint8(typeField);
  const type = dataTypeOfTag(tag);
  if (type === undefined || type === "compact-array") {
    reader.offset = at;
    return reader.fail(typeField, `tag 0x${tag.toString(16).padStart(2, "0")} is not allowed`);
  }
  if (type !== "array" && type !== "structure") return { type };
  if (depth >= limits.depthMax)
    overLimit(reader, at, typeField, `nested deeper than ${limits.depthMax}`);
  if (type === "array") {
    const count = reader.uint16(typeField);
    return { type, count, element: readDescription(reader, limits, depth + 1) };
  }
  const count = readLength(reader, typeField);
  if (count > reader.remaining) {
    reader.fail(typeField, `${count} elements in ${reader.remaining} octets`);
  }
  const elements: TypeDescription[] = [];
  for (let index = 0; index < count; index++) {
    elements.push(readDescription(reader, limits, depth + 1));
  }
  return { type, elements };
}

const fixedWidths: Readonly<Partial<Record<DataType, number>>> = {
  "null-data": 0,
  "double-long": 4,
  "double-long-unsigned": 4,
  long: 2,
  "long-unsigned": 2,
  long64: 8,
  "long64-unsigned": 8,
  float32: 4,
  float64: 8,
  "date-time": 12,
  date: 5,
  time: 4,
  "delta-long": 2,
  "delta-double-long": 4,
  "delta-long-unsigned": 2,
  "delta-double-long-unsigned": 4,
  "dont-care": 0,
};

/** Counts stay finite numbers: 32 levels of 65535 are far below the largest double. */
function footprint(description: TypeDescription): Footprint {
  if (description.type === "array") {
    const inner = footprint(description.element);
    return {
      octetsMin: description.count * inner.octetsMin,
      values: 1 + description.count * inner.values,
    };
  }
  if (description.type === "structure") {
    let octetsMin = 0;
    let values = 1;
    for (const element of description.elements) {
      const inner = footprint(element);
      octetsMin += inner.octetsMin;
      values += inner.values;
    }
    return { octetsMin, values };
  }
  return { octetsMin: fixedWidths[description.type] ?? 1, values: 1 };
}

/** `end` is where the contents end: a value may not reach beyond it. */
function readByDescription(reader: OctetReader, description: TypeDescription, end: number): Data {
  if (description.type === "array") {
    const value: Data[] = [];
    for (let index = 0; index < description.count; index++) {
      value.push(readByDescription(reader, description.element, end));
    }
    return { type: "array", value };
  }
  if (description.type === "structure") {
    const value: Data[] = [];
    for (const element of description.elements) value.push(readByDescription(reader, element, end));
    return { type: "structure", value };
  }
  const value = readSimpleValue(reader, dataTags[description.type]);
  if (reader.offset > end) reader.fail(contentsField, "an element reaches beyond the contents");
  return value;
}

/**
 * Writes a compact-array behind its tag; `writeContents` writes a simple value without its tag.
 * @throws {RangeError} an element that is not of the array's type, or no octets in an element.
 */
export function writeCompactArray(
  writer: OctetWriter,
  contents: OctetWriter,
  array: CompactArray,
  writeContents: (writer: OctetWriter, value: Data) => void,
): void {
  writeDescription(writer, array.elementType);
  if (footprint(array.elementType).octetsMin === 0) {
    throw new RangeError("an element of a compact-array takes no octets");
  }
  for (const element of array.elements) {
    writeByDescription(contents, array.elementType, element, writeContents);
  }
  writeLength(writer, contents.length);
  writer.octets(contents.view());
}

function writeDescription(writer: OctetWriter, description: TypeDescription): void {
  writer.uint8(dataTags[description.type]);
  if (description.type === "array") {
    if ((description.count & 0xffff) !== description.count) {
      throw new RangeError(`${description.count} elements, at most 65535`);
    }
    writer.uint16(description.count);
    writeDescription(writer, description.element);
  } else if (description.type === "structure") {
    writeLength(writer, description.elements.length);
    for (const element of description.elements) writeDescription(writer, element);
  }
}

function writeByDescription(
  writer: OctetWriter,
  description: TypeDescription,
  value: Data,
  writeContents: (writer: OctetWriter, value: Data) => void,
): void {
  if (value.type === "array" && description.type === "array") {
    if (value.value.length !== description.count) {
      throw new RangeError(`${value.value.length} elements, described are ${description.count}`);
    }
    for (const element of value.value) {
      writeByDescription(writer, description.element, element, writeContents);
    }
  } else if (value.type === "structure" && description.type === "structure") {
    if (value.value.length !== description.elements.length) {
      throw new RangeError(
        `${value.value.length} elements, described are ${description.elements.length}`,
      );
    }
    for (const [index, element] of description.elements.entries()) {
      writeByDescription(writer, element, value.value[index]!, writeContents);
    }
  } else if (value.type === description.type) {
    writeContents(writer, value);
  } else {
    throw new RangeError(`${value.type} in a compact-array of ${description.type}`);
  }
}
