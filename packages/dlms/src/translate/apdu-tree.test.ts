import { acseApdus, apdus, goldenApdus, readVectors, vectorsPresent } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAcse } from "../acse/codec.ts";
import { DecodeError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { encodeApdu } from "../xdlms/apdu.ts";
import { translateApdu, translateData } from "./apdu-tree.ts";
import { translateLenientApdu } from "./lenient-tree.ts";

const apdu = (hex: string): unknown => translateApdu(fromHex(hex));
const data = (hex: string): unknown => translateData(fromHex(hex));

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
  "malformed",
  "notify",
  "object-list",
  "quirks",
  "set",
  "sn",
] as const;

describe.skipIf(!vectorsPresent)("public vectors (skipped where they are not beside us)", () => {
  test.each(files)("%s: says what the vectors say", (file) => {
    const readings = {
      apdu: (hex: string) => apdu(hex),
      "axdr-data": (hex: string) => data(hex),
      "apdu-lenient": (hex: string) => translateLenientApdu(fromHex(hex)),
    };
    let seen = 0;
    for (const { id, layer, hex, expect: expected } of readVectors(file)) {
      if (!(layer in readings)) continue;
      seen++;
      const reading = readings[layer as keyof typeof readings];
      const told = expected as { readonly valid?: boolean };
      if (told.valid === false) expect(() => reading(hex), id).toThrow(DecodeError);
      else expect(JSON.parse(JSON.stringify(reading(hex))), id).toMatchObject(told);
    }
    expect(seen).toBeGreaterThan(0);
  });
});

/** The goldens' contents are too short to be ciphered. */
const isClosed = /^(glo|ded)-|-ciphering/;

test.each(goldenApdus)("translates %s into plain JSON", (name, { kind }, hex) => {
  if (isClosed.test(name)) return expect(() => apdu(hex)).toThrow("ciphered content");
  const tree = apdu(hex);
  expect(tree).toMatchObject({ apdu: kind });
  expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
});

test("every APDU translates, or is a typed error of its ciphered content", () => {
  fc.assert(
    fc.property(fc.oneof(apdus.map(encodeApdu), acseApdus.map(encodeAcse)), (octets) => {
      try {
        translateApdu(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});

test("text that cannot be read is shown as octets too", () => {
  expect(data("0a0141")).toEqual({ t: "visible-string", v: "A" });
  expect(data("0a0207e9")).toMatchObject({ t: "visible-string", hex: "07e9" });
  expect(data("0c02c2b0")).toEqual({ t: "utf8-string", v: "°" });
  expect(data("0c01ff")).toMatchObject({ t: "utf8-string", hex: "ff" });
});

test("floats that JSON has no word for are null beside their octets", () => {
  expect(data("177f800000")).toEqual({ t: "float32", v: null, hex: "7f800000" });
});

test("a date-time comes with its fields, one of no octets without", () => {
  expect(apdu("0f00000001 0c07ea0b14050c0000ff800000 00")).toMatchObject({
    date_time: "07ea0b14050c0000ff800000",
    date_time_fields: { year: 2026, month: 11, day: 20, deviation: null },
  });
  expect(apdu("0f00000001 00 00")).not.toHaveProperty("date_time_fields");
});

test("an AARQ shows its request, unknown elements and its octets", () => {
  const initiate = "01000000065f1f0400000019ffff";
  const tree = apdu(`6020 a109060760857405080101 8c01aa be10040e${initiate}`);
  expect(tree).toMatchObject({
    apdu: "aarq",
    application_context: "LN",
    user_information_hex: initiate,
    user_information: { apdu: "initiate-request", conformance: ["get", "set", "action"] },
    other_elements: [{ tag: "8c", hex: "aa" }],
  });
});

test("a lenient reading stands beside the strict one", () => {
  const tree = translateLenientApdu(fromHex("0f40000001 090c07ea0b14050c0000ff800000 1101"));
  expect(tree).toMatchObject({
    strict: { valid: false },
    lenient: { apdu: "data-notification", body: { t: "unsigned", v: 1 } },
  });
  expect(translateLenientApdu(fromHex("ffff"))).toMatchObject({
    strict: { valid: false },
    lenient: { valid: false },
  });
});

test("a push of untagged descriptors is read as rows, and refused where it is none", () => {
  const row = "0202 0046 0000600a03ff 02 1105";
  const push = "0f00000001 00 02021601 0101" + row;
  expect(translateLenientApdu(fromHex(push))["lenient"]).toMatchObject({
    enum: 1,
    rows: [{ class_id: 70, obis: "0.0.96.10.3.255", attribute: 2, value: { t: "unsigned", v: 5 } }],
  });
  const octets = fromHex(push);
  for (let length = 0; length < octets.length; length++) {
    const tree = translateLenientApdu(octets.subarray(0, length));
    expect(tree["lenient"]).toMatchObject({ valid: false });
  }
});
