/**
 * Check sequences of HDLC (ISO/IEC 13239, 16-bit FCS; CRC-16/X.25): polynomial x^16+x^12+x^5+1
 * reflected, preset to ones, complemented, sent low octet first.
 *
 * The register over octets followed by their own check sequence is always `fcsResidue`. Two things
 * follow: a receiver only compares with it, and a sender may start the FCS of a frame behind its
 * HCS.
 */

/** Register before the first octet. */
export const fcsInitial = 0xffff;
/** Register after octets and their correct check sequence. */
export const fcsResidue = 0xf0b8;

/** Eight tables of 256: register after 1 to 8 further octets. Filled once, then only read. */
const tables = buildTables();

/** Register after one more octet. */
export function fcsNext(register: number, octet: number): number {
  return (register >>> 8) ^ tables[(register ^ octet) & 0xff]!;
}

/** Register after `octets[start..end)`, starting from `register`. */
export function fcsUpdate(
  register: number,
  octets: Uint8Array,
  start: number,
  end: number,
): number {
  let crc = register;
  let at = start;
  for (const last = end - 7; at < last; at += 8) {
    crc =
      tables[0x700 + ((crc ^ octets[at]!) & 0xff)]! ^
      tables[0x600 + (((crc >>> 8) ^ octets[at + 1]!) & 0xff)]! ^
      tables[0x500 + octets[at + 2]!]! ^
      tables[0x400 + octets[at + 3]!]! ^
      tables[0x300 + octets[at + 4]!]! ^
      tables[0x200 + octets[at + 5]!]! ^
      tables[0x100 + octets[at + 6]!]! ^
      tables[octets[at + 7]!]!;
  }
  if (at < end - 3) {
    crc =
      tables[0x300 + ((crc ^ octets[at]!) & 0xff)]! ^
      tables[0x200 + (((crc >>> 8) ^ octets[at + 1]!) & 0xff)]! ^
      tables[0x100 + octets[at + 2]!]! ^
      tables[octets[at + 3]!]!;
    at += 4;
  }
  if (at < end - 1) {
    crc =
      tables[0x100 + ((crc ^ octets[at]!) & 0xff)]! ^
      tables[((crc >>> 8) ^ octets[at + 1]!) & 0xff]!;
    at += 2;
  }
  if (at < end) crc = (crc >>> 8) ^ tables[(crc ^ octets[at]!) & 0xff]!;
  return crc;
}

/** As `fcsUpdate`, and copies the octets to `target` from `to` on: one pass for both. */
export function fcsCopy(
  register: number,
  octets: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  to: number,
): number {
  let crc = register;
  let at = start;
  let into = to;
  for (const last = end - 7; at < last; at += 8, into += 8) {
    crc =
      tables[0x700 + ((crc ^ (target[into] = octets[at]!)) & 0xff)]! ^
      tables[0x600 + (((crc >>> 8) ^ (target[into + 1] = octets[at + 1]!)) & 0xff)]! ^
      tables[0x500 + (target[into + 2] = octets[at + 2]!)]! ^
      tables[0x400 + (target[into + 3] = octets[at + 3]!)]! ^
      tables[0x300 + (target[into + 4] = octets[at + 4]!)]! ^
      tables[0x200 + (target[into + 5] = octets[at + 5]!)]! ^
      tables[0x100 + (target[into + 6] = octets[at + 6]!)]! ^
      tables[(target[into + 7] = octets[at + 7]!)]!;
  }
  if (at < end - 3) {
    crc =
      tables[0x300 + ((crc ^ (target[into] = octets[at]!)) & 0xff)]! ^
      tables[0x200 + (((crc >>> 8) ^ (target[into + 1] = octets[at + 1]!)) & 0xff)]! ^
      tables[0x100 + (target[into + 2] = octets[at + 2]!)]! ^
      tables[(target[into + 3] = octets[at + 3]!)]!;
    at += 4;
    into += 4;
  }
  for (; at < end; at++, into++) {
    crc = (crc >>> 8) ^ tables[(crc ^ (target[into] = octets[at]!)) & 0xff]!;
  }
  return crc;
}

/** Check sequence of `octets[start..end)` as a number; its low octet is sent first. */
export function fcs16(octets: Uint8Array, start = 0, end: number = octets.length): number {
  return fcsUpdate(fcsInitial, octets, start, end) ^ 0xffff;
}

function buildTables(): Uint16Array {
  const built = new Uint16Array(2048);
  for (let octet = 0; octet < 256; octet++) {
    let crc = octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    built[octet] = crc;
  }
  for (let at = 256; at < 2048; at++) {
    const before = built[at - 256]!;
    built[at] = (before >>> 8) ^ built[before & 0xff]!;
  }
  return built;
}
