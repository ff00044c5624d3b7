import { choice, sequence, sequenceOf, uint32 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type DataAccessResult, dataAccessResult } from "./data-access-result.ts";
import { type InvokeIdAndPriority, invokeIdAndPriority } from "./invoke-id.ts";

/** Set-Response. `datablock` acknowledges a block that was not the last. */
export type SetResponse =
  | {
      readonly kind: "set-response";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly result: DataAccessResult;
    }
  | {
      readonly kind: "set-response";
      readonly type: "datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly blockNumber: number;
    }
  | {
      readonly kind: "set-response";
      readonly type: "last-datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly result: DataAccessResult;
      readonly blockNumber: number;
    }
  | {
      readonly kind: "set-response";
      readonly type: "last-datablock-with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly results: readonly DataAccessResult[];
      readonly blockNumber: number;
    }
  | {
      readonly kind: "set-response";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly results: readonly DataAccessResult[];
    };

const invoke = invokeIdAndPriority;

export const setResponse: ApduCodec<SetResponse> = apdu(
  "set-response",
  0xc5,
  choice("Set-Response", "type", {
    normal: [1, sequence("Set-Response-Normal", { invoke, result: dataAccessResult })],
    datablock: [2, sequence("Set-Response-Datablock", { invoke, blockNumber: uint32 })],
    "last-datablock": [
      3,
      sequence("Set-Response-Last-Datablock", {
        invoke,
        result: dataAccessResult,
        blockNumber: uint32,
      }),
    ],
    "last-datablock-with-list": [
      4,
      sequence("Set-Response-Last-Datablock-With-List", {
        invoke,
        results: sequenceOf(dataAccessResult),
        blockNumber: uint32,
      }),
    ],
    "with-list": [
      5,
      sequence("Set-Response-With-List", { invoke, results: sequenceOf(dataAccessResult) }),
    ],
  }),
);
