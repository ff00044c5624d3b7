/**
 * A-XDR (IEC 61334-6) as declarations. A codec is one definition with two directions and one static
 * type; a table of codecs is compiled once, at load, into closures over its children. Decoders
 * return views of the unit they read. What does not decode is a `DecodeError` of the reader's layer
 * with the field's name; a value that cannot be encoded is a `RangeError`, our caller's mistake.
 */
import type { OctetReader, OctetWriter } from "../octets.ts";
import { readLength, writeLength } from "./length.ts";

/** One definition, two directions, one static type. */
export interface Codec<T> {
  readonly name: string;
  /** What it is made of; absent where it is one part. */
  readonly layout?: CodecLayout;
  // Function properties, not methods: methods are bivariant and would let a wrong `T` through.
  readonly encode: (writer: OctetWriter, value: T) => void;
  readonly decode: (reader: OctetReader, field: string) => T;
}

/** A codec whose absent value is left out of the object that holds it. */
export interface OptionalCodec<T> extends Codec<T | undefined> {
  readonly omittable: true;
}

/** A codec of plain objects that can put its members into an object begun by somebody else. */
export interface ObjectCodec<T> extends Codec<T> {
  readonly readInto: (target: object, reader: OctetReader, field: string) => void;
}

/**
 * What a codec is made of, for readers that tell where each part stands (`translate/`). Encoding and
 * decoding do not look at it; a codec without a layout is one part.
 */
export type CodecLayout =
  | {
      readonly form: "sequence";
      readonly members: readonly (readonly [key: string, codec: AnyCodec])[];
    }
  | {
      readonly form: "choice";
      readonly variants: readonly (readonly [tag: number, key: string, codec: AnyCodec])[];
    }
  | { readonly form: "list"; readonly element: AnyCodec; readonly countMax: number }
  | { readonly form: "optional"; readonly inner: AnyCodec }
  | { readonly form: "data" };

/** Any codec, its type erased: what tables of codecs are made of. */
export interface AnyCodec {
  readonly name: string;
  readonly layout?: CodecLayout;
  readonly encode: (writer: OctetWriter, value: never) => void;
  readonly decode: (reader: OctetReader, field: string) => unknown;
}

/** Any codec of objects, its type erased. */
export interface AnyObjectCodec extends AnyCodec {
  readonly readInto: (target: object, reader: OctetReader, field: string) => void;
}

/** The static type of a codec. */
export type TypeOf<C> = C extends { readonly decode: (...input: never) => infer T } ? T : never;

type Fields = Readonly<Record<string, AnyCodec>>;
type Simplify<T> = { readonly [K in keyof T]: T[K] };
type OmittableKey<F> = {
  [K in keyof F]: F[K] extends { readonly omittable: true } ? K : never;
}[keyof F];

/** The object a table of members describes; optional members become optional properties. */
export type SequenceOf<F extends Fields> = Simplify<
  { readonly [K in Exclude<keyof F, OmittableKey<F>>]: TypeOf<F[K]> } & {
    readonly [K in OmittableKey<F>]?: Exclude<TypeOf<F[K]>, undefined>;
  }
>;

type Variants = Readonly<Record<string, readonly [tag: number, codec: AnyObjectCodec]>>;

/** The union a table of variants describes, told apart by the property `D`. */
export type ChoiceOf<D extends string, V extends Variants> = {
  [K in keyof V]: Simplify<{ readonly [P in D]: K } & TypeOf<V[K][1]>>;
}[keyof V];

function integerCodec(
  name: string,
  lowest: number,
  highest: number,
  write: (writer: OctetWriter, value: number) => void,
  decode: (reader: OctetReader, field: string) => number,
): Codec<number> {
  return {
    name,
    encode: (writer, value) => {
      if (!Number.isInteger(value) || value < lowest || value > highest) {
        throw new RangeError(`${name} ${value} is not in ${lowest}..${highest}`);
      }
      write(writer, value);
    },
    decode,
  };
}

