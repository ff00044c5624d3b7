import type { ConformanceBit } from "../xdlms/index.ts";
import type { ApduProtection, ClientAuthentication } from "./authentication.ts";

/** Behaviour of real meters that differs from the books. Named for what the meter does. */
export interface AssociationQuirks {
  /** The meter answers every request with invoke-id 1. */
  readonly invokeIdAlwaysOne: boolean;
  /** The meter does not know RLRQ: close by DISC or by closing the stream. */
  readonly skipRelease: boolean;
  /** The meter accepts only requests without the high-priority bit. */
  readonly lowPriority: boolean;
}

export const standardQuirks: AssociationQuirks = {
  invokeIdAlwaysOne: false,
  skipRelease: false,
  lowPriority: false,
};

/** What the client proposes when it opens an association with logical name referencing. */
export interface AssociationProfile {
  readonly authentication: ClientAuthentication;
  /** Present: the context is "with ciphering" and every APDU goes through it. */
  readonly protection?: ApduProtection;
  /** Proposed conformance. */
  readonly conformance: readonly ConformanceBit[];
  /**
   * Assumed instead of what the server answers: conformance is advice, meters advertise services
   * they do not have and the reverse.
   */
  readonly conformanceAssumed?: readonly ConformanceBit[];
  /** client-max-receive-pdu-size, 0 (no limit) or 12..65535. */
  readonly maxPduOctets: number;
  /** Dedicated key for ded-ciphering, sent inside the ciphered InitiateRequest. */
  readonly dedicatedKey?: Uint8Array;
  /** calling-AE-invocation-id: user id for meters that ask for one. */
  readonly userId?: number;
  readonly quirks: AssociationQuirks;
}

/** Services this client can use today; proposed unless the profile says otherwise: 007E1F. */
export const clientConformance: readonly ConformanceBit[] = [
  "priority-mgmt-supported",
  "attribute0-supported-with-get",
  "block-transfer-with-get-or-read",
  "block-transfer-with-set-or-write",
  "block-transfer-with-action",
  "multiple-references",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
];
