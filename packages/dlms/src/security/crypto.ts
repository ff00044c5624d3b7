/** Hash functions of the HLS mechanisms, of ECDSA and of the key derivation function. */
export type HashName = "md5" | "sha1" | "sha256" | "sha384";

/** Curves of security suites 1 and 2; also known as secp256r1 and secp384r1. */
export type CurveName = "P-256" | "P-384";

/** Key pair of one curve, raw as in DLMS: private d, public x || y. */
export interface KeyPair {
  /** 32 octets for P-256, 48 for P-384. */
  readonly privateKey: Uint8Array;
  /** 64 octets for P-256, 96 for P-384. */
  readonly publicKey: Uint8Array;
}

/**
 * An AES key made ready once for many messages, for AES-GCM with a tag of 12 octets. Whoever asked
 * for it holds it, and lets go of it with the key. `nonce` has 12 octets; both calls read it and
 * the additional data before they return, and keep neither.
 */
export interface GcmKey {
  /** Writes the ciphertext, then the tag, into `into` from `at` on. */
  seal(
    nonce: Uint8Array,
    additionalData: Uint8Array,
    plaintext: Uint8Array,
    into: Uint8Array,
    at: number,
  ): void;
  /** The plaintext; undefined where the tag of 12 octets does not verify. */
  open(
    nonce: Uint8Array,
    additionalData: Uint8Array,
    ciphertext: Uint8Array,
    tag: Uint8Array,
  ): Uint8Array | undefined;
}

/**
 * The cryptographic primitives of DLMS/COSEM (Green Book 9.2.3), given from outside: this library
 * computes none itself. Every call is synchronous, keeps nothing (a prepared key is its asker's),
 * and leaves its input as it is; results are octets of their own. AES keys have 16 or 32 octets. A
 * key, nonce or point of another form is a RangeError: the caller has checked its configuration.
 */
export interface CryptoPort {
  /** AES-GCM: ciphertext followed by the tag of 12 octets. `nonce` has 12 octets. */
  sealGcm(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    plaintext: Uint8Array,
  ): Uint8Array;
  /** AES-GCM: the plaintext; undefined where the tag of 12 octets does not verify. */
  openGcm(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    ciphertext: Uint8Array,
    tag: Uint8Array,
  ): Uint8Array | undefined;
  /** The key, ready for many messages. */
  prepareGcm(key: Uint8Array): GcmKey;
  /** AES-CTR with a 32-bit counter at the end of the first counter block (16 octets). */
  applyCtr(key: Uint8Array, counterBlock: Uint8Array, octets: Uint8Array): Uint8Array;
  /** AES on every block of 16 octets by itself. */
  encryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  hash(name: HashName, octets: Uint8Array): Uint8Array;
  /** RFC 3394: eight octets longer than the key. */
  wrapKey(kek: Uint8Array, key: Uint8Array): Uint8Array;
  /** RFC 3394: undefined where the integrity check fails. */
  unwrapKey(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined;
  /** ECDSA with the hash of the curve's suite: raw r || s. */
  sign(curve: CurveName, privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  /** False also for a public key or a signature that is none. */
  verify(
    curve: CurveName,
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  /** ECDH: the shared secret Z (x of the product). @throws {RangeError} not a point of the curve */
  agree(curve: CurveName, privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array;
  /** A fresh key pair: the ephemeral keys of key agreement. */
  generateKeyPair(curve: CurveName): KeyPair;
  /** Unpredictable octets: challenges and dedicated keys. */
  randomOctets(count: number): Uint8Array;
}
