/** Data from its tree, as `data-tree.ts` gives it. */
import { bitString, float32, float64, visibleString } from "../axdr/construct.ts";
import type { Data, DataType, TypeDescription } from "../axdr/data.ts";
import { dataTags } from "../axdr/tags.ts";
import { dataDepthMax } from "../limits.ts";
import type { Json } from "./json.ts";
import { refuse, TreeObject } from "./tree-object.ts";

/** Data of a tree `{ t, v }`. Octets stand before a text or number beside them. @throws {RangeError} */
export function dataOf(tree: TreeObject, depth = 0): Data {
  const type = typeOf(tree);
  if (depth > dataDepthMax) throw new RangeError(`${tree.path} is nested too deep`);
  switch (type) {
    case "null-data":
    case "dont-care":
      return { type, value: null };
    case "array":
    case "structure":
      return { type, value: tree.list("v").map((element) => dataOf(element, depth + 1)) };
    case "compact-array":
      return {
        type,
        value: {
          elementType: descriptionOf(tree.object("type"), depth),
          elements: tree.list("v").map((element) => dataOf(element, depth + 1)),
        },
      };
    case "boolean":
      return { type, value: tree.boolean("v") };
    case "bit-string":
      return bitString(tree.text("v"));
    case "octet-string":
    case "date-time":
    case "date":
    case "time":
      return { type, value: tree.octets("v") };
    case "visible-string":
      return tree.has("hex") ? { type, value: tree.octets("hex") } : visibleString(tree.text("v"));
    case "utf8-string":
      return { type, value: tree.has("hex") ? tree.octets("hex") : utf8Of(tree.text("v")) };
    case "long64":
    case "long64-unsigned":
      return { type, value: bigintOf(tree) };
    case "float32":
    case "float64":
      return floatData(type, tree);
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
      return { type, value: tree.integer("v") };
  }
}

/** Trees of several values. */
export function dataList(tree: TreeObject, name: string): readonly Data[] {
  return tree.list(name).map((value) => dataOf(value));
}

/** A tree alone, not yet a `TreeObject`. */
export function dataFromTree(tree: Json): Data {
  return dataOf(new TreeObject(tree, ""));
}

function typeOf(tree: TreeObject): DataType {
  const type = tree.text("t");
  if (!Object.hasOwn(dataTags, type)) refuse(tree.pathOf("t"), type, "a type of Data");
  return type as DataType;
}

function descriptionOf(tree: TreeObject, depth: number): TypeDescription {
  const type = typeOf(tree);
  if (depth > dataDepthMax) throw new RangeError(`${tree.path} is nested too deep`);
  if (type === "array") {
    const element = descriptionOf(tree.object("of"), depth + 1);
    return { type, count: tree.integer("n"), element };
  }
  if (type === "structure") {
    const elements = tree.list("of").map((element) => descriptionOf(element, depth + 1));
    return { type, elements };
  }
  if (type === "compact-array") return refuse(tree.pathOf("t"), type, "another type");
  return { type };
}

function floatData(type: "float32" | "float64", tree: TreeObject): Data {
  if (tree.has("hex")) return { type, value: tree.octets("hex") };
  const value = tree.get("v");
  if (typeof value !== "number") return refuse(tree.pathOf("v"), value, "a number, or hex");
  return type === "float32" ? float32(value) : float64(value);
}

function bigintOf(tree: TreeObject): bigint {
  const value = tree.get("v");
  if (typeof value === "number") return BigInt(tree.integer("v"));
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return refuse(tree.pathOf("v"), value, "a whole number, as text where it is large");
}

/** UTF-8 without a platform's encoder. */
function utf8Of(text: string): Uint8Array {
  const octets: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) octets.push(code);
    else if (code < 0x800) octets.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x1_0000) {
      octets.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else {
      octets.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
      octets.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(octets);
}
