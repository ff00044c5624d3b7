/**
 * Addresses of the `seven-e` meters: those whose headers' check sequences hold 7E and 7D, whatever
 * is asked, as soon as N(S) has gone round once.
 */
import { encodeServerAddress, fcs16 } from "@lectura/dlms/hdlc";

const lowerMax = 0x3ffe;
/** Answer to a GET of a 32-bit register: addresses of four and one octets, 12 octets of unit. */
const answerOctets = 24;
const clientOctet = 0x03;
/** I frames with F: N(R) one ahead of N(S), as after every request of a client with window 1. */
const controls = [0x30, 0x52, 0x74, 0x96, 0xb8, 0xda, 0xfc, 0x1e] as const;

/** The first `count` such lower addresses, or all there are. */
export function sevenLowers(upper: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let lower = 1; lower <= lowerMax && found.length < count; lower++) {
    if (hasSevens(upper, lower)) found.push(lower);
  }
  return found;
}

function hasSevens(upper: number, lower: number): boolean {
  const header = Uint8Array.of(
    0xa0,
    answerOctets,
    clientOctet,
    ...encodeServerAddress({ size: 4, upper, lower }),
    0,
  );
  const octets = new Set<number>();
  for (const control of controls) {
    header[header.length - 1] = control;
    const hcs = fcs16(header);
    octets.add(hcs & 0xff).add(hcs >>> 8);
  }
  return octets.has(0x7e) && octets.has(0x7d);
}