/** Unsigned8. */
export const uint8: Codec<number> = integerCodec(
  "Unsigned8",
  0,
  0xff,
  (writer, value) => writer.uint8(value),
  (reader, field) => reader.uint8(field),
);
/** Unsigned16, big-endian. */
export const uint16: Codec<number> = integerCodec(
  "Unsigned16",
  0,
  0xffff,
  (writer, value) => writer.uint16(value),
  (reader, field) => reader.uint16(field),
);
/** Unsigned32, big-endian. */
export const uint32: Codec<number> = integerCodec(
  "Unsigned32",
  0,
  0xffff_ffff,
  (writer, value) => writer.uint32(value),
  (reader, field) => reader.uint32(field),
);
/** Integer8. */
export const int8: Codec<number> = integerCodec(
  "Integer8",
  -0x80,
  0x7f,
  (writer, value) => writer.uint8(value & 0xff),
  (reader, field) => reader.int8(field),
);
/** Integer16, big-endian. */
export const int16: Codec<number> = integerCodec(
  "Integer16",
  -0x8000,
  0x7fff,
  (writer, value) => writer.uint16(value & 0xffff),
  (reader, field) => reader.int16(field),
);
/** Integer32, big-endian. */
export const int32: Codec<number> = integerCodec(
  "Integer32",
  -0x8000_0000,
  0x7fff_ffff,
  (writer, value) => writer.uint32(value >>> 0),
  (reader, field) => reader.int32(field),
);

/** BOOLEAN: one octet, zero is false, everything else true; 01 is what we send. */
export const boolean: Codec<boolean> = {
  name: "BOOLEAN",
  encode: (writer, value) => writer.uint8(value ? 1 : 0),
  decode: (reader, field) => reader.uint8(field) !== 0,
};

/** OCTET STRING of a fixed size: no length on the wire. */
export function octets(length: number): Codec<Uint8Array> {
  return {
    name: `OCTET STRING (SIZE(${length}))`,
    encode: (writer, value) => {
      if (value.length !== length) throw new RangeError(`${value.length} octets, not ${length}`);
      writer.octets(value);
    },
    decode: (reader, field) => reader.take(length, field),
  };
}

/** OCTET STRING with its length before it. `max` and `accepts` bound the number of octets. */
export function octetString(bounds?: {
  readonly max?: number;
  readonly accepts?: readonly number[];
}): Codec<Uint8Array> {
  const max = bounds?.max ?? Number.POSITIVE_INFINITY;
  const accepts = bounds?.accepts;
  const fits = (length: number): boolean =>
    length <= max && (accepts === undefined || accepts.includes(length));
  return {
    name: "OCTET STRING",
    encode: (writer, value) => {
      if (!fits(value.length)) throw new RangeError(`an octet string of ${value.length} octets`);
      writeLength(writer, value.length);
      writer.octets(value);
    },
    decode: (reader, field) => {
      const length = readLength(reader, field);
      if (!fits(length)) reader.fail(field, `${length} octets are not allowed here`);
      return reader.take(length, field);
    },
  };
}

/** OPTIONAL: a presence octet, 00 absent or 01 present; absent members are left out. */
export function optional<T>(inner: Codec<T>): OptionalCodec<T> {
  return {
    name: `${inner.name} OPTIONAL`,
    layout: { form: "optional", inner },
    omittable: true,
    encode: (writer, value) => {
      writer.uint8(value === undefined ? 0 : 1);
      if (value !== undefined) inner.encode(writer, value);
    },
    decode: (reader, field) => (readFlag(reader, field) ? inner.decode(reader, field) : undefined),
  };
}

/** DEFAULT: 00 stands for `standard`, 01 is followed by another value. */
export function withDefault<T>(inner: Codec<T>, standard: T): Codec<T> {
  return {
    name: `${inner.name} DEFAULT`,
    encode: (writer, value) => {
      writer.uint8(value === standard ? 0 : 1);
      if (value !== standard) inner.encode(writer, value);
    },
    decode: (reader, field) => (readFlag(reader, field) ? inner.decode(reader, field) : standard),
  };
}

function readFlag(reader: OctetReader, field: string): boolean {
  const flag = reader.uint8(field);
  if (flag > 1) {
    reader.offset--;
    reader.fail(field, `presence flag 0x${flag.toString(16)} is neither 00 nor 01`);
  }
  return flag === 1;
}

