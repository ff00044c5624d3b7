/**
 * Information field of FRMR (IEC 62056-46 clause 6.4.3.8; ISO/IEC 13239), three octets:
 *
 *   rejected control octet | V(R) 3, C/R 1, V(S) 3, 0 | 0000 Z Y X W
 */
import { DecodeError } from "../error.ts";

/** Why a frame was refused: its control octet, the counters, and the reasons. */
export interface FrameReject {
  /** Control octet of the frame that was refused. */
  readonly rejectedControl: number;
  /** V(S) of the station that refuses, 0..7. */
  readonly sendSequence: number;
  /** V(R) of the station that refuses, 0..7. */
  readonly receiveSequence: number;
  /** C/R bit: the rejected frame was a response. */
  readonly rejectedResponse: boolean;
  /** W: control octet is undefined or not implemented. */
  readonly invalidControl: boolean;
  /** X: an information field that is not permitted, or a wrong length. */
  readonly informationNotPermitted: boolean;
  /** Y: information field longer than negotiated. */
  readonly informationTooLong: boolean;
  /** Z: N(R) acknowledges what was not sent. */
  readonly invalidReceiveSequence: boolean;
}

/** The information field of an FRMR (ISO/IEC 13239). */
export function encodeFrameReject(reject: FrameReject): Uint8Array {
  const state =
    (reject.receiveSequence << 5) |
    (reject.rejectedResponse ? 0x10 : 0) |
    (reject.sendSequence << 1);
  const reasons =
    (reject.invalidControl ? 1 : 0) |
    (reject.informationNotPermitted ? 2 : 0) |
    (reject.informationTooLong ? 4 : 0) |
    (reject.invalidReceiveSequence ? 8 : 0);
  return Uint8Array.of(reject.rejectedControl, state, reasons);
}

/**
 * The information field of an FRMR (ISO/IEC 13239).
 * @throws {DecodeError} hdlc/malformed: not three octets.
 */
export function decodeFrameReject(information: Uint8Array): FrameReject {
  if (information.length !== 3) {
    throw new DecodeError("hdlc", "frame-reject", 0, `has ${information.length} octets, not 3`);
  }
  const state = information[1]!;
  const reasons = information[2]!;
  return {
    rejectedControl: information[0]!,
    sendSequence: (state >>> 1) & 7,
    receiveSequence: state >>> 5,
    rejectedResponse: (state & 0x10) !== 0,
    invalidControl: (reasons & 1) !== 0,
    informationNotPermitted: (reasons & 2) !== 0,
    informationTooLong: (reasons & 4) !== 0,
    invalidReceiveSequence: (reasons & 8) !== 0,
  };
}

/** Information of FRMR in words, for messages: `"invalid N(R); control 32"`. Never throws. */
export function describeFrameReject(information: Uint8Array): string {
  if (information.length !== 3) return "no reason given";
  const reject = decodeFrameReject(information);
  const reasons: string[] = [];
  if (reject.invalidControl) reasons.push("unknown control field");
  if (reject.informationNotPermitted) reasons.push("information not permitted");
  if (reject.informationTooLong) reasons.push("information too long");
  if (reject.invalidReceiveSequence) reasons.push("invalid N(R)");
  if (reasons.length === 0) reasons.push("no reason given");
  return `${reasons.join(", ")}; control ${reject.rejectedControl.toString(16).padStart(2, "0")}`;
}
