/**
 * What hand-written JavaScript can do for fixed octets: no generality, no state, no error objects.
 * The benchmarks' floors; nothing of the product imports this.
 */
const table = new Uint16Array(256);
for (let index = 0; index < 256; index++) {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  table[index] = crc;
}

export function floorCrc(octets: Uint8Array, start: number, end: number): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ octets[at]!) & 255]!;
  return crc;
}

/** Index behind the LLC header of a response frame with flags. */
export function floorUnframe(octets: Uint8Array): number {
  const count = octets.length;
  if (octets[0] !== 0x7e || octets[count - 1] !== 0x7e) throw new Error("flag");
  if ((((octets[1]! & 7) << 8) | octets[2]!) + 2 !== count) throw new Error("length");
  if (floorCrc(octets, 1, count - 1) !== 0xf0b8) throw new Error("fcs");
  let at = 3;
  while (!(octets[at++]! & 1));
  while (!(octets[at++]! & 1));
  at += 3;
  if (octets[at] !== 0xe6 || octets[at + 1] !== 0xe7) throw new Error("llc");
  return at + 3;
}

let position = 0;

function floorLength(octets: Uint8Array): number {
  const first = octets[position++]!;
  if (first < 128) return first;
  let value = 0;
  for (let left = first & 127; left > 0; left--) value = (value << 8) | octets[position++]!;
  return value;
}

type FloorValue = number | Uint8Array | FloorValue[];

function floorValue(octets: Uint8Array): FloorValue {
  const tag = octets[position++]!;
  const at = position;
  switch (tag) {
    case 0x05:
      position += 4;
      return (
        (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!
      );
    case 0x06:
      position += 4;
      return (
        ((octets[at]! << 24) |
          (octets[at + 1]! << 16) |
          (octets[at + 2]! << 8) |
          octets[at + 3]!) >>>
        0
      );
    case 0x10:
      position += 2;
      return (((octets[at]! << 8) | octets[at + 1]!) << 16) >> 16;
    case 0x12:
      position += 2;
      return (octets[at]! << 8) | octets[at + 1]!;
    case 0x11:
      position += 1;
      return octets[at]!;
    case 0x09: {
      const count = floorLength(octets);
      const value = octets.subarray(position, position + count);
      position += count;
      return value;
    }
    case 0x01:
    case 0x02: {
      const count = floorLength(octets);
      const values = new Array<FloorValue>(count);
      for (let index = 0; index < count; index++) values[index] = floorValue(octets);
      return values;
    }
    default:
      throw new Error(`tag ${tag}`);
  }
}

export function floorGetResponse(octets: Uint8Array, start: number): FloorValue {
  if (octets[start] !== 0xc4) throw new Error("tag");
  if (octets[start + 1] === 1) {
    position = start + 4;
    return floorValue(octets);
  }
  const count = octets[start + 3]!;
  position = start + 4;
  const values = new Array<FloorValue>(count);
  for (let index = 0; index < count; index++) {
    position++;
    values[index] = floorValue(octets);
  }
  return values;
}

const scratch = new Uint8Array(256);
const register = Uint8Array.of(0, 3, 1, 0, 1, 8, 0, 255, 2, 0);

/** A GET request for one register, client 16, server 1; a copy, as a socket takes it. */
export function floorBuildGet(sent: number, received: number, invoke: number): Uint8Array {
  const out = scratch;
  out[0] = 0x7e;
  out[1] = 0xa0;
  out[2] = 25;
  out[3] = 3;
  out[4] = 0x21;
  out[5] = (received << 5) | 0x10 | (sent << 1);
  let crc = floorCrc(out, 1, 6) ^ 0xffff;
  out[6] = crc & 255;
  out[7] = crc >> 8;
  out[8] = 0xe6;
  out[9] = 0xe6;
  out[10] = 0;
  out[11] = 0xc0;
  out[12] = 1;
  out[13] = invoke;
  for (let index = 0; index < 10; index++) out[14 + index] = register[index]!;
  crc = floorCrc(out, 1, 24) ^ 0xffff;
  out[24] = crc & 255;
  out[25] = crc >> 8;
  out[26] = 0x7e;
  return Buffer.from(out.subarray(0, 27));
}

/** A GET-with-list request for registers, as `floorBuildGet`. */
export function floorBuildGetList(
  sent: number,
  received: number,
  invoke: number,
  names: readonly Uint8Array[],
): Uint8Array {
  const out = scratch;
  const end = 15 + names.length * 10;
  out[0] = 0x7e;
  out[1] = 0xa0;
  out[2] = end + 1;
  out[3] = 3;
  out[4] = 0x21;
  out[5] = (received << 5) | 0x10 | (sent << 1);
  let crc = floorCrc(out, 1, 6) ^ 0xffff;
  out[6] = crc & 255;
  out[7] = crc >> 8;
  out[8] = 0xe6;
  out[9] = 0xe6;
  out[10] = 0;
  out[11] = 0xc0;
  out[12] = 3;
  out[13] = invoke;
  out[14] = names.length;
  let at = 15;
  for (let item = 0; item < names.length; item++) {
    const name = names[item]!;
    out[at++] = 0;
    out[at++] = 3;
    for (let index = 0; index < 6; index++) out[at++] = name[index]!;
    out[at++] = 2;
    out[at++] = 0;
  }
  crc = floorCrc(out, 1, end) ^ 0xffff;
  out[end] = crc & 255;
  out[end + 1] = crc >> 8;
  out[end + 2] = 0x7e;
  return Buffer.from(out.subarray(0, end + 3));
}

/** Columns of a profile of clock, unsigned and three double-long-unsigned; times as UTC ms. */
export function floorProfileColumns(octets: Uint8Array): readonly Float64Array[] {
  position = 0;
  if (octets[position++] !== 1) throw new Error("array");
  const rows = floorLength(octets);
  const columns = Array.from({ length: 5 }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    position++;
    const count = floorLength(octets);
    for (let column = 0; column < count; column++) {
      if (octets[position] === 9) {
        const at = position + 2;
        columns[column]![row] = Date.UTC(
          (octets[at]! << 8) | octets[at + 1]!,
          octets[at + 2]! - 1,
          octets[at + 3],
          octets[at + 5],
          octets[at + 6],
          octets[at + 7],
        );
        position += 14;
      } else columns[column]![row] = floorValue(octets) as number;
    }
  }
  return columns;
}
