import {
  boolean,
  choice,
  type ObjectCodec,
  octetString,
  sequence,
  uint16,
  uint8,
} from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";

/**
 * Variable-Access-Specification of the short-name services. A variable name is the base name of the
 * object plus the offset of the attribute, 0..0xFFFF (the standard's Integer16, shown unsigned).
 */
export type VariableAccess =
  | { readonly type: "variable-name"; readonly variableName: number }
  | {
      readonly type: "parameterized-access";
      readonly variableName: number;
      readonly selector: number;
      readonly parameter: Data;
    }
  | { readonly type: "block-number-access"; readonly blockNumber: number }
  | {
      readonly type: "read-data-block-access";
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly rawData: Uint8Array;
    }
  | {
      readonly type: "write-data-block-access";
      readonly lastBlock: boolean;
      readonly blockNumber: number;
    };

export const variableAccess: ObjectCodec<VariableAccess> = choice(
  "Variable-Access-Specification",
  "type",
  {
    "variable-name": [2, sequence("Variable-Name", { variableName: uint16 })],
    "parameterized-access": [
      4,
      sequence("Parameterized-Access", { variableName: uint16, selector: uint8, parameter: data }),
    ],
    "block-number-access": [5, sequence("Block-Number-Access", { blockNumber: uint16 })],
    "read-data-block-access": [
      6,
      sequence("Read-Data-Block-Access", {
        lastBlock: boolean,
        blockNumber: uint16,
        rawData: octetString(),
      }),
    ],
    "write-data-block-access": [
      7,
      sequence("Write-Data-Block-Access", { lastBlock: boolean, blockNumber: uint16 }),
    ],
  },
);
