import type { Json } from "./json.ts";

/** Octets that were not given but came out of them: deciphered, or put together from parts. */
export interface DerivedBuffer {
  /** `plaintext` or `reassembled`. */
  readonly name: string;
  /** The octets, hex. */
  readonly hex: string;
}

/** What went wrong in a translation, and where. */
export interface TranslationError {
  /** Stable, as in `DlmsError.code`. */
  readonly code: string;
  readonly layer: string;
  readonly field: string;
  /** Offset into the same octets as the node's range. */
  readonly octet: number;
  readonly message: string;
}

/**
 * One part of what octets are. A part without children has a value; a part with children covers
 * them, and octets that only frame them (tags, lengths, flags).
 */
export interface TranslationNode {
  /** The standard's name in snake_case; `[0]`, `[1]` ... in lists. */
  readonly name: string;
  /**
   * Octets `[start, end)`. They count in the octets given; below a node with a `buffer`, in that
   * buffer.
   */
  readonly range: readonly [start: number, end: number];
  /** Type of a Data value. */
  readonly type?: string;
  /** What stands there: numbers as numbers (64-bit ones as text), octets as hex, names as names. */
  readonly value?: Json;
  /** What it means to a person: a class name, a time, a unit, a text. Advice, not data. */
  readonly note?: string;
  /** The octets the children's ranges count in, where they are not the parent's. */
  readonly buffer?: DerivedBuffer;
  readonly children?: readonly TranslationNode[];
  /** Nothing behind it could be read. */
  readonly error?: TranslationError;
}

/** A node while it is being built. */
export interface DraftNode {
  name: string;
  range: [start: number, end: number];
  type?: string;
  value?: Json;
  note?: string;
  buffer?: DerivedBuffer;
  children?: DraftNode[];
  error?: TranslationError;
}
