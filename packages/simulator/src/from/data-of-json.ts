/** Data from the `{ t, v }` that the translator writes. */
import {
  bitString,
  compactArray,
  type Data,
  type DataType,
  type IntegerType,
  type TypeDescription,
} from "@lectura/dlms/axdr";
import { fromHex } from "@lectura/dlms/octets";
import { invalid, listAt, recordAt, textAt, wholeAt } from "./json-field.ts";

/** Nested values at most. */
const depthMax = 32;
/** Elements of one array or structure. */
const elementsMax = 100_000;

const integers: Readonly<Record<IntegerType, readonly [number, number]>> = {
  bcd: [-0x80, 0xff],
  integer: [-0x80, 0x7f],
  long: [-0x8000, 0x7fff],
  "double-long": [-0x8000_0000, 0x7fff_ffff],
  unsigned: [0, 0xff],
  "long-unsigned": [0, 0xffff],
  "double-long-unsigned": [0, 0xffff_ffff],
  enum: [0, 0xff],
  "delta-integer": [-0x80, 0x7f],
  "delta-long": [-0x8000, 0x7fff],
  "delta-double-long": [-0x8000_0000, 0x7fff_ffff],
  "delta-unsigned": [0, 0xff],
  "delta-long-unsigned": [0, 0xffff],
  "delta-double-long-unsigned": [0, 0xffff_ffff],
};
const longs = {
  long64: [-(2n ** 63n), 2n ** 63n - 1n],
  "long64-unsigned": [0n, 2n ** 64n - 1n],
} as const;
/** Octets these have; undefined: any number. */
const octetCounts = {
  "octet-string": undefined,
  "date-time": 12,
  date: 5,
  time: 4,
  float32: 4,
  float64: 8,
} as const;
const texts = ["visible-string", "utf8-string"] as const;

/** @throws {MeterFileError} simulator/file-invalid: `where` names the place. */
export function dataOfJson(json: unknown, where: string, depth = 0): Data {
  if (depth > depthMax) throw invalid(where, `is nested deeper than ${depthMax}`);
  const { t, v, hex, type } = recordAt(json, where);
  const name = textAt(t, `${where}.t`);
  if (name === "null-data" || name === "dont-care") return { type: name, value: null };
  if (name === "array" || name === "structure") {
    return { type: name, value: elementsOf(v, `${where}.v`, depth) };
  }
  if (name === "compact-array") {
    const elements = elementsOf(v, `${where}.v`, depth);
    return compactArray(descriptionOf(type, `${where}.type`, 0), elements);
  }
  if (name === "boolean") {
    if (typeof v !== "boolean") throw invalid(`${where}.v`, "is neither true nor false");
    return { type: name, value: v };
  }
  if (name === "bit-string") {
    const bits = textAt(v, `${where}.v`);
    if (!/^[01]*$/.test(bits)) throw invalid(`${where}.v`, "is no text of 0 and 1");
    return bitString(bits);
  }
  if (isKey(name, integers)) {
    const [min, max] = integers[name];
    return { type: name, value: wholeAt(v, `${where}.v`, min, max) };
  }
  if (isKey(name, longs)) return { type: name, value: longOf(v, `${where}.v`, longs[name]) };
  if (isKey(name, octetCounts)) {
    const isFloat = name === "float32" || name === "float64";
    const [digits, at] = isFloat ? [hex, `${where}.hex`] : [v, `${where}.v`];
    return { type: name, value: octetsOf(digits, at, octetCounts[name]) };
  }
  const text = texts.find((each) => each === name);
  if (text === undefined) throw invalid(`${where}.t`, "is no type of Data");
  if (hex !== undefined) {
    return { type: text, value: octetsOf(hex, `${where}.hex`, undefined) };
  }
  return { type: text, value: new TextEncoder().encode(textAt(v, `${where}.v`)) };
}

function isKey<T extends object>(name: string, table: T): name is string & keyof T {
  return Object.hasOwn(table, name);
}

function elementsOf(json: unknown, where: string, depth: number): readonly Data[] {
  return listAt(json, where, elementsMax).map((element, at) =>
    dataOfJson(element, `${where}[${at}]`, depth + 1),
  );
}

function longOf(json: unknown, where: string, [min, max]: readonly [bigint, bigint]): bigint {
  const text = textAt(json, where);
  const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && value >= min && value <= max) return value;
  throw invalid(where, `is no whole number from ${min} to ${max} as text`);
}

function octetsOf(json: unknown, where: string, count: number | undefined): Uint8Array {
  const text = textAt(json, where);
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw invalid(where, "is not hexadecimal");
  const octets = fromHex(text);
  if (count !== undefined && octets.length !== count) {
    throw invalid(where, `has not ${count} octets`);
  }
  return octets;
}

function descriptionOf(json: unknown, where: string, depth: number): TypeDescription {
  if (depth > depthMax) throw invalid(where, `is nested deeper than ${depthMax}`);
  const { t, n, of } = recordAt(json, where);
  if (t === "array") {
    const count = wholeAt(n, `${where}.n`, 0, 0xffff);
    return { type: t, count, element: descriptionOf(of, `${where}.of`, depth + 1) };
  }
  if (t === "structure") {
    const elements = listAt(of, `${where}.of`, elementsMax).map((element, at) =>
      descriptionOf(element, `${where}.of[${at}]`, depth + 1),
    );
    return { type: t, elements };
  }
  const name = textAt(t, `${where}.t`);
  const known =
    isKey(name, integers) ||
    isKey(name, longs) ||
    isKey(name, octetCounts) ||
    ["null-data", "dont-care", "boolean", "bit-string", ...texts].includes(name);
  if (!known) throw invalid(`${where}.t`, "is no type of Data");
  return { type: name as Exclude<DataType, "array" | "structure" | "compact-array"> };
}
