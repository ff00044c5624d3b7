import type { CryptoPort } from "../security/crypto.ts";

/** What to translate: octets and what else the question needs. */
export interface TranslationRequest {
  readonly octets: Uint8Array;
  /** Named keys and titles, hex; some layers need them. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Facts beside the octets, by layer. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Opens what is ciphered; without it such layers are refused and sessions stay closed. */
  readonly crypto?: CryptoPort;
}
