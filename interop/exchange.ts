/** What is asked of a meter, what comes back, and who can ask: the same for ours and for peers. */
import type { ObisText } from "@lectura/dlms/cosem";
import type { SessionOptions } from "@lectura/dlms-node";
import type { Security } from "./securities.ts";

export type Framing = "hdlc" | "wrapper";

/** An attribute or a method of an object. */
export interface Member {
  readonly classId: number;
  readonly name: ObisText;
  readonly id: number;
}

/** The few types that are written to meters. */
export type Typed =
  | { readonly type: "octet-string"; readonly value: Uint8Array }
  | { readonly type: "integer" | "double-long-unsigned"; readonly value: number };

export type Request =
  | { readonly kind: "get"; readonly attribute: Member }
  | { readonly kind: "list" | "access"; readonly attributes: readonly Member[] }
  /** Rows of a profile by number, from 1, both ends included. */
  | {
      readonly kind: "entry";
      readonly name: ObisText;
      readonly first: number;
      readonly last: number;
    }
  /** Rows of a profile by time (UTC, ms), both ends included. */
  | {
      readonly kind: "range";
      readonly name: ObisText;
      readonly fromMs: number;
      readonly toMs: number;
    }
  | { readonly kind: "set"; readonly attribute: Member; readonly value: Typed }
  | { readonly kind: "action"; readonly method: Member; readonly parameter: Typed };

/** A value as every peer can print it: octets in hex, structures and arrays as lists. */
export type Plain = null | boolean | number | string | readonly Plain[];

export type Answer =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: string };

/** Ways of a peer's HDLC that our client has to be told of; as in `SessionOptions`. */
export type LinkNeeds = Pick<SessionOptions, "hdlc" | "quirks">;

/** Where a meter is and how it wants to be called. */
export interface Place {
  readonly port: number;
  readonly framing: Framing;
  readonly address: { readonly size: 1 | 4; readonly upper: number; readonly lower: number };
  /** Who calls, how, and what protects the call. */
  readonly security: Security;
  /** HDLC: what its link needs that the standard does not ask for. */
  readonly link?: LinkNeeds;
}

/** A client, ours or a peer's. Failures are answers; nothing throws. */
export interface Driver extends AsyncDisposable {
  /** Opens an association; one that is open already is closed first. */
  open(place: Place): Promise<Answer>;
  perform(request: Request): Promise<Answer>;
  close(): Promise<Answer>;
}
