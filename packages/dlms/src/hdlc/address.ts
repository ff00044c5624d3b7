/**
 * Addresses (IEC 62056-46 clause 6.4.2): seven bits in each octet, the lowest bit is 1 in the last.
 * A client has one octet. A server has one (upper), two (upper, lower) or four (two for each):
 *
 *   size 1   UUUUUUU1
 *   size 2   UUUUUUU0 LLLLLLL1
 *   size 4   UUUUUUU0 UUUUUUU0 LLLLLLL0 LLLLLLL1
 */
import { DecodeError } from "../error.ts";

/** A meter on its line. Upper is the logical device, lower the physical device. */
export interface ServerAddress {
  /** Octets on the wire. */
  readonly size: 1 | 2 | 4;
  /** 0..127, with size 4 0..16383. */
  readonly upper: number;
  /** As `upper`; with size 1 there is none on the wire and it is 0. */
  readonly lower: number;
}

/** An address as it stood in a frame: a client's if `size` is 1, a server's with any size. */
export interface HdlcAddress {
  readonly size: 1 | 2 | 4;
  /** Client SAP, or upper server address. */
  readonly upper: number;
  /** 0 with size 1. */
  readonly lower: number;
  /** View of the octets in the frame. */
  readonly octets: Uint8Array;
}

/** Upper and lower 0: no station; nobody answers. */
export const noStation = 0x00;
/** Public client: reads a few objects, never authenticates. */
export const publicClientSap = 0x10;
/** Upper address of the management logical device, which every meter has. */
export const managementUpper = 0x01;
/** Upper address of all stations, one-octet form; `allStationWide` in the four-octet form. */
export const allStation = 0x7f;
/** Lower address of two octets that means every station; nobody answers it. @see allStation */
export const allStationWide = 0x3fff;
/** Lower source address of a meter that speaks by itself, one-octet form. */
export const callingDevice = 0x7e;
/** Lower address of two octets of the device that calls. @see callingDevice */
export const callingDeviceWide = 0x3ffe;

/** Octets of a server address. @throws {RangeError} a part does not fit its octets. */
export function encodeServerAddress(address: ServerAddress): Uint8Array {
  const { size, upper, lower } = address;
  const max = size === 4 ? 0x3fff : 0x7f;
  checkPart("upper", upper, max);
  if (size === 1) {
    if (lower !== 0) throw new RangeError("a one-octet server address has no lower part");
    return Uint8Array.of((upper << 1) | 1);
  }
  checkPart("lower", lower, max);
  if (size === 2) return Uint8Array.of(upper << 1, (lower << 1) | 1);
  return Uint8Array.of(
    (upper >>> 7) << 1,
    (upper & 0x7f) << 1,
    (lower >>> 7) << 1,
    ((lower & 0x7f) << 1) | 1,
  );
}

/** The one octet of a client address. @throws {RangeError} not 0..127. */
export function encodeClientAddress(sap: number): Uint8Array {
  checkPart("client SAP", sap, 0x7f);
  return Uint8Array.of((sap << 1) | 1);
}

/**
 * Octets of the address that starts at `at`: 1, 2 or 4; anything else is no address (0). Does not
 * look beyond `end`.
 */
export function addressOctets(octets: Uint8Array, at: number, end: number): 0 | 1 | 2 | 4 {
  if (at < end && (octets[at]! & 1) === 1) return 1;
  if (at + 1 < end && (octets[at + 1]! & 1) === 1) return 2;
  if (at + 3 < end && (octets[at + 2]! & 1) === 0 && (octets[at + 3]! & 1) === 1) return 4;
  return 0;
}

/** The address at `at`. @throws {DecodeError} hdlc/malformed: not 1, 2 or 4 octets. */
export function decodeAddress(octets: Uint8Array, at: number, field: string): HdlcAddress {
  const size = addressOctets(octets, at, octets.length);
  if (size === 0) throw new DecodeError("hdlc", field, at, "is not 1, 2 or 4 octets long");
  const view = octets.subarray(at, at + size);
  if (size === 1) return { size, upper: octets[at]! >>> 1, lower: 0, octets: view };
  if (size === 2) {
    return { size, upper: octets[at]! >>> 1, lower: octets[at + 1]! >>> 1, octets: view };
  }
  return {
    size,
    upper: ((octets[at]! >>> 1) << 7) | (octets[at + 1]! >>> 1),
    lower: ((octets[at + 2]! >>> 1) << 7) | (octets[at + 3]! >>> 1),
    octets: view,
  };
}

/** True for the all-station forms of any size: taken by everybody, answered by nobody. */
export function isAllStation(address: HdlcAddress | ServerAddress): boolean {
  if (address.size === 1) return address.upper === allStation;
  const all = address.size === 2 ? allStation : allStationWide;
  return address.upper === all || address.lower === all;
}

/**
 * True when a frame with this destination is meant for the server. A client may use a shorter form
 * than the server's own: without a lower part it means whoever is at the other end of the line.
 */
export function addressesServer(destination: HdlcAddress, server: ServerAddress): boolean {
  const matches =
    matchesPart(destination.upper, server.upper, destination.size) &&
    (destination.size === 1 ||
      server.size === 1 ||
      matchesPart(destination.lower, server.lower, destination.size));
  return matches && !(destination.upper === noStation && destination.size === 1);
}

function matchesPart(called: number, own: number, size: 1 | 2 | 4): boolean {
  return called === own || called === (size === 4 ? allStationWide : allStation);
}

function checkPart(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} address ${value} is not 0..${max}`);
  }
}
