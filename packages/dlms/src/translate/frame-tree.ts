import { DecodeError } from "../error.ts";
import type { HdlcAddress } from "../hdlc/address.ts";
import type { HdlcControl } from "../hdlc/control.ts";
import { flag, type HdlcFrame, parseFrame } from "../hdlc/frame.ts";
import { decodeParameters } from "../hdlc/parameters.ts";
import { toHex } from "../octets.ts";
import { frameProblemIn } from "./frame-nodes.ts";
import type { Json, JsonObject } from "./json.ts";
import { llcOctets, llcOf } from "./llc.ts";

/** Names an APDU; throws DecodeError where there is none. Framing knows no APDU itself. */
export type ApduTranslator = (apdu: Uint8Array) => Json;

/** Information without its LLC header, where it has one. */
export function apduOf(information: Uint8Array): Uint8Array {
  return llcOf(information) === undefined ? information : information.subarray(llcOctets);
}

function addressTree(address: HdlcAddress): JsonObject {
  const raw = toHex(address.octets);
  return address.size === 1
    ? { size: 1, value: address.upper, raw }
    : { size: address.size, upper: address.upper, lower: address.lower, raw };
}

/** N(S) and N(R) only where the frame type has them. */
export function controlTree(control: HdlcControl): JsonObject {
  const { type, pollFinal, sendSequence, receiveSequence } = control;
  const numbered = type === "I" || type === "RR" || type === "RNR" || type === "REJ";
  return {
    raw: control.raw.toString(16).padStart(2, "0"),
    type,
    pf: pollFinal,
    ns: type === "I" ? sendSequence : undefined,
    nr: numbered ? receiveSequence : undefined,
  };
}

/** Link parameters of SNRM and UA, as seen by the sender of the frame. */
export function parametersTree({ control, information }: HdlcFrame): JsonObject | undefined {
  const carries = control.type === "SNRM" || control.type === "UA";
  if (!carries || information.length === 0) return undefined;
  const parameters = decodeParameters(information);
  return {
    max_info_tx: parameters.transmitOctetsMax,
    max_info_rx: parameters.receiveOctetsMax,
    window_tx: parameters.transmitWindow,
    window_rx: parameters.receiveWindow,
  };
}

/** A translation where there is one: what a frame carries may be anything. */
export function translateOrNothing(translate: ApduTranslator, apdu: Uint8Array): Json | undefined {
  try {
    return translate(apdu);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Takes the flags off one frame. @throws {DecodeError} hdlc/malformed: a flag is missing. */
export function withoutFlags(octets: Uint8Array): Uint8Array {
  if (octets.length < 2 || octets[0] !== flag) {
    throw new DecodeError("hdlc", "opening flag", 0, "is not 7E");
  }
  if (octets.at(-1) !== flag) {
    throw new DecodeError("hdlc", "closing flag", octets.length - 1, "is not 7E");
  }
  return octets.subarray(1, -1);
}

/** The frame; where there is none, an error that says which part is wrong, at its octet. */
function frameIn(octets: Uint8Array): HdlcFrame {
  try {
    return parseFrame(withoutFlags(octets));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw frameProblemIn(octets) ?? error;
  }
}

/** Layer `hdlc-frame`: one frame with both flags. */
export function translateFrame(octets: Uint8Array, translate: ApduTranslator): JsonObject {
  const frame = frameIn(octets);
  const { information } = frame;
  const llc = llcOf(information);
  const whole = llc !== undefined && !frame.segmented && information.length > llcOctets;
  return {
    valid: true,
    segmented: frame.segmented,
    length: frame.octets.length,
    dest: addressTree(frame.destination),
    src: addressTree(frame.source),
    control: controlTree(frame.control),
    hcs: frame.hcs === undefined ? undefined : toHex(frame.hcs),
    fcs: toHex(frame.fcs),
    info: toHex(information),
    params: parametersTree(frame),
    llc,
    apdu: whole ? translateOrNothing(translate, apduOf(information)) : undefined,
  };
}
