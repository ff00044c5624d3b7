/**
 * LLC sublayer (IEC 62056-46 clause 5): three octets before the APDU, in the first segment only:
 * destination LSAP E6, source LSAP E6 (command) or E7 (response), quality 00.
 */

/** Octets of the LLC header. */
export const llcOctets = 3;
/** Header of what a client sends. Do not write to it. */
export const llcCommand: Uint8Array = Uint8Array.of(0xe6, 0xe6, 0x00);
/** Header of what a server sends. Do not write to it. */
export const llcResponse: Uint8Array = Uint8Array.of(0xe6, 0xe7, 0x00);

/** Which LLC header the unit starts with; `undefined` when with none. */
export function llcOf(unit: Uint8Array): "command" | "response" | undefined {
  if (unit.length < llcOctets || unit[0] !== 0xe6 || unit[2] !== 0x00) return undefined;
  if (unit[1] === 0xe6) return "command";
  return unit[1] === 0xe7 ? "response" : undefined;
}
