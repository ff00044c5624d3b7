import { choice, type ObjectCodec, sequence, sequenceOf, uint16 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type DataAccessResult, dataAccessResult } from "./data-access-result.ts";

/** One answer of a WriteResponse. */
export type WriteResult =
  | { readonly type: "success" }
  | { readonly type: "data-access-error"; readonly reason: DataAccessResult }
  | { readonly type: "block-number"; readonly blockNumber: number };

/** WriteResponse of short-name referencing. */
export interface WriteResponse {
  readonly kind: "write-response";
  readonly results: readonly WriteResult[];
}

const writeResult: ObjectCodec<WriteResult> = choice("WriteResponse.result", "type", {
  success: [0, sequence("WriteResponse.success", {})],
  "data-access-error": [
    1,
    sequence("WriteResponse.data-access-error", { reason: dataAccessResult }),
  ],
  "block-number": [2, sequence("WriteResponse.block-number", { blockNumber: uint16 })],
});

export const writeResponse: ApduCodec<WriteResponse> = apdu(
  "write-response",
  0x0d,
  sequence("WriteResponse", { results: sequenceOf(writeResult) }),
);
