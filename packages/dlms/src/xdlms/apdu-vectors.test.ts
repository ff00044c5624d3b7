import { readVectors, type Vector, vectorsPresent } from "@lectura/testkit";
import { describe, expect, test } from "vitest";
import { decodeAcse, encodeAcse, isAcseTag } from "../acse/codec.ts";
import { decodeData } from "../axdr/data-decode.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { decodeApdu, encodeApdu } from "./apdu.ts";

const files = [
  "access",
  "acse",
  "action",
  "axdr-data",
  "ciphered",
  "errors",
  "gbt",
  "general",
  "get",
  "keywrap",
  "malformed",
  "notify",
  "object-list",
  "set",
  "sn",
] as const;

/** Forms that are right but not the shortest, or in another order; they are written canonically. */
const notCanonical = new Set([
  "acse-062", // elements out of the order of their tags
  "axdr-data-101", // true as FF
  "axdr-data-145", // long length form
  "axdr-data-146", // long length form
  "object-list-001", // long length form
]);

const layers = new Set(["apdu", "axdr-data"]);

function mirror({ layer, hex }: Vector): string {
  const octets = fromHex(hex);
  if (layer === "axdr-data") return toHex(encodeData(decodeData(octets)));
  if (isAcseTag(octets[0] ?? 0)) return toHex(encodeAcse(decodeAcse(octets)));
  return toHex(encodeApdu(decodeApdu(octets)));
}

function isRefused(vector: Vector): boolean {
  const { expect: expected } = vector;
  return typeof expected === "object" && expected !== null && "valid" in expected
    ? expected.valid === false
    : false;
}

describe.skipIf(!vectorsPresent)("public vectors (skipped where they are not beside us)", () => {
  test.each(files)("%s: decode and encode to the same octets, or are refused", (file) => {
    const vectors = readVectors(file).filter(({ layer }) => layers.has(layer));
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors) {
      if (isRefused(vector)) {
        expect(() => mirror(vector), vector.id).toThrow(DecodeError);
        continue;
      }
      const again = mirror(vector);
      if (notCanonical.has(vector.id)) {
        expect(mirror({ ...vector, hex: again }), vector.id).toBe(again);
      } else {
        expect(again, vector.id).toBe(vector.hex.toLowerCase());
      }
    }
  });

  test.each(files)("%s: every truncation of an APDU or Data is a typed error", (file) => {
    const vectors = readVectors(file).filter(({ layer }) => layers.has(layer));
    for (const vector of vectors.filter((candidate) => !isRefused(candidate))) {
      const step = Math.max(2, 2 * Math.floor(vector.hex.length / 400));
      for (let length = 0; length < vector.hex.length; length += step) {
        const cut = { ...vector, hex: vector.hex.slice(0, length) };
        expect(() => mirror(cut), `${vector.id} cut to ${length / 2}`).toThrow(DecodeError);
      }
    }
  });
});
