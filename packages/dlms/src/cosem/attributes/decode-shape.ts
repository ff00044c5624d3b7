/** Data to a typed value, led by its shape. All of it, or a DecodeError that names the place. */
import type { Data } from "../../axdr/data.ts";
import { bitsOf, floatOf } from "../../axdr/construct.ts";
import { DecodeError } from "../../error.ts";
import { decodeDate, decodeDateTime, decodeTime } from "../date-time.ts";
import { obisFromOctets } from "../obis.ts";
import { textOf } from "../text.ts";
import { integerRanges } from "./integer-ranges.ts";
import { namedShape } from "./named-shapes.ts";
import type {
  CosemValue,
  EnumNames,
  Shape,
  ShapeName,
  SimpleShape,
  StructureShape,
} from "./shape.ts";

/**
 * @param path where the value stands: `dayProfileTablePassive[3].daySchedules`; the error's field.
 * @throws {DecodeError} cosem/malformed.
 */
export function decodeShape(shape: Shape, data: Data, path: string): CosemValue {
  if (typeof shape === "string") {
    if (isSimple(shape)) return simpleDecoders[shape](data, path);
    return decodeShape(namedShape(shape), data, path);
  }
  if (isOperator(shape)) {
    if (shape.length === 1) return decodeArray(shape[0], data, path);
    if (shape[0] === "enum") return decodeEnum(shape[1], data, path);
    return data.type === "null-data" ? null : decodeShape(shape[1], data, path);
  }
  return decodeStructure(shape, data, path);
}

type OperatorShape = Exclude<Shape, string | StructureShape>;

/** Arrays, enums and nullables; what is left is a structure. */
export function isOperator(shape: Exclude<Shape, string>): shape is OperatorShape {
  return Array.isArray(shape);
}

/** A simple shape; what is left of the names are shared structures. */
export function isSimple(shape: SimpleShape | ShapeName): shape is SimpleShape {
  return shape in simpleDecoders;
}

/** Whether a type's name, as in the class tables, is a simple shape. */
export function isSimpleName(type: string): type is SimpleShape {
  return Object.hasOwn(simpleDecoders, type);
}

/** Some meters send a structure where an array is meant, and the reverse is told by its count. */
function decodeArray(element: Shape, data: Data, path: string): CosemValue {
  if (data.type !== "array" && data.type !== "structure" && data.type !== "compact-array") {
    return refuse(data, path, "an array");
  }
  const elements = data.type === "compact-array" ? data.value.elements : data.value;
  return elements.map((item, index) => decodeShape(element, item, `${path}[${index}]`));
}

function decodeEnum(names: EnumNames, data: Data, path: string): CosemValue {
  const number = integerFrom(data, path, "enum");
  return names[number] ?? number;
}

function decodeStructure(shape: StructureShape, data: Data, path: string): CosemValue {
  if (data.type !== "structure") return refuse(data, path, "a structure");
  const members = Object.entries(shape);
  if (data.value.length !== members.length) {
    const problem = `has ${data.value.length} elements, not ${members.length}`;
    throw new DecodeError("cosem", path, 0, problem);
  }
  const value: Record<string, CosemValue> = {};
  for (const [index, [name, member]] of members.entries()) {
    value[name] = decodeShape(member, data.value[index]!, `${path}.${name}`);
  }
  return value;
}

const simpleDecoders: Readonly<Record<SimpleShape, (data: Data, path: string) => CosemValue>> = {
  "null-data": (data, path) => (data.type === "null-data" ? null : refuse(data, path, "null-data")),
  boolean: (data, path) =>
    typeof data.value === "boolean" ? data.value : refuse(data, path, "a boolean"),
  "bit-string": (data, path) =>
    data.type === "bit-string" ? bitsOf(data.value) : refuse(data, path, "a bit-string"),
  integer: (data, path) => integerFrom(data, path, "integer"),
  long: (data, path) => integerFrom(data, path, "long"),
  "double-long": (data, path) => integerFrom(data, path, "double-long"),
  unsigned: (data, path) => integerFrom(data, path, "unsigned"),
  "long-unsigned": (data, path) => integerFrom(data, path, "long-unsigned"),
  "double-long-unsigned": (data, path) => integerFrom(data, path, "double-long-unsigned"),
  enum: (data, path) => integerFrom(data, path, "enum"),
  long64: (data, path) => bigintFrom(data, path, -(2n ** 63n), 2n ** 63n - 1n),
  "long64-unsigned": (data, path) => bigintFrom(data, path, 0n, 2n ** 64n - 1n),
  float32: floatFrom,
  float64: floatFrom,
  "octet-string": (data, path) => octetsFrom(data, path),
  "visible-string": textFrom,
  "utf8-string": textFrom,
  "logical-name": (data, path) => obisFromOctets(octetsFrom(data, path, 6)),
  "date-time-octets": (data, path) => decodeDateTime(octetsFrom(data, path, 12)),
  "date-octets": (data, path) => decodeDate(octetsFrom(data, path, 5)),
  "time-octets": (data, path) => decodeTime(octetsFrom(data, path, 4)),
  "date-time": (data, path) => decodeDateTime(octetsFrom(data, path, 12)),
  any: (data) => data,
};

/** Meters send other integer types than the standard's; the value is what has to fit. */
function integerFrom(data: Data, path: string, type: keyof typeof integerRanges): number {
  const [min, max] = integerRanges[type];
  const value = typeof data.value === "bigint" ? Number(data.value) : data.value;
  if (typeof value !== "number") return refuse(data, path, `an integer (${type})`);
  if (value < min || value > max) {
    throw new DecodeError("cosem", path, 0, `${value} is not within ${min}..${max}`);
  }
  return value;
}

function bigintFrom(data: Data, path: string, min: bigint, max: bigint): bigint {
  if (typeof data.value !== "number" && typeof data.value !== "bigint") {
    return refuse(data, path, "an integer");
  }
  const value = BigInt(data.value);
  if (value < min || value > max) {
    throw new DecodeError("cosem", path, 0, `${value} is not within ${min}..${max}`);
  }
  return value;
}

function floatFrom(data: Data, path: string): number {
  if (data.type === "float32" || data.type === "float64") return floatOf(data.value);
  return refuse(data, path, "a float");
}

function textFrom(data: Data, path: string): string {
  if (data.type === "utf8-string") return textOf(data.value, data.type);
  return textOf(octetsFrom(data, path), "visible-string");
}

/** A view of the octets of any type that is octets; `length` where the standard fixes it. */
function octetsFrom(data: Data, path: string, length?: number): Uint8Array {
  if (!(data.value instanceof Uint8Array) || data.type.startsWith("float")) {
    return refuse(data, path, "an octet-string");
  }
  if (length !== undefined && data.value.length !== length) {
    throw new DecodeError("cosem", path, 0, `has ${data.value.length} octets, not ${length}`);
  }
  return data.value;
}

function refuse(data: Data, path: string, wanted: string): never {
  throw new DecodeError("cosem", path, 0, `is ${data.type}, not ${wanted}`);
}
