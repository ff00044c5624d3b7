/**
 * Link parameters in the information field of SNRM and UA (IEC 62056-46 clause 6.4.4.4.3.2):
 *
 *   81 80 length { 05|06|07|08 octets value }
 *
 * 05/06 largest information field sent/received, 07/08 window sent/received, all as seen by the
 * sender of the frame. Values come in 1, 2 or 4 octets: they are read by their length. What is
 * absent has its default, 128 octets or window 1.
 */
import { DecodeError } from "../error.ts";

/**
 * What one side sends and takes. Octets count the information field, LLC included, of one frame.
 */
export interface HdlcParameters {
  /** Octets, `informationOctetsMin`..`informationOctetsMax`. */
  readonly transmitOctetsMax: number;
  /** Octets, `informationOctetsMin`..`informationOctetsMax`. */
  readonly receiveOctetsMax: number;
  /** I frames sent before an acknowledgement is needed, 1..7. */
  readonly transmitWindow: number;
  /** I frames taken before an acknowledgement is sent, 1..7. */
  readonly receiveWindow: number;
}

/** Smallest information field the standard lets a station propose. */
export const informationOctetsMin = 32;
/** Largest information field of one frame: 2047 octets less the longest header and the FCS. */
export const informationOctetsMax = 2030;
/** Largest window: sequence numbers count modulo 8. */
export const windowMax = 7;

/** What holds for every parameter nobody names. */
export const defaultHdlcParameters: HdlcParameters = {
  transmitOctetsMax: 128,
  receiveOctetsMax: 128,
  transmitWindow: 1,
  receiveWindow: 1,
};

type Stated = { -readonly [Name in keyof HdlcParameters]?: number };

const formatIdentifier = 0x81;
const groupIdentifier = 0x80;
const nameOfIdentifier: ReadonlyMap<number, keyof HdlcParameters> = new Map([
  [0x05, "transmitOctetsMax"],
  [0x06, "receiveOctetsMax"],
  [0x07, "transmitWindow"],
  [0x08, "receiveWindow"],
]);

/** Given values over the defaults. @throws {RangeError} a value is out of its range. */
export function completeParameters(given: Partial<HdlcParameters> = {}): HdlcParameters {
  const complete: HdlcParameters = {
    transmitOctetsMax: given.transmitOctetsMax ?? defaultHdlcParameters.transmitOctetsMax,
    receiveOctetsMax: given.receiveOctetsMax ?? defaultHdlcParameters.receiveOctetsMax,
    transmitWindow: given.transmitWindow ?? defaultHdlcParameters.transmitWindow,
    receiveWindow: given.receiveWindow ?? defaultHdlcParameters.receiveWindow,
  };
  checkRange(
    "transmitOctetsMax",
    complete.transmitOctetsMax,
    informationOctetsMin,
    informationOctetsMax,
  );
  checkRange(
    "receiveOctetsMax",
    complete.receiveOctetsMax,
    informationOctetsMin,
    informationOctetsMax,
  );
  checkRange("transmitWindow", complete.transmitWindow, 1, windowMax);
  checkRange("receiveWindow", complete.receiveWindow, 1, windowMax);
  return complete;
}

/**
 * Information field that states all four. Sizes take one octet up to 255 and two beyond, windows
 * four, as meters in the field write them.
 */
export function encodeParameters(parameters: HdlcParameters): Uint8Array {
  const items: number[] = [];
  pushOctets(items, 0x05, parameters.transmitOctetsMax);
  pushOctets(items, 0x06, parameters.receiveOctetsMax);
  items.push(0x07, 4, 0, 0, 0, parameters.transmitWindow);
  items.push(0x08, 4, 0, 0, 0, parameters.receiveWindow);
  return Uint8Array.of(formatIdentifier, groupIdentifier, items.length, ...items);
}

