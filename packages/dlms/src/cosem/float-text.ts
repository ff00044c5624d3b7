import { parseDecimal, scale } from "./decimal.ts";

/** IEEE 754 value as the meter sent it: the 32- or 64-bit pattern. */
export interface FloatBits {
  readonly width: 32 | 64;
  readonly bits: bigint;
}

/** 4 or 8 big-endian octets (Data float32, float64). @throws {RangeError} another length. */
export function floatBits(octets: Uint8Array): FloatBits {
  if (octets.length !== 4 && octets.length !== 8) {
    throw new RangeError(`a float has 4 or 8 octets, not ${octets.length}`);
  }
  let bits = 0n;
  for (const octet of octets) bits = (bits << 8n) | BigInt(octet);
  return { width: octets.length === 4 ? 32 : 64, bits };
}

/** The number the pattern means; every float32 is exact as a double. */
export function floatNumber({ width, bits }: FloatBits): number {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 32) {
    view.setUint32(0, Number(BigInt.asUintN(32, bits)));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
}

/**
 * Shortest decimal text that reads back as the same float of that width, times `10^scaler`, without an
 * exponent: float32 3F8CCCCD = `"1.1"` (not 1.10000002384185791015625). `"NaN"`, `"Infinity"` and
 * `"-Infinity"` have no digits.
 */
export function floatText(float: FloatBits, scaler = 0): string {
  const value = floatNumber(float);
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const shortest = float.width === 64 ? String(value) : shortestFloat32(value);
  const decimal = parseDecimal(shortest);
  const text = scale(decimal.raw, decimal.scaler + scaler);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const nearest = value.toPrecision(digits);
    if (Math.fround(Number(nearest)) === value) return nearest;
    // Below a power of two floats lie closer together than above it, so the nearest text may miss
    // where the next one away from zero hits.
    const away = awayFromZero(value.toExponential(digits - 1));
    if (Math.fround(Number(away)) === value) return away;
  }
  return value.toPrecision(9);
}

/** Adds one to the last digit of `d.ddde+x`, a mantissa of at most 8 digits. */
function awayFromZero(text: string): string {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const places = mantissa.includes(".") ? mantissa.length - mantissa.indexOf(".") - 1 : 0;
  const digits = Number(mantissa.replace(".", ""));
  return `${digits + Math.sign(digits)}e${Number(exponent) - places}`;
}
