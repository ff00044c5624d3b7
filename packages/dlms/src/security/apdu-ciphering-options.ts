import type { ApduLeniency } from "../xdlms/apdu.ts";
import type { CryptoPort } from "./crypto.ts";
import type { EnvelopeForm } from "./envelope.ts";
import type { GeneralProtection, SigningProtection } from "./general-protection.ts";
import type { InvocationCounter } from "./invocation-counter.ts";
import type { CipheringKeys, ReplayWindows } from "./keys.ts";
import type { Protection } from "./security-control.ts";
import type { SecuritySuite } from "./suite.ts";

/** What ciphering of one association needs to know. */
export interface ApduCipheringOptions {
  readonly crypto: CryptoPort;
  readonly suite: SecuritySuite;
  /** Eight octets. */
  readonly ownSystemTitle: Uint8Array;
  /** Known beforehand; else the association says it. */
  readonly peerSystemTitle?: Uint8Array;
  readonly keys: CipheringKeys;
  /** Of the unicast key, shared by everything that sends under it. */
  readonly counter: InvocationCounter;
  /** What was seen from the peer; shared by its associations. Absent: this one's own. */
  readonly windows?: ReplayWindows;
  /**
   * Services go under the broadcast key, and `counter` is that key's: for those who speak to many at
   * once. Absent = false.
   */
  readonly broadcast?: boolean;
  /** Absent = "service": glo- or ded- by service. */
  readonly form?: EnvelopeForm;
  /** Of services this side sends. "none": ciphered context, plain services (policy 0). */
  readonly protection: Protection;
  /** The least that is accepted of the peer. Absent = `protection`. */
  readonly required?: Protection;
  /** Of InitiateRequest and -Response, both ways. Absent = "authenticated-encrypted". */
  readonly initiateProtection?: Protection;
  /**
   * The server's way: an answer goes under the key and in the envelope of its request, and is
   * protected no less than that. Absent = false.
   */
  readonly answersInKind?: boolean;
  readonly leniency?: ApduLeniency;
  /** General-ciphering of services, beyond glo- and ded-. Absent: it is refused. */
  readonly general?: GeneralProtection;
  /** General-signing of services, suites 1 and 2. Absent: it is refused. */
  readonly signing?: SigningProtection;
}
