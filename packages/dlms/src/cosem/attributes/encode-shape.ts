/** A typed value to Data of the standard's types, led by its shape. */
import {
  bitString,
  float32,
  float64,
  nullData,
  octetString,
  utf8String,
  visibleString,
} from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import {
  type CosemDate,
  type CosemDateTime,
  type CosemTime,
  encodeDate,
  encodeDateTime,
  encodeTime,
} from "../date-time.ts";
import { obis, obisToOctets } from "../obis.ts";
import { isOperator, isSimple } from "./decode-shape.ts";
import { integerRanges } from "./integer-ranges.ts";
import { utf8Octets } from "../text.ts";
import { namedShape } from "./named-shapes.ts";
import type { CosemValue, EnumNames, Shape, SimpleShape, StructureShape } from "./shape.ts";

/**
 * @param path as in `decodeShape`.
 * @throws {RangeError} a number does not fit its type, or the value has not the shape.
 */
export function encodeShape(shape: Shape, value: CosemValue, path: string): Data {
  if (typeof shape === "string") {
    if (isSimple(shape)) return encodeSimple(shape, value, path);
    return encodeShape(namedShape(shape), value, path);
  }
  if (isOperator(shape)) {
    if (shape.length === 1) return encodeArray(shape[0], value, path);
    if (shape[0] === "enum") return { type: "enum", value: enumNumber(shape[1], value, path) };
    return value === null ? nullData() : encodeShape(shape[1], value, path);
  }
  return encodeStructure(shape, value, path);
}

function encodeArray(element: Shape, value: CosemValue, path: string): Data {
  if (!Array.isArray(value)) return refuse(path, "no array");
  const items: readonly CosemValue[] = value;
  const elements = items.map((item, index) => encodeShape(element, item, `${path}[${index}]`));
  return { type: "array", value: elements };
}

function enumNumber(names: EnumNames, value: CosemValue, path: string): number {
  if (typeof value === "number") return inRange("enum", value, path);
  const known = Object.entries(names).find(([, name]) => name === value);
  if (known !== undefined) return Number(known[0]);
  return refuse(path, `none of ${Object.values(names).join(", ")}`);
}

function encodeStructure(shape: StructureShape, value: CosemValue, path: string): Data {
  if (typeof value !== "object" || value === null) return refuse(path, "no structure");
  const members = value as Readonly<Record<string, CosemValue>>;
  const elements = Object.entries(shape).map(([name, member]) => {
    const element = members[name];
    const at = `${path}.${name}`;
    return element === undefined ? refuse(at, "missing") : encodeShape(member, element, at);
  });
  return { type: "structure", value: elements };
}

function encodeSimple(shape: SimpleShape, value: CosemValue, path: string): Data {
  switch (shape) {
    case "null-data":
      return nullData();
    case "boolean":
      return { type: shape, value: value as boolean };
    case "bit-string":
      return bitString(value as string);
    case "integer":
    case "long":
    case "double-long":
    case "unsigned":
    case "long-unsigned":
    case "double-long-unsigned":
    case "enum":
      return { type: shape, value: inRange(shape, value, path) };
    case "long64":
    case "long64-unsigned":
      return { type: shape, value: bigintIn(shape, value, path) };
    case "float32":
      return float32(value as number);
    case "float64":
      return float64(value as number);
    case "octet-string":
      return octetString(value as Uint8Array);
    case "visible-string":
      return visibleString(value as string);
    case "utf8-string":
      return utf8String(utf8Octets(value as string));
    case "logical-name":
      return octetString(obisToOctets(obis(value as string)));
    case "date-time-octets":
      return octetString(encodeDateTime(value as CosemDateTime));
    case "date-octets":
      return octetString(encodeDate(value as CosemDate));
    case "time-octets":
      return octetString(encodeTime(value as CosemTime));
    case "date-time":
      return { type: shape, value: encodeDateTime(value as CosemDateTime) };
    case "any":
      return value as Data;
  }
}

function inRange(type: keyof typeof integerRanges, value: CosemValue, path: string): number {
  const [min, max] = integerRanges[type];
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    return refuse(path, `no integer within ${min}..${max}`);
  }
  return value;
}

function bigintIn(type: "long64" | "long64-unsigned", value: CosemValue, path: string): bigint {
  const [min, max] = type === "long64" ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (typeof value !== "bigint" || value < min || value > max) {
    return refuse(path, `no integer within ${min}..${max}`);
  }
  return value;
}

function refuse(path: string, problem: string): never {
  throw new RangeError(`${path} is ${problem}`);
}
