/**
 * The notation of attribute types: plain data that says what an attribute's Data looks like, and from
 * which the codec, the TypeScript type and the test values all follow.
 *
 *     "long-unsigned"                      one value; the names are the keys of SimpleValues
 *     "script"                             a structure that several classes share (namedShapes)
 *     { name: "octet-string", ... }        structure, elements in this order
 *     ["unsigned"]                         array of that element; [{...}] an array of structures
 *     ["enum", { 0: "a", 1: "b" }]         enum whose known numbers have names
 *     ["nullable", "double-long"]          null-data or that
 */
import type { Data } from "../../axdr/data.ts";
import type { CosemDate, CosemDateTime, CosemTime } from "../date-time.ts";
import type { ObisCode } from "../obis.ts";
import type { namedShapes } from "./named-shapes.ts";

/** What a value of each simple shape is in TypeScript. */
export interface SimpleValues {
  "null-data": null;
  boolean: boolean;
  /** Text of 0 and 1, the first bit first. */
  "bit-string": string;
  integer: number;
  long: number;
  "double-long": number;
  unsigned: number;
  "long-unsigned": number;
  "double-long-unsigned": number;
  long64: bigint;
  "long64-unsigned": bigint;
  enum: number;
  float32: number;
  float64: number;
  "octet-string": Uint8Array;
  "visible-string": string;
  "utf8-string": string;
  /** octet-string of 6. */
  "logical-name": ObisCode;
  /** octet-string of 12, as most classes have it; date-time (tag 25) is read too. */
  "date-time-octets": CosemDateTime;
  /** octet-string of 5. */
  "date-octets": CosemDate;
  /** octet-string of 4. */
  "time-octets": CosemTime;
  /** date-time (tag 25), as newer classes have it; octet-string of 12 is read too. */
  "date-time": CosemDateTime;
  /** Any Data: a CHOICE of the standard, or a part where the sources differ. */
  any: Data;
}

/** Names of the shapes of one value. */
export type SimpleShape = keyof SimpleValues;
/** Names of the shared structures. */
export type ShapeName = keyof typeof namedShapes;

/** Names of the numbers of an enum. Numbers without a name stay numbers. */
export type EnumNames = Readonly<Record<number, string>>;

/** One attribute type; see the top of this file. */
export type Shape =
  | SimpleShape
  | ShapeName
  | readonly [Shape]
  | readonly ["enum", EnumNames]
  | readonly ["nullable", Shape]
  | StructureShape;

/** A structure: its elements in their order. */
export interface StructureShape {
  readonly [element: string]: Shape;
}

/** The TypeScript type of an attribute of this shape. */
export type ValueOf<S> = S extends SimpleShape
  ? SimpleValues[S]
  : S extends ShapeName
    ? ValueOf<(typeof namedShapes)[S]>
    : S extends readonly ["enum", infer Names]
      ? Names[keyof Names] | number
      : S extends readonly ["nullable", infer Inner]
        ? ValueOf<Inner> | null
        : S extends readonly [infer Element]
          ? readonly ValueOf<Element>[]
          : { readonly [Name in keyof S]: ValueOf<S[Name]> };

/** Attributes 2, 3, ... and methods 1, 2, ... of one class version, in the Blue Book's order. */
export interface ClassMembers {
  readonly attributes: Readonly<Record<string, Shape>>;
  /** A method's shape is that of its parameters. */
  readonly methods?: Readonly<Record<string, Shape>>;
}

/** A class whose members have types, by version. */
export interface TypedClass {
  readonly classId: number;
  readonly versions: Readonly<Record<number, ClassMembers>>;
}

/** A value of any shape: what `decodeAttribute` gives for a class that is only known at run time. */
export type CosemValue =
  | SimpleValues[SimpleShape]
  | readonly CosemValue[]
  | { readonly [element: string]: CosemValue };
