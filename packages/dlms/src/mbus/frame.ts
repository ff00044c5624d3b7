/**
 * Wired M-Bus long frame as meters push it at their customer interface (EN 13757-2 clause 5.3), and
 * the transport header that carries DLMS in it (IEC 62056-7-3 clause 7):
 *
 *   68 | L | L | 68 | C | A | CI | STSAP | DTSAP | user data | checksum | 16
 *
 * L counts C up to the user data. The checksum is their sum modulo 256. CI 00..1F is the transport
 * layer: bit 4 marks the last segment, bits 0 to 3 count the segments of one unit.
 */
import { DecodeError } from "../error.ts";

/** One long frame taken apart; the user data are a view. */
export interface MbusFrame {
  /** C field; 53 or 73 for data sent unasked. */
  readonly control: number;
  /** A field; FF is everybody. */
  readonly address: number;
  /** CI field. */
  readonly controlInformation: number;
  /** Transport header; absent when CI is not 00..1F. */
  readonly transport?: MbusTransport;
  /** View; what follows the transport header, or CI where there is none. */
  readonly userData: Uint8Array;
  readonly checksum: number;
}

/** The transport header that carries DLMS (IEC 62056-7-3 clause 7). */
export interface MbusTransport {
  /** Last segment of its unit. */
  readonly final: boolean;
  /** 0..15, counts the segments of a unit. */
  readonly sequence: number;
  /** Service access point of the sender: the logical device. */
  readonly source: number;
  /** Service access point of the receiver: the client SAP. */
  readonly destination: number;
}

/** First and fourth octet. */
export const mbusStart = 0x68;
/** Last octet. */
export const mbusStop = 0x16;
/** Octets before C and behind the user data. */
export const mbusOverheadOctets = 6;
/** Octets of the longest frame. */
export const mbusFrameOctetsMax: number = 255 + mbusOverheadOctets;

/** Largest CI of the transport layer, and its bits. */
const transportMax = 0x1f;
const finalBit = 0x10;
/** C, A and CI. */
const headerOctets = 3;

/** Takes one long frame apart. @throws {DecodeError} mbus/malformed, mbus/checksum. */
export function parseMbusFrame(octets: Uint8Array): MbusFrame {
  const length = octets[1] ?? 0;
  if (octets[0] !== mbusStart || octets[3] !== mbusStart)
    malformed("start", 0, "is not 68 .. .. 68");
  if (octets[2] !== length) malformed("length", 1, "is not the same twice");
  if (length < headerOctets) malformed("length", 1, `is ${length}, less than C, A and CI`);
  if (octets.length !== length + mbusOverheadOctets) {
    malformed("length", 1, `is ${length} in a frame of ${octets.length} octets`);
  }
  const end = 4 + length;
  if (octets[end + 1] !== mbusStop) malformed("stop", end + 1, "is not 16");
  const checksum = octets[end]!;
  if (mbusChecksum(octets, 4, end) !== checksum) {
    throw new DecodeError("mbus", "checksum", end, "is not the sum of the octets", "checksum");
  }
  const header = {
    control: octets[4]!,
    address: octets[5]!,
    controlInformation: octets[6]!,
    checksum,
  };
  if (header.controlInformation > transportMax) {
    return { ...header, userData: octets.subarray(7, end) };
  }
  if (end < 9) malformed("transport", 7, "has no room for its access points");
  const transport = {
    final: (header.controlInformation & finalBit) !== 0,
    sequence: header.controlInformation & 0x0f,
    source: octets[7]!,
    destination: octets[8]!,
  };
  return { ...header, transport, userData: octets.subarray(9, end) };
}

/** What `buildMbusFrame` needs: a segment of a unit. */
export interface MbusSegment {
  readonly control: number;
  readonly address: number;
  readonly transport: MbusTransport;
  /** 0..250 octets. */
  readonly userData: Uint8Array;
}

/** A long frame with its checksum. @throws {RangeError} more user data than one frame takes. */
export function buildMbusFrame(segment: MbusSegment): Uint8Array {
  const { transport, userData } = segment;
  const length = headerOctets + 2 + userData.length;
  if (length > 0xff) throw new RangeError(`${userData.length} octets of user data`);
  const octets = new Uint8Array(length + mbusOverheadOctets);
  const controlInformation = (transport.final ? finalBit : 0) | (transport.sequence & 0x0f);
  octets.set([mbusStart, length, length, mbusStart, segment.control, segment.address]);
  octets.set([controlInformation, transport.source, transport.destination], 6);
  octets.set(userData, 9);
  octets[4 + length] = mbusChecksum(octets, 4, 4 + length);
  octets[5 + length] = mbusStop;
  return octets;
}

/** Sum of `octets[start..end)` modulo 256. */
export function mbusChecksum(octets: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += octets[at]!;
  return sum & 0xff;
}

function malformed(field: string, offset: number, problem: string): never {
  throw new DecodeError("mbus", field, offset, problem);
}
