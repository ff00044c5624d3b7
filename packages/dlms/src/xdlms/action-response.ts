import { choice, type ObjectCodec, optional, sequence, sequenceOf, uint32 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { type ActionResult, actionResult } from "./data-access-result.ts";
import { dataBlockMembers } from "./data-block.ts";
import { type GetDataResult, getDataResult } from "./get-data-result.ts";
import { type InvokeIdAndPriority, invokeIdAndPriority } from "./invoke-id.ts";

/** Action-Response-With-Optional-Data: the result, and what the method returned if anything. */
export interface ActionOutcome {
  readonly result: ActionResult;
  readonly returned?: GetDataResult;
}

/** Action-Response. `next-pblock` asks the client for the next block of a long request. */
export type ActionResponse =
  | {
      readonly kind: "action-response";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly result: ActionResult;
      readonly returned?: GetDataResult;
    }
  | {
      readonly kind: "action-response";
      readonly type: "with-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly kind: "action-response";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly results: readonly ActionOutcome[];
    }
  | {
      readonly kind: "action-response";
      readonly type: "next-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly blockNumber: number;
    };

const invoke = invokeIdAndPriority;

/** The flag before `returned` is OPTIONAL's, not the tag of a Data. */
export const actionOutcome: ObjectCodec<ActionOutcome> = sequence(
  "Action-Response-With-Optional-Data",
  { result: actionResult, returned: optional(getDataResult) },
);

export const actionResponse: ApduCodec<ActionResponse> = apdu(
  "action-response",
  0xc7,
  choice("Action-Response", "type", {
    normal: [
      1,
      sequence("Action-Response-Normal", {
        invoke,
        result: actionResult,
        returned: optional(getDataResult),
      }),
    ],
    "with-pblock": [2, sequence("Action-Response-With-Pblock", { invoke, ...dataBlockMembers })],
    "with-list": [
      3,
      sequence("Action-Response-With-List", { invoke, results: sequenceOf(actionOutcome) }),
    ],
    "next-pblock": [4, sequence("Action-Response-Next-Pblock", { invoke, blockNumber: uint32 })],
  }),
);
