import type { OctetReader, OctetWriter } from "../octets.ts";

/**
 * Length or count of A-XDR (IEC 61334-6) and of BER (X.690, definite form): one octet below 0x80,
 * else 0x81..0x84 and that many octets. Non-minimal forms are read, the minimal one is written;
 * 0x80 (indefinite) and forms above four octets are refused.
 */
export function readLength(reader: OctetReader, field: string): number {
  const first = reader.uint8(field);
  return first < 0x80 ? first : readLongLength(reader, first, field);
}

function readLongLength(reader: OctetReader, first: number, field: string): number {
  switch (first) {
    case 0x81:
      return reader.uint8(field);
    case 0x82:
      return reader.uint16(field);
    case 0x83:
      return reader.uint24(field);
    case 0x84:
      return reader.uint32(field);
    default:
      reader.offset--;
      return reader.fail(field, `length form 0x${first.toString(16)} is not allowed`);
  }
}

/** Writes `length` (0..2^32 - 1) in its shortest form. */
export function writeLength(writer: OctetWriter, length: number): void {
  if (length < 0x80) {
    writer.uint8(length);
  } else if (length <= 0xff) {
    writer.uint16(0x8100 | length);
  } else if (length <= 0xffff) {
    writer.uint8(0x82);
    writer.uint16(length);
  } else if (length <= 0xff_ffff) {
    writer.uint8(0x83);
    writer.uint24(length);
  } else {
    writer.uint8(0x84);
    writer.uint32(length);
  }
}
