import { ProtocolError } from "../error.ts";
import type { CurveName, HashName } from "./crypto.ts";

/** Security suite id (Green Book 9.2.3.7, table 34). */
export type SecuritySuite = 0 | 1 | 2;

/** What a suite is made of. Its tag has 12 octets always. */
export interface SuiteParameters {
  readonly suite: SecuritySuite;
  /** Octets of every AES key of the suite, the authentication key included. */
  readonly keyOctets: 16 | 32;
  /** Absent in suite 0, which knows no public keys. */
  readonly curve?: CurveName;
  readonly hash?: HashName;
  /** AlgorithmID of the content key in the key derivation function: AES-GCM-128 or -256. */
  readonly algorithmId?: Uint8Array;
}

const algorithm = (id: number): Uint8Array => Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 3, id);

/** The three security suites. */
export const suites: Readonly<Record<SecuritySuite, SuiteParameters>> = {
  0: { suite: 0, keyOctets: 16 },
  1: { suite: 1, keyOctets: 16, curve: "P-256", hash: "sha256", algorithmId: algorithm(0) },
  2: { suite: 2, keyOctets: 32, curve: "P-384", hash: "sha384", algorithmId: algorithm(1) },
};

/** The suite in bits 0-3 of a security control. @throws {ProtocolError} security/policy: none */
export function suiteOf(number: number): SuiteParameters {
  if (number === 0 || number === 1 || number === 2) return suites[number];
  throw new ProtocolError("security/policy", `security suite ${number} does not exist`);
}

/** Octets of a coordinate, of a private key and of half a signature. */
export function coordinateOctets(curve: CurveName): 32 | 48 {
  return curve === "P-256" ? 32 : 48;
}
