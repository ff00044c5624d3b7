import type { Codec, OptionalCodec } from "../axdr/codec.ts";

/**
 * Names of the 24 conformance bits, the first is the most significant (bit 0 of the BIT STRING).
 * Three bits have one meaning with logical names and another with short names: get/read and so on.
 */
export const conformanceBits = [
  "reserved0",
  "general-protection",
  "general-block-transfer",
  "read",
  "write",
  "unconfirmed-write",
  "delta-value-encoding",
  "reserved7",
  "attribute0-set",
  "priority-mgmt",
  "attribute0-get",
  "block-transfer-get-or-read",
  "block-transfer-set-or-write",
  "block-transfer-action",
  "multiple-references",
  "information-report",
  "data-notification",
  "access",
  "parameterized-access",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
] as const;

/** Name of a conformance bit (Green Book 9.4.6.1). */
export type ConformanceBit = (typeof conformanceBits)[number];

/** The set bits of a 24-bit mask, in the order of the table. */
export function conformanceFromMask(mask: number): ReadonlySet<ConformanceBit> {
  return new Set(conformanceBits.filter((_, bit) => (mask & (0x80_0000 >>> bit)) !== 0));
}

/** The 24-bit mask of a set of names. */
export function conformanceToMask(bits: Iterable<ConformanceBit>): number {
  let mask = 0;
  for (const bit of bits) mask |= 0x80_0000 >>> conformanceBits.indexOf(bit);
  return mask;
}

const field = "Conformance";

/**
 * Conformance ::= [APPLICATION 31] IMPLICIT BIT STRING (SIZE(24)), in BER even inside A-XDR:
 * `5F 1F 04 00` and three octets. This is the tag; old devices leave its second octet out, and
 * then the value is true.
 */
export const legacyConformanceTag: OptionalCodec<true> = {
  name: "Conformance tag",
  omittable: true,
  encode: (writer, value) => {
    if (value === true) writer.uint8(0x5f);
    else writer.uint16(0x5f1f);
  },
  decode: (reader) => {
    if (reader.uint8(field) !== 0x5f) {
      reader.offset--;
      reader.fail(field, "tag is not 5F 1F");
    }
    if (reader.peek() !== 0x1f) return true;
    reader.offset++;
    return undefined;
  },
};

/** What follows the tag: `04 00` and 24 bits. */
export const conformance: Codec<ReadonlySet<ConformanceBit>> = {
  name: field,
  encode: (writer, value) => {
    writer.uint16(0x0400);
    writer.uint24(conformanceToMask(value));
  },
  decode: (reader) => {
    if (reader.uint8(field) !== 4) {
      reader.offset--;
      reader.fail(field, "length is not 4");
    }
    if (reader.uint8(field) !== 0) {
      reader.offset--;
      reader.fail(field, "unused bits in a block of 24");
    }
    return conformanceFromMask(reader.uint24(field));
  },
};
