/** Layers of keys: signatures, key agreement, key derivation, key wrap, and bare ciphertext. */
import { actionRequest } from "../xdlms/action-request.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import { concatOctets, toHex } from "../octets.ts";
import { openContent, openUnverified } from "../security/content.ts";
import type { HashName } from "../security/crypto.ts";
import {
  deriveKeyMaterial,
  keyDerivationInput,
  type KeyDerivationInfo,
} from "../security/key-derivation.ts";
import { readKeyTransfer, unwrapOrFail } from "../security/key-transfer.ts";
import { Secret } from "../security/secret.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import { translateApdu } from "./apdu-tree.ts";
import { translateOrNothing } from "./frame-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import { curveNamed, type NamedKeys, needCrypto, needOctets, octetsNamed } from "./key-ring.ts";
import type { TranslationRequest } from "./request.ts";

/** Layer `ecdsa-verify`: hex is the signature, raw r || s. */
export function translateSignature(request: TranslationRequest): JsonObject {
  const { octets, keys, given } = request;
  const crypto = needCrypto(request.crypto);
  const message = needOctets(given, "message");
  return { valid: crypto.verify(curveNamed(keys), needOctets(keys, "public"), message, octets) };
}

/** Layer `ecdh`. @throws {RangeError} the keys are none of that curve */
export function translateAgreement(request: TranslationRequest): JsonObject {
  return { shared_secret: toHex(agreedSecret(request)) };
}

function agreedSecret({ keys, crypto }: TranslationRequest): Uint8Array {
  const own = needOctets(keys, "own_private");
  return needCrypto(crypto).agree(curveNamed(keys), own, needOctets(keys, "peer_public"));
}

/** Layer `ecdh-kdf`: key agreement, then the key that the algorithm id asks for. */
export function translateDerivedKey(request: TranslationRequest): JsonObject {
  const { keys } = request;
  const secret = agreedSecret(request);
  const info = derivationInfo(keys);
  const hash = curveNamed(keys) === "P-256" ? "sha256" : "sha384";
  const material = deriveKeyMaterial(needCrypto(request.crypto), hash, secret, info);
  // AlgorithmIDs 0 and 2 are of AES-128, 1 and 3 of AES-256.
  const keyOctets = (info.algorithmId.at(-1)! & 1) === 0 ? 16 : 32;
  return {
    shared_secret: toHex(secret),
    derived_key: toHex(material.subarray(0, keyOctets)),
    kdf_input: toHex(keyDerivationInput(secret, info)),
  };
}

/** Layer `kdf`: hex is the shared secret. */
export function translateDerivation({ octets, keys, crypto }: TranslationRequest): JsonObject {
  const info = derivationInfo(keys);
  const derived = deriveKeyMaterial(needCrypto(crypto), hashNamed(keys["hash"]), octets, info);
  return {
    derived: toHex(derived),
    aes128_key: toHex(derived.subarray(0, 16)),
    aes256_key: toHex(derived.subarray(0, 32)),
    kdf_input: toHex(keyDerivationInput(octets, info)),
  };
}

function derivationInfo(keys: NamedKeys): KeyDerivationInfo {
  const algorithmId = needOctets(keys, "algorithm_id");
  if (algorithmId.length === 0) throw new RangeError("algorithm_id is needed");
  return {
    algorithmId,
    partyU: needOctets(keys, "party_u"),
    partyV: needOctets(keys, "party_v"),
  };
}

function hashNamed(name: unknown): HashName {
  const word = typeof name === "string" ? name.toLowerCase().replace("-", "") : undefined;
  if (word === "sha256" || word === "sha384") return word;
  throw new RangeError("hash is sha256 or sha384");
}

/** Layer `gcm-ciphertext`: ciphertext and tag without an envelope; `sc` and `ic` from the keys. */
export function translateCiphertext(request: TranslationRequest): JsonObject {
  const { octets, keys, given } = request;
  const crypto = needCrypto(request.crypto);
  const control = needOctets(keys, "sc");
  const counter = keys["ic"];
  if (control.length !== 1 || typeof counter !== "number") throw new RangeError("sc and ic needed");
  const head = Uint8Array.of(control[0]!, ...new Uint8Array(4));
  new DataView(head.buffer).setUint32(1, counter);
  const secured = splitSecuredContent(concatOctets([head, octets]));
  const encryption = needOctets(keys, "key");
  const systemTitle = needOctets(keys, "system_title");
  const authentication = octetsNamed(keys, "gak");
  const additional = octetsNamed(keys, "aad");
  const checked = given["tag_checked"] !== false && authentication !== undefined;
  const plaintext = checked
    ? openContent(
        crypto,
        secured,
        { encryption, authentication, ...(additional === undefined ? {} : { additional }) },
        systemTitle,
      )
    : openUnverified(crypto, secured, encryption, systemTitle);
  return {
    plaintext: toHex(plaintext),
    decoded: translateOrNothing(translateApdu, plaintext),
    verified: checked,
  };
}

/** Layers `aes-keywrap` and its negative: hex is the wrapped key. */
export function translateKeyWrap({ octets, keys, crypto }: TranslationRequest): JsonObject {
  const port = needCrypto(crypto);
  const kek = new Secret(needOctets(keys, "kek"));
  const unwrapped = unwrapOrFail(port, kek, octets);
  const key = octetsNamed(keys, "key") ?? unwrapped;
  return { wrapped: toHex(port.wrapKey(kek.reveal(), key)), key: toHex(unwrapped) };
}

const securitySetupClass = 64;
const keyTransfer = 2;

/** Layer `apdu`; a key transfer is opened where the master key is there. */
export function translateKeyedApdu({ octets, keys, crypto }: TranslationRequest): Json {
  const tree = translateApdu(octets);
  const kek = octetsNamed(keys, "kek");
  if (crypto === undefined || kek === undefined || octets[0] !== actionRequest.tag) return tree;
  const request = decodeUnit(actionRequest, octets);
  if (request.type !== "normal" || request.parameters === undefined) return tree;
  const { method, parameters } = request;
  if (method.classId !== securitySetupClass || method.methodId !== keyTransfer) return tree;
  try {
    const transferred = readKeyTransfer(crypto, new Secret(kek), parameters);
    const unwrapped = transferred.map(({ keyId, key }) => ({
      key_id: keyId,
      key: toHex(key.reveal()),
    }));
    return { ...(tree as JsonObject), unwrapped };
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof DecodeError)) throw error;
    return { ...(tree as JsonObject), unwrap_error: error.code };
  }
}
