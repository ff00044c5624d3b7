import { concatOctets } from "../octets.ts";
import { controlUi } from "../hdlc/control.ts";
import { buildFrame } from "../hdlc/frame.ts";
import { llcCommand } from "../hdlc/llc.ts";
import { encodeWrapper } from "../wrapper/header.ts";

/** What stands around a pushed APDU; `p1`: no APDU, telegrams of a P1 port (text). */
export type PushFraming = "hdlc" | "mbus" | "wrapper" | "apdu" | "p1";

/** Where a pushed APDU came from, as its frame says. */
export type PushOrigin =
  | {
      readonly framing: "hdlc";
      /** Address octets as in the frame, copies. */
      readonly source: Uint8Array;
      readonly destination: Uint8Array;
    }
  | {
      readonly framing: "mbus" | "wrapper";
      /** Logical device of the meter: wPort, or STSAP. */
      readonly source: number;
      readonly destination: number;
    }
  | { readonly framing: "apdu" | "p1" };

/**
 * Puts an answer into the frame its request came in, addresses swapped. Undefined where the meter
 * cannot be answered (wired M-Bus pushes and P1 ports are one way), or the answer does not fit one
 * HDLC frame.
 */
export function frameReply(origin: PushOrigin, apdu: Uint8Array): Uint8Array | undefined {
  switch (origin.framing) {
    case "wrapper":
      return encodeWrapper(origin.destination, origin.source, apdu);
    case "apdu":
      return apdu;
    case "mbus":
    case "p1":
      return undefined;
    case "hdlc": {
      const information = concatOctets([llcCommand, apdu]);
      if (information.length > replyOctetsMax) return undefined;
      return buildFrame({
        destination: origin.source,
        source: origin.destination,
        control: controlUi,
        information,
      });
    }
  }
}

/** Information that every receiver takes without negotiation (IEC 62056-46 clause 6.4.4.4.3.2). */
const replyOctetsMax = 128;
