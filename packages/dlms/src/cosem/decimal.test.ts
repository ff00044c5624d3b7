import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareDecimal,
  decimalToJson,
  decimalToNumber,
  literalToJson,
  parseDecimal,
  scale,
  unscale,
} from "./decimal.ts";

test.for<readonly [raw: bigint, scaler: number, text: string]>([
  [13_519n, -2, "135.19"],
  [23_000n, -2, "230.00"],
  [-5n, -2, "-0.05"],
  [5n, 2, "500"],
  [0n, 0, "0"],
  [0n, -3, "0.000"],
  [0n, 3, "0"],
  [7n, 0, "7"],
  [2345n, -6, "0.002345"],
  [18_446_744_073_709_551_615n, -3, "18446744073709551.615"],
  [-9_223_372_036_854_775_808n, 0, "-9223372036854775808"],
  [1n, -128, `0.${"0".repeat(127)}1`],
  [1n, 127, `1${"0".repeat(127)}`],
])("scales %s by 10^%i to %s", ([raw, scaler, text]) => {
  expect(scale(raw, scaler)).toBe(text);
  expect(unscale(text, scaler)).toBe(raw);
});

const raws = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
const scalers = fc.integer({ min: -128, max: 127 });

test("gets every mantissa back from its text", () => {
  fc.assert(
    fc.property(raws, scalers, (raw, scaler) => {
      const text = scale(raw, scaler);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(unscale(text, scaler)).toBe(raw);
      expect(compareDecimal(parseDecimal(text), { raw, scaler })).toBe(0);
    }),
  );
});

test("takes safe numbers as mantissa, and nothing else", () => {
  expect(scale(2300, -1)).toBe("230.0");
  expect(scale(-0, -1)).toBe("0.0");
  expect(() => scale(1.5, 0)).toThrow(RangeError);
  expect(() => scale(2 ** 53, 0)).toThrow(RangeError);
  expect(() => scale(Number.NaN, 0)).toThrow(RangeError);
  expect(() => scale(1n, 0.5)).toThrow(RangeError);
});

test("does not round a text that is finer than the register", () => {
  expect(() => unscale("1.234", -2)).toThrow(/rounded/);
  expect(() => unscale("150", 2)).toThrow(/rounded/);
  expect(unscale("1.230", -2)).toBe(123n);
  expect(unscale("1500", 2)).toBe(15n);
});

test.for<readonly [text: string, raw: bigint, scaler: number]>([
  ["1.50", 150n, -2],
  ["-0.5", -5n, -1],
  ["+7", 7n, 0],
  ["1e3", 1n, 3],
  ["2.5E-3", 25n, -4],
])("parses %s", ([text, raw, scaler]) => {
  expect(parseDecimal(text)).toEqual({ raw, scaler });
});

test.for(["", ".", "1.", ".5", "1,5", "0x10", "1e9999", "NaN", "1 2"])("refuses %s", (text) => {
  expect(() => parseDecimal(text)).toThrow(RangeError);
});

test("compares by value, whatever the scalers", () => {
  expect(compareDecimal({ raw: 15n, scaler: -1 }, { raw: 150n, scaler: -2 })).toBe(0);
  expect(compareDecimal({ raw: 1n, scaler: 3 }, { raw: 999n, scaler: 0 })).toBe(1);
  expect(compareDecimal({ raw: -1n, scaler: 0 }, { raw: 0n, scaler: -9 })).toBe(-1);
});

test.for<readonly [raw: bigint, scaler: number, json: string]>([
  [13_519n, -2, "135.19"],
  [23_000n, -2, "230"],
  [72n, -3, "0.072"],
  [0n, -2, "0"],
  [-10n, -1, "-1"],
  [5n, 3, "5000"],
  [9_007_199_254_740_993n, 0, "9007199254740993"],
])("writes %s * 10^%i as the JSON number %s", ([raw, scaler, json]) => {
  expect(decimalToJson(raw, scaler)).toBe(json);
});

test("quotes what a double would not keep, where that is asked for", () => {
  const options = { beyond: "string" } as const;
  expect(decimalToJson(123_456_789_012_345n, -3, options)).toBe("123456789012.345");
  expect(decimalToJson(1_234_567_890_123_456n, -3, options)).toBe('"1234567890123.456"');
  expect(decimalToJson(1_234_567_890_123_450n, -3, options)).toBe("1234567890123.45");
  expect(decimalToJson(12_345n, 0, { beyond: "string", digitsMax: 4 })).toBe('"12345"');
  expect(literalToJson("1.500")).toBe("1.5");
});

test("writes JSON that reads back as the nearest double", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), scalers, (raw, scaler) => {
      const literal = decimalToJson(raw, scaler);
      expect(JSON.parse(literal)).toBe(Number(`${raw}e${scaler}`) + 0);
      expect(decimalToNumber({ raw, scaler })).toBe(Number(`${raw}e${scaler}`) + 0);
    }),
  );
});
