import { DecodeError } from "../error.ts";
import type { OctetReader } from "../octets.ts";
import { dataDepthMax, dataElementsMax, dataValuesMax } from "../limits.ts";

/** Bounds on one Data value. Beyond any of them: `DecodeError` with the code `axdr/limit`. */
export interface DataLimits {
  /** Levels of nesting: 0 allows no array or structure at all. */
  readonly depthMax: number;
  /** Elements of one array, structure or compact-array. */
  readonly elementsMax: number;
  /** Values of all levels together. */
  readonly valuesMax: number;
}

/** The limits of `limits.ts`. */
export const dataLimits: DataLimits = {
  depthMax: dataDepthMax,
  elementsMax: dataElementsMax,
  valuesMax: dataValuesMax,
};

/** Fails with `axdr/limit`, at the index `at` of the reader's octets. */
export function overLimit(reader: OctetReader, at: number, field: string, problem: string): never {
  throw new DecodeError("axdr", field, at - reader.origin, problem, "limit");
}
