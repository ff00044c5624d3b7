/**
 * Small constructors of Data, for requests, servers and tests. They only wrap: ranges are checked
 * where a value is encoded.
 */
import type { BitString, Data, TypeDescription } from "./data.ts";

/** null-data. */
export function nullData(): Data {
  return { type: "null-data", value: null };
}

/** dont-care. */
export function dontCare(): Data {
  return { type: "dont-care", value: null };
}

/** array: elements of one type. */
export function array(value: readonly Data[]): Data {
  return { type: "array", value };
}

/** structure. */
export function structure(value: readonly Data[]): Data {
  return { type: "structure", value };
}

/** boolean. */
export function bool(value: boolean): Data {
  return { type: "boolean", value };
}

/** bit-string from text, the first character is the first bit: `"0101"`. @throws {RangeError} */
export function bitString(bits: string): Data {
  if (!/^[01]*$/.test(bits)) throw new RangeError("a bit string is written in 0 and 1");
  const octets = new Uint8Array(Math.ceil(bits.length / 8));
  for (let bit = 0; bit < bits.length; bit++) {
    if (bits[bit] === "1") octets[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  return { type: "bit-string", value: { bitCount: bits.length, octets } };
}

/** The bits of a bit-string as text: the inverse of `bitString`. */
export function bitsOf({ bitCount, octets }: BitString): string {
  let bits = "";
  for (let bit = 0; bit < bitCount; bit++) {
    bits += ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) === 0 ? "0" : "1";
  }
  return bits;
}

/** integer, -128..127. */
export function i8(value: number): Data {
  return { type: "integer", value };
}

/** long, -32768..32767. */
export function i16(value: number): Data {
  return { type: "long", value };
}

/** double-long, -2^31..2^31 - 1. */
export function i32(value: number): Data {
  return { type: "double-long", value };
}

/** long64, -2^63..2^63 - 1. */
export function i64(value: bigint): Data {
  return { type: "long64", value };
}

/** unsigned, 0..255. */
export function u8(value: number): Data {
  return { type: "unsigned", value };
}

/** long-unsigned, 0..65535. */
export function u16(value: number): Data {
  return { type: "long-unsigned", value };
}

/** double-long-unsigned, 0..2^32 - 1. */
export function u32(value: number): Data {
  return { type: "double-long-unsigned", value };
}

/** long64-unsigned, 0..2^64 - 1. */
export function u64(value: bigint): Data {
  return { type: "long64-unsigned", value };
}

/** enum, 0..255. */
export function enumeration(value: number): Data {
  return { type: "enum", value };
}

/** bcd, one octet. */
export function bcd(value: number): Data {
  return { type: "bcd", value };
}

/** octet-string. */
export function octetString(value: Uint8Array): Data {
  return { type: "octet-string", value };
}

/** visible-string from text. @throws {RangeError} not US-ASCII. */
export function visibleString(text: string): Data {
  const octets = Uint8Array.from(text, (character) => character.codePointAt(0)!);
  if (octets.length !== text.length || /[^\x00-\x7f]/.test(text)) {
    throw new RangeError("a visible-string is US-ASCII");
  }
  return { type: "visible-string", value: octets };
}

/** utf8-string from its octets. */
export function utf8String(value: Uint8Array): Data {
  return { type: "utf8-string", value };
}

/** float32, rounded to the nearest. */
export function float32(value: number): Data {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setFloat32(0, value);
  return { type: "float32", value: octets };
}

/** float64. */
export function float64(value: number): Data {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setFloat64(0, value);
  return { type: "float64", value: octets };
}

/** The number a float32 or float64 stands for. @throws {RangeError} neither 4 nor 8 octets. */
export function floatOf(octets: Uint8Array): number {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length === 4) return view.getFloat32(0);
  if (octets.length === 8) return view.getFloat64(0);
  throw new RangeError(`a float has 4 or 8 octets, not ${octets.length}`);
}

/** date-time of 12 octets, with its own tag (most meters use octet-string instead). */
export function dateTime(octets: Uint8Array): Data {
  return { type: "date-time", value: octets };
}

/** date of 5 octets. */
export function date(octets: Uint8Array): Data {
  return { type: "date", value: octets };
}

/** time of 4 octets. */
export function time(octets: Uint8Array): Data {
  return { type: "time", value: octets };
}

/** compact-array: `elements` all of the type described. */
export function compactArray(elementType: TypeDescription, elements: readonly Data[]): Data {
  return { type: "compact-array", value: { elementType, elements } };
}
