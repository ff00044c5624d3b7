import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, OctetReader, toHex } from "../octets.ts";
import { elementOctets, readElement } from "./element.ts";
import {
  integerContents,
  objectIdentifierContents,
  readInteger,
  readObjectIdentifier,
} from "./primitive.ts";

const reader = (hex: string): OctetReader => new OctetReader(fromHex(hex), "ber");

test("integers take as few octets as they can", () => {
  const goldens = [
    [0, "00"],
    [127, "7f"],
    [128, "0080"],
    [-1, "ff"],
    [-128, "80"],
    [-129, "ff7f"],
    [256, "0100"],
    [-2_147_483_648, "80000000"],
    [2_147_483_647, "7fffffff"],
  ] as const;
  for (const [value, hex] of goldens) {
    expect(toHex(integerContents(value))).toBe(hex);
    expect(readInteger(reader(hex), "n")).toBe(value);
  }
  expect(() => integerContents(2 ** 31)).toThrow(RangeError);
  expect(() => readInteger(reader(""), "n")).toThrow("INTEGER of 0 octets");
  expect(() => readInteger(reader("0000000000"), "n")).toThrow("INTEGER of 5 octets");
});

test("every integer of 32 bits comes back", () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      const octets = integerContents(value);
      expect(readInteger(new OctetReader(octets, "ber"), "n")).toBe(value);
    }),
  );
});

test("object identifiers are read and written in dotted decimals", () => {
  const goldens = [
    ["2.16.756.5.8.1.1", "60857405080101"],
    ["1.2.840.113549", "2a864886f70d"],
    ["0.9.2342", "099226"],
  ] as const;
  for (const [text, hex] of goldens) {
    expect(toHex(objectIdentifierContents(text))).toBe(hex);
    expect(readObjectIdentifier(reader(hex), "oid")).toBe(text);
  }
});

test("object identifiers cut in an arc, empty or huge are refused", () => {
  expect(() => readObjectIdentifier(reader(""), "oid")).toThrow("without octets");
  expect(() => readObjectIdentifier(reader("6085"), "oid")).toThrow("needs 1 octets");
  expect(() => readObjectIdentifier(reader("60ffffffffffff7f"), "oid")).toThrow("above 32 bits");
  expect(() => objectIdentifierContents("2.x.1" as `${number}.${number}.1`)).toThrow(RangeError);
});

test("an element is built by its length and read in any length form", () => {
  const contents = new Uint8Array(200).fill(7);
  expect(toHex(elementOctets(0xac, contents).subarray(0, 3))).toBe("ac81c8");
  expect(readElement(reader("be820002aabb"), "e")).toEqual({
    tag: 0xbe,
    contents: fromHex("aabb"),
  });
  expect(() => readElement(reader("5f1f0100"), "e")).toThrow("tag of several octets");
  expect(() => readElement(reader("be03aabb"), "e")).toThrow("needs 3 octets, 2 left");
});
