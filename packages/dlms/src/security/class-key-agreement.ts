/**
 * Method key_agreement of class 64 (Blue Book 4.4.7.3.3): the ephemeral unified model C(2e,0s).
 * Each side sends, for each key, a fresh public key signed with its digital signature key; the new
 * key is derived from both. PartyU is the client's system title, PartyV the server's.
 */
import type { Data } from "../axdr/data.ts";
import { ProtocolError } from "../error.ts";
import type { CryptoPort, KeyPair } from "./crypto.ts";
import {
  requireCurve,
  sharedSecret,
  signPublicKey,
  splitSignedKey,
  verifyPublicKey,
} from "./key-agreement.ts";
import { deriveKeyMaterial } from "./key-derivation.ts";
import {
  numberedData,
  type NumberedKey,
  readNumberedData,
  transferredKeyIds,
} from "./key-transfer.ts";
import { Secret } from "./secret.ts";
import { type SecuritySuite, suites } from "./suite.ts";

/** AlgorithmID of AES-WRAP-128 and -256: what an agreed master key is for. */
const wrapAlgorithms = {
  16: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 3, 2),
  32: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 3, 3),
} as const;

/** Who agrees, and with what. */
export interface KeyAgreementSide {
  readonly crypto: CryptoPort;
  /** 1 or 2; suite 0 has no key agreement. */
  readonly suite: SecuritySuite;
  /** Own digital signature key, raw. */
  readonly signingPrivate: Secret;
  /** The peer's digital signature key, raw x || y. */
  readonly peerSigningPublic: Uint8Array;
  readonly clientSystemTitle: Uint8Array;
  readonly serverSystemTitle: Uint8Array;
}

/** What the client has sent, and must keep to make keys of the answer. Holds private keys. */
export interface KeyAgreementRequest {
  readonly data: Data;
  readonly ephemerals: ReadonlyMap<number, KeyPair>;
}

/** The client's half: parameters of the method. @throws {ProtocolError} security/policy: suite 0 */
export function beginKeyAgreement(
  side: KeyAgreementSide,
  keyIds: readonly number[],
): KeyAgreementRequest {
  const { curve } = requireCurve(suites[side.suite]);
  const ephemerals = new Map(keyIds.map((id) => [id, side.crypto.generateKeyPair(curve)]));
  return { data: signedData(side, ephemerals), ephemerals };
}

/**
 * The server's half: the keys, and what the method returns. All or none.
 * @throws {DecodeError} another form
 * @throws {ProtocolError} security/tag: a signature does not verify; security/policy: suite 0, or a
 * key asked for twice; security/key-missing: octets of another length, or no point of the curve
 */
export function answerKeyAgreement(
  side: KeyAgreementSide,
  data: Data,
): { readonly keys: readonly NumberedKey[]; readonly data: Data } {
  const { curve } = requireCurve(suites[side.suite]);
  const peers = verifiedKeys(side, data);
  const ephemerals = new Map(
    [...peers.keys()].map((id) => [id, side.crypto.generateKeyPair(curve)]),
  );
  return { keys: agreedKeys(side, ephemerals, peers), data: signedData(side, ephemerals) };
}

/** The client's keys from what the method has returned. @throws as `answerKeyAgreement` */
export function finishKeyAgreement(
  side: KeyAgreementSide,
  { ephemerals }: KeyAgreementRequest,
  returned: Data,
): readonly NumberedKey[] {
  const peers = verifiedKeys(side, returned);
  const complete = [...ephemerals.keys()].every((id) => peers.has(id));
  if (!complete || peers.size !== ephemerals.size) {
    throw new ProtocolError("security/key-missing", "the answer is about other keys");
  }
  return agreedKeys(side, ephemerals, peers);
}

function signedData(side: KeyAgreementSide, ephemerals: ReadonlyMap<number, KeyPair>): Data {
  const { crypto, suite, signingPrivate } = side;
  const { curve } = requireCurve(suites[suite]);
  return numberedData(
    [...ephemerals].map(([keyId, pair]) => {
      const signing = signingPrivate.reveal();
      const octets = signPublicKey(crypto, curve, signing, pair, keyId, "with-key-id");
      return { keyId, octets };
    }),
  );
}

function verifiedKeys(side: KeyAgreementSide, data: Data): ReadonlyMap<number, Uint8Array> {
  const { crypto, suite, peerSigningPublic } = side;
  const { curve } = requireCurve(suites[suite]);
  const keys = new Map<number, Uint8Array>();
  for (const { keyId, octets } of readNumberedData(data)) {
    if (keys.has(keyId)) throw new ProtocolError("security/policy", `key ${keyId} is there twice`);
    const signed = splitSignedKey(curve, octets);
    if (!verifyPublicKey(crypto, curve, peerSigningPublic, signed, keyId, "with-key-id")) {
      throw new ProtocolError("security/tag", "the ephemeral key's signature does not verify");
    }
    keys.set(keyId, signed.publicKey.slice());
  }
  return keys;
}

function agreedKeys(
  side: KeyAgreementSide,
  ephemerals: ReadonlyMap<number, KeyPair>,
  peers: ReadonlyMap<number, Uint8Array>,
): readonly NumberedKey[] {
  const { crypto, suite, clientSystemTitle, serverSystemTitle } = side;
  const { curve, hash, algorithmId, keyOctets } = requireCurve(suites[suite]);
  return [...ephemerals].map(([keyId, own]) => {
    const z = sharedSecret(crypto, curve, own.privateKey, peers.get(keyId)!);
    const wraps = keyId === transferredKeyIds.master;
    const octets = deriveKeyMaterial(crypto, hash, z, {
      algorithmId: wraps ? wrapAlgorithms[keyOctets] : algorithmId,
      partyU: clientSystemTitle,
      partyV: serverSystemTitle,
    });
    return { keyId, key: new Secret(octets.subarray(0, keyOctets)) };
  });
}
