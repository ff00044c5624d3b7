/**
 * The COSEM `Data` CHOICE (Green Book, xDLMS ASN.1). Every value has the same shape, two fields in the
 * same order, so that engines keep one hidden class for all of them. 64-bit integers are bigint,
 * octet strings are views into the received unit.
 */
export type Data =
  | { readonly type: "null-data"; readonly value: null }
  | { readonly type: "array"; readonly value: readonly Data[] }
  | { readonly type: "structure"; readonly value: readonly Data[] }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "bit-string"; readonly value: BitString }
  | { readonly type: IntegerType; readonly value: number }
  | { readonly type: "octet-string"; readonly value: Uint8Array }
  | { readonly type: "visible-string"; readonly value: Uint8Array }
  | { readonly type: "utf8-string"; readonly value: Uint8Array }
  | { readonly type: "compact-array"; readonly value: CompactArray }
  | { readonly type: "long64" | "long64-unsigned"; readonly value: bigint }
  | { readonly type: "float32" | "float64"; readonly value: Uint8Array }
  | { readonly type: "date-time" | "date" | "time"; readonly value: Uint8Array }
  | { readonly type: "dont-care"; readonly value: null };

/** Types whose value is a number or a bigint. */
export type IntegerType =
  | "double-long"
  | "double-long-unsigned"
  | "bcd"
  | "integer"
  | "long"
  | "unsigned"
  | "long-unsigned"
  | "enum"
  | "delta-integer"
  | "delta-long"
  | "delta-double-long"
  | "delta-unsigned"
  | "delta-long-unsigned"
  | "delta-double-long-unsigned";

/** Name of a type of the Data CHOICE (Blue Book 4.1.5). */
export type DataType = Data["type"];

/** `bitCount` bits, the first is the most significant bit of the first octet; unused bits are zero. */
export interface BitString {
  readonly bitCount: number;
  readonly octets: Uint8Array;
}

/** Compact-array: one type description, values without tags. `elements` are decoded already. */
export interface CompactArray {
  readonly elementType: TypeDescription;
  readonly elements: readonly Data[];
}

/** What every element of a compact-array is (Blue Book 4.1.5, TypeDescription). */
export type TypeDescription =
  | { readonly type: Exclude<DataType, "array" | "structure" | "compact-array"> }
  | { readonly type: "array"; readonly count: number; readonly element: TypeDescription }
  | { readonly type: "structure"; readonly elements: readonly TypeDescription[] };