/**
 * Reads the information field of SNRM or UA: only what it states. Unknown parameters are skipped,
 * groups of another kind (user data) too.
 *
 * @throws {DecodeError} hdlc/parameters: lengths that do not add up, values of 0 or beyond 32 bits.
 */
export function decodeStatedParameters(information: Uint8Array): Partial<HdlcParameters> {
  const stated: Stated = {};
  if (information.length > 0) {
    if (information[0] !== formatIdentifier) malformed(0, "format identifier is not 81");
    for (let at = 1; at < information.length;) {
      const end = groupEnd(information, at);
      if (information[at] === groupIdentifier) readGroup(information, at + 2, end, stated);
      at = end;
    }
  }
  return stated;
}

/**
 * What the information field of SNRM or UA means: what it states over the defaults.
 *
 * @throws {DecodeError} hdlc/parameters, as `decodeStatedParameters`.
 */
export function decodeParameters(information: Uint8Array): HdlcParameters {
  const stated = { ...defaultHdlcParameters, ...decodeStatedParameters(information) };
  return {
    ...stated,
    transmitWindow: Math.min(stated.transmitWindow, windowMax),
    receiveWindow: Math.min(stated.receiveWindow, windowMax),
  };
}

/** What holds on a link between `own` and `peer`: the smaller of what one sends and the other takes. */
export function negotiateParameters(own: HdlcParameters, peer: HdlcParameters): HdlcParameters {
  return {
    transmitOctetsMax: Math.min(own.transmitOctetsMax, peer.receiveOctetsMax),
    receiveOctetsMax: Math.min(own.receiveOctetsMax, peer.transmitOctetsMax),
    transmitWindow: Math.min(own.transmitWindow, peer.receiveWindow),
    receiveWindow: Math.min(own.receiveWindow, peer.transmitWindow),
  };
}

/** True when the two are the same in all four. */
export function equalParameters(a: HdlcParameters, b: HdlcParameters): boolean {
  return (
    a.transmitOctetsMax === b.transmitOctetsMax &&
    a.receiveOctetsMax === b.receiveOctetsMax &&
    a.transmitWindow === b.transmitWindow &&
    a.receiveWindow === b.receiveWindow
  );
}

/** As `decodeParameters`; `undefined` where that throws. */
export function tryDecodeParameters(information: Uint8Array): HdlcParameters | undefined {
  try {
    return decodeParameters(information);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function readGroup(information: Uint8Array, start: number, end: number, stated: Stated): void {
  for (let at = start; at < end;) {
    const identifier = information[at]!;
    const octets = at + 1 < end ? information[at + 1]! : malformed(at, "parameter has no length");
    const stop = at + 2 + octets;
    if (stop > end) malformed(at, "parameter is longer than its group");
    const name = nameOfIdentifier.get(identifier);
    if (name !== undefined) stated[name] = readValue(information, at + 2, stop);
    at = stop;
  }
}

function readValue(information: Uint8Array, start: number, end: number): number {
  if (end - start < 1 || end - start > 4) malformed(start, "parameter is not 1 to 4 octets long");
  let value = 0;
  for (let at = start; at < end; at++) value = value * 256 + information[at]!;
  if (value === 0) malformed(start, "parameter is 0");
  return value;
}

function groupEnd(information: Uint8Array, at: number): number {
  // The user data group (C0) has no length: it reaches to the end of the field.
  if (information[at] === 0xc0) return information.length;
  if (at + 1 >= information.length) malformed(at, "group has no length");
  const end = at + 2 + information[at + 1]!;
  if (end > information.length) malformed(at, "group is longer than the information field");
  return end;
}

function pushOctets(items: number[], identifier: number, value: number): void {
  if (value > 0xff) items.push(identifier, 2, value >>> 8, value & 0xff);
  else items.push(identifier, 1, value);
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value} is not ${min}..${max}`);
  }
}

function malformed(offset: number, problem: string): never {
  throw new DecodeError("hdlc", "parameters", offset, problem, "parameters");
}
