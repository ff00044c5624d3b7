/**
 * Exact decimals: an integer mantissa and a power of ten, `raw * 10^scaler`, as registers carry them.
 * No function here goes through a floating-point number except `decimalToNumber`, which says so.
 */

/** `raw * 10^scaler`; scaler -128..127 as on the wire. */
export interface Decimal {
  readonly raw: bigint;
  readonly scaler: number;
}

/** What to do with a JSON number of more significant digits than a reader's double keeps. */
export interface JsonNumberOptions {
  /**
   * Digits a literal may have, zeros at its ends not counted in the fraction. 15 = every double
   * keeps them.
   */
  readonly digitsMax?: number;
  /** `number`: still the exact literal, the reader may round it. `string`: the literal in quotes. */
  readonly beyond?: "number" | "string";
}

const scalerMax = 400;

/**
 * Decimal text with exactly the digits the scaler implies: `scale(13519n, -2)` = `"135.19"`,
 * `scale(23000n, -2)` = `"230.00"`, `scale(5n, 2)` = `"500"`. Never an exponent.
 * @throws {RangeError} raw is no safe integer, or scaler no integer within +-400.
 */
export function scale(raw: bigint | number, scaler: number): string {
  checkScaler(scaler);
  if (typeof raw === "number" && !Number.isSafeInteger(raw)) {
    throw new RangeError(`${raw} is no safe integer`);
  }
  const text = String(raw);
  if (scaler === 0 || text === "0" || text === "-0") return scaler < 0 ? zeroWith(-scaler) : text;
  if (scaler > 0) return text + "0".repeat(scaler);
  const negative = text.startsWith("-");
  const digits = (negative ? text.slice(1) : text).padStart(1 - scaler, "0");
  const point = digits.length + scaler;
  return `${negative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * Inverse of `scale`: the mantissa to write to a register of that scaler.
 * @throws {RangeError} no decimal text, or the text has digits below the scaler's (nothing is rounded).
 */
export function unscale(text: string, scaler: number): bigint {
  checkScaler(scaler);
  const decimal = parseDecimal(text);
  const shift = decimal.scaler - scaler;
  if (shift >= 0) return decimal.raw * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (decimal.raw % divisor !== 0n) {
    throw new RangeError(`${text} has digits below 10^${scaler}; it would be rounded`);
  }
  return decimal.raw / divisor;
}

/**
 * `"1.50"` to `{ raw: 150n, scaler: -2 }`; an exponent within +-400 is allowed. Keeps every digit.
 * @throws {RangeError} no decimal number.
 */
export function parseDecimal(text: string): Decimal {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (parts === null) throw new RangeError(`"${text}" is no decimal number`);
  const [, sign, whole, fraction = "", exponent = "0"] = parts;
  const raw = BigInt(`${whole}${fraction}`);
  const scaler = Number(exponent) - fraction.length;
  checkScaler(scaler);
  return { raw: sign === "-" ? -raw : raw, scaler };
}

/** -1, 0 or 1 by value: 1.5 and 1.50 are equal. */
export function compareDecimal(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const shift = a.scaler - b.scaler;
  const left = shift > 0 ? a.raw * 10n ** BigInt(shift) : a.raw;
  const right = shift < 0 ? b.raw * 10n ** BigInt(-shift) : b.raw;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The nearest double. Only for charts and other places that say "about". */
export function decimalToNumber(decimal: Decimal): number {
  return Number(scale(decimal.raw, decimal.scaler));
}

/**
 * Shortest exact JSON literal: `13519n, -2` = `135.19`, `23000n, -2` = `230`, `5n, 2` = `500`. Never an
 * exponent and never binary dust such as 0.07200000000000001, which ThingsBoard stores as a text.
 */
export function decimalToJson(
  raw: bigint | number,
  scaler: number,
  options?: JsonNumberOptions,
): string {
  return literalToJson(scale(raw, scaler), options);
}

/** As `decimalToJson`, for decimal text that is at hand (`scale`, `floatText`). */
export function literalToJson(text: string, options?: JsonNumberOptions): string {
  const literal = trimZeros(text);
  const digits = literal.replaceAll(/[-.]/g, "").replace(/^0+/, "");
  if (options?.beyond !== "string" || digits.length <= (options.digitsMax ?? 15)) return literal;
  return `"${literal}"`;
}

function trimZeros(text: string): string {
  if (!text.includes(".")) return text === "-0" ? "0" : text;
  const trimmed = text.replace(/\.?0+$/, "");
  return trimmed === "-0" ? "0" : trimmed;
}

function zeroWith(places: number): string {
  return `0.${"0".repeat(places)}`;
}

function checkScaler(scaler: number): void {
  if (!Number.isInteger(scaler) || Math.abs(scaler) > scalerMax) {
    throw new RangeError(`scaler ${scaler} is no integer within +-${scalerMax}`);
  }
}
