import { type ObjectCodec, octetString, sequence } from "../axdr/codec.ts";
import { readLength } from "../axdr/length.ts";
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

/** Name of a glo- or ded- APDU (Green Book 9.5). */
export type CipheredServiceKind = keyof typeof gloTags | keyof typeof dedTags;

/**
 * A service APDU under the global (glo-) or dedicated (ded-) key, still closed.
 * `content` is security control (1), invocation counter (4), text, tag: see `secured-content.ts`.
 */
export interface CipheredService {
  readonly kind: CipheredServiceKind;
  readonly content: Uint8Array;
  /** The length the sender declared, where it is more than there is. Never written. */
  readonly declaredOctets?: number;
}

type Body = Omit<CipheredService, "kind">;

const strictBody: ObjectCodec<Body> = sequence("ciphered service", { content: octetString() });

/** The length may say more than there is; what is there is taken (R43, gocosem's client). */
const overdeclaredBody: ObjectCodec<Body> = {
  name: strictBody.name,
  encode: strictBody.encode,
  decode: (reader, field) => {
    const target = {};
    overdeclaredBody.readInto(target, reader, field);
    return target as Body;
  },
  readInto: (target, reader, field) => {
    const declared = readLength(reader, field);
    const there = Math.min(declared, reader.remaining);
    const content = reader.take(there, field);
    Object.assign(target, there < declared ? { content, declaredOctets: declared } : { content });
  },
};

function declared(body: ObjectCodec<Body>): readonly ApduCodec<CipheredService>[] {
  return Object.entries({ ...gloTags, ...dedTags }).map(([kind, tag]) =>
    apdu(kind as CipheredServiceKind, tag, body),
  );
}

/** One codec for each tag. */
export const cipheredServices: readonly ApduCodec<CipheredService>[] = declared(strictBody);

/** The same, reading over-declared lengths (leniency `overdeclaredCipheredLength`). */
export const overdeclaredCipheredServices: readonly ApduCodec<CipheredService>[] =
  declared(overdeclaredBody);
