/** Envelopes under a key of the association, with their content taken apart but still closed. */
import {
  type CipheredService,
  type CipheredServiceKind,
  dedTags,
  gloTags,
} from "../xdlms/ciphered-service.ts";
import type { GeneralDedCiphering, GeneralGloCiphering } from "../xdlms/general-ciphered.ts";
import { type SecuredContent, splitSecuredContent } from "../xdlms/secured-content.ts";

/** Envelopes that name a key of the association, all but general-ciphering. */
export type CipheredApdu = CipheredService | GeneralGloCiphering | GeneralDedCiphering;

/** What an envelope says before its content is opened. */
export interface ClosedApdu {
  readonly dedicated: boolean;
  /** Tag of the service that the envelope names; undefined: it names none. */
  readonly plainTag: number | undefined;
  /** The sender's, where the envelope has one. */
  readonly systemTitle: Uint8Array | undefined;
  readonly secured: SecuredContent;
}

const tagsByKind: Readonly<Record<CipheredServiceKind, number>> = { ...gloTags, ...dedTags };
const lowestLongForm = 0x81;

/** By tag: that of the service inside; 0 where the tag is none of glo- and ded-. */
const plainTags = new Uint8Array(256);
const dedicatedTags = new Uint8Array(256);
for (const tag of Object.values(tagsByKind)) plainTags[tag] = plainTagOf(tag);
for (const tag of Object.values(dedTags)) dedicatedTags[tag] = 1;

function plainTagOf(tag: number): number {
  if (tag >= 0xd0) return tag - 0x10;
  if (tag >= 0x80) return tag - 0x08;
  return tag & 0x1f;
}

/** Tag of the service inside a glo- or ded- envelope; undefined for every other tag. */
export function plainTagIn(cipheredTag: number): number | undefined {
  const plain = plainTags[cipheredTag & 0xff]!;
  return plain === 0 ? undefined : plain;
}

/** @throws {DecodeError} security/malformed: content too short for its own form */
export function closedApdu(apdu: CipheredApdu): ClosedApdu {
  const { kind, content } = apdu;
  const general = kind === "general-glo-ciphering" || kind === "general-ded-ciphering";
  return {
    dedicated: kind.startsWith("ded-") || kind === "general-ded-ciphering",
    plainTag: general ? undefined : plainTagIn(tagsByKind[kind]),
    systemTitle:
      "systemTitle" in apdu && apdu.systemTitle.length > 0 ? apdu.systemTitle : undefined,
    secured: splitSecuredContent(content),
  };
}

/**
 * A glo- or ded- envelope where it stands, without an object for each of its parts: what every
 * ciphered answer goes through. Undefined for other envelopes and for those with another length
 * than they say: `decodeApdu` knows what is wrong.
 */
export function closedService(octets: Uint8Array): ClosedApdu | undefined {
  const tag = octets[0] ?? 0;
  const plainTag = plainTags[tag]!;
  if (plainTag === 0) return undefined;
  let length = octets[1] ?? 0;
  let start = 2;
  if (length >= 0x80) {
    const count = length - lowestLongForm + 1;
    if (count < 1 || count > 3) return undefined;
    length = 0;
    for (let left = count; left > 0; left--) length = (length << 8) | (octets[start++] ?? 0);
  }
  if (start + length !== octets.length) return undefined;
  return {
    dedicated: dedicatedTags[tag] === 1,
    plainTag,
    systemTitle: undefined,
    secured: splitSecuredContent(octets, start),
  };
}
