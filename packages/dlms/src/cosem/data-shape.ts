/** Checks that decoded Data has the shape an attribute promises. All throw `cosem/malformed`. */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";

/** Elements of an array or structure (some meters send one for the other). */
export function elementsOf(data: Data | undefined, field: string): readonly Data[] {
  if (data?.type === "array" || data?.type === "structure") return data.value;
  if (data?.type === "compact-array") return data.value.elements;
  return refuse(data, field, "a list");
}

/** Elements of a structure of at least `count`; newer versions append elements. */
export function structureOf(data: Data | undefined, field: string, count: number): readonly Data[] {
  if (data?.type !== "structure") return refuse(data, field, "a structure");
  if (data.value.length < count) {
    throw new DecodeError("cosem", field, 0, `has ${data.value.length} elements, needs ${count}`);
  }
  return data.value;
}

/** A whole number of any integer type within the range. */
export function integerOf(data: Data | undefined, field: string, min: number, max: number): number {
  if (typeof data?.value !== "number") return refuse(data, field, "an integer");
  if (data.value < min || data.value > max) {
    throw new DecodeError("cosem", field, 0, `${data.value} is not within ${min}..${max}`);
  }
  return data.value;
}

/** View of the octets of an octet-string or of a text. */
export function octetsOf(data: Data | undefined, field: string): Uint8Array {
  if (data?.value instanceof Uint8Array) {
    if (data.type !== "float32" && data.type !== "float64") return data.value;
  }
  return refuse(data, field, "an octet-string");
}

function refuse(data: Data | undefined, field: string, wanted: string): never {
  throw new DecodeError("cosem", field, 0, `is ${data?.type ?? "missing"}, not ${wanted}`);
}
