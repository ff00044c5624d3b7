import {
  boolean,
  choice,
  type ObjectCodec,
  octetString,
  sequence,
  sequenceOf,
  uint16,
} from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type DataAccessResult, dataAccessResult } from "./data-access-result.ts";

/** One answer of a ReadResponse. */
export type ReadResult =
  | { readonly type: "data"; readonly value: Data }
  | { readonly type: "data-access-error"; readonly reason: DataAccessResult }
  | {
      readonly type: "data-block";
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | { readonly type: "block-number"; readonly blockNumber: number };

/** ReadResponse of short-name referencing. */
export interface ReadResponse {
  readonly kind: "read-response";
  readonly results: readonly ReadResult[];
}

const readResult: ObjectCodec<ReadResult> = choice("ReadResponse.result", "type", {
  data: [0, sequence("ReadResponse.data", { value: data })],
  "data-access-error": [
    1,
    sequence("ReadResponse.data-access-error", { reason: dataAccessResult }),
  ],
  "data-block": [
    2,
    sequence("ReadResponse.data-block-result", {
      lastBlock: boolean,
      blockNumber: uint16,
      rawData: octetString(),
    }),
  ],
  "block-number": [3, sequence("ReadResponse.block-number", { blockNumber: uint16 })],
});

export const readResponse: ApduCodec<ReadResponse> = apdu(
  "read-response",
  0x0c,
  sequence("ReadResponse", { results: sequenceOf(readResult) }),
);
