/** What the services of one association share: who asks, what was agreed, what is under way. */
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import type { AccessContext, AssociationFacts } from "./object.ts";
import type { AssociationView } from "./view.ts";

/** Masks of the conformance bits the services look at (Green Book, Conformance). */
export const conformanceMask = {
  attributeZeroGet: 0x00_2000,
  blockGet: 0x00_1000,
  blockSet: 0x00_0800,
  blockAction: 0x00_0400,
  multipleReferences: 0x00_0200,
  access: 0x00_0040,
  get: 0x00_0010,
  set: 0x00_0008,
  selectiveAccess: 0x00_0004,
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
    });

/** An answer being sent in blocks. */
export interface OutgoingBlocks {
  readonly at: "long-get" | "long-action-answer";
  readonly octets: Uint8Array;
  /** Octets sent so far. */
  readonly sent: number;
  /** Number of the block sent last. */
  readonly blockNumber: number;
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
}

/** Longest plain answer APDU: what both sides can take, less what ciphering adds. */
export function answerOctetsMax(facts: AssociationFacts): number {
  const { serverMaxPduOctets, clientMaxPduOctets, protectionOctets = 0 } = facts;
  return Math.max(
    pduOctetsMin,
    Math.min(serverMaxPduOctets, clientMaxPduOctets) - protectionOctets,
  );
}

/** True when every bit of `mask` was agreed, or the view does not look. */
export function allows(request: ServiceRequest, mask: number): boolean {
  return (request.facts.conformance & mask) === mask || request.view.enforceConformance === false;
}

export function accessContext(
  request: ServiceRequest,
  selection: AccessContext["selection"],
): AccessContext {
  return { nowMs: request.nowMs, association: request.facts, selection };
}

/** The whole service is refused by an exception-response; caught where the APDU is answered. */
export class ServiceRefused extends Error {
  override readonly name = "ServiceRefused";
  readonly serviceError:
    | "operation-not-possible"
    | "service-not-supported"
    | "other-reason"
    | "pdu-too-long";

  constructor(serviceError: ServiceRefused["serviceError"]) {
    super(serviceError);
    this.serviceError = serviceError;
  }
}
