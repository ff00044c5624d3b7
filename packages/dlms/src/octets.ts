import { DecodeError, type Layer } from "./error.ts";

/**
 * Bounds-checked, big-endian cursor over one complete protocol unit. Never reads past the end.
 * `take` returns views: what outlives the unit's receive buffer must be copied by its owner.
 */
export class OctetReader {
  readonly octets: Uint8Array;
  readonly layer: Layer;
  offset: number;
  readonly end: number;
  /** Where the unit begins: what errors count their offset from. */
  readonly origin: number;

  constructor(
    octets: Uint8Array,
    layer: Layer,
    offset = 0,
    end: number = octets.length,
    origin = 0,
  ) {
    this.octets = octets;
    this.layer = layer;
    this.offset = offset;
    this.end = end;
    this.origin = origin;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** Next octet without consuming it; -1 at the end. */
  peek(): number {
    return this.offset < this.end ? this.octets[this.offset]! : -1;
  }

  take(count: number, field: string): Uint8Array {
    if (count > this.end - this.offset) this.short(count, field);
    const start = this.offset;
    this.offset = start + count;
    return this.octets.subarray(start, start + count);
  }

  skip(count: number, field: string): void {
    if (count > this.end - this.offset) this.short(count, field);
    this.offset += count;
  }

  uint8(field: string): number {
    if (this.offset >= this.end) this.short(1, field);
    return this.octets[this.offset++]!;
  }

  uint16(field: string): number {
    const at = this.offset;
    if (this.end - at < 2) this.short(2, field);
    this.offset = at + 2;
    const { octets } = this;
    return (octets[at]! << 8) | octets[at + 1]!;
  }

  uint24(field: string): number {
    const at = this.offset;
    if (this.end - at < 3) this.short(3, field);
    this.offset = at + 3;
    const { octets } = this;
    return (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!;
  }

  uint32(field: string): number {
    return this.int32(field) >>> 0;
  }

  int8(field: string): number {
    return (this.uint8(field) << 24) >> 24;
  }

  int16(field: string): number {
    return (this.uint16(field) << 16) >> 16;
  }

  int32(field: string): number {
    const at = this.offset;
    if (this.end - at < 4) this.short(4, field);
    this.offset = at + 4;
    const { octets } = this;
    return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
  }

  uint64(field: string): bigint {
    const high = this.uint32(field);
    return (BigInt(high) << 32n) | BigInt(this.uint32(field));
  }

  int64(field: string): bigint {
    return BigInt.asIntN(64, this.uint64(field));
  }

  /** Refuses octets left over. */
  finish(field: string): void {
    if (this.offset < this.end) this.fail(field, `${this.end - this.offset} trailing octets`);
  }

  fail(field: string, problem: string, kind = "malformed"): never {
    throw new DecodeError(this.layer, field, this.offset - this.origin, problem, kind);
  }

  private short(count: number, field: string): never {
    this.fail(field, `needs ${count} octets, ${this.end - this.offset} left`);
  }
}

/** Below this many octets a loop copies faster than `set` does. */
const loopCopyOctetsMax = 32;

/** Up to here V8 keeps the octets beside the array: no buffer of their own to allocate. */
const initialOctetsDefault = 64;

/**
 * Append-only octet sink with an explicit ceiling. Reusable: `reset()` and write again; `view()` is
 * valid until the next write, `finish()` returns a copy. Exceeding the ceiling is a RangeError:
 * the caller split its unit wrongly.
 */
export class OctetWriter {
  #octets: Uint8Array;
  #length = 0;
  /** The last view of everything written: units of one length follow each other often. */
  #view: Uint8Array | undefined;
  readonly #octetsMax: number;

  constructor(
    octetsMax: number,
    initialOctets: number = Math.min(octetsMax, initialOctetsDefault),
  ) {
    this.#octetsMax = octetsMax;
    this.#octets = new Uint8Array(initialOctets);
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  uint8(value: number): void {
    if (this.#length + 1 > this.#octets.length) this.#grow(1);
    this.#octets[this.#length++] = value;
  }

  uint16(value: number): void {
    const at = this.#length;
    if (at + 2 > this.#octets.length) this.#grow(2);
    const octets = this.#octets;
    octets[at] = value >>> 8;
    octets[at + 1] = value;
    this.#length = at + 2;
  }

  uint24(value: number): void {
    this.uint8(value >>> 16);
    this.uint16(value);
  }

  uint32(value: number): void {
    if (this.#length + 4 > this.#octets.length) this.#grow(4);
    const octets = this.#octets;
    octets[this.#length++] = value >>> 24;
    octets[this.#length++] = value >>> 16;
    octets[this.#length++] = value >>> 8;
    octets[this.#length++] = value;
  }

  uint64(value: bigint): void {
    this.uint32(Number((value >> 32n) & 0xffff_ffffn));
    this.uint32(Number(value & 0xffff_ffffn));
  }

  octets(value: Uint8Array): void {
    const start = this.#length;
    const count = value.length;
    if (start + count > this.#octets.length) this.#grow(count);
    this.#length = start + count;
    const octets = this.#octets;
    if (count > loopCopyOctetsMax) octets.set(value, start);
    else for (let at = 0; at < count; at++) octets[start + at] = value[at]!;
  }

  /** Six octets, as every logical name has: one bounds check, no loop. */
  sextet(value: Uint8Array): void {
    const start = this.#length;
    if (start + 6 > this.#octets.length) this.#grow(6);
    this.#length = start + 6;
    const octets = this.#octets;
    octets[start] = value[0]!;
    octets[start + 1] = value[1]!;
    octets[start + 2] = value[2]!;
    octets[start + 3] = value[3]!;
    octets[start + 4] = value[4]!;
    octets[start + 5] = value[5]!;
  }

  /** Overwrites one octet already written (length fields, check sequences). */
  patch(offset: number, value: number): void {
    if (offset < 0 || offset >= this.#length) throw new RangeError(`no octet ${offset} to patch`);
    this.#octets[offset] = value;
  }

  view(start = 0, end: number = this.#length): Uint8Array {
    const view = this.#view;
    if (view !== undefined && start === 0 && view.length === end) return view;
    const fresh = this.#octets.subarray(start, end);
    if (start === 0) this.#view = fresh;
    return fresh;
  }

  finish(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  #grow(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#octetsMax) throw new RangeError(`unit exceeds ${this.#octetsMax} octets`);
    const grown = new Uint8Array(
      Math.min(this.#octetsMax, Math.max(needed, this.#octets.length * 2)),
    );
    grown.set(this.#octets.subarray(0, this.#length));
    this.#octets = grown;
    this.#view = undefined;
  }
}

/** No octets: one for all who hold none yet. */
export const noOctets: Uint8Array = new Uint8Array(0);

/** All parts one behind the other, in octets of their own. */
export function concatOctets(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Plain comparison, for addresses and names; never for secrets or tags (see `security/`). */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Lower-case hex without separators. */
export function toHex(octets: Uint8Array): string {
  return octets.toHex();
}

/** Accepts blanks and colons between octets, either case. @throws {RangeError} not hex. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replaceAll(/[\s:]+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw new RangeError("not an even number of hexadecimal digits");
  }
  return Uint8Array.fromHex(digits);
}
