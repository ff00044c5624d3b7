/** Data values along a cursor, every element with its octets. */
import type { Data, TypeDescription } from "../axdr/data.ts";
import { readData } from "../axdr/data-decode.ts";
import { type DataLimits, dataLimits, overLimit } from "../axdr/data-limits.ts";
import { readLength } from "../axdr/length.ts";
import { readSimpleValue } from "../axdr/simple-value.ts";
import { dataTags } from "../axdr/tags.ts";
import { readCompactArray } from "../axdr/compact-array.ts";
import { OctetReader } from "../octets.ts";
import { dataTree } from "./data-tree.ts";
import type { Leaf, NodeBuilder } from "./node-builder.ts";
import { noteOfData, noteOfPair } from "./notes.ts";
import type { DraftNode } from "./node.ts";

const arrayTag = dataTags.array;
const structureTag = dataTags.structure;
const compactArrayTag = dataTags["compact-array"];

/** What is left of the values one Data may have. */
interface Budget {
  left: number;
}

/** Reads one Data value where the reader stands. @throws {DecodeError} */
export function addData(builder: NodeBuilder, reader: OctetReader, name: string): void {
  const budget = { left: dataLimits.valuesMax };
  addValue(builder, reader, name, { limits: dataLimits, depth: 0, budget });
}

interface Place {
  readonly limits: DataLimits;
  readonly depth: number;
  readonly budget: Budget;
}

function addValue(builder: NodeBuilder, reader: OctetReader, name: string, place: Place): void {
  const tag = reader.peek();
  if (tag === arrayTag || tag === structureTag) addElements(builder, reader, name, place);
  else if (tag === compactArrayTag) addCompactArray(builder, reader, name, place);
  else
    builder.leaf(
      name,
      reader,
      () => readData(reader),
      (data) => leafOf(builder, data),
    );
}

function leafOf({ language }: NodeBuilder, data: Data): Leaf {
  const { t, v } = dataTree(data);
  const note = noteOfData(data, language);
  return {
    ...(typeof t === "string" ? { type: t } : {}),
    ...(v === undefined ? {} : { value: v }),
    ...(note === undefined ? {} : { note }),
  };
}

/** The same bounds as `data-decode.ts`, in the same order, so that both fail alike. */
function addElements(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  { limits, depth, budget }: Place,
): void {
  builder.branch(name, reader, (node) => {
    const type = reader.uint8("Data") === arrayTag ? "array" : "structure";
    const field = `Data.${type}`;
    const at = reader.offset;
    const count = readLength(reader, field);
    node.type = type;
    node.note = `${count}`;
    if (depth >= limits.depthMax) {
      overLimit(reader, at, field, `nested deeper than ${limits.depthMax}`);
    }
    if (count > reader.remaining) {
      reader.fail(field, `${count} elements in ${reader.remaining} octets`);
    }
    if (count > limits.elementsMax) overLimit(reader, at, field, `${count} elements`);
    budget.left -= count;
    if (budget.left < 0) overLimit(reader, at, field, `more than ${limits.valuesMax} values`);
    node.children = [];
    for (let index = 0; index < count; index++) {
      addValue(builder, reader, `[${index}]`, { limits, depth: depth + 1, budget });
    }
    const pair = noteOfPair(node.children);
    if (pair !== undefined) node.note = pair;
  });
}

/** First as a whole, which checks everything; then again for the places of its elements. */
function addCompactArray(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  { limits, depth }: Place,
): void {
  builder.branch(name, reader, (node) => {
    node.type = "compact-array";
    const behind = new OctetReader(reader.octets, reader.layer, reader.offset + 1, reader.end);
    const { elementType, elements } = readCompactArray(behind, limits, depth);
    reader.skip(1, "Data");
    node.note = `${elements.length}`;
    builder.leaf(
      "type",
      reader,
      () => skipDescription(reader, elementType),
      () => ({ value: describe(elementType) }),
    );
    readLength(reader, "Data.compact-array.contents");
    for (let index = 0; reader.offset < behind.offset; index++) {
      addDescribed(builder, reader, `[${index}]`, elementType);
    }
  });
}

function skipDescription(reader: OctetReader, description: TypeDescription): void {
  reader.skip(1, "Data.compact-array.type");
  if (description.type === "array") {
    reader.skip(2, "Data.compact-array.type");
    skipDescription(reader, description.element);
  } else if (description.type === "structure") {
    readLength(reader, "Data.compact-array.type");
    for (const element of description.elements) skipDescription(reader, element);
  }
}

function describe(description: TypeDescription): string {
  if (description.type === "array") {
    return `array[${description.count}] of ${describe(description.element)}`;
  }
  if (description.type !== "structure") return description.type;
  return `structure { ${description.elements.map(describe).join(", ")} }`;
}

function addDescribed(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  description: TypeDescription,
): void {
  if (description.type !== "array" && description.type !== "structure") {
    const tag = dataTags[description.type];
    builder.leaf(
      name,
      reader,
      () => readSimpleValue(reader, tag),
      (data) => leafOf(builder, data),
    );
    return;
  }
  builder.branch(name, reader, (node: DraftNode) => {
    node.type = description.type;
    const elements =
      description.type === "structure"
        ? description.elements
        : Array.from({ length: description.count }, () => description.element);
    node.note = `${elements.length}`;
    node.children = [];
    for (const [index, element] of elements.entries()) {
      addDescribed(builder, reader, `[${index}]`, element);
    }
  });
}
