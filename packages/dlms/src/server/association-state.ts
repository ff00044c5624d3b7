/** What an association knows while it lasts, and what it was made with. */
import type { OctetWriter } from "../octets.ts";
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import type { GeneralBlocks } from "./general-blocks.ts";
import { type HighSecurityProof, preEstablished } from "./negotiation.ts";
import type { AssociationFacts } from "./object.ts";
import type { Progress } from "./service.ts";
import type { AssociationView } from "./view.ts";

/** The views a client may be given, and what the meter is. */
export interface ServerAssociationOptions {
  readonly view: AssociationView;
  /** Octets before every answer: the LLC header on HDLC, nothing on the wrapper. */
  readonly prefix: Uint8Array;
  /** May be shared by any number of associations; made with `answerOctetsCeiling`. */
  readonly writer: OctetWriter;
  /**
   * Whether general blocks may follow each other without being asked for; false on links that hand
   * the turn over with each unit, as HDLC does. Absent = true.
   */
  readonly streaming?: boolean;
}

/** One for each association, changed by the functions that serve it. */
export interface AssociationState {
  /** What was agreed; undefined while there is no association. */
  facts: AssociationFacts | undefined;
  ciphering: ApduCiphering | undefined;
  /** What was agreed, and what the client has still to prove; `facts` are undefined then. */
  proving: { readonly facts: AssociationFacts; readonly proof: HighSecurityProof } | undefined;
  /** What is under way between two requests. */
  progress: Progress | undefined;
  /** Made with the first general block. */
  blocks: GeneralBlocks | undefined;
}

/** As a link finds it: nothing agreed, or what the view says without an AARQ. */
export function beginState(view: AssociationView): AssociationState {
  const there = preEstablished(view);
  return {
    facts: there?.facts,
    ciphering: there?.ciphering,
    proving: undefined,
    progress: undefined,
    blocks: undefined,
  };
}

/** Puts the state back to where a link finds it. */
export function restartState(state: AssociationState, view: AssociationView): void {
  Object.assign(state, beginState(view));
}

/** The writer with the prefix alone. */
export function beginAnswer({ writer, prefix }: ServerAssociationOptions): void {
  writer.reset();
  writer.octets(prefix);
}
