/**
 * One HDLC frame, frame format type 3 (IEC 62056-46 clause 6.4.2):
 *
 *   7E | format 2 | destination 1,2,4 | source 1,2,4 | control | HCS 2 | information | FCS 2 | 7E
 *
 * Format is 1010 S LLLLLLLLLLL: S = more segments follow, L = octets between the flags. Nothing is
 * stuffed, 7E may stand anywhere inside. A frame without information has no HCS.
 */
import { DecodeError } from "../error.ts";
import { frameOctetsMax } from "../limits.ts";
import { addressOctets, decodeAddress, type HdlcAddress } from "./address.ts";
import { decodeControl, type HdlcControl } from "./control.ts";
import { fcsInitial, fcsResidue, fcsUpdate } from "./fcs.ts";

/** One frame taken apart; every octet array is a view of the frame. */
export interface HdlcFrame {
  /** True when more segments of the same unit follow. */
  readonly segmented: boolean;
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  readonly control: HdlcControl;
  /** View; empty when the frame has none. */
  readonly information: Uint8Array;
  /** Header check sequence as on the wire; absent without information. */
  readonly hcs?: Uint8Array;
  /** Frame check sequence as on the wire. */
  readonly fcs: Uint8Array;
  /** The whole frame without flags. */
  readonly octets: Uint8Array;
}

/** What `buildFrame` needs; addresses are octets as `encodeServerAddress` makes them. */
export interface FrameParts {
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  /** Control octet. */
  readonly control: number;
  readonly segmented?: boolean;
  readonly information?: Uint8Array;
}

/** Opening and closing flag. */
export const flag = 0x7e;
/** Octets between the flags of the shortest frame: format, two addresses, control, FCS. */
export const frameOctetsMin = 7;
/** Octets of format, two addresses of four octets, control and HCS. */
export const headerOctetsMax = 13;

/** Why octets are no frame. */
export type FrameProblem = "format" | "address" | "header-check" | "length" | "frame-check";

const problems: readonly FrameProblem[] = [
  "format",
  "address",
  "header-check",
  "length",
  "frame-check",
];
const badFormat = -1;
const badAddress = -2;
const badHeaderCheck = -3;
const badLength = -4;
const badFrameCheck = -5;

/**
 * Checks format, length, addresses, HCS and FCS of `octets[start..end)`, the octets between two flags.
 * Returns the index of the control octet, or a negative number for `frameProblem`.
 */
export function locateControl(octets: Uint8Array, start: number, end: number): number {
  if (end - start < frameOctetsMin) return badLength;
  if ((octets[start]! & 0xf0) !== 0xa0) return badFormat;
  if ((((octets[start]! & 7) << 8) | octets[start + 1]!) !== end - start) return badLength;
  const header = locateHeaderEnd(octets, start, end - 2);
  if (header < 0) return header;
  let crc = fcsInitial;
  let at = start;
  if (end - header > 2) {
    at = header + 2;
    crc = fcsUpdate(crc, octets, start, at);
    if (crc !== fcsResidue) return badHeaderCheck;
  }
  return fcsUpdate(crc, octets, at, end) === fcsResidue ? header - 1 : badFrameCheck;
}

/**
 * Judges the beginning of a frame before all of it has come: 0 as long as nothing speaks against
 * it, else a negative number for `frameProblem`. `stop` is where the received octets end.
 */
export function judgeBeginning(octets: Uint8Array, start: number, stop: number): number {
  if (start < stop && (octets[start]! & 0xf0) !== 0xa0) return badFormat;
  if (stop - start < 2) return 0;
  const length = ((octets[start]! & 7) << 8) | octets[start + 1]!;
  if (length < frameOctetsMin) return badLength;
  const end = start + length;
  // Addresses first: 4 + 4 octets at most, then control and HCS.
  if (stop < Math.min(start + headerOctetsMax, end)) return 0;
  const header = locateHeaderEnd(octets, start, end - 2);
  if (header < 0) return header;
  if (end - header === 2) return 0;
  return fcsUpdate(fcsInitial, octets, start, header + 2) === fcsResidue ? 0 : badHeaderCheck;
}

/** Name of a negative result of `locateControl` or `judgeBeginning`. */
export function frameProblem(result: number): FrameProblem {
  return problems[-1 - result]!;
}

/**
 * Takes one frame apart; `octets` are those between the flags. Views into `octets`.
 *
 * @throws {DecodeError} hdlc/malformed: no frame of format type 3, or a check sequence is wrong.
 */
export function parseFrame(octets: Uint8Array): HdlcFrame {
  const control = locateControl(octets, 0, octets.length);
  if (control < 0) throw new DecodeError("hdlc", "frame", 0, frameProblem(control));
  const destination = decodeAddress(octets, 2, "destination");
  const source = decodeAddress(octets, 2 + destination.size, "source");
  const end = octets.length - 2;
  const bare = control + 1 === end;
  const frame = {
    segmented: (octets[0]! & 0x08) !== 0,
    destination,
    source,
    control: decodeControl(octets[control]!),
    information: bare ? octets.subarray(end, end) : octets.subarray(control + 3, end),
    fcs: octets.subarray(end),
    octets,
  };
  return bare ? frame : { ...frame, hcs: octets.subarray(control + 1, control + 3) };
}

/** A frame with both flags, in octets of its own. @throws {RangeError} longer than 2047 octets. */
export function buildFrame(parts: FrameParts): Uint8Array {
  const header = 3 + parts.destination.length + parts.source.length + 1;
  const information = parts.information?.length ?? 0;
  const octets = new Uint8Array(header + (information > 0 ? information + 2 : 0) + 3);
  octets.set(parts.destination, 3);
  octets.set(parts.source, 3 + parts.destination.length);
  if (parts.information !== undefined && information > 0) {
    octets.set(parts.information, header + 2);
  }
  sealFrame(octets, header, information, parts.control, parts.segmented ?? false);
  return octets;
}

/**
 * Completes a frame whose addresses and information stand in `octets` already: flags, format, control
 * and check sequences. `header` is the index behind the control octet. Returns the octets of the
 * frame with flags.
 */
export function sealFrame(
  octets: Uint8Array,
  header: number,
  information: number,
  control: number,
  segmented: boolean,
): number {
  const end = header + (information > 0 ? information + 2 : 0);
  const length = end + 1;
  if (length > frameOctetsMax) throw new RangeError(`frame of ${length} octets`);
  octets[0] = flag;
  octets[1] = 0xa0 | (segmented ? 0x08 : 0) | (length >>> 8);
  octets[2] = length;
  octets[header - 1] = control;
  let crc = fcsUpdate(fcsInitial, octets, 1, header) ^ 0xffff;
  octets[header] = crc;
  octets[header + 1] = crc >>> 8;
  if (information > 0) {
    crc = fcsUpdate(fcsResidue, octets, header + 2, end) ^ 0xffff;
    octets[end] = crc;
    octets[end + 1] = crc >>> 8;
  }
  octets[end + 2] = flag;
  return end + 3;
}

/** Index behind the control octet; negative when addresses are wrong or leave no room. */
function locateHeaderEnd(octets: Uint8Array, start: number, limit: number): number {
  const destination = addressOctets(octets, start + 2, limit);
  if (destination === 0) return badAddress;
  const source = addressOctets(octets, start + 2 + destination, limit);
  if (source === 0) return badAddress;
  const header = start + 2 + destination + source + 1;
  if (header > limit) return badLength;
  // Between header and FCS there is nothing, or an HCS and at least one octet.
  const rest = limit - header;
  return rest === 0 || rest > 2 ? header : badLength;
}
