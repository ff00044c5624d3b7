import { concatOctets } from "../octets.ts";
import type { CryptoPort, HashName } from "./crypto.ts";

/** OtherInfo of the key derivation function (Green Book 9.2.3.4.6.5). */
export interface KeyDerivationInfo {
  readonly algorithmId: Uint8Array;
  readonly partyU: Uint8Array;
  readonly partyV: Uint8Array;
}

/** `00000001 | Z | AlgorithmID | PartyU | PartyV`: what the hash is taken of. */
export function keyDerivationInput(sharedSecret: Uint8Array, info: KeyDerivationInfo): Uint8Array {
  const { algorithmId, partyU, partyV } = info;
  return concatOctets([Uint8Array.of(0, 0, 0, 1), sharedSecret, algorithmId, partyU, partyV]);
}

/**
 * Single-step key derivation of NIST SP 800-56A: the whole hash, one round, for no key of DLMS is
 * longer. The caller takes 16 octets in suite 1 and 32 in suite 2.
 */
export function deriveKeyMaterial(
  crypto: CryptoPort,
  hash: HashName,
  sharedSecret: Uint8Array,
  info: KeyDerivationInfo,
): Uint8Array {
  return crypto.hash(hash, keyDerivationInput(sharedSecret, info));
}
