import { dataValues } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import {
  array,
  bcd,
  bitsOf,
  bitString,
  bool,
  compactArray,
  date,
  dateTime,
  dontCare,
  enumeration,
  float32,
  float64,
  floatOf,
  i16,
  i32,
  i64,
  i8,
  nullData,
  octetString,
  structure,
  time,
  u16,
  u32,
  u64,
  u8,
  utf8String,
  visibleString,
} from "./construct.ts";
import type { Data } from "./data.ts";
import { decodeData, readData } from "./data-decode.ts";
import { encodeData } from "./data-encode.ts";
import { OctetReader } from "../octets.ts";

/** One of every type, its octets worked out by hand from the tag table. */
const goldens: readonly (readonly [string, Data, string])[] = [
  ["null-data", nullData(), "00"],
  ["empty array", array([]), "0100"],
  ["array", array([u8(1), u8(2)]), "010211011102"],
  ["structure", structure([u16(0x1234), nullData()]), "020212123400"],
  ["boolean", bool(true), "0301"],
  ["boolean false", bool(false), "0300"],
  ["bit-string of 0 bits", bitString(""), "0400"],
  ["bit-string of 4 bits", bitString("1010"), "0404a0"],
  ["bit-string of 9 bits", bitString("000000011"), "04090180"],
  ["double-long", i32(-2), "05fffffffe"],
  ["double-long-unsigned", u32(0xfedc_ba98), "06fedcba98"],
  ["octet-string", octetString(fromHex("0a0b")), "09020a0b"],
  ["visible-string", visibleString("LCT1"), "0a044c435431"],
  ["utf8-string", utf8String(fromHex("c2b0")), "0c02c2b0"],
  ["bcd", bcd(0x99), "0d99"],
  ["integer", i8(-128), "0f80"],
  ["long", i16(-300), "10fed4"],
  ["unsigned", u8(200), "11c8"],
  ["long-unsigned", u16(65_535), "12ffff"],
  ["long64", i64(-1n), "14ffffffffffffffff"],
  ["long64-unsigned", u64(2n ** 63n), "158000000000000000"],
  ["enum", enumeration(27), "161b"],
  ["float32", float32(1.5), "173fc00000"],
  ["float64", float64(-2), "18c000000000000000"],
  ["date-time", dateTime(fromHex("07ea0b14ff0c1e00ff8000ff")), "1907ea0b14ff0c1e00ff8000ff"],
  ["date", date(fromHex("07ea0b1405")), "1a07ea0b1405"],
  ["time", time(fromHex("0c1e00ff")), "1b0c1e00ff"],
  ["delta-integer", { type: "delta-integer", value: -3 }, "1cfd"],
  ["delta-long", { type: "delta-long", value: -3 }, "1dfffd"],
  ["delta-double-long", { type: "delta-double-long", value: -3 }, "1efffffffd"],
  ["delta-unsigned", { type: "delta-unsigned", value: 3 }, "1f03"],
  ["delta-long-unsigned", { type: "delta-long-unsigned", value: 3 }, "200003"],
  ["delta-double-long-unsigned", { type: "delta-double-long-unsigned", value: 3 }, "2100000003"],
  ["dont-care", dontCare(), "ff"],
  [
    "compact-array of long-unsigned",
    compactArray({ type: "long-unsigned" }, [u16(258), u16(772)]),
    "13120401020304",
  ],
  [
    "compact-array of structures with a null",
    compactArray(
      { type: "structure", elements: [{ type: "null-data" }, { type: "octet-string" }] },
      [
        structure([nullData(), octetString(fromHex("aa"))]),
        structure([nullData(), octetString(fromHex(""))]),
      ],
    ),
    "130202000903 01aa 00",
  ],
  [
    "compact-array of arrays",
    compactArray({ type: "array", count: 2, element: { type: "integer" } }, [
      array([i8(1), i8(-1)]),
    ]),
    "130100020f02 01ff",
  ],
];

