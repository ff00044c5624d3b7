import type { ConformanceBit } from "../xdlms/conformance.ts";
import type { ObisCode } from "../cosem/obis.ts";
import type { PreEstablishedAssociation } from "./association-outcome.ts";
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

/** A client that deviates from the standard in nothing. */
export const standardQuirks: AssociationQuirks = {
  invokeIdAlwaysOne: false,
  skipRelease: false,
  lowPriority: false,
};

/** How objects are named in an association: by logical names, or by short ones (old meters). */
export type Referencing = "ln" | "sn";

/** What the client proposes when it opens an association. */
export interface AssociationProfile {
  /** Selects the application context. Absent: "ln". */
  readonly referencing?: Referencing;
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
  /** calling-AE-invocation-id: user id for meters that ask for one. */
  readonly userId?: number;
  /**
   * Logical name of the association object that takes HLS pass 3. Absent: 0.0.40.0.0.255. With
   * short names it is the object at the vaa-name the meter answers.
   */
  readonly associationName?: ObisCode;
  /** The association is there already: nothing opens or releases it. */
  readonly preEstablished?: PreEstablishedAssociation;
  readonly quirks: AssociationQuirks;
}

/** Services this client can use today; proposed unless the profile says otherwise: 007E1F. */
export const clientConformance: readonly ConformanceBit[] = [
  "priority-mgmt",
  "attribute0-get",
  "block-transfer-get-or-read",
  "block-transfer-set-or-write",
  "block-transfer-action",
  "multiple-references",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
];

/** As `clientConformance`, for short names; proposed unless the profile says otherwise: 1C1B20. */
export const shortNameConformance: readonly ConformanceBit[] = [
  "read",
  "write",
  "unconfirmed-write",
  "block-transfer-get-or-read",
  "block-transfer-set-or-write",
  "multiple-references",
  "information-report",
  "parameterized-access",
];

/**
 * Invoke-Id-And-Priority of a confirmed request: id in bits 0-3, bit 6 confirmed, bit 7 priority.
 * `invokeId` counts on without end, its low four bits are used.
 */
export function requestOctet(invokeId: number, quirks: AssociationQuirks): number {
  return (invokeId & 0x0f) | (quirks.lowPriority ? 0x40 : 0xc0);
}
