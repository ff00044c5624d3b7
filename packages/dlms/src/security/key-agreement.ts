/**
 * Key agreement of suites 1 and 2 (Green Book 9.2.3.4.6): the content key of general-ciphering by
 * one-pass Diffie-Hellman C(1e,1s) or the static unified model C(0e,2s), and the ephemeral unified
 * model C(2e,0s) behind method key_agreement of class 64.
 */
import { ProtocolError } from "../error.ts";
import { concatOctets } from "../octets.ts";
import type { CryptoPort, CurveName, KeyPair } from "./crypto.ts";
import { deriveKeyMaterial, type KeyDerivationInfo } from "./key-derivation.ts";
import { coordinateOctets, type SuiteParameters } from "./suite.ts";

/** Key-parameters of agreed keys in Key-Info. */
export const agreementParameters = { onePass: 0x01, staticUnified: 0x02 } as const;

/** Who the key is for: PartyU and PartyV come from these. */
export interface AgreementParties {
  readonly originator: Uint8Array;
  readonly recipient: Uint8Array;
  /** The nonce of C(0e,2s). */
  readonly transactionId: Uint8Array;
}

/**
 * Octets under the signature of an ephemeral public key in C(1e,1s); the sources do not settle it
 * (decision 0005). `either` accepts both and sends the first.
 */
export type EphemeralSignature = "with-key-id" | "key-alone" | "either";

/** PartyV of C(0e,2s): the transaction-id with its length octet, then the recipient's title. */
export function staticPartyV({ transactionId, recipient }: AgreementParties): Uint8Array {
  return concatOctets([Uint8Array.of(transactionId.length), transactionId, recipient]);
}

/** Z to a content key of the suite's length. @throws {ProtocolError} security/policy: suite 0 */
export function contentKeyOf(
  crypto: CryptoPort,
  suite: SuiteParameters,
  sharedSecret: Uint8Array,
  parties: Pick<KeyDerivationInfo, "partyU" | "partyV">,
): Uint8Array {
  const { algorithmId, hash } = requireCurve(suite);
  const info = { algorithmId, ...parties };
  return deriveKeyMaterial(crypto, hash, sharedSecret, info).slice(0, suite.keyOctets);
}

/** A suite that knows public keys. @throws {ProtocolError} security/policy: suite 0 does not. */
export function requireCurve(suite: SuiteParameters): Required<SuiteParameters> {
  if (suite.curve === undefined) {
    throw new ProtocolError("security/policy", "suite 0 has no key agreement and no signature");
  }
  return suite as Required<SuiteParameters>;
}

/** `public key | signature` as in key agreement data and in agreed keys. */
export interface SignedPublicKey {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * A public key and its signature, taken apart.
 * @throws {ProtocolError} security/key-missing: not the octets of a key and a signature
 */
export function splitSignedKey(curve: CurveName, octets: Uint8Array): SignedPublicKey {
  const half = 2 * coordinateOctets(curve);
  if (octets.length !== 2 * half) {
    const problem = `key agreement data has ${octets.length} octets, ${curve} takes ${2 * half}`;
    throw new ProtocolError("security/key-missing", problem);
  }
  return { publicKey: octets.subarray(0, half), signature: octets.subarray(half) };
}

/** Signs an ephemeral public key: `publicKey | signature(keyId | publicKey)`. */
export function signPublicKey(
  crypto: CryptoPort,
  curve: CurveName,
  signingKey: Uint8Array,
  ephemeral: KeyPair,
  keyId: number,
  form: EphemeralSignature = "either",
): Uint8Array {
  const message =
    form === "key-alone" ? ephemeral.publicKey : signedOctets(keyId, ephemeral.publicKey);
  return concatOctets([ephemeral.publicKey, crypto.sign(curve, signingKey, message)]);
}

/** Whether the peer's signing key signed this public key. */
export function verifyPublicKey(
  crypto: CryptoPort,
  curve: CurveName,
  signingPublicKey: Uint8Array,
  signed: SignedPublicKey,
  keyId: number,
  form: EphemeralSignature = "either",
): boolean {
  const { publicKey, signature } = signed;
  const check = (message: Uint8Array): boolean =>
    crypto.verify(curve, signingPublicKey, message, signature);
  return (
    (form !== "key-alone" && check(signedOctets(keyId, publicKey))) ||
    (form !== "with-key-id" && check(publicKey))
  );
}

function signedOctets(keyId: number, publicKey: Uint8Array): Uint8Array {
  return concatOctets([Uint8Array.of(keyId), publicKey]);
}

/**
 * The shared secret of a key agreement.
 * @throws {ProtocolError} security/key-missing: the peer's octets are no point of the curve
 */
export function sharedSecret(
  crypto: CryptoPort,
  curve: CurveName,
  privateKey: Uint8Array,
  peerPublicKey: Uint8Array,
): Uint8Array {
  try {
    return crypto.agree(curve, privateKey, peerPublicKey);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ProtocolError("security/key-missing", "the peer's public key is none", { cause });
  }
}
