/** Content of one APDU, sealed or opened under keys that are used once. */
import type { SecuredContent } from "../xdlms/secured-content.ts";
import {
  ContentCipher,
  type ContentKeys,
  contentOctets,
  type ContentOrigin,
  unpreparedKey,
} from "./content-cipher.ts";
import type { CryptoPort } from "./crypto.ts";
import type { SecurityControl } from "./security-control.ts";

/** `SC | IC | text | tag`, octets of its own. @throws {RangeError} title or keys of other forms. */
export function sealContent(
  crypto: CryptoPort,
  control: SecurityControl,
  keys: ContentKeys,
  origin: ContentOrigin,
  plaintext: Uint8Array,
): Uint8Array {
  const content = new Uint8Array(contentOctets(control.authenticated, plaintext.length));
  once(crypto, keys).sealInto(control, origin, plaintext, content, 0);
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
  return once(crypto, keys).open(secured, systemTitle);
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
  return once(crypto, { encryption: encryptionKey }).openUnverified(secured, systemTitle);
}

function once(crypto: CryptoPort, keys: ContentKeys): ContentCipher {
  return new ContentCipher(crypto, keys, unpreparedKey(crypto, keys.encryption));
}
