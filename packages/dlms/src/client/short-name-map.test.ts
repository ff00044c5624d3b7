import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeData } from "../axdr/data-decode.ts";
import { encodeData } from "../axdr/data-encode.ts";
import { u8 } from "../axdr/construct.ts";
import { obis, obisFromOctets } from "../cosem/obis.ts";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import {
  decodeShortNames,
  encodeShortNames,
  ShortNameMap,
  type ShortNameObject,
} from "./short-name-map.ts";

const energy: ShortNameObject = {
  baseName: 0x0100,
  classId: 3,
  version: 0,
  logicalName: obis("1.0.1.8.0.255"),
};
const association: ShortNameObject = {
  baseName: 0xfa00,
  classId: 12,
  version: 1,
  logicalName: obis("0.0.40.0.0.255"),
};
const map = new ShortNameMap([energy, association]);

test("reads the object list of an Association SN", () => {
  const list =
    "0102 0204 100100 120003 1100 09060100010800ff 0204 10fa00 12000c 1101 09060000280000ff";
  expect(decodeShortNames(decodeData(fromHex(list)))).toEqual([energy, association]);
  expect(toHex(encodeData(encodeShortNames([energy, association])))).toBe(list.replaceAll(" ", ""));
});

test("gets every list back that it writes", () => {
  const object = fc.record({
    baseName: fc.nat({ max: 0xffff }),
    classId: fc.nat({ max: 0xffff }),
    version: fc.nat({ max: 0xff }),
    logicalName: fc.uint8Array({ minLength: 6, maxLength: 6 }).map(obisFromOctets),
  });
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), (objects) => {
      const octets = encodeData(encodeShortNames(objects));
      expect(decodeShortNames(decodeData(octets))).toEqual(objects);
    }),
  );
});

test("refuses what is no object list", () => {
  expect(() => decodeShortNames(u8(1))).toThrow(DecodeError);
  const short = { type: "array", value: [{ type: "structure", value: [u8(1)] }] } as const;
  expect(() => decodeShortNames(short)).toThrow(DecodeError);
});

test("finds attributes and methods by class and logical name", () => {
  const { classId, logicalName } = energy;
  expect(map.attribute({ classId, logicalName, attributeId: 3 })).toEqual({ variableName: 0x0110 });
  const selection = { selector: 2, parameters: u8(1) };
  expect(map.attribute({ classId, logicalName, attributeId: 2, selection })).toEqual({
    variableName: 0x0108,
    selection,
  });
  expect(map.method({ classId, logicalName, methodId: 1 })).toBe(0x0128);
});

test("finds nothing where the association has no such object, or no table knows the method", () => {
  const { logicalName } = energy;
  expect(map.attribute({ classId: 4, logicalName, attributeId: 2 })).toBeUndefined();
  expect(map.attribute({ classId: 3, logicalName, attributeId: 0 })).toBeUndefined();
  expect(map.method({ classId: 4, logicalName, methodId: 1 })).toBeUndefined();
  expect(map.method({ classId: 3, logicalName, methodId: 99 })).toBeUndefined();
});
