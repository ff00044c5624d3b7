/**
 * Header of the gateway protocol (Green Book, "Gateway protocol"): stands before each APDU that goes
 * through a gateway to a meter on a network behind it, and comes back before its answer:
 *
 *   E6 (request) or E7 (response) | network id | length of the address | address | APDU
 */
import { DecodeError } from "../error.ts";

/** The meter behind a gateway. */
export interface GatewayTarget {
  /** Network behind the gateway, 0..255. */
  readonly networkId: number;
  /** Physical device address on that network, 0..255 octets; the meaning is the network's. */
  readonly physicalDevice: Uint8Array;
}

const requestTag = 0xe6;
const responseTag = 0xe7;
const fixedOctets = 3;

/** The header of a request or a response. @throws {RangeError} a part is out of range. */
export function encodeGatewayHeader(
  target: GatewayTarget,
  direction: "request" | "response",
): Uint8Array {
  const { networkId, physicalDevice } = target;
  if (!Number.isInteger(networkId) || networkId < 0 || networkId > 0xff) {
    throw new RangeError(`network id ${networkId} is not 0..255`);
  }
  if (physicalDevice.length > 0xff) {
    throw new RangeError(`physical device address of ${physicalDevice.length} octets`);
  }
  const tag = direction === "request" ? requestTag : responseTag;
  return Uint8Array.of(tag, networkId, physicalDevice.length, ...physicalDevice);
}

/** True when a header of this direction begins at `start`; no APDU begins with either tag. */
export function beginsGatewayHeader(
  octets: Uint8Array,
  start: number,
  direction: "request" | "response",
): boolean {
  return octets[start] === (direction === "request" ? requestTag : responseTag);
}

/**
 * The header at `start`, and where the APDU behind it begins.
 *
 * @throws {DecodeError} wrapper/malformed: none, or cut short before `end`.
 */
export function readGatewayHeader(
  octets: Uint8Array,
  start = 0,
  end: number = octets.length,
): GatewayTarget & { readonly direction: "request" | "response"; readonly apduStart: number } {
  const tag = octets[start];
  if (tag !== requestTag && tag !== responseTag) malformed(start, "does not begin with E6 or E7");
  const length = octets[start + 2];
  const apduStart = start + fixedOctets + (length ?? 0);
  if (length === undefined || start + fixedOctets > end || apduStart > end) {
    return malformed(end, "is cut short");
  }
  return {
    direction: tag === requestTag ? "request" : "response",
    networkId: octets[start + 1] ?? 0,
    physicalDevice: octets.subarray(start + fixedOctets, apduStart),
    apduStart,
  };
}

function malformed(offset: number, problem: string): never {
  throw new DecodeError("wrapper", "gateway header", offset, problem);
}
