/**
 * Control field (IEC 62056-46 clause 6.4.3). R = N(R), S = N(S), P = poll from a client, final from
 * a server:
 *
 *   I     RRRPSSS0    SNRM  100P0011    UI    000P0011
 *   RR    RRRP0001    DISC  010P0011    FRMR  100P0111
 *   RNR   RRRP0101    UA    011P0011    DM    000P1111
 *   REJ   RRRP1001    understood, never sent: the profile does not use it
 */

export type ControlType =
  | "I"
  | "RR"
  | "RNR"
  | "REJ"
  | "SNRM"
  | "DISC"
  | "UA"
  | "DM"
  | "FRMR"
  | "UI"
  | "unknown";

/** A control octet taken apart. Sequence numbers are 0 where the type has none. */
export interface HdlcControl {
  readonly raw: number;
  readonly type: ControlType;
  readonly pollFinal: boolean;
  /** N(S), 0..7; of an I frame. */
  readonly sendSequence: number;
  /** N(R), 0..7; of I, RR, RNR and REJ. */
  readonly receiveSequence: number;
}

/** Poll/final bit. */
export const pollFinalBit = 0x10;
/** Receive ready, N(R) 0. */
export const controlRr = 0x01;
/** Receive not ready, N(R) 0. */
export const controlRnr = 0x05;
/** Reject, N(R) 0; not used by the profile. */
export const controlRej = 0x09;
/** Set normal response mode; P/F bit not set. */
export const controlSnrm = 0x83;
/** Disconnect; P/F bit not set. */
export const controlDisc = 0x43;
/** Unnumbered acknowledge; P/F bit not set. */
export const controlUa = 0x63;
/** Disconnected mode; P/F bit not set. */
export const controlDm = 0x0f;
/** Frame reject; P/F bit not set. */
export const controlFrmr = 0x87;
/** Unnumbered information; P/F bit not set. */
export const controlUi = 0x03;

const unnumbered: ReadonlyMap<number, ControlType> = new Map([
  [controlSnrm, "SNRM"],
  [controlDisc, "DISC"],
  [controlUa, "UA"],
  [controlDm, "DM"],
  [controlFrmr, "FRMR"],
  [controlUi, "UI"],
]);
const supervisory: readonly ControlType[] = ["RR", "RNR", "REJ", "unknown"];

/** Control octet of an I frame. */
export function informationControl(
  sendSequence: number,
  receiveSequence: number,
  pollFinal: boolean,
): number {
  return (receiveSequence << 5) | (pollFinal ? pollFinalBit : 0) | (sendSequence << 1);
}

/** Takes a control octet apart; what the profile does not know is "unknown", never an error. */
export function decodeControl(raw: number): HdlcControl {
  const pollFinal = (raw & pollFinalBit) !== 0;
  if ((raw & 1) === 0) {
    const sendSequence = (raw >>> 1) & 7;
    return { raw, type: "I", pollFinal, sendSequence, receiveSequence: raw >>> 5 };
  }
  if ((raw & 2) === 0) {
    const type = supervisory[(raw >>> 2) & 3]!;
    return { raw, type, pollFinal, sendSequence: 0, receiveSequence: raw >>> 5 };
  }
  const type = unnumbered.get(raw & ~pollFinalBit) ?? "unknown";
  return { raw, type, pollFinal, sendSequence: 0, receiveSequence: 0 };
}
