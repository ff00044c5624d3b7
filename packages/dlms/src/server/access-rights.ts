/**
 * Rights on attributes and methods (Blue Book, class 15 attribute 2). Inside the server they are
 * the bit mask of association version 3; the enumerated modes before it are a part of that.
 */

import type { ReceivedProtection } from "../security/apdu-ciphering.ts";
import type { ProtectionBits } from "../security/security-control.ts";

/** Rights on one attribute up to association version 2, modes 0 to 6. */
export type AccessMode =
  | "none"
  | "read"
  | "write"
  | "read-write"
  | "authenticated-read"
  | "authenticated-write"
  | "authenticated-read-write";

/** A mode, or a mask of `accessBit` as association version 3 has it, 0..255. */
export type AccessRights = AccessMode | number;

/** Bits of association version 3; of a method, bit 0 is the right to call it. */
export const accessBit = {
  read: 0x01,
  write: 0x02,
  authenticatedRequest: 0x04,
  encryptedRequest: 0x08,
  signedRequest: 0x10,
  authenticatedResponse: 0x20,
  encryptedResponse: 0x40,
  signedResponse: 0x80,
} as const;

/** The bits that ask for protection of request or answer. */
const protectionBitsMask = 0xfc;
/** What "authenticated" stands for in modes 4 to 6: request and answer. */
const authenticatedMask: number = accessBit.authenticatedRequest | accessBit.authenticatedResponse;

const masks: Readonly<Record<AccessMode, number>> = {
  none: 0,
  read: accessBit.read,
  write: accessBit.write,
  "read-write": accessBit.read | accessBit.write,
  "authenticated-read": accessBit.read | authenticatedMask,
  "authenticated-write": accessBit.write | authenticatedMask,
  "authenticated-read-write": accessBit.read | accessBit.write | authenticatedMask,
};

/** @throws {RangeError} a number that is no octet. */
export function accessMask(rights: AccessRights): number {
  if (typeof rights === "string") return masks[rights];
  if ((rights & 0xff) === rights) return rights;
  throw new RangeError(`access rights ${rights} are not 0..255`);
}

/** True when the right `bit` is given and the protection it asks for is there. */
export function mayAccess(mask: number, bit: number, protection: number): boolean {
  return (mask & bit) !== 0 && (mask & protectionBitsMask & ~protection) === 0;
}

/**
 * Protection of a request, and what its answer will have at least, as a mask of `accessBit`: an
 * answer is protected as its request is, and as the server does by itself.
 */
export function protectionMask(received: ReceivedProtection, own: ProtectionBits): number {
  const { authenticated, encrypted, signed } = received;
  return (
    (authenticated ? accessBit.authenticatedRequest : 0) |
    (encrypted ? accessBit.encryptedRequest : 0) |
    (signed ? accessBit.signedRequest | accessBit.signedResponse : 0) |
    (authenticated || own.authenticated ? accessBit.authenticatedResponse : 0) |
    (encrypted || own.encrypted ? accessBit.encryptedResponse : 0)
  );
}

/** How the association version shows rights on an attribute: an enum 0..6, from 3 on a mask. */
export function attributeModeNumber(mask: number, associationVersion: number): number {
  if (associationVersion >= 3) return mask;
  const basic = mask & (accessBit.read | accessBit.write);
  return basic !== 0 && (mask & protectionBitsMask) !== 0 ? basic + 3 : basic;
}

/** The same for a method: 0 none, 1 access, 2 authenticated; from version 3 on a mask. */
export function methodModeNumber(mask: number, associationVersion: number): number {
  if (associationVersion >= 3) return mask;
  if ((mask & accessBit.read) === 0) return 0;
  return (mask & protectionBitsMask) === 0 || associationVersion === 0 ? 1 : 2;
}
