/** What the services of one association share: who asks, what was agreed, what is under way. */
import { transferOctetsMax } from "../limits.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import type { AccessContext, AssociationFacts } from "./object.ts";
import type { AssociationView } from "./view.ts";

/** Masks of the conformance bits the services look at (Green Book, Conformance). */
export const conformanceMask = {
  generalBlocks: 0x20_0000,
  read: 0x10_0000,
  write: 0x08_0000,
  unconfirmedWrite: 0x04_0000,
  attributeZeroGet: 0x00_2000,
  blockGet: 0x00_1000,
  blockSet: 0x00_0800,
  blockAction: 0x00_0400,
  multipleReferences: 0x00_0200,
  informationReport: 0x00_0100,
  dataNotification: 0x00_0080,
  access: 0x00_0040,
  parameterizedAccess: 0x00_0020,
  get: 0x00_0010,
  set: 0x00_0008,
  selectiveAccess: 0x00_0004,
  eventNotification: 0x00_0002,
  action: 0x00_0001,
} as const;

/** Smallest max PDU a client may ask for (Green Book 9.5). */
export const pduOctetsMin = 12;

/** What is under way between two requests. A request of another kind gives it up. */
export type Progress =
  | OutgoingBlocks
  | (IncomingBlocks & {
      readonly at: "long-set";
      readonly attributes: readonly AttributeDescriptor[];
    })
  | (IncomingBlocks & {
      readonly at: "long-action";
      readonly methods: readonly MethodDescriptor[];
    })
  | (IncomingBlocks & { readonly at: "long-read-request" | "long-write" });

/** An answer being sent in blocks. */
export interface OutgoingBlocks {
  readonly at: "long-get" | "long-action-answer" | "long-read";
  readonly octets: Uint8Array;
  /** Octets sent so far. */
  readonly sent: number;
  /** Number of the block sent last. */
  readonly blockNumber: number;
  /** Where in `octets` the block sent last begins. Absent: it is not sent again. */
  readonly lastFrom?: number;
}

/** A request arriving in blocks. */
export interface IncomingBlocks {
  /** Grows in place: one transfer has one list. */
  readonly blocks: Uint8Array[];
  readonly octetCount: number;
  /** Number of the block that came last. */
  readonly blockNumber: number;
  readonly withList: boolean;
}

/** One request to an associated server. */
export interface ServiceRequest {
  readonly apdu: Uint8Array;
  /** What stands before every answer (the LLC header, or nothing); the writer holds it already. */
  readonly prefix: Uint8Array;
  readonly view: AssociationView;
  readonly facts: AssociationFacts;
  readonly nowMs: number;
  readonly progress: Progress | undefined;
  /** Protection of the request, and what its answer will have: a mask of `accessBit`. */
  readonly protection: number;
  /** It came in general blocks, and is answered in such. */
  readonly cameInBlocks: boolean;
}

/** Octets of one APDU as it is sent: what both sides can take. */
export function unitOctetsMax({
  serverMaxPduOctets,
  clientMaxPduOctets,
}: AssociationFacts): number {
  return Math.max(pduOctetsMin, Math.min(serverMaxPduOctets, clientMaxPduOctets));
}

/** The same before ciphering, which adds to it: what fits is sent as it is. */
export function pduOctetsMax(facts: AssociationFacts): number {
  return Math.max(pduOctetsMin, unitOctetsMax(facts) - (facts.protectionOctets ?? 0));
}

/**
 * Longest answer APDU a service may write: one PDU, or a whole transfer where general blocks carry
 * it. `blockMask`: the conformance bit of the service's own blocks, 0 where it has none.
 */
export function answerOctetsMax(request: ServiceRequest, blockMask: number): number {
  const { facts, view, cameInBlocks } = request;
  if (!cameInBlocks && (facts.conformance & conformanceMask.generalBlocks) === 0) {
    return pduOctetsMax(facts);
  }
  const ownBlocks = blockMask !== 0 && allows(request, blockMask);
  return !cameInBlocks && view.longAnswers === "service-blocks" && ownBlocks
    ? pduOctetsMax(facts)
    : transferOctetsMax;
}

/** True when every bit of `mask` was agreed, or the view does not look. */
export function allows(request: ServiceRequest, mask: number): boolean {
  return (request.facts.conformance & mask) === mask || request.view.enforceConformance === false;
}

export function accessContext(
  request: ServiceRequest,
  selection: AccessContext["selection"],
): AccessContext {
  const { nowMs, facts, protection } = request;
  return { nowMs, association: facts, selection, protection };
}

/** The whole service is refused by an exception-response; caught where the APDU is answered. */
export class ServiceRefused extends Error {
  override readonly name = "ServiceRefused";
  readonly serviceError:
    | "operation-not-possible"
    | "service-not-supported"
    | "other-reason"
    | "pdu-too-long";
  readonly stateError: "service-not-allowed" | "service-unknown";

  constructor(
    serviceError: ServiceRefused["serviceError"],
    stateError: ServiceRefused["stateError"] = "service-not-allowed",
  ) {
    super(serviceError);
    this.serviceError = serviceError;
    this.stateError = stateError;
  }
}
