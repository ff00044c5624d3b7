import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type { CryptoPort, CurveName, HashName } from "@lectura/dlms/security";

const tagOctets = 12;
const nonceOctets = 12;
const gcmOptions = { authTagLength: tagOctets } as const;
const wrapOctets = 8;
/** RFC 3394 2.2.3.1, the default initial value. */
const wrapInitialValue = new Uint8Array(wrapOctets).fill(0xa6);
const nothing = new Uint8Array(0);

const opensslCurves: Readonly<Record<CurveName, string>> = {
  "P-256": "prime256v1",
  "P-384": "secp384r1",
};
const curveHashes: Readonly<Record<CurveName, HashName>> = { "P-256": "sha256", "P-384": "sha384" };
const coordinateOctets: Readonly<Record<CurveName, number>> = { "P-256": 32, "P-384": 48 };

/** The primitives of DLMS/COSEM by the platform's OpenSSL: constant time, no state kept. */
export const nodeCrypto: CryptoPort = {
  sealGcm: (key, nonce, additionalData, plaintext) => {
    const sealed = new Uint8Array(plaintext.length + tagOctets);
    seal(gcm(key), key, nonce, additionalData, plaintext, sealed, 0);
    return sealed;
  },
  openGcm: (key, nonce, additionalData, ciphertext, tag) =>
    open(gcm(key), key, nonce, additionalData, ciphertext, tag),
  prepareGcm: (octets) => {
    const name = gcm(octets);
    const key = createSecretKey(octets);
    return {
      seal: (nonce, additionalData, plaintext, into, at) => {
        seal(name, key, nonce, additionalData, plaintext, into, at);
      },
      open: (nonce, additionalData, ciphertext, tag) =>
        open(name, key, nonce, additionalData, ciphertext, tag),
    };
  },
  applyCtr: (key, counterBlock, octets) =>
    view(createCipheriv(`aes-${keyBits(key)}-ctr`, key, counterBlock).update(octets)),
  encryptBlocks: (key, blocks) => {
    const cipher = createCipheriv(`aes-${keyBits(key)}-ecb`, key, null);
    cipher.setAutoPadding(false);
    if (blocks.length % 16 !== 0) throw new RangeError("not a whole number of blocks");
    return view(cipher.update(blocks));
  },
  hash: (name, octets) => view(createHash(name).update(octets).digest()),
  wrapKey: (kek, key) => {
    if (key.length < 16 || key.length % 8 !== 0) throw new RangeError("no key to wrap");
    const cipher = createCipheriv(`id-aes${keyBits(kek)}-wrap`, kek, wrapInitialValue);
    return view(cipher.update(key));
  },
  unwrapKey: (kek, wrapped) => {
    if (wrapped.length < 24 || wrapped.length % 8 !== 0) return undefined;
    const decipher = createDecipheriv(`id-aes${keyBits(kek)}-wrap`, kek, wrapInitialValue);
    try {
      return view(decipher.update(wrapped));
    } catch {
      return undefined; // the integrity check of RFC 3394
    }
  },
  sign: (curve, privateKey, message) => {
    const key = privateKeyObject(curve, privateKey);
    return view(sign(curveHashes[curve], message, { key, dsaEncoding: "ieee-p1363" }));
  },
  verify: (curve, publicKey, message, signature) => {
    if (signature.length !== 2 * coordinateOctets[curve]) return false;
    const key = publicKeyObject(curve, publicKey);
    if (key === undefined) return false;
    const options = { key, dsaEncoding: "ieee-p1363" } as const;
    return verify(curveHashes[curve], message, options, signature);
  },
  agree: (curve, privateKey, peerPublicKey) => {
    checkOctets("private key", privateKey, coordinateOctets[curve]);
    checkOctets("public key", peerPublicKey, 2 * coordinateOctets[curve]);
    const exchange = createECDH(opensslCurves[curve]);
    try {
      exchange.setPrivateKey(privateKey);
      return view(exchange.computeSecret(uncompressed(peerPublicKey)));
    } catch (cause) {
      throw new RangeError(`not a key of ${curve}`, { cause });
    }
  },
  generateKeyPair: (curve) => {
    const exchange = createECDH(opensslCurves[curve]);
    exchange.generateKeys();
    const privateKey = new Uint8Array(coordinateOctets[curve]);
    const d = exchange.getPrivateKey();
    privateKey.set(d, privateKey.length - d.length);
    return { privateKey, publicKey: view(exchange.getPublicKey()).slice(1) };
  },
  randomOctets: (count) => view(randomBytes(count)),
};

