import type { OctetReader } from "../octets.ts";

/** An object identifier in dotted decimals: `2.16.756.5.8.1.1`. */
export type ObjectIdentifier = `${number}.${number}.${string}`;

/** INTEGER of 1 to 4 octets, two's complement, up to the reader's end. @throws {DecodeError} */
export function readInteger(reader: OctetReader, field: string): number {
  const { remaining } = reader;
  if (remaining < 1 || remaining > 4) reader.fail(field, `an INTEGER of ${remaining} octets`);
  let value = reader.int8(field);
  while (reader.remaining > 0) value = value * 256 + reader.uint8(field);
  return value;
}

/** Contents of an INTEGER, as short as it may be. @throws {RangeError} outside 32 bits. */
export function integerContents(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) {
    throw new RangeError(`INTEGER ${value} is outside 32 bits`);
  }
  const octets = [value & 0xff];
  let rest = value >> 8;
  while (!((rest === 0 && octets[0]! < 0x80) || (rest === -1 && octets[0]! >= 0x80))) {
    octets.unshift(rest & 0xff);
    rest >>= 8;
  }
  return Uint8Array.from(octets);
}

/** Contents of an OBJECT IDENTIFIER up to the reader's end. @throws {DecodeError} */
export function readObjectIdentifier(reader: OctetReader, field: string): ObjectIdentifier {
  const arcs: number[] = [];
  while (reader.remaining > 0) {
    let arc = 0;
    let octet: number;
    do {
      octet = reader.uint8(field);
      arc = arc * 128 + (octet & 0x7f);
      if (arc > 0xffff_ffff) reader.fail(field, "an arc above 32 bits");
    } while (octet >= 0x80);
    arcs.push(arc);
  }
  const head = arcs.shift();
  if (head === undefined) return reader.fail(field, "an OBJECT IDENTIFIER without octets");
  const first = Math.min(2, Math.floor(head / 40));
  return `${first}.${head - first * 40}.${arcs.join(".")}`;
}

/** Contents of an OBJECT IDENTIFIER. @throws {RangeError} not dotted decimals. */
export function objectIdentifierContents(identifier: ObjectIdentifier): Uint8Array {
  const numbers = identifier
    .split(".")
    .filter((arc) => arc !== "")
    .map(Number);
  const octets: number[] = [];
  pushArc(octets, (numbers[0] ?? Number.NaN) * 40 + (numbers[1] ?? Number.NaN), identifier);
  for (let at = 2; at < numbers.length; at++) pushArc(octets, numbers[at]!, identifier);
  return Uint8Array.from(octets);
}

/** Seven bits an octet, the highest first; all but the last have their top bit set. */
function pushArc(octets: number[], arc: number, identifier: string): void {
  if (!Number.isInteger(arc) || arc < 0 || arc > 0xffff_ffff) {
    throw new RangeError(`${identifier} is no object identifier`);
  }
  let more = 0;
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) more++;
  for (; more > 0; more--) octets.push((Math.floor(arc / 128 ** more) % 128) | 0x80);
  octets.push(arc % 128);
}
