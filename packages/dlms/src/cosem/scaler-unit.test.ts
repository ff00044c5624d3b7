import { expect, test } from "vitest";
import { enumeration, i8, i16, structure, u8, visibleString } from "../axdr/index.ts";
import { DecodeError } from "../error.ts";
import {
  decodeScalerUnit,
  encodeScalerUnit,
  isScaledAttribute,
  scalerUnitAttribute,
} from "./scaler-unit.ts";
import { units, unitOf, unitSymbol } from "./units.ts";

test("reads and writes scaler and unit", () => {
  const data = structure([i8(-2), enumeration(35)]);
  expect(decodeScalerUnit(data)).toEqual({ scaler: -2, unit: 35 });
  expect(encodeScalerUnit({ scaler: -2, unit: 35 })).toEqual(data);
});

test("accepts other integer types in range", () => {
  expect(decodeScalerUnit(structure([i16(3), u8(30)]))).toEqual({ scaler: 3, unit: 30 });
});

test.for([
  ["no structure", i8(1)],
  ["one element", structure([i8(1)])],
  ["a text", structure([visibleString("1"), enumeration(1)])],
  ["a scaler beyond 8 bits", structure([i16(300), enumeration(1)])],
] as const)("refuses %s", ([, data]) => {
  expect(() => decodeScalerUnit(data)).toThrow(DecodeError);
});

test("refuses to write what does not fit", () => {
  expect(() => encodeScalerUnit({ scaler: 200, unit: 1 })).toThrow(RangeError);
  expect(() => encodeScalerUnit({ scaler: 0, unit: 256 })).toThrow(RangeError);
});

test("knows where a class keeps its scaler and what it applies to", () => {
  expect([1, 3, 4, 5, 8].map(scalerUnitAttribute)).toEqual([undefined, 3, 3, 4, undefined]);
  expect(isScaledAttribute(3, 2)).toBe(true);
  expect(isScaledAttribute(4, 4)).toBe(false);
  expect(isScaledAttribute(5, 3)).toBe(true);
  expect(isScaledAttribute(1, 2)).toBe(false);
});

test.for<readonly [code: number, symbol: string]>([
  [7, "s"],
  [8, "\u00b0"],
  [27, "W"],
  [28, "VA"],
  [29, "var"],
  [30, "Wh"],
  [31, "VAh"],
  [32, "varh"],
  [33, "A"],
  [35, "V"],
  [44, "Hz"],
  [56, "%"],
  [255, ""],
  [130, "unit-130"],
  [58, "unit-58"],
])("knows unit %i as %s", ([code, symbol]) => {
  expect(unitSymbol(code)).toBe(symbol);
});

test("names every unit in both languages", () => {
  expect(units.size).toBe(71);
  for (const [code, unit] of units) {
    expect(unit.code).toBe(code);
    expect(unit.name.en).not.toBe("");
    expect(unit.name.es).not.toBe("");
  }
  expect(unitOf(200).name).toEqual({ en: "unit-200", es: "unit-200" });
});
