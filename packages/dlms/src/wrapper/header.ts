/**
 * Wrapper (IEC 62056-47): eight octets before each APDU on TCP and UDP, big-endian:
 *
 *   version 0001 | source wPort | destination wPort | length of the APDU
 */
import { DecodeError } from "../error.ts";
import { apduOctetsMax } from "../limits.ts";

/** Header of a wrapper unit (IEC 62056-47): who to whom, and how many octets. */
export interface WrapperHeader {
  /** wPort of the sender: a client's SAP, or a logical device. 0..65535. */
  readonly source: number;
  /** 0..65535. */
  readonly destination: number;
  /** Octets of the APDU, 0..65535. */
  readonly length: number;
}

/** Octets of the header. */
export const wrapperHeaderOctets = 8;
/** TCP and UDP port registered for it. */
export const wrapperPort = 4059;
/** wPort of all stations (IEC 62056-47): heard by everybody, answered by nobody. */
export const allStationWPort = 0x7f;
/** The only version there is (IEC 62056-47). */
export const wrapperVersion = 1;

/** Writes a header at the start of `octets`. */
export function writeWrapperHeader(octets: Uint8Array, header: WrapperHeader): void {
  octets[0] = 0;
  octets[1] = wrapperVersion;
  octets[2] = header.source >>> 8;
  octets[3] = header.source;
  octets[4] = header.destination >>> 8;
  octets[5] = header.destination;
  octets[6] = header.length >>> 8;
  octets[7] = header.length;
}

/** Header and APDU in octets of their own. @throws {RangeError} APDU of more than 65535 octets. */
export function encodeWrapper(source: number, destination: number, apdu: Uint8Array): Uint8Array {
  if (apdu.length > apduOctetsMax) throw new RangeError(`APDU of ${apdu.length} octets`);
  const octets = new Uint8Array(wrapperHeaderOctets + apdu.length);
  writeWrapperHeader(octets, { source, destination, length: apdu.length });
  octets.set(apdu, wrapperHeaderOctets);
  return octets;
}

/**
 * The header of a wrapper unit.
 * @throws {DecodeError} wrapper/malformed: shorter than a header, or not version 1.
 */
export function decodeWrapperHeader(octets: Uint8Array): WrapperHeader {
  if (octets.length < wrapperHeaderOctets) {
    throw new DecodeError("wrapper", "header", 0, `has ${octets.length} octets, not 8`);
  }
  const version = (octets[0]! << 8) | octets[1]!;
  if (version !== wrapperVersion) {
    throw new DecodeError("wrapper", "version", 0, `is ${version}, not 1`, "version");
  }
  return {
    source: (octets[2]! << 8) | octets[3]!,
    destination: (octets[4]! << 8) | octets[5]!,
    length: (octets[6]! << 8) | octets[7]!,
  };
}

/** One complete unit, as UDP carries it. @throws {DecodeError} length and octets disagree. */
export function decodeWrapper(octets: Uint8Array): WrapperHeader & { readonly apdu: Uint8Array } {
  const header = decodeWrapperHeader(octets);
  const present = octets.length - wrapperHeaderOctets;
  if (header.length !== present) {
    throw new DecodeError(
      "wrapper",
      "length",
      6,
      `is ${header.length}, but ${present} octets follow`,
    );
  }
  return { ...header, apdu: octets.subarray(wrapperHeaderOctets) };
}
