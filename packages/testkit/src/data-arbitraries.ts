import fc from "fast-check";
import {
  array,
  bcd,
  bitString,
  bool,
  compactArray,
  type Data,
  date,
  dateTime,
  dontCare,
  enumeration,
  float32,
  float64,
  i16,
  i32,
  i64,
  i8,
  type IntegerType,
  nullData,
  octetString,
  structure,
  time,
  type TypeDescription,
  u16,
  u32,
  u64,
  u8,
  utf8String,
} from "@lectura/dlms/axdr";

const octets = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const deltas: readonly (readonly [IntegerType, number, number])[] = [
  ["delta-integer", -0x80, 0x7f],
  ["delta-long", -0x8000, 0x7fff],
  ["delta-double-long", -0x8000_0000, 0x7fff_ffff],
  ["delta-unsigned", 0, 0xff],
  ["delta-long-unsigned", 0, 0xffff],
  ["delta-double-long-unsigned", 0, 0xffff_ffff],
];

/** A simple value of every type, in the order of its tag. */
const simpleValues: readonly fc.Arbitrary<Data>[] = [
  fc.constant(nullData()),
  fc.boolean().map(bool),
  fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 40 }).map(bitString),
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }).map(i32),
  fc.integer({ min: 0, max: 0xffff_ffff }).map(u32),
  fc.uint8Array({ maxLength: 300 }).map(octetString),
  fc.uint8Array({ maxLength: 20 }).map((value): Data => ({ type: "visible-string", value })),
  fc.uint8Array({ maxLength: 20 }).map(utf8String),
  fc.nat({ max: 0xff }).map(bcd),
  fc.integer({ min: -0x80, max: 0x7f }).map(i8),
  fc.integer({ min: -0x8000, max: 0x7fff }).map(i16),
  fc.nat({ max: 0xff }).map(u8),
  fc.nat({ max: 0xffff }).map(u16),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(i64),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(u64),
  fc.nat({ max: 0xff }).map(enumeration),
  fc.float({ noNaN: true }).map(float32),
  fc.double({ noNaN: true }).map(float64),
  octets(12).map(dateTime),
  octets(5).map(date),
  octets(4).map(time),
  ...deltas.map(([type, min, max]) =>
    fc.integer({ min, max }).map((value): Data => ({ type, value })),
  ),
  fc.constant(dontCare()),
];

/** The values whose type a description names; those without octets of their own are left out. */
const described = new Map<string, fc.Arbitrary<Data>>();
for (const values of simpleValues) {
  const [{ type } = nullData()] = fc.sample(values, { numRuns: 1, seed: 1 });
  if (type !== "null-data" && type !== "dont-care") described.set(type, values);
}

interface Described {
  readonly description: TypeDescription;
  readonly values: fc.Arbitrary<Data>;
}

const simpleDescriptions: fc.Arbitrary<Described> = fc
  .constantFrom(...described)
  .map(([type, values]) => ({ description: { type } as TypeDescription, values }));

const descriptions: fc.Arbitrary<Described> = fc.oneof(
  simpleDescriptions,
  fc
    .tuple(simpleDescriptions, fc.integer({ min: 1, max: 4 }))
    .map(([{ description, values }, count]): Described => ({
      description: { type: "array", count, element: description },
      values: fc.array(values, { minLength: count, maxLength: count }).map(array),
    })),
  fc.array(simpleDescriptions, { minLength: 1, maxLength: 4 }).map((members): Described => ({
    description: { type: "structure", elements: members.map(({ description }) => description) },
    values: fc.tuple(...members.map(({ values }) => values)).map(structure),
  })),
);

/** Compact-arrays of simple values, arrays and structures. */
const compactArrays: fc.Arbitrary<Data> = descriptions.chain(({ description, values }) =>
  fc.array(values, { maxLength: 5 }).map((elements) => compactArray(description, elements)),
);

/** Any Data value of every type, nested a few levels deep. */
export const dataValues: fc.Arbitrary<Data> = fc.letrec<{ readonly data: Data }>((tie) => ({
  data: fc.oneof(
    { depthSize: "small", maxDepth: 4, withCrossShrink: true },
    fc.oneof(...simpleValues),
    compactArrays,
    fc.array(tie("data"), { maxLength: 6 }).map(array),
    fc.array(tie("data"), { maxLength: 6 }).map(structure),
  ),
})).data;