/** The octets of a Buffer as what they are. */
function view(octets: Buffer): Uint8Array {
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}

type GcmName = "aes-128-gcm" | "aes-256-gcm";

function seal(
  name: GcmName,
  key: Uint8Array | KeyObject,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
  into: Uint8Array,
  at: number,
): void {
  const cipher = createCipheriv(name, key, checkedNonce(nonce), gcmOptions);
  cipher.setAAD(additionalData);
  if (plaintext.length > 0) into.set(cipher.update(plaintext), at);
  cipher.final();
  into.set(cipher.getAuthTag(), at + plaintext.length);
}

function open(
  name: GcmName,
  key: Uint8Array | KeyObject,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array | undefined {
  if (tag.length !== tagOctets) return undefined;
  const decipher = createDecipheriv(name, key, checkedNonce(nonce), gcmOptions);
  decipher.setAAD(additionalData);
  decipher.setAuthTag(tag);
  const plaintext = ciphertext.length > 0 ? view(decipher.update(ciphertext)) : nothing;
  return finishes(decipher) ? plaintext : undefined;
}

/** OpenSSL would take others. */
function checkedNonce(nonce: Uint8Array): Uint8Array {
  if (nonce.length !== nonceOctets) throw new RangeError(`a nonce of ${nonce.length} octets`);
  return nonce;
}

function keyBits(key: Uint8Array): 128 | 256 {
  if (key.length === 16) return 128;
  if (key.length === 32) return 256;
  throw new RangeError(`an AES key has 16 or 32 octets, this one ${key.length}`);
}

function gcm(key: Uint8Array): GcmName {
  return keyBits(key) === 128 ? "aes-128-gcm" : "aes-256-gcm";
}

/** OpenSSL says by throwing that the tag is another. */
function finishes(decipher: ReturnType<typeof createDecipheriv>): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

function checkOctets(what: string, octets: Uint8Array, count: number): void {
  if (octets.length !== count) {
    throw new RangeError(`a ${what} has ${count} octets, this one ${octets.length}`);
  }
}

function uncompressed(publicKey: Uint8Array): Uint8Array {
  const point = new Uint8Array(publicKey.length + 1);
  point[0] = 4;
  point.set(publicKey, 1);
  return point;
}

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString("base64url");

function coordinates(curve: CurveName, publicKey: Uint8Array): { x: string; y: string } {
  const half = coordinateOctets[curve];
  return { x: base64(publicKey.subarray(0, half)), y: base64(publicKey.subarray(half)) };
}

function privateKeyObject(curve: CurveName, privateKey: Uint8Array): KeyObject {
  checkOctets("private key", privateKey, coordinateOctets[curve]);
  const exchange = createECDH(opensslCurves[curve]);
  try {
    exchange.setPrivateKey(privateKey);
  } catch (cause) {
    throw new RangeError(`not a key of ${curve}`, { cause });
  }
  const point = coordinates(curve, exchange.getPublicKey().subarray(1));
  const key = { kty: "EC", crv: curve, d: base64(privateKey), ...point };
  return createPrivateKey({ format: "jwk", key });
}

/** Undefined: not a point of the curve. */
function publicKeyObject(curve: CurveName, publicKey: Uint8Array): KeyObject | undefined {
  if (publicKey.length !== 2 * coordinateOctets[curve]) return undefined;
  try {
    const key = { kty: "EC", crv: curve, ...coordinates(curve, publicKey) };
    return createPublicKey({ format: "jwk", key });
  } catch {
    return undefined;
  }
}
