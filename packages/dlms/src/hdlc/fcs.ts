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

/** Four tables of 256: register after 1, 2, 3, 4 further octets. Filled once, then only read. */
const tables = buildTables();

/** Register after `octets[start..end)`, starting from `register`. */
export function fcsUpdate(
  register: number,
  octets: Uint8Array,
  start: number,
  end: number,
): number {
  let crc = register;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    const low = (crc ^ octets[at]!) & 0xff;
    const high = ((crc >>> 8) ^ octets[at + 1]!) & 0xff;
    crc =
      tables[0x300 + low]! ^
      tables[0x200 + high]! ^
      tables[0x100 + octets[at + 2]!]! ^
      tables[octets[at + 3]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ octets[at]!) & 0xff]!;
  return crc;
}

/** Check sequence of `octets[start..end)` as a number; its low octet is sent first. */
export function fcs16(octets: Uint8Array, start = 0, end: number = octets.length): number {
  return fcsUpdate(fcsInitial, octets, start, end) ^ 0xffff;
}

function buildTables(): Uint16Array {
  const built = new Uint16Array(1024);
  for (let octet = 0; octet < 256; octet++) {
    let crc = octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    built[octet] = crc;
  }
  for (let at = 256; at < 1024; at++) {
    const before = built[at - 256]!;
    built[at] = (before >>> 8) ^ built[before & 0xff]!;
  }
  return built;
}
