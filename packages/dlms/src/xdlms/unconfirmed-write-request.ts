import { sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type VariableAccess, variableAccess } from "./variable-access.ts";

/** UnconfirmedWriteRequest of short-name referencing: a write nobody answers. */
export interface UnconfirmedWriteRequest {
  readonly kind: "unconfirmed-write-request";
  readonly variables: readonly VariableAccess[];
  /** One for each variable. */
  readonly data: readonly Data[];
}

export const unconfirmedWriteRequest: ApduCodec<UnconfirmedWriteRequest> = apdu(
  "unconfirmed-write-request",
  0x16,
  sequence("UnconfirmedWriteRequest", {
    variables: sequenceOf(variableAccess),
    data: sequenceOf(data),
  }),
);
