import type { Codec, ObjectCodec } from "../axdr/codec.ts";
import { DecodeError } from "../error.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import { transferOctetsMax } from "../limits.ts";

/** One APDU of the xDLMS CHOICE: its tag octet, its name and its body. */
export interface ApduCodec<T extends { readonly kind: string }> extends Codec<T> {
  readonly tag: number;
  readonly kind: T["kind"];
  /** What follows the tag. */
  readonly body: ObjectCodec<unknown>;
  /** Reads what follows the tag. */
  readonly decodeBody: (reader: OctetReader) => T;
}

type WithKind<K extends string, B> = B extends unknown
  ? { readonly [P in keyof ({ kind: K } & B)]: ({ kind: K } & B)[P] }
  : never;

/** Declares the APDU `kind` with its tag and the members of its body. */
export function apdu<const K extends string, B>(
  kind: K,
  tag: number,
  body: ObjectCodec<B>,
): ApduCodec<WithKind<K, B>> {
  const decodeBody = (reader: OctetReader): WithKind<K, B> => {
    const object = { kind };
    body.readInto(object, reader, kind);
    return object as unknown as WithKind<K, B>;
  };
  return {
    name: kind,
    kind: kind as WithKind<K, B>["kind"],
    tag,
    body: body as ObjectCodec<unknown>,
    decodeBody,
    decode: (reader) => {
      const found = reader.uint8(kind);
      if (found !== tag) {
        reader.offset--;
        reader.fail(kind, `tag 0x${found.toString(16).padStart(2, "0")} is another APDU`);
      }
      return decodeBody(reader);
    },
    encode: (writer, value) => {
      writer.uint8(tag);
      body.encode(writer, value);
    },
  };
}

/** Encodes one APDU with its tag into octets of its own. @throws {RangeError} out of range. */
export function encodeUnit<T extends { readonly kind: string }>(
  codec: ApduCodec<T>,
  value: T,
): Uint8Array {
  const writer = new OctetWriter(transferOctetsMax);
  codec.encode(writer, value);
  return writer.finish();
}

/** Decodes exactly one APDU of the given kind. @throws {DecodeError} anything else. */
export function decodeUnit<T extends { readonly kind: string }>(
  codec: ApduCodec<T>,
  octets: Uint8Array,
): T {
  if (octets.length > transferOctetsMax) {
    throw new DecodeError("xdlms", codec.kind, 0, `${octets.length} octets`, "limit");
  }
  const reader = new OctetReader(octets, "xdlms");
  const value = codec.decode(reader, codec.kind);
  reader.finish(codec.kind);
  return value;
}
