/**
 * The octets under every ciphering envelope: `SC | IC | text | tag` (Green Book 9.2.7.2.4).
 *
 *   protection       additional data    text         tag
 *   authenticated    SC | AK | text     plaintext    12
 *   encrypted        -                  AES-CTR      none
 *   both             SC | AK            AES-GCM      12
 *
 * The nonce is the sender's system title and the invocation counter.
 */
import { ProtocolError } from "../error.ts";
import type { SecuredContent } from "../xdlms/secured-content.ts";
import type { CryptoPort } from "./crypto.ts";
import { type SecurityControl, securityControlOctet } from "./security-control.ts";

export const systemTitleOctets = 8;
const counterOctets = 4;
const headOctets = 1 + counterOctets;
const nothing = new Uint8Array(0);

/** Keys of one APDU, revealed. */
export interface ContentKeys {
  readonly encryption: Uint8Array;
  /** Part of the additional data, not a key of the cipher. Needed where there is a tag. */
  readonly authentication?: Uint8Array;
  /** Behind the authentication key in the additional data: general-ciphering alone has some. */
  readonly additional?: Uint8Array;
}

/** Where in the sequence of a sender's APDUs the content stands. */
export interface ContentOrigin {
  /** Eight octets. */
  readonly systemTitle: Uint8Array;
  /** 0..2^32 - 1, never twice for one encryption key. */
  readonly invocationCounter: number;
}

/** `SC | IC | text | tag`, octets of its own. @throws {RangeError} title or keys of another form. */
export function sealContent(
  crypto: CryptoPort,
  control: SecurityControl,
  keys: ContentKeys,
  origin: ContentOrigin,
  plaintext: Uint8Array,
): Uint8Array {
  const { authenticated, encrypted } = control;
  const octet = securityControlOctet(control);
  const nonce = nonceOf(origin);
  if (!authenticated) {
    const text = encrypted
      ? crypto.applyCtr(keys.encryption, counterBlock(nonce), plaintext)
      : plaintext;
    return assemble(octet, nonce, text, nothing);
  }
  if (encrypted) {
    const additional = additionalData(octet, keys, nothing);
    const sealed = crypto.sealGcm(keys.encryption, nonce, additional, plaintext);
    return assemble(octet, nonce, sealed, nothing);
  }
  const additional = additionalData(octet, keys, plaintext);
  const tag = crypto.sealGcm(keys.encryption, nonce, additional, nothing);
  return assemble(octet, nonce, plaintext, tag);
}

function assemble(octet: number, nonce: Uint8Array, text: Uint8Array, tag: Uint8Array): Uint8Array {
  const content = new Uint8Array(headOctets + text.length + tag.length);
  content[0] = octet;
  for (let at = 0; at < counterOctets; at++) content[1 + at] = nonce[systemTitleOctets + at]!;
  content.set(text, headOctets);
  if (tag.length > 0) content.set(tag, headOctets + text.length);
  return content;
}

/**
 * The plaintext; a view of the content where it is not encrypted.
 * @throws {ProtocolError} security/tag, security/key-missing (no authentication key)
 */
export function openContent(
  crypto: CryptoPort,
  secured: SecuredContent,
  keys: ContentKeys,
  systemTitle: Uint8Array,
): Uint8Array {
  const { invocationCounter, securityControl, text, tag } = secured;
  if (tag === undefined) return openUnverified(crypto, secured, keys.encryption, systemTitle);
  if (keys.authentication === undefined) {
    throw new ProtocolError("security/key-missing", "no authentication key");
  }
  const nonce = nonceOf({ systemTitle, invocationCounter });
  const opened = secured.encrypted
    ? crypto.openGcm(
        keys.encryption,
        nonce,
        additionalData(securityControl, keys, nothing),
        text,
        tag,
      )
    : crypto.openGcm(
        keys.encryption,
        nonce,
        additionalData(securityControl, keys, text),
        nothing,
        tag,
      );
  if (opened === undefined) {
    throw new ProtocolError(
      "security/tag",
      "the tag does not verify: encryption key, authentication key or system title is another",
    );
  }
  return secured.encrypted ? opened : text;
}

/**
 * The plaintext without a look at the tag: for content without one, and for people who have the
 * encryption key alone (R34). Proves nothing about the sender.
 */
export function openUnverified(
  crypto: CryptoPort,
  secured: SecuredContent,
  encryptionKey: Uint8Array,
  systemTitle: Uint8Array,
): Uint8Array {
  if (!secured.encrypted) return secured.text;
  const nonce = nonceOf({ systemTitle, invocationCounter: secured.invocationCounter });
  return crypto.applyCtr(encryptionKey, counterBlock(nonce), secured.text);
}

/** Octets that `protection` adds to what it protects. */
export function contentOverhead(authenticated: boolean): number {
  return authenticated ? headOctets + 12 : headOctets;
}

/** System title (8) and invocation counter (4). @throws {RangeError} a title of another length. */
export function nonceOf(origin: ContentOrigin): Uint8Array {
  const { systemTitle, invocationCounter } = origin;
  if (systemTitle.length !== systemTitleOctets) {
    throw new RangeError(`a system title has 8 octets, this one ${systemTitle.length}`);
  }
  const nonce = new Uint8Array(systemTitleOctets + counterOctets);
  nonce.set(systemTitle);
  for (let at = 0; at < counterOctets; at++) {
    nonce[systemTitleOctets + at] = invocationCounter >>> (24 - 8 * at);
  }
  return nonce;
}

/** GCM takes counter 1 for the tag: the text begins with 2. */
function counterBlock(nonce: Uint8Array): Uint8Array {
  const block = new Uint8Array(16);
  block.set(nonce);
  block[15] = 2;
  return block;
}

function additionalData(octet: number, keys: ContentKeys, text: Uint8Array): Uint8Array {
  const { authentication, additional = nothing } = keys;
  if (authentication === undefined) throw new RangeError("no authentication key");
  const keyEnd = 1 + authentication.length;
  const data = new Uint8Array(keyEnd + additional.length + text.length);
  data[0] = octet;
  data.set(authentication, 1);
  if (additional.length > 0) data.set(additional, keyEnd);
  if (text.length > 0) data.set(text, keyEnd + additional.length);
  return data;
}
