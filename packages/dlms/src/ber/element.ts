/**
 * The subset of BER (X.690) that ACSE needs: single-octet tags, definite lengths, octet strings,
 * small integers and object identifiers. Encoders build by length, never by constant; the reader
 * takes what meters send (any order, unknown elements, non-minimal lengths) and refuses only what
 * would make it guess.
 */
import { readLength, writeLength } from "../axdr/length.ts";
import { OctetReader, OctetWriter } from "../octets.ts";

/** One element: its tag octet and its contents. */
export interface BerElement {
  readonly tag: number;
  /** A view of the unit it was read from. */
  readonly contents: Uint8Array;
}

/** Reads one element; afterwards the reader stands behind it. @throws {DecodeError} */
export function readElement(reader: OctetReader, field: string): BerElement {
  const tag = reader.uint8(field);
  if ((tag & 0x1f) === 0x1f) {
    reader.offset--;
    reader.fail(field, "tag of several octets");
  }
  const length = readLength(reader, field);
  return { tag, contents: reader.take(length, field) };
}

/** A reader over an element's contents that counts octets from the start of the whole unit. */
export function enter(reader: OctetReader, element: BerElement): OctetReader {
  const end = element.contents.byteOffset - reader.octets.byteOffset + element.contents.length;
  return new OctetReader(reader.octets, reader.layer, end - element.contents.length, end);
}

/** Appends one element. */
export function writeElement(writer: OctetWriter, tag: number, contents: Uint8Array): void {
  writer.uint8(tag);
  writeLength(writer, contents.length);
  writer.octets(contents);
}

/** One element as octets of its own. */
export function elementOctets(tag: number, contents: Uint8Array): Uint8Array {
  if (contents.length < 0x80) {
    const octets = new Uint8Array(2 + contents.length);
    octets[0] = tag;
    octets[1] = contents.length;
    octets.set(contents, 2);
    return octets;
  }
  const writer = new OctetWriter(contents.length + 6);
  writeElement(writer, tag, contents);
  return writer.finish();
}
