import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  array,
  bool,
  dontCare,
  nullData,
  octetString,
  structure,
  u16,
  u32,
  u8,
  visibleString,
} from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import type { CaptureObject } from "./capture-object.ts";
import {
  type CompactDataDescription,
  type CompactDataOptions,
  decodeCompactBuffer,
  decodeCompactData,
  encodeCompactBuffer,
} from "./compact-data.ts";
import {
  type CompactType,
  compactTypeOf,
  decodeCompactTemplate,
  encodeCompactTemplate,
} from "./compact-template.ts";
import { obis } from "./obis.ts";

const objects: readonly CaptureObject[] = [
  { classId: 62, logicalName: obis("0.0.66.0.1.255"), attributeId: 4, dataIndex: 0 },
  { classId: 8, logicalName: obis("0.0.1.0.0.255"), attributeId: 2, dataIndex: 0 },
  { classId: 3, logicalName: obis("7.0.13.2.0.255"), attributeId: 2, dataIndex: 0 },
];

const code = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
};

describe("a template", () => {
  test("is a structure of tags, or the tags alone, one for each capture object", () => {
    const types = [
      { type: "unsigned" },
      { type: "octet-string" },
      { type: "double-long-unsigned" },
    ];
    expect(decodeCompactTemplate(fromHex("0203110906"), 3)).toEqual(types);
    expect(decodeCompactTemplate(fromHex("110906"), 3)).toEqual(types);
    expect(toHex(encodeCompactTemplate(decodeCompactTemplate(fromHex("110906"), 3)))).toBe(
      "0203110906",
    );
  });

  test("has arrays with their count, or counted in the buffer", () => {
    const described = decodeCompactTemplate(fromHex("0201010003020211ff"), 1);
    const element: CompactType = {
      type: "structure",
      elements: [{ type: "unsigned" }, { type: "dont-care" }],
    };
    expect(described).toEqual([{ type: "array", count: 3, element }]);
    const counted = decodeCompactTemplate(fromHex("020101020211ff"), 1, { arrays: "counted" });
    expect(counted).toEqual([{ type: "array", element }]);
  });

  test("of one structure for one object is that structure", () => {
    const inner = { type: "structure", elements: [{ type: "unsigned" }, { type: "unsigned" }] };
    expect(decodeCompactTemplate(fromHex("02021111"), 1)).toEqual([inner]);
    expect(decodeCompactTemplate(fromHex("020102021111"), 1)).toEqual([inner]);
  });

  test("with a reserved tag, cut short, too deep or of other objects is refused", () => {
    expect(code(() => decodeCompactTemplate(fromHex("020107"), 1))).toBe("axdr/malformed");
    expect(code(() => decodeCompactTemplate(fromHex("020113"), 1))).toBe("axdr/malformed");
    expect(code(() => decodeCompactTemplate(fromHex("0203"), 3))).toBe("axdr/malformed");
    expect(code(() => decodeCompactTemplate(fromHex("0201".repeat(40)), 1))).toBe("axdr/limit");
    expect(code(() => decodeCompactTemplate(fromHex("02021111"), 3))).toBe("cosem/malformed");
  });
});

describe("a buffer", () => {
  const description: CompactDataDescription = {
    captureObjects: objects,
    templateId: 47,
    types: decodeCompactTemplate(fromHex("0203110906"), 3),
  };

  test("has the values of its capture objects, without tags", () => {
    const values = decodeCompactData(fromHex("2f0407e901010000002a"), description);
    expect(values).toEqual([
      { object: objects[0], data: u8(47) },
      { object: objects[1], data: octetString(fromHex("07e90101")) },
      { object: objects[2], data: u32(42) },
    ]);
  });

  test("is empty after a reset", () => {
    expect(decodeCompactData(new Uint8Array(0), description)).toBeUndefined();
  });

  test("of another template is refused, and so is one that is too short or too long", () => {
    expect(code(() => decodeCompactData(fromHex("30000000002a"), description))).toBe(
      "cosem/malformed",
    );
    expect(code(() => decodeCompactData(fromHex("2f000000002a00"), description))).toBe(
      "axdr/malformed",
    );
    expect(code(() => decodeCompactData(fromHex("2f0000"), description))).toBe("axdr/malformed");
  });

  test("counts values that take no octets", () => {
    const nothing: CompactType = { type: "array", count: 65_535, element: { type: "null-data" } };
    const many: CompactType = { type: "array", count: 65_535, element: nothing };
    expect(code(() => decodeCompactBuffer(fromHex("00"), [many]))).toBe("axdr/limit");
  });

  test("of tagged values is read by name of the option", () => {
    const options = { values: "tagged" } as const;
    const values = [u8(47), octetString(fromHex("01")), u32(42)];
    const buffer = encodeCompactBuffer(values, description.types, options);
    expect(toHex(buffer)).toBe("112f090101060000002a");
    expect(decodeCompactBuffer(buffer, description.types, options)).toEqual(values);
  });

  test("takes only values of its types", () => {
    const types: readonly CompactType[] = [{ type: "array", count: 2, element: { type: "long" } }];
    expect(() => encodeCompactBuffer([u8(1)], types)).toThrow(RangeError);
    expect(() => encodeCompactBuffer([array([])], types)).toThrow(RangeError);
    expect(() => encodeCompactBuffer([], types)).toThrow(RangeError);
    expect(() => compactTypeOf(array([u8(1), u16(1)]))).toThrow(RangeError);
  });
});

const simple = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map(u8),
  fc.integer({ min: 0, max: 65_535 }).map(u16),
  fc.uint8Array({ maxLength: 200 }).map(octetString),
  fc.string({ unit: "grapheme-ascii", maxLength: 9 }).map(visibleString),
  fc.boolean().map(bool),
  fc.constant(nullData()),
  fc.constant(dontCare()),
);
const value: fc.Arbitrary<Data> = fc.letrec<{ value: Data }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    simple,
    fc.array(tie("value"), { maxLength: 4 }).map(structure),
    fc
      .tuple(tie("value"), fc.nat({ max: 3 }))
      .map(([element, count]) => array(Array<Data>(count).fill(element))),
  ),
})).value;
const options = fc.constantFrom<CompactDataOptions>(
  {},
  { arrays: "counted" },
  { values: "tagged" },
);

test("what a meter captures is what a client reads, whatever the types", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), options, (captured, how) => {
      const values = [u8(1), ...captured];
      const types = values.map((each) => compactTypeOf(each, how));
      const read = decodeCompactTemplate(encodeCompactTemplate(types, how), types.length, how);
      expect(read).toEqual(types);
      const buffer = encodeCompactBuffer(values, types, how);
      expect(decodeCompactBuffer(buffer, read, how)).toEqual(values);
      expect(encodeCompactBuffer(values, read, how)).toEqual(buffer);
    }),
  );
});

test("arbitrary octets are values or a typed error", () => {
  const octets = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(octets, octets, fc.nat({ max: 5 }), options, (template, buffer, count, how) => {
      code(() => decodeCompactBuffer(buffer, decodeCompactTemplate(template, count, how), how));
    }),
  );
});
