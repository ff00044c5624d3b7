import { choice, optional, sequence, sequenceOf, uint32 } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dataBlockMembers } from "./data-block.ts";
import { type MethodDescriptor, methodDescriptor } from "./descriptor.ts";
import { type InvokeIdAndPriority, invokeIdAndPriority } from "./invoke-id.ts";

/** Action-Request. `next-pblock` asks for the next block of a long answer. */
export type ActionRequest =
  | {
      readonly kind: "action-request";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly method: MethodDescriptor;
      readonly parameters?: Data;
    }
  | {
      readonly kind: "action-request";
      readonly type: "next-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly blockNumber: number;
    }
  | {
      readonly kind: "action-request";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly methods: readonly MethodDescriptor[];
      /** One for each method; null-data where a method takes none. */
      readonly parameters: readonly Data[];
    }
  | {
      readonly kind: "action-request";
      readonly type: "with-first-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly method: MethodDescriptor;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly kind: "action-request";
      readonly type: "with-list-and-first-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly methods: readonly MethodDescriptor[];
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly kind: "action-request";
      readonly type: "with-pblock";
      readonly invoke: InvokeIdAndPriority;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    };

const invoke = invokeIdAndPriority;

export const actionRequest: ApduCodec<ActionRequest> = apdu(
  "action-request",
  0xc3,
  choice("Action-Request", "type", {
    normal: [
      1,
      sequence("Action-Request-Normal", {
        invoke,
        method: methodDescriptor,
        parameters: optional(data),
      }),
    ],
    "next-pblock": [2, sequence("Action-Request-Next-Pblock", { invoke, blockNumber: uint32 })],
    "with-list": [
      3,
      sequence("Action-Request-With-List", {
        invoke,
        methods: sequenceOf(methodDescriptor),
        parameters: sequenceOf(data),
      }),
    ],
    "with-first-pblock": [
      4,
      sequence("Action-Request-With-First-Pblock", {
        invoke,
        method: methodDescriptor,
        ...dataBlockMembers,
      }),
    ],
    "with-list-and-first-pblock": [
      5,
      sequence("Action-Request-With-List-And-First-Pblock", {
        invoke,
        methods: sequenceOf(methodDescriptor),
        ...dataBlockMembers,
      }),
    ],
    "with-pblock": [6, sequence("Action-Request-With-Pblock", { invoke, ...dataBlockMembers })],
  }),
);
