/** One unit a meter sends, a frame or a wrapper unit, as far as faults need to know it. */
import {
  buildFrame,
  encodeClientAddress,
  encodeServerAddress,
  flag,
  type HdlcFrame,
  llcOctets,
  llcOf,
  parseFrame,
} from "@lectura/dlms/hdlc";
import { DecodeError } from "@lectura/dlms/octets";

/** Octets of version, wPorts and length. */
const headerOctets = 8;
const wrapperVersion = 0x00;

/** A unit with its APDU, where it has one. */
export type SentUnit =
  | {
      readonly framing: "hdlc";
      readonly octets: Uint8Array;
      readonly frame: HdlcFrame;
      /** The APDU as far as it is in this frame. */
      readonly apdu: Uint8Array | undefined;
    }
  | { readonly framing: "wrapper"; readonly octets: Uint8Array; readonly apdu: Uint8Array };

/** Undefined: neither, such as the sign-on of an optical head. */
export function sentUnit(octets: Uint8Array): SentUnit | undefined {
  if (octets[0] === wrapperVersion && octets.length > headerOctets) {
    return { framing: "wrapper", octets, apdu: octets.subarray(headerOctets) };
  }
  if (octets[0] !== flag) return undefined;
  try {
    const frame = parseFrame(octets.subarray(1, -1));
    const { information, control } = frame;
    const begins = control.type === "I" && llcOf(information) === "response";
    return {
      framing: "hdlc",
      octets,
      frame,
      apdu: begins ? information.subarray(llcOctets) : undefined,
    };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The unit with an APDU of the same length. */
export function withApdu(unit: SentUnit, apdu: Uint8Array): Uint8Array {
  if (unit.framing === "wrapper") {
    const octets = unit.octets.slice();
    octets.set(apdu, headerOctets);
    return octets;
  }
  const information = unit.frame.information.slice();
  information.set(apdu, llcOctets);
  return rebuilt(unit.frame, { control: unit.frame.control.raw, information });
}

/** A frame of the same meter for the same client. */
export function rebuilt(
  { destination, source, segmented }: HdlcFrame,
  parts: { readonly control: number; readonly information?: Uint8Array },
): Uint8Array {
  const { size, upper, lower } = source;
  return buildFrame({
    destination: encodeClientAddress(destination.upper),
    source: encodeServerAddress({ size, upper, lower }),
    segmented: segmented && parts.information !== undefined,
    ...parts,
  });
}
