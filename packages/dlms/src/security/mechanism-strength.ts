/** Mechanisms 0 to 7 of the Green Book in that order, as settings and command line name them. */
export const mechanismNames = [
  "none",
  "lls",
  "hls-manufacturer",
  "hls-md5",
  "hls-sha1",
  "hls-gmac",
  "hls-sha256",
  "hls-ecdsa",
] as const;

/** One of `mechanismNames`. */
export type MechanismName = (typeof mechanismNames)[number];

/** "none": it proves nothing. "weak": use it where the meter knows nothing better. */
export type MechanismStrength = "none" | "weak" | "unknown" | "sound";

/** Why a mechanism is not sound; stable, for texts in any language. */
export type MechanismWeakness =
  | "proves-nothing"
  | "password-in-clear"
  | "broken-hash"
  | "manufacturers-own";

/** What is to be said of a mechanism. */
export interface MechanismNote {
  readonly strength: MechanismStrength;
  /** Absent where it is sound. */
  readonly weakness?: MechanismWeakness;
}

/**
 * How much each mechanism proves (R77), for whoever shows or warns: all of them work, none is
 * refused for being weak.
 *
 * - `none`: the public client; anybody is one.
 * - `lls`: the password stands readable in the AARQ, in a ciphered association, too: ciphering
 *   begins with the InitiateRequest behind it. Who listens once has it.
 * - `hls-manufacturer`: nobody outside knows; the usual AES-ECB of one block is no message
 *   authentication.
 * - `hls-md5`, `hls-sha1`: no password on the wire, but hashes that are broken and fast: one
 *   recorded association is enough to try passwords against.
 * - `hls-sha256`: as good as its secret is long; 16 random octets are.
 * - `hls-gmac`, `hls-ecdsa`: keys, not passwords. GMAC also proves that the peer holds the keys
 *   that the services are ciphered with.
 */
export const mechanismStrength: Readonly<Record<MechanismName, MechanismNote>> = {
  none: { strength: "none", weakness: "proves-nothing" },
  lls: { strength: "weak", weakness: "password-in-clear" },
  "hls-manufacturer": { strength: "unknown", weakness: "manufacturers-own" },
  "hls-md5": { strength: "weak", weakness: "broken-hash" },
  "hls-sha1": { strength: "weak", weakness: "broken-hash" },
  "hls-gmac": { strength: "sound" },
  "hls-sha256": { strength: "sound" },
  "hls-ecdsa": { strength: "sound" },
};
