import { dedTags, gloTags } from "../xdlms/ciphered-service.ts";

/**
 * The offset behind an APDU; `short` when octets are still missing; `unbounded` for APDUs whose end
 * only silence tells; `unknown` when no pushed APDU begins there.
 */
export type ApduExtent = number | "short" | "unbounded" | "unknown";

const short = -1;
const bad = -2;

const lengthPrefixed: ReadonlySet<number> = new Set([
  ...Object.values(gloTags),
  ...Object.values(dedTags),
]);

/**
 * Where the APDU that begins at `start` ends. Looks at lengths and tags only, allocates nothing,
 * never throws: it runs again whenever more octets of a stream without frames have come.
 */
export function apduExtent(octets: Uint8Array, start: number, end: number): ApduExtent {
  if (start >= end) return "short";
  const at = behindTag(octets, start, end);
  if (at === undefined) return "unbounded";
  if (at === bad) return "unknown";
  return at === short ? "short" : at;
}

/** Tags of APDUs that meters push without any frame around. */
export function isPushedTag(tag: number): boolean {
  return pushedTags.has(tag);
}

/** Notifications, blocks and general envelopes; an event or a report under its own tag. */
const pushedTags: ReadonlySet<number> = new Set([
  0x0f, 0x18, 0x38, 0xc2, 0xca, 0xdb, 0xdc, 0xdd, 0xdf, 0xe0,
]);

function behindTag(octets: Uint8Array, start: number, end: number): number | undefined {
  const tag = octets[start]!;
  const at = start + 1;
  switch (tag) {
    case 0x0f: // data-notification
      return behindData(octets, behindTime(octets, skip(at, 4, end), end), end);
    case 0x10: // data-notification-confirm
      return behindString(octets, skip(at, 4, end), end);
    case 0x18: // information-report
      return undefined;
    case 0xc2: // event-notification
      return behindData(octets, skip(behindOptionalTime(octets, at, end), 9, end), end);
    case 0xdb: // general-glo, general-ded: title and content
    case 0xdc:
      return behindStrings(octets, at, end, 2);
    case 0xdd:
      return behindGeneralCiphering(octets, at, end);
    case 0xdf: // general-signing: five of the header, content, signature
      return behindStrings(octets, at, end, 7);
    case 0xe0: // general-block-transfer
      return behindString(octets, skip(at, 5, end), end);
    default:
      return lengthPrefixed.has(tag) ? behindString(octets, at, end) : bad;
  }
}

function skip(at: number, count: number, end: number): number {
  if (at < 0) return at;
  return at + count > end ? short : at + count;
}

/** Octets of the length field at `at`. */
function lengthOctets(octets: Uint8Array, at: number, end: number): number {
  if (at < 0) return at;
  if (at >= end) return short;
  const first = octets[at]!;
  if (first < 0x80) return 1;
  if (first < 0x81 || first > 0x84) return bad;
  return at + 1 + (first & 0x0f) > end ? short : 1 + (first & 0x0f);
}

function lengthAt(octets: Uint8Array, at: number, fieldOctets: number): number {
  if (fieldOctets === 1) return octets[at]!;
  let length = 0;
  for (let index = 1; index < fieldOctets; index++) length = length * 256 + octets[at + index]!;
  return length;
}

function behindString(octets: Uint8Array, at: number, end: number): number {
  const field = lengthOctets(octets, at, end);
  if (field < 0) return field;
  return skip(at + field, lengthAt(octets, at, field), end);
}

function behindStrings(octets: Uint8Array, start: number, end: number, count: number): number {
  let at = start;
  for (let index = 0; index < count && at >= 0; index++) at = behindString(octets, at, end);
  return at;
}

/** A date-time, with or without the Data tag 09 (R57). */
function behindTime(octets: Uint8Array, at: number, end: number): number {
  const tagged = at >= 0 && at < end && octets[at] === 0x09;
  return behindString(octets, tagged ? at + 1 : at, end);
}

function behindOptionalTime(octets: Uint8Array, at: number, end: number): number {
  if (at >= end) return short;
  return octets[at] === 0 ? at + 1 : behindString(octets, at + 1, end);
}

function behindGeneralCiphering(octets: Uint8Array, start: number, end: number): number {
  const at = behindStrings(octets, start, end, 5);
  if (at < 0) return at;
  if (at >= end) return short;
  if (octets[at] === 0) return behindString(octets, at + 1, end);
  if (at + 1 >= end) return short;
  switch (octets[at + 1]!) {
    case 0: // identified key
      return behindString(octets, skip(at + 2, 1, end), end);
    case 1: // wrapped key
      return behindStrings(octets, skip(at + 2, 1, end), end, 2);
    case 2: // agreed key
      return behindStrings(octets, at + 2, end, 3);
    default:
      return bad;
  }
}

/** Octets behind the tag of Data of fixed size; -1 for the others. */
const fixedOctets: Int8Array = new Int8Array(256).fill(-1);
for (const [tags, octets] of [
  [[0x00, 0xff], 0],
  [[0x03, 0x0d, 0x0f, 0x11, 0x16, 0x1c, 0x1f], 1],
  [[0x10, 0x12, 0x1d, 0x20], 2],
  [[0x05, 0x06, 0x17, 0x1e, 0x21, 0x1b], 4],
  [[0x1a], 5],
  [[0x14, 0x15, 0x18], 8],
  [[0x19], 12],
] as const) {
  for (const tag of tags) fixedOctets[tag] = octets;
}

/** Behind one Data value: the values still to come are counted, not nested. */
function behindData(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let values = 1; values > 0; values--) {
    if (at < 0) return at;
    if (at >= end) return short;
    const tag = octets[at]!;
    const size = fixedOctets[tag]!;
    if (size >= 0) {
      at = skip(at + 1, size, end);
      continue;
    }
    const content = tag === 0x13 ? behindDescription(octets, at + 1, end) : at + 1;
    const field = lengthOctets(octets, content, end);
    if (field < 0) return field;
    const length = lengthAt(octets, content, field);
    at = content + field;
    if (tag === 0x01 || tag === 0x02) values += length;
    else if (tag === 0x04) at = skip(at, Math.ceil(length / 8), end);
    else if (tag === 0x09 || tag === 0x0a || tag === 0x0c || tag === 0x13)
      at = skip(at, length, end);
    else return bad;
  }
  return at;
}

/** Behind the type description of a compact-array. */
function behindDescription(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let types = 1; types > 0; types--) {
    if (at >= end) return short;
    const tag = octets[at++]!;
    if (tag === 0x01) {
      at = skip(at, 2, end);
      types++;
    } else if (tag === 0x02) {
      const field = lengthOctets(octets, at, end);
      if (field < 0) return field;
      types += lengthAt(octets, at, field);
      at += field;
    }
    if (at < 0) return at;
  }
  return at;
}