/**
 * SEQUENCE OF with its count before it. Every element takes an octet at least, so a count above
 * what is left is refused before anything is allocated. `max` bounds the count.
 */
export function sequenceOf<T>(inner: Codec<T>, max = 0xffff): Codec<readonly T[]> {
  return {
    name: `SEQUENCE OF ${inner.name}`,
    layout: { form: "list", element: inner, countMax: max },
    encode: (writer, values) => {
      if (values.length > max) throw new RangeError(`${values.length} elements, at most ${max}`);
      writeLength(writer, values.length);
      for (const value of values) inner.encode(writer, value);
    },
    decode: (reader, field) => {
      const count = readLength(reader, field);
      if (count > max) reader.fail(field, `${count} elements, at most ${max}`, "limit");
      if (count > reader.remaining) {
        reader.fail(field, `${count} elements in ${reader.remaining} octets`);
      }
      const values: T[] = [];
      for (let index = 0; index < count; index++) values.push(inner.decode(reader, field));
      return values;
    },
  };
}

/** SEQUENCE: the members in the order of the table, nothing between them. */
export function sequence<const F extends Fields>(
  name: string,
  members: F,
): ObjectCodec<SequenceOf<F>> {
  const plan = Object.entries(members).map(([key, codec]) => ({
    key,
    field: `${name}.${key}`,
    encode: codec.encode as (writer: OctetWriter, value: unknown) => void,
    decode: codec.decode,
  }));
  const readInto = (target: object, reader: OctetReader): void => {
    const object = target as Record<string, unknown>;
    for (const { key, field, decode } of plan) {
      const value = decode(reader, field);
      if (value !== undefined) object[key] = value;
    }
  };
  return {
    name,
    layout: { form: "sequence", members: Object.entries(members) },
    encode: (writer, value) => {
      const object = value as Readonly<Record<string, unknown>>;
      for (const { key, encode } of plan) encode(writer, object[key]);
    },
    decode: (reader) => {
      const object = {};
      readInto(object, reader);
      return object as SequenceOf<F>;
    },
    readInto,
  };
}

/** CHOICE: a tag octet, then the variant. The property `discriminator` names the variant. */
export function choice<const D extends string, const V extends Variants>(
  name: string,
  discriminator: D,
  variants: V,
): ObjectCodec<ChoiceOf<D, V>> {
  const byTag: ({ readonly key: string; readonly codec: AnyObjectCodec } | undefined)[] =
    Array.from({ length: 256 });
  for (const [key, [tag, codec]] of Object.entries(variants)) byTag[tag] = { key, codec };
  const tagField = `${name} tag`;
  const readInto = (target: object, reader: OctetReader): void => {
    const tag = reader.uint8(tagField);
    const variant = byTag[tag];
    if (variant === undefined) {
      reader.offset--;
      return reader.fail(name, `unknown choice 0x${tag.toString(16).padStart(2, "0")}`);
    }
    (target as Record<string, unknown>)[discriminator] = variant.key;
    variant.codec.readInto(target, reader, name);
  };
  return {
    name,
    layout: {
      form: "choice",
      variants: Object.entries(variants).map(([key, [tag, codec]]) => [tag, key, codec] as const),
    },
    encode: (writer, value) => {
      const key = (value as Readonly<Record<string, string>>)[discriminator];
      const variant = key === undefined ? undefined : variants[key];
      if (variant === undefined) throw new RangeError(`${name} has no ${discriminator} ${key}`);
      writer.uint8(variant[0]);
      const encode = variant[1].encode as (writer: OctetWriter, value: unknown) => void;
      encode(writer, value);
    },
    decode: (reader) => {
      const object = {};
      readInto(object, reader);
      return object as ChoiceOf<D, V>;
    },
    readInto,
  };
}

/** A codec of another type through two pure functions; `decode` may refuse by `reader.fail`. */
export function mapped<T, W>(
  name: string,
  wire: Codec<W>,
  toWire: (value: T) => W,
  fromWire: (wireValue: W, reader: OctetReader, field: string) => T,
): Codec<T> {
  return {
    name,
    encode: (writer, value) => wire.encode(writer, toWire(value)),
    decode: (reader, field) => fromWire(wire.decode(reader, field), reader, field),
  };
}
