/** What an association needs to know to speak general-ciphering and general-signing. */
import type { HeaderInAdditionalData, GeneralKeys } from "./general-ciphering.ts";
import type { EphemeralSignature } from "./key-agreement.ts";
import type { CipheringKeys } from "./keys.ts";
import type { Secret } from "./secret.ts";
import type { SignedContentLength } from "./signing.ts";
import type { TransactionWindow } from "./transaction-window.ts";

/** How the content key of general-ciphering is told. "one-pass": C(1e,1s), "static": C(0e,2s). */
export type GeneralKeyKind = "identified" | "wrapped" | "one-pass" | "static";

/** Header and replay of both; what the sources do not settle is decision 0005. */
export interface TransactionOptions {
  /**
   * A fresh transaction-id, 1 to 127 octets, never the same twice. Absent: eight random octets of
   * the crypto port.
   */
  readonly nextTransactionId?: () => Uint8Array;
  /** UTC, milliseconds since 1970: the date-time of what is sent. Absent: none is sent. */
  readonly nowMs?: () => number;
  /** Transactions seen; shared by the associations of one receiver. Absent: this one's own. */
  readonly window?: TransactionWindow;
  /**
   * An answer repeats the transaction-id of its request; another is a replay. "any": answers are
   * held against the window like everything else. Absent = "same-transaction".
   */
  readonly answers?: "same-transaction" | "any";
}

/** General-ciphering in an association (Green Book 9.2.7.2). */
export interface GeneralProtection extends TransactionOptions {
  /** Beyond the keys of the association. */
  readonly keys?: Omit<GeneralKeys, keyof CipheringKeys>;
  /**
   * How services this side asks for are sent. Absent: not in general-ciphering (`form` of the
   * association), which is then opened, and answered in kind, but not begun.
   */
  readonly send?: GeneralKeyKind;
  /**
   * Kinds that are opened; others are refused, and so is every other envelope where `send` is
   * given. Absent: the one sent, or all.
   */
  readonly accepts?: readonly GeneralKeyKind[];
  /** Absent = "members". */
  readonly headerInAdditionalData?: HeaderInAdditionalData;
  /** Absent = "either". */
  readonly ephemeralSignature?: EphemeralSignature;
}

/** General-signing in an association, suites 1 and 2 (Green Book 9.2.7.5). */
export interface SigningProtection extends TransactionOptions {
  /** Own digital signature key, raw. */
  readonly privateKey: Secret;
  /** The peer's digital signature key, raw x || y. */
  readonly peerPublicKey: Uint8Array;
  /** Whether services are signed; answers are also where the request was. Absent = true. */
  readonly send?: boolean;
  /** Whether services without a signature are refused. Absent = `send`. */
  readonly required?: boolean;
  /** The signature under the cipher, or around it; both are read. Absent = "inside". */
  readonly place?: "inside" | "outside";
  /** Absent = "omitted". */
  readonly contentLength?: SignedContentLength;
}
