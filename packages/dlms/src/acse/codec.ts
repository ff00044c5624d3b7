import type { BerElement } from "../ber/element.ts";
import { DecodeError } from "../error.ts";
import type { Aare, Aarq, AcseApdu, Rlre, Rlrq } from "./apdu.ts";
import {
  aareLayout,
  aarqLayout,
  readLayout,
  rlreLayout,
  rlrqLayout,
  writeLayout,
} from "./layout.ts";

const charstring = 0x80;

/** An AARQ as clients send it. @throws {DecodeError} layer `acse`, field and octet. */
export function decodeAarq(octets: Uint8Array): Aarq {
  const { known, others } = readLayout(aarqLayout, octets);
  const { authentication, ...members } = known;
  return { kind: "aarq", ...members, ...authenticationMembers(authentication), ...kept(others) };
}

/** Octets of an AARQ. @throws {RangeError} a value without an encoding. */
export function encodeAarq(aarq: Aarq): Uint8Array {
  const { authenticationValue, authenticationValueTag, otherElements, ...members } = aarq;
  const authentication = authenticationElement(authenticationValue, authenticationValueTag);
  return writeLayout(aarqLayout, { ...members, ...authentication }, otherElements);
}

/**
 * An AARE as meters send it: also a rejected one without user-information. A diagnostic left out is
 * read as `null` of the service user. @throws {DecodeError} layer `acse`, field and octet.
 */
export function decodeAare(octets: Uint8Array): Aare {
  const { known, others } = readLayout(aareLayout, octets);
  const { authentication, diagnostic, ...members } = known;
  return {
    kind: "aare",
    ...members,
    diagnostic: diagnostic ?? { source: "acse-service-user", value: 0 },
    ...authenticationMembers(authentication),
    ...kept(others),
  };
}

/** Octets of an AARE. @throws {RangeError} a value without an encoding. */
export function encodeAare(aare: Aare): Uint8Array {
  const { authenticationValue, authenticationValueTag, otherElements, ...members } = aare;
  const authentication = authenticationElement(authenticationValue, authenticationValueTag);
  return writeLayout(aareLayout, { ...members, ...authentication }, otherElements);
}

/** An RLRQ, with or without members. @throws {DecodeError} layer `acse`, field and octet. */
export function decodeRlrq(octets: Uint8Array): Rlrq {
  const { known, others } = readLayout(rlrqLayout, octets);
  return { kind: "rlrq", ...known, ...kept(others) };
}

/** Octets of an RLRQ: `62 00` where it has no members. */
export function encodeRlrq(rlrq: Rlrq): Uint8Array {
  return writeLayout(rlrqLayout, rlrq, rlrq.otherElements);
}

/** An RLRE, with or without members. @throws {DecodeError} layer `acse`, field and octet. */
export function decodeRlre(octets: Uint8Array): Rlre {
  const { known, others } = readLayout(rlreLayout, octets);
  return { kind: "rlre", ...known, ...kept(others) };
}

/** Octets of an RLRE: `63 00` where it has no members. */
export function encodeRlre(rlre: Rlre): Uint8Array {
  return writeLayout(rlreLayout, rlre, rlre.otherElements);
}

/** Whether an APDU's first octet is one of the four ACSE tags, 60 to 63. */
export function isAcseTag(tag: number): boolean {
  return tag >= 0x60 && tag <= 0x63;
}

/** Any ACSE APDU by its tag. @throws {DecodeError} */
export function decodeAcse(octets: Uint8Array): AcseApdu {
  switch (octets[0] ?? -1) {
    case 0x60:
      return decodeAarq(octets);
    case 0x61:
      return decodeAare(octets);
    case 0x62:
      return decodeRlrq(octets);
    case 0x63:
      return decodeRlre(octets);
    default:
      throw new DecodeError("acse", "APDU", 0, "no tag of ACSE");
  }
}

/** Octets of any ACSE APDU. @throws {RangeError} a value without an encoding. */
export function encodeAcse(apdu: AcseApdu): Uint8Array {
  switch (apdu.kind) {
    case "aarq":
      return encodeAarq(apdu);
    case "aare":
      return encodeAare(apdu);
    case "rlrq":
      return encodeRlrq(apdu);
    case "rlre":
      return encodeRlre(apdu);
  }
}

/** `07 80`: the authentication functional unit, for `acseRequirements`. Fresh octets every time. */
export function authenticationUnit(): Uint8Array {
  return Uint8Array.of(0x07, 0x80);
}

function authenticationMembers(
  element: BerElement | undefined,
): Pick<Aarq, "authenticationValue" | "authenticationValueTag"> {
  if (element === undefined) return {};
  const { tag, contents } = element;
  return tag === charstring
    ? { authenticationValue: contents }
    : { authenticationValue: contents, authenticationValueTag: tag };
}

function authenticationElement(
  value: Uint8Array | undefined,
  tag: number | undefined,
): { readonly authentication?: BerElement } {
  if (value === undefined) return {};
  return { authentication: { tag: tag ?? charstring, contents: value } };
}

function kept(others: readonly BerElement[]): { readonly otherElements?: readonly BerElement[] } {
  return others.length === 0 ? {} : { otherElements: others };
}
