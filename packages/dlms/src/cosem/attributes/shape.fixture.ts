/** Values of every shape, made from the notation itself. */
import * as fc from "fast-check";
import type { Data } from "../../axdr/data.ts";
import { decodeDate, decodeDateTime, decodeTime } from "../date-time.ts";
import { obisFromOctets } from "../obis.ts";
import { isOperator, isSimple } from "./decode-shape.ts";
import { integerRanges } from "./integer-ranges.ts";
import { namedShape } from "./named-shapes.ts";
import type { CosemValue, Shape, SimpleShape } from "./shape.ts";

/** A value that `encodeShape` takes for this shape; `any` is what stands for any Data. */
export function valuesOf(shape: Shape, any: fc.Arbitrary<Data>): fc.Arbitrary<CosemValue> {
  if (typeof shape === "string") {
    return isSimple(shape) ? simpleValues(shape, any) : valuesOf(namedShape(shape), any);
  }
  if (isOperator(shape)) {
    if (shape.length === 1) return fc.array(valuesOf(shape[0], any), { maxLength: 3 });
    if (shape[0] === "nullable") return fc.option(valuesOf(shape[1], any), { nil: null });
    const names = shape[1];
    return fc.nat({ max: 255 }).map((number) => names[number] ?? number);
  }
  const members = Object.entries(shape).map(
    ([name, member]) => [name, valuesOf(member, any)] as const,
  );
  return fc.record(Object.fromEntries(members));
}

const octets = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

function simpleValues(shape: SimpleShape, any: fc.Arbitrary<Data>): fc.Arbitrary<CosemValue> {
  switch (shape) {
    case "null-data":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "bit-string":
      return fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 40 });
    case "integer":
    case "long":
    case "double-long":
    case "unsigned":
    case "long-unsigned":
    case "double-long-unsigned":
    case "enum":
      return fc.integer({ min: integerRanges[shape][0], max: integerRanges[shape][1] });
    case "long64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "long64-unsigned":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case "float32":
      return fc.float({ noNaN: true });
    case "float64":
      return fc.double({ noNaN: true });
    case "octet-string":
      return fc.uint8Array({ maxLength: 20 });
    case "visible-string":
      return fc.string({ unit: "binary-ascii" });
    case "utf8-string":
      return fc.string({ unit: "binary" });
    case "logical-name":
      return octets(6).map(obisFromOctets);
    case "date-time-octets":
    case "date-time":
      return octets(12).map(decodeDateTime);
    case "date-octets":
      return octets(5).map(decodeDate);
    case "time-octets":
      return octets(4).map(decodeTime);
    case "any":
      return any;
  }
}
