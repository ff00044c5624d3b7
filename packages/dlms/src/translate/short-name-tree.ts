import { toHex } from "../octets.ts";
import { dataAccessResultToNumber } from "../xdlms/data-access-result.ts";
import type { ReadResult } from "../xdlms/read-response.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import type { WriteResult } from "../xdlms/write-response.ts";
import { dataTree } from "./data-tree.ts";
import type { JsonObject } from "./json.ts";

function nameTree(variableName: number): JsonObject {
  return { variable_name: variableName.toString(16).padStart(4, "0") };
}

export function variableTree(access: VariableAccess): JsonObject {
  switch (access.type) {
    case "variable-name":
      return nameTree(access.variableName);
    case "parameterized-access":
      return {
        ...nameTree(access.variableName),
        selector: access.selector,
        parameter: dataTree(access.parameter),
      };
    case "block-number-access":
      return { block_number: access.blockNumber };
    case "read-data-block-access":
      return {
        last: access.lastBlock,
        block_number: access.blockNumber,
        raw: toHex(access.rawData),
      };
    case "write-data-block-access":
      return { last: access.lastBlock, block_number: access.blockNumber };
  }
}

export function readResultTree(result: ReadResult): JsonObject {
  switch (result.type) {
    case "data":
      return { data: dataTree(result.value) };
    case "data-access-error":
      return { data_access_error: dataAccessResultToNumber(result.reason) };
    case "data-block":
      return {
        last: result.lastBlock,
        block_number: result.blockNumber,
        raw: toHex(result.rawData),
      };
    case "block-number":
      return { block_number: result.blockNumber };
  }
}

export function writeResultTree(result: WriteResult): JsonObject {
  switch (result.type) {
    case "success":
      return { success: true };
    case "data-access-error":
      return { data_access_error: dataAccessResultToNumber(result.reason) };
    case "block-number":
      return { block_number: result.blockNumber };
  }
}
