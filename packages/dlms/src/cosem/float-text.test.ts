import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "../octets.ts";
import { floatBits, floatNumber, floatText } from "./float-text.ts";

test.for<readonly [hex: string, text: string]>([
  ["3f8ccccd", "1.1"],
  ["43660000", "230"],
  ["00000000", "0"],
  ["80000000", "0"],
  ["00000001", "0.000000000000000000000000000000000000000000001"],
  ["7f7fffff", "340282350000000000000000000000000000000"],
  ["7fc00000", "NaN"],
  ["7f800000", "Infinity"],
  ["ff800000", "-Infinity"],
  ["3ff199999999999a", "1.1"],
  ["c06cc00000000000", "-230"],
])("writes %s as %s", ([hex, text]) => {
  expect(floatText(floatBits(fromHex(hex)))).toBe(text);
});

test("applies a scaler without a rounding step", () => {
  expect(floatText(floatBits(fromHex("3f8ccccd")), -3)).toBe("0.0011");
  expect(floatText(floatBits(fromHex("3f8ccccd")), 3)).toBe("1100");
});

test("reads back as the same float, in its own width", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const octets = new Uint8Array(4);
      new DataView(octets.buffer).setFloat32(0, value);
      const float = floatBits(octets);
      expect(floatNumber(float)).toBe(value);
      expect(Math.fround(Number(floatText(float)))).toBe(value + 0);
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const octets = new Uint8Array(8);
      new DataView(octets.buffer).setFloat64(0, value);
      expect(Number(floatText(floatBits(octets)))).toBe(value + 0);
    }),
  );
});

test("finds the shortest text at every power of two, where the gaps change", () => {
  for (let exponent = 1; exponent < 255; exponent++) {
    const float = { width: 32, bits: BigInt(exponent) << 23n } as const;
    const digits = floatText(float)
      .replaceAll(/[.-]/g, "")
      .replaceAll(/^0+|0+$/g, "").length;
    const value = floatNumber(float);
    // No text one digit shorter, on either side, may read back as the same float.
    if (digits > 1) {
      const [mantissa = "", power = ""] = value.toExponential(digits - 2).split("e");
      const whole = Number(mantissa.replace(".", ""));
      const scaler = Number(power) - (digits - 2);
      for (const candidate of [whole - 1, whole, whole + 1]) {
        expect(Math.fround(Number(`${candidate}e${scaler}`)), String(value)).not.toBe(value);
      }
    }
  }
});

test("refuses another number of octets", () => {
  expect(() => floatBits(fromHex("3f8c"))).toThrow(RangeError);
});
