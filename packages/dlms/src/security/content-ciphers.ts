import { ContentCipher, unpreparedKey } from "./content-cipher.ts";
import type { CryptoPort } from "./crypto.ts";
import { type CipheringKeys, type KeyName, keyOf } from "./keys.ts";
import type { SuiteParameters } from "./suite.ts";

/**
 * The ciphers of one set of keys, each made ready when it is first needed: owned by an association,
 * gone with it. Another set of keys is another `ContentCiphers`.
 */
export class ContentCiphers {
  readonly #crypto: CryptoPort;
  readonly #keys: CipheringKeys;
  readonly #use: "once" | "often";
  #unicast: ContentCipher | undefined;
  #dedicated: ContentCipher | undefined;
  #suite: SuiteParameters | undefined;

  /** "once": nothing is made ready, the ciphers open or seal one APDU. */
  constructor(crypto: CryptoPort, keys: CipheringKeys, use: "once" | "often") {
    this.#crypto = crypto;
    this.#keys = keys;
    this.#use = use;
  }

  /** @throws {ProtocolError} security/key-missing: absent, or of a length the suite has not */
  of(name: KeyName, suite: SuiteParameters): ContentCipher {
    if (suite !== this.#suite) {
      this.#unicast = undefined;
      this.#dedicated = undefined;
      this.#suite = suite;
    }
    if (name === "unicast") return (this.#unicast ??= this.#make(name, suite));
    if (name === "dedicated") return (this.#dedicated ??= this.#make(name, suite));
    return this.#make(name, suite);
  }

  #make(name: KeyName, suite: SuiteParameters): ContentCipher {
    const encryption = keyOf(this.#keys, name, suite);
    const keys =
      this.#keys.authentication === undefined
        ? { encryption }
        : { encryption, authentication: keyOf(this.#keys, "authentication", suite) };
    const crypto = this.#crypto;
    const often = this.#use === "often";
    const gcm = often ? crypto.prepareGcm(encryption) : unpreparedKey(crypto, encryption);
    return new ContentCipher(crypto, keys, gcm);
  }
}
