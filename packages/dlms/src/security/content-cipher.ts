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
import { noOctets } from "../octets.ts";
import type { SecuredContent } from "../xdlms/secured-content.ts";
import type { CryptoPort, GcmKey } from "./crypto.ts";
import { type SecurityControl, securityControlOctet } from "./security-control.ts";

/** Octets of a system title (Green Book 4.3.4). */
export const systemTitleOctets = 8;
const counterOctets = 4;
const nonceOctets: number = systemTitleOctets + counterOctets;
const headOctets: number = 1 + counterOctets;
const tagOctets = 12;

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

/**
 * Seals and opens content under one set of keys. What it hands to the port again and again, nonce
 * and additional data, lies in buffers of its own: ports may read them where they are. Lives as
 * long as the keys are in use; nothing of it prints.
 */
export class ContentCipher {
  readonly #crypto: CryptoPort;
  readonly #keys: ContentKeys;
  readonly #gcm: GcmKey;
  readonly #nonce: Uint8Array = outside(nonceOctets);
  #additional: Uint8Array | undefined;

  /** `gcm` is the encryption key, made ready for more than one message or not. */
  constructor(crypto: CryptoPort, keys: ContentKeys, gcm: GcmKey) {
    this.#crypto = crypto;
    this.#keys = keys;
    this.#gcm = gcm;
  }

  /**
   * Writes `SC | IC | text | tag` into `into` from `at` on, `contentOctets` in all.
   * @throws {RangeError} a title or keys of another form
   */
  sealInto(
    control: SecurityControl,
    origin: ContentOrigin,
    plaintext: Uint8Array,
    into: Uint8Array,
    at: number,
  ): void {
    const { authenticated, encrypted } = control;
    const octet = securityControlOctet(control);
    const nonce = this.#nonceOf(origin.systemTitle, origin.invocationCounter);
    into[at] = octet;
    for (let index = 0; index < counterOctets; index++) {
      into[at + 1 + index] = nonce[systemTitleOctets + index]!;
    }
    const text = at + headOctets;
    if (authenticated && encrypted) {
      this.#gcm.seal(nonce, this.#additionalData(octet), plaintext, into, text);
    } else if (authenticated) {
      into.set(plaintext, text);
      const additional = this.#additionalWith(octet, plaintext);
      this.#gcm.seal(nonce, additional, noOctets, into, text + plaintext.length);
    } else {
      into.set(encrypted ? this.#applyCtr(nonce, plaintext) : plaintext, text);
    }
  }

  /**
   * The plaintext; a view of the content where it is not encrypted.
   * @throws {ProtocolError} security/tag, security/key-missing (no authentication key)
   */
  open(secured: SecuredContent, systemTitle: Uint8Array): Uint8Array {
    const { securityControl, text, tag } = secured;
    if (tag === undefined) return this.openUnverified(secured, systemTitle);
    if (this.#keys.authentication === undefined) {
      throw new ProtocolError("security/key-missing", "no authentication key");
    }
    const nonce = this.#nonceOf(systemTitle, secured.invocationCounter);
    if (secured.encrypted) {
      const opened = this.#gcm.open(nonce, this.#additionalData(securityControl), text, tag);
      return opened ?? tagFails();
    }
    const additional = this.#additionalWith(securityControl, text);
    return this.#gcm.open(nonce, additional, noOctets, tag) === undefined ? tagFails() : text;
  }

  /**
   * The plaintext without a look at the tag: for content without one, and for people who have the
   * encryption key alone (R34). Proves nothing about the sender.
   */
  openUnverified(secured: SecuredContent, systemTitle: Uint8Array): Uint8Array {
    if (!secured.encrypted) return secured.text;
    return this.#applyCtr(this.#nonceOf(systemTitle, secured.invocationCounter), secured.text);
  }

  #applyCtr(nonce: Uint8Array, text: Uint8Array): Uint8Array {
    // GCM takes counter 1 for the tag: the text begins with 2.
    const block = new Uint8Array(16);
    block.set(nonce);
    block[15] = 2;
    return this.#crypto.applyCtr(this.#keys.encryption, block, text);
  }

  #nonceOf(systemTitle: Uint8Array, counter: number): Uint8Array {
    if (systemTitle.length !== systemTitleOctets) {
      throw new RangeError(`a system title has 8 octets, this one ${systemTitle.length}`);
    }
    const nonce = this.#nonce;
    for (let at = 0; at < systemTitleOctets; at++) nonce[at] = systemTitle[at]!;
    nonce[8] = counter >>> 24;
    nonce[9] = counter >>> 16;
    nonce[10] = counter >>> 8;
    nonce[11] = counter;
    return nonce;
  }

  /** SC | AK | additional; all but the first octet is the same for every APDU. */
  #additionalData(octet: number): Uint8Array {
    const data = (this.#additional ??= additionalData(this.#keys, 0));
    data[0] = octet;
    return data;
  }

  #additionalWith(octet: number, text: Uint8Array): Uint8Array {
    const data = additionalData(this.#keys, text.length);
    data[0] = octet;
    data.set(text, data.length - text.length);
    return data;
  }
}

/** A key used once, or known to the port in no better form. */
export function unpreparedKey(crypto: CryptoPort, key: Uint8Array): GcmKey {
  return {
    seal: (nonce, additionalData, plaintext, into, at) => {
      into.set(crypto.sealGcm(key, nonce, additionalData, plaintext), at);
    },
    open: (nonce, additionalData, ciphertext, tag) =>
      crypto.openGcm(key, nonce, additionalData, ciphertext, tag),
  };
}

/** Octets of `SC | IC | text | tag` around a plaintext. */
export function contentOctets(authenticated: boolean, plaintextOctets: number): number {
  return contentOverhead(authenticated) + plaintextOctets;
}

/** Octets that `protection` adds to what it protects. */
export function contentOverhead(authenticated: boolean): number {
  return authenticated ? headOctets + tagOctets : headOctets;
}

/** Octets with a buffer of their own: what ports read where it is (V8 moves short ones else). */
function outside(count: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(count));
}

function additionalData(keys: ContentKeys, textOctets: number): Uint8Array {
  const { authentication, additional = noOctets } = keys;
  if (authentication === undefined) throw new RangeError("no authentication key");
  const keyEnd = 1 + authentication.length;
  const data = outside(keyEnd + additional.length + textOctets);
  data.set(authentication, 1);
  data.set(additional, keyEnd);
  return data;
}

function tagFails(): never {
  throw new ProtocolError(
    "security/tag",
    "the tag does not verify: encryption key, authentication key or system title is another",
  );
}
