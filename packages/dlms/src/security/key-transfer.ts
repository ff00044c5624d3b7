/** Parameters of methods key_transfer and key_agreement of class 64 (Blue Book 4.4.7). */
import { array, enumeration, octetString, structure } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import type { CryptoPort } from "./crypto.ts";
import { Secret } from "./secret.ts";

/** key_id of class 64: 0 GUEK, 1 GBEK, 2 GAK, 3 the master key (KEK). */
export const transferredKeyIds = {
  unicast: 0,
  broadcast: 1,
  authentication: 2,
  master: 3,
} as const satisfies Readonly<Record<string, number>>;

/** A key of class 64 by its name. */
export type TransferredKey = keyof typeof transferredKeyIds;

/** A key with its number: 0..3 have names, others are the peer's own. */
export interface NumberedKey {
  readonly keyId: number;
  readonly key: Secret;
}

/** A key-shaped thing with its number, still closed: wrapped key, or key agreement data. */
export interface NumberedOctets {
  readonly keyId: number;
  readonly octets: Uint8Array;
}

/** Wraps keys under the master key: `array { key_id, wrapped key }`. */
export function keyTransferData(
  crypto: CryptoPort,
  master: Secret,
  keys: readonly NumberedKey[],
): Data {
  return numberedData(
    keys.map(({ keyId, key }) => ({
      keyId,
      octets: crypto.wrapKey(master.reveal(), key.reveal()),
    })),
  );
}

/**
 * Takes keys out of a transfer: all or none. @throws {DecodeError} another form
 * @throws {ProtocolError} security/tag: wrapped under another master key
 */
export function readKeyTransfer(
  crypto: CryptoPort,
  master: Secret,
  data: Data,
): readonly NumberedKey[] {
  return readNumberedData(data).map(({ keyId, octets }) => ({
    keyId,
    key: new Secret(unwrapOrFail(crypto, master, octets)),
  }));
}

/** @throws {ProtocolError} security/tag: wrapped under another key, or damaged */
export function unwrapOrFail(crypto: CryptoPort, kek: Secret, wrapped: Uint8Array): Uint8Array {
  const length = wrapped.length;
  const key = length === 24 || length === 40 ? crypto.unwrapKey(kek.reveal(), wrapped) : undefined;
  if (key === undefined) {
    throw new ProtocolError("security/tag", "the wrapped key fails its integrity check");
  }
  return key;
}

/** `array of structure { enum key_id, octet-string }`, as both methods take it. */
export function numberedData(members: readonly NumberedOctets[]): Data {
  return array(
    members.map(({ keyId, octets }) => structure([enumeration(keyId), octetString(octets)])),
  );
}

/**
 * Numbers with octets, as key transfer and key agreement carry them.
 * @throws {DecodeError} security/malformed
 */
export function readNumberedData(data: Data): readonly NumberedOctets[] {
  if (data.type !== "array") throw malformed("is no array");
  return data.value.map((member) => {
    const [id, octets, ...rest] = member.type === "structure" ? member.value : [];
    if (id?.type !== "enum" || octets?.type !== "octet-string" || rest.length > 0) {
      throw malformed("has a member that is no { enum, octet-string }");
    }
    return { keyId: id.value, octets: octets.value };
  });
}

function malformed(problem: string): DecodeError {
  return new DecodeError("security", "key data", 0, problem);
}
