import { sequence, sequenceOf } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type VariableAccess, variableAccess } from "./variable-access.ts";

/** ReadRequest of short-name referencing: attributes, and methods that return something. */
export interface ReadRequest {
  readonly kind: "read-request";
  readonly variables: readonly VariableAccess[];
}

export const readRequest: ApduCodec<ReadRequest> = apdu(
  "read-request",
  0x05,
  sequence("ReadRequest", { variables: sequenceOf(variableAccess) }),
);
