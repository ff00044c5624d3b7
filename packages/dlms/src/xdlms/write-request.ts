import { sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type VariableAccess, variableAccess } from "./variable-access.ts";

/** WriteRequest of short-name referencing: attributes, and methods that return nothing. */
export interface WriteRequest {
  readonly kind: "write-request";
  readonly variables: readonly VariableAccess[];
  /** One for each variable. */
  readonly data: readonly Data[];
}

export const writeRequest: ApduCodec<WriteRequest> = apdu(
  "write-request",
  0x06,
  sequence("WriteRequest", { variables: sequenceOf(variableAccess), data: sequenceOf(data) }),
);
