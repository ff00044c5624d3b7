import { bitsOf, floatOf } from "../axdr/construct.ts";
import type { Data, TypeDescription } from "../axdr/data.ts";
import { textOf } from "../cosem/text.ts";
import { toHex } from "../octets.ts";
import type { JsonObject } from "./json.ts";

/** A Data value as `{ t, v }`: 64-bit integers as decimal text, octets as hex, floats with both. */
export function dataTree(data: Data): JsonObject {
  switch (data.type) {
    case "null-data":
    case "dont-care":
      return { t: data.type };
    case "array":
    case "structure":
      return { t: data.type, v: data.value.map(dataTree) };
    case "compact-array":
      return {
        t: data.type,
        type: descriptionTree(data.value.elementType),
        v: data.value.elements.map(dataTree),
      };
    case "bit-string":
      return { t: data.type, v: bitsOf(data.value) };
    case "visible-string":
    case "utf8-string":
      return textTree(data.type, data.value);
    case "float32":
    case "float64":
      return { t: data.type, v: finite(floatOf(data.value)), hex: toHex(data.value) };
    case "octet-string":
    case "date-time":
    case "date":
    case "time":
      return { t: data.type, v: toHex(data.value) };
    case "long64":
    case "long64-unsigned":
      return { t: data.type, v: String(data.value) };
    case "boolean":
      return { t: data.type, v: data.value };
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
      return { t: data.type, v: data.value };
  }
}

/** Text, and the octets beside it where the text does not show them all. */
function textTree(type: "visible-string" | "utf8-string", octets: Uint8Array): JsonObject {
  const text = { t: type, v: textOf(octets, type) };
  const printable = octets.every((octet) => octet >= 0x20 && octet !== 0x7f);
  const readable = octets.every((octet) => octet < 0x80) || isUtf8(octets, type, text.v);
  return printable && readable ? text : { ...text, hex: toHex(octets) };
}

/** Octets that are no UTF-8 are shown as Latin-1, one character an octet. */
function isUtf8(octets: Uint8Array, type: string, text: string): boolean {
  return type === "utf8-string" && text.length < octets.length;
}

/** JSON has no word for infinities and NaN: null, and the octets beside it say which. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function descriptionTree(description: TypeDescription): JsonObject {
  if (description.type === "array") {
    const { count, element } = description;
    return { t: "array", n: count, of: descriptionTree(element) };
  }
  if (description.type === "structure") {
    return { t: "structure", of: description.elements.map(descriptionTree) };
  }
  return { t: description.type };
}
