import { type Codec, octetString, sequence } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";

/** Tags of the APDUs ciphered with the global key, one for each service. */
export const gloTags = {
  "glo-initiate-request": 0x21,
  "glo-read-request": 0x25,
  "glo-write-request": 0x26,
  "glo-initiate-response": 0x28,
  "glo-read-response": 0x2c,
  "glo-write-response": 0x2d,
  "glo-confirmed-service-error": 0x2e,
  "glo-unconfirmed-write-request": 0x36,
  "glo-information-report": 0x38,
  "glo-get-request": 0xc8,
  "glo-set-request": 0xc9,
  "glo-event-notification": 0xca,
  "glo-action-request": 0xcb,
  "glo-get-response": 0xcc,
  "glo-set-response": 0xcd,
  "glo-action-response": 0xcf,
} as const satisfies Readonly<Record<string, number>>;

/** Tags of the APDUs ciphered with the dedicated key of the association. */
export const dedTags = {
  "ded-initiate-request": 0x41,
  "ded-read-request": 0x45,
  "ded-write-request": 0x46,
  "ded-initiate-response": 0x48,
  "ded-read-response": 0x4c,
  "ded-write-response": 0x4d,
  "ded-confirmed-service-error": 0x4e,
  "ded-unconfirmed-write-request": 0x56,
  "ded-information-report": 0x58,
  "ded-get-request": 0xd0,
  "ded-set-request": 0xd1,
  "ded-event-notification": 0xd2,
  "ded-action-request": 0xd3,
  "ded-get-response": 0xd4,
  "ded-set-response": 0xd5,
  "ded-action-response": 0xd7,
} as const satisfies Readonly<Record<string, number>>;

export type CipheredServiceKind = keyof typeof gloTags | keyof typeof dedTags;

/**
 * A service APDU under the global (glo-) or dedicated (ded-) key, still closed.
 * `content` is security control (1), invocation counter (4), text, tag: see `secured-content.ts`.
 */
export interface CipheredService {
  readonly kind: CipheredServiceKind;
  readonly content: Uint8Array;
}

const strictContent = octetString();

/** The length may say more than there is; what is there is taken (R43, gocosem's client). */
const overdeclaredContent: Codec<Uint8Array> = {
  ...strictContent,
  decode: (reader, field) => {
    const start = reader.offset;
    const first = reader.uint8(field);
    if (first > 0x80) reader.skip(Math.min(first & 0x7f, reader.remaining), field);
    const left = reader.remaining;
    reader.offset = start;
    const whole = declaredLength(reader.octets, start);
    if (whole <= left) return strictContent.decode(reader, field);
    reader.offset = reader.end - left;
    return reader.take(left, field);
  },
};

function declaredLength(octets: Uint8Array, at: number): number {
  const first = octets[at]!;
  if (first < 0x80) return first;
  let length = 0;
  for (const octet of octets.subarray(at + 1, at + 1 + (first & 0x7f))) {
    length = length * 256 + octet;
  }
  return first > 0x80 && first < 0x85 ? length : 0;
}

function declared(content: Codec<Uint8Array>): readonly ApduCodec<CipheredService>[] {
  const body = sequence("ciphered service", { content });
  return Object.entries({ ...gloTags, ...dedTags }).map(([kind, tag]) =>
    apdu(kind as CipheredServiceKind, tag, body),
  );
}

/** One codec for each tag. */
export const cipheredServices: readonly ApduCodec<CipheredService>[] = declared(strictContent);

/** The same, reading over-declared lengths (leniency `overdeclaredCipheredLength`). */
export const overdeclaredCipheredServices: readonly ApduCodec<CipheredService>[] =
  declared(overdeclaredContent);