const failure = (run: () => unknown): DecodeError => {
  try {
    run();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

const refused = (hex: string): string => {
  const { code, field, offset } = failure(() => decodeData(fromHex(hex)));
  return `${code} ${field} ${offset}`;
};

describe("every type", () => {
  test.each(goldens)("%s", (_, value, hex) => {
    expect(encodeData(value)).toEqual(fromHex(hex));
    expect(decodeData(fromHex(hex))).toEqual(value);
  });

  test.each(goldens)("refuses every truncation of %s", (_, __, hex) => {
    const octets = fromHex(hex);
    for (let length = 0; length < octets.length; length++) {
      expect(failure(() => decodeData(octets.subarray(0, length)))).toBeInstanceOf(DecodeError);
    }
  });
});

describe("properties", () => {
  test("decoding undoes encoding", () => {
    fc.assert(
      fc.property(dataValues, (value) => {
        expect(decodeData(encodeData(value))).toEqual(value);
      }),
    );
  });

  test("every truncation is a typed error, never a partial value", () => {
    fc.assert(
      fc.property(dataValues, fc.double({ min: 0, max: 1, noNaN: true }), (value, part) => {
        const octets = encodeData(value);
        const cut = octets.subarray(0, Math.floor(part * (octets.length - 1)));
        expect(failure(() => decodeData(cut))).toBeInstanceOf(DecodeError);
      }),
      { numRuns: 500 },
    );
  });

  test("arbitrary octets decode, or are a typed error; what decodes encodes stably", () => {
    const hostile = fc.array(
      fc.oneof(fc.nat({ max: 0x22 }), fc.nat({ max: 0xff }), fc.constantFrom(0x81, 0x82, 0x84)),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(hostile, (list) => {
        let value: Data;
        try {
          value = decodeData(Uint8Array.from(list));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        const canonical = encodeData(value);
        expect(encodeData(decodeData(canonical))).toEqual(canonical);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("lengths", () => {
  test("are read in any form and written in the shortest", () => {
    for (const hex of ["0901aa", "098101aa", "09820001aa", "0983000001aa", "098400000001aa"]) {
      expect(toHex(encodeData(decodeData(fromHex(hex))))).toBe("0901aa");
    }
    const long = octetString(new Uint8Array(0x1_0000));
    expect(toHex(encodeData(long).subarray(0, 5))).toBe("0983010000");
    expect(decodeData(encodeData(long))).toEqual(long);
  });

  test("indefinite and oversized forms are refused where they stand", () => {
    expect(refused("0980")).toBe("axdr/malformed Data.octet-string 1");
    expect(refused("09850000000001aa")).toBe("axdr/malformed Data.octet-string 1");
  });

  test("a count above the octets left is refused before anything is made for it", () => {
    expect(refused("0184ffffffff")).toBe("axdr/malformed Data.array 6");
    expect(refused("0282ffff00")).toBe("axdr/malformed Data.structure 4");
    expect(refused("0984ffffffff")).toBe("axdr/malformed Data.octet-string 6");
  });
});

describe("what is refused", () => {
  test("reserved tags, by name of the octet", () => {
    for (const tag of ["07", "08", "0b", "0e", "22", "63", "fe"]) {
      expect(refused(tag)).toBe("axdr/malformed Data 0");
    }
  });

  test("octets behind the value", () => {
    expect(refused("110100")).toBe("axdr/malformed Data 2");
  });

  test("a structure with an element missing", () => {
    expect(refused("020211011201")).toBe("axdr/malformed Data.long-unsigned 5");
  });

  test("nesting beyond the limit", () => {
    expect(decodeData(fromHex("0101".repeat(31) + "0100")).type).toBe("array");
    expect(refused("0101".repeat(32) + "0100")).toBe("axdr/limit Data.array 65");
  });

  test("elements and values beyond the limits given", () => {
    const limits = { depthMax: 4, elementsMax: 3, valuesMax: 5 };
    const code = (hex: string): string => failure(() => decodeData(fromHex(hex), limits)).code;
    expect(code("010400000000")).toBe("axdr/limit");
    expect(code("0202 01020000 01020000")).toBe("axdr/limit");
    expect(decodeData(fromHex("010300 0000"), limits).type).toBe("array");
  });

  test("a value inside an APDU names the APDU's layer and octet", () => {
    const reader = new OctetReader(fromHex("c401c100 0600"), "xdlms", 4);
    const { layer, offset } = failure(() => readData(reader));
    expect([layer, offset]).toEqual(["xdlms", 5]);
  });
});

describe("compact-array", () => {
  test("elements without octets are refused", () => {
    expect(refused("130001aa")).toBe("axdr/malformed Data.compact-array.type 2");
    expect(refused("13020001aa")).toBe("axdr/malformed Data.compact-array.type 3");
    expect(refused("13010000 11 01aa")).toBe("axdr/malformed Data.compact-array.type 5");
    expect(refused("13ff01aa")).toBe("axdr/malformed Data.compact-array.type 2");
    expect(() => encodeData(compactArray({ type: "null-data" }, []))).toThrow(RangeError);
  });

  test("a compact-array inside its own description is refused", () => {
    expect(refused("13131100")).toBe("axdr/malformed Data.compact-array.type 1");
  });

  test("contents that do not hold whole elements are refused", () => {
    expect(refused("131203010203")).toBe("axdr/malformed Data.long-unsigned 5");
    expect(refused("02 02 131203010203 1101")).toBe("axdr/malformed Data.compact-array.contents 9");
  });

  test("values that cost no octets are counted over the whole unit", () => {
    // One octet yields an unsigned and 65535 nulls: 17 octets of contents pass 2^20 values.
    const description = "02 02 11 01ffff00";
    const one = "13" + description + "08" + "00".repeat(8);
    expect(decodeData(fromHex(one)).type).toBe("compact-array");
    expect(refused("13" + description + "11" + "00".repeat(17))).toBe(
      "axdr/limit Data.compact-array.contents 1",
    );
    expect(refused("0103" + one.repeat(3))).toMatch(/^axdr\/limit Data.compact-array.contents/);
  });

  test("a description of more values than the limit is refused at once", () => {
    expect(refused("13" + "01ffff".repeat(3) + "1100")).toMatch(/^axdr\/limit/);
    expect(refused("13" + "010001".repeat(40) + "1100")).toMatch(/^axdr\/limit/);
  });

  test("elements of another type than described do not encode", () => {
    expect(() => encodeData(compactArray({ type: "unsigned" }, [u16(1)]))).toThrow(RangeError);
    const pair = { type: "array", count: 2, element: { type: "unsigned" } } as const;
    expect(() => encodeData(compactArray(pair, [array([u8(1)])]))).toThrow(RangeError);
    const two = { type: "structure", elements: [{ type: "unsigned" }] } as const;
    expect(() => encodeData(compactArray(two, [structure([])]))).toThrow(RangeError);
  });
});

test("bits beyond a bit-string's length are cleared", () => {
  expect(decodeData(fromHex("0403ff"))).toEqual(bitString("111"));
  expect(bitsOf({ bitCount: 10, octets: fromHex("8040") })).toBe("1000000001");
});

test("true may be any octet but zero", () => {
  expect(decodeData(fromHex("03ff"))).toEqual(bool(true));
});

test("values outside their type's range do not encode", () => {
  const wrong: readonly Data[] = [
    u8(256),
    u8(-1),
    i8(128),
    u16(65_536),
    i16(-32_769),
    u32(2 ** 32),
    i32(2 ** 31),
    u8(1.5),
    u8(Number.NaN),
    i64(2n ** 63n),
    u64(-1n),
    dateTime(new Uint8Array(11)),
    { type: "bit-string", value: { bitCount: 9, octets: new Uint8Array(1) } },
  ];
  for (const value of wrong) expect(() => encodeData(value)).toThrow(RangeError);
  expect(() => visibleString("Ω")).toThrow(RangeError);
  expect(() => bitString("012")).toThrow(RangeError);
});

test("floats keep their octets and give their number", () => {
  expect(floatOf(fromHex("7f800000"))).toBe(Number.POSITIVE_INFINITY);
  expect(floatOf(fromHex("400921fb54442d18"))).toBe(Math.PI);
  expect(() => floatOf(new Uint8Array(3))).toThrow(RangeError);
});
