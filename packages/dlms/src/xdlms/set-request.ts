import { choice, sequence, sequenceOf } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import { dataBlockMembers } from "./data-block.ts";
import { type AttributeDescriptor, attributeDescriptor } from "./descriptor.ts";
import { type InvokeIdAndPriority, invokeIdAndPriority } from "./invoke-id.ts";

/** Set-Request. The raw data of all blocks together are the Data, or `count values` of a list. */
export type SetRequest =
  | {
      readonly kind: "set-request";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly attribute: AttributeDescriptor;
      readonly value: Data;
    }
  | {
      readonly kind: "set-request";
      readonly type: "with-first-datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly attribute: AttributeDescriptor;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly kind: "set-request";
      readonly type: "with-datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly kind: "set-request";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly attributes: readonly AttributeDescriptor[];
      readonly values: readonly Data[];
    }
  | {
      readonly kind: "set-request";
      readonly type: "with-list-and-first-datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly attributes: readonly AttributeDescriptor[];
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    };

const invoke = invokeIdAndPriority;

export const setRequest: ApduCodec<SetRequest> = apdu(
  "set-request",
  0xc1,
  choice("Set-Request", "type", {
    normal: [
      1,
      sequence("Set-Request-Normal", { invoke, attribute: attributeDescriptor, value: data }),
    ],
    "with-first-datablock": [
      2,
      sequence("Set-Request-With-First-Datablock", {
        invoke,
        attribute: attributeDescriptor,
        ...dataBlockMembers,
      }),
    ],
    "with-datablock": [3, sequence("Set-Request-With-Datablock", { invoke, ...dataBlockMembers })],
    "with-list": [
      4,
      sequence("Set-Request-With-List", {
        invoke,
        attributes: sequenceOf(attributeDescriptor),
        values: sequenceOf(data),
      }),
    ],
    "with-list-and-first-datablock": [
      5,
      sequence("Set-Request-With-List-And-First-Datablock", {
        invoke,
        attributes: sequenceOf(attributeDescriptor),
        ...dataBlockMembers,
      }),
    ],
  }),
);
