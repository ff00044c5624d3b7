import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, OctetReader, OctetWriter, toHex } from "../octets.ts";
import {
  boolean,
  choice,
  type Codec,
  int16,
  int32,
  int8,
  mapped,
  octets,
  octetString,
  optional,
  sequence,
  sequenceOf,
  uint16,
  uint32,
  uint8,
  withDefault,
} from "./codec.ts";

const encoded = <T>(codec: Codec<T>, value: T): string => {
  const writer = new OctetWriter(1000);
  codec.encode(writer, value);
  return toHex(writer.finish());
};

const decoded = <T>(codec: Codec<T>, hex: string): T => {
  const reader = new OctetReader(fromHex(hex), "axdr");
  const value = codec.decode(reader, codec.name);
  reader.finish(codec.name);
  return value;
};

const refused = (codec: Codec<unknown>, hex: string): string => {
  try {
    decoded(codec, hex);
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} ${error.field} ${error.offset}`;
    throw error;
  }
  return "accepted";
};

/** Erases the value's type: only decoding is wanted. */
const any = <T>(codec: Codec<T>): Codec<unknown> => codec as unknown as Codec<unknown>;

const limits: readonly (readonly [Codec<number>, number, string, number, string])[] = [
  [uint8, 0, "00", 255, "ff"],
  [uint16, 0, "0000", 65_535, "ffff"],
  [uint32, 0, "00000000", 4_294_967_295, "ffffffff"],
  [int8, -128, "80", 127, "7f"],
  [int16, -32_768, "8000", 32_767, "7fff"],
  [int32, -2_147_483_648, "80000000", 2_147_483_647, "7fffffff"],
];

test.each(limits)("$name holds its range and nothing else", (codec, low, lowHex, high, highHex) => {
  expect(encoded(codec, low)).toBe(lowHex);
  expect(encoded(codec, high)).toBe(highHex);
  expect(decoded(codec, lowHex)).toBe(low);
  expect(decoded(codec, highHex)).toBe(high);
  for (const wrong of [low - 1, high + 1, 0.5, Number.NaN]) {
    expect(() => encoded(codec, wrong)).toThrow(RangeError);
  }
});

const apple = sequence("Apple", { weight: uint16, ripe: withDefault(boolean, true) });
const fruit = choice("Fruit", "kind", {
  apple: [1, apple],
  box: [2, sequence("Box", { apples: sequenceOf(apple, 3), note: optional(octetString()) })],
});

test("a sequence reads its members in the order of its table", () => {
  expect(encoded(apple, { weight: 258, ripe: true })).toBe("010200");
  expect(encoded(apple, { weight: 258, ripe: false })).toBe("01020100");
  expect(decoded(apple, "01020100")).toEqual({ weight: 258, ripe: false });
});

test("a choice names its variant, through every level", () => {
  const box = { kind: "box", apples: [{ weight: 1, ripe: true }], note: fromHex("ab") } as const;
  expect(encoded(fruit, box)).toBe("02010001000101ab");
  expect(decoded(fruit, "02010001000101ab")).toEqual(box);
  expect(decoded(fruit, "0100ff00")).toEqual({ kind: "apple", weight: 255, ripe: true });
});

test("an absent optional member is left out", () => {
  expect(Object.keys(decoded(fruit, "020000"))).toEqual(["kind", "apples"]);
  expect(encoded(fruit, { kind: "box", apples: [] })).toBe("020000");
});

test("errors name the member and the octet", () => {
  expect(refused(any(fruit), "03")).toBe("axdr/malformed Fruit 0");
  expect(refused(any(fruit), "010100")).toBe("axdr/malformed Apple.ripe 3");
  expect(refused(any(fruit), "01010002")).toBe("axdr/malformed Apple.ripe 3");
  expect(refused(any(fruit), "0200 02")).toBe("axdr/malformed Box.note 2");
  expect(refused(any(fruit), "0204" + "000100".repeat(4) + "00")).toBe("axdr/limit Box.apples 2");
  expect(refused(any(fruit), "0203")).toBe("axdr/malformed Box.apples 2");
});

test("octet strings keep to their bounds in both directions", () => {
  const bounded = octetString({ max: 2 });
  const exact = octetString({ accepts: [0, 3] });
  expect(encoded(bounded, fromHex("0102"))).toBe("020102");
  expect(() => encoded(bounded, new Uint8Array(3))).toThrow(RangeError);
  expect(refused(any(bounded), "03010203")).toBe("axdr/malformed OCTET STRING 1");
  expect(decoded(exact, "00")).toEqual(new Uint8Array(0));
  expect(refused(any(exact), "0101")).toBe("axdr/malformed OCTET STRING 1");
  expect(() => encoded(octets(2), new Uint8Array(3))).toThrow(RangeError);
  expect(decoded(octets(2), "0102")).toEqual(fromHex("0102"));
});

test("a mapped codec carries another type", () => {
  const hundredths = mapped<number, number>(
    "hundredths",
    uint8,
    (value) => Math.round(value * 100),
    (value) => value / 100,
  );
  expect(encoded(hundredths, 0.25)).toBe("19");
  expect(decoded(hundredths, "19")).toBe(0.25);
});

test("a sequence of too many elements does not encode", () => {
  expect(() => encoded(sequenceOf(uint8, 1), [1, 2])).toThrow(RangeError);
});
