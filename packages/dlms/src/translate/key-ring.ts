import { fromHex } from "../octets.ts";
import type { CryptoPort, CurveName } from "../security/crypto.ts";
import type { GeneralKeys } from "../security/general-ciphering.ts";
import { Secret } from "../security/secret.ts";

/** Named keys and titles of a question: hex, by the names of the public vectors. */
export type NamedKeys = Readonly<Record<string, unknown>>;

/** Octets of one name; undefined where it is absent. @throws {RangeError} not hex */
export function octetsNamed(keys: NamedKeys, name: string): Uint8Array | undefined {
  const text = keys[name];
  return typeof text === "string" ? fromHex(text) : undefined;
}

/** @throws {RangeError} the question does not name it */
export function needOctets(keys: NamedKeys, name: string): Uint8Array {
  const octets = octetsNamed(keys, name);
  if (octets === undefined) throw new RangeError(`${name} is needed`);
  return octets;
}

/** @throws {RangeError} translations that open something need the primitives from outside */
export function needCrypto(crypto: CryptoPort | undefined): CryptoPort {
  if (crypto === undefined) throw new RangeError("a crypto port is needed to open this");
  return crypto;
}

/** secp256r1 and secp384r1 by either name. @throws {RangeError} */
export function curveNamed(keys: NamedKeys): CurveName {
  switch (keys["curve"]) {
    case "secp256r1":
    case "P-256":
      return "P-256";
    case "secp384r1":
    case "P-384":
      return "P-384";
    default:
      throw new RangeError("curve is secp256r1 or secp384r1");
  }
}

const names = {
  unicast: "guek",
  broadcast: "gbek",
  authentication: "gak",
  dedicated: "dedicated",
  master: "kek",
  agreementPrivate: "own_private",
} as const satisfies Readonly<Partial<Record<keyof GeneralKeys, string>>>;

/** What of a question is a key. One global key stands for both key sets where there is no other. */
export function keyRing(keys: NamedKeys): GeneralKeys {
  const secrets = Object.entries(names).flatMap(([name, word]) => {
    const octets = octetsNamed(keys, word);
    return octets === undefined ? [] : [[name, new Secret(octets)] as const];
  });
  const ring: GeneralKeys = Object.fromEntries(secrets);
  const agreement = octetsNamed(keys, "peer_public");
  const signing = octetsNamed(keys, "peer_signing_public");
  return {
    ...(ring.unicast === undefined ? {} : { broadcast: ring.unicast }),
    ...ring,
    ...(agreement === undefined ? {} : { peerAgreementPublic: agreement }),
    ...(signing === undefined ? {} : { peerSigningPublic: signing }),
  };
}
