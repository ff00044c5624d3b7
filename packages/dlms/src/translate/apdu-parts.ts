/** Parts that the trees of several APDUs share, in the words of the public vectors. */
import type { Data } from "../axdr/data.ts";
import { toHex } from "../octets.ts";
import { dataAccessResultToNumber } from "../xdlms/data-access-result.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import type { GetDataResult } from "../xdlms/get-data-result.ts";
import type { InvokeIdAndPriority, LongInvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import { dataTree } from "./data-tree.ts";
import { translateDateTime } from "./date-time-tree.ts";
import type { JsonObject } from "./json.ts";

export function invokeTree(invoke: InvokeIdAndPriority): JsonObject {
  return {
    invoke_id: invoke.invokeId,
    confirmed: invoke.confirmed,
    high_priority: invoke.highPriority,
  };
}

export function longInvokeTree(invoke: LongInvokeIdAndPriority): JsonObject {
  return {
    long_invoke_id: invoke.invokeId,
    self_descriptive: invoke.selfDescriptive,
    processing_break: invoke.breakOnError,
    confirmed: invoke.confirmed,
    high_priority: invoke.highPriority,
  };
}

export function attributeTree(attribute: AttributeDescriptor): JsonObject {
  const { classId, logicalName, attributeId, selection } = attribute;
  return {
    class_id: classId,
    obis: logicalName,
    attribute: attributeId,
    ...(selection === undefined
      ? {}
      : { selector: selection.selector, access_parameters: dataTree(selection.parameters) }),
  };
}

export function methodTree({ classId, logicalName, methodId }: MethodDescriptor): JsonObject {
  return { class_id: classId, obis: logicalName, method: methodId };
}

export function dataResultTree(result: GetDataResult): JsonObject {
  return result.ok
    ? { data: dataTree(result.value) }
    : { data_access_result: dataAccessResultToNumber(result.reason) };
}

export function blockTree({ lastBlock, blockNumber, rawData }: DataBlock): JsonObject {
  return { last_block: lastBlock, block_number: blockNumber, raw_data: toHex(rawData) };
}

/** A date-time of 0 or 12 octets under `name`, its fields under `name_fields`. */
export function timeTree(name: string, octets: Uint8Array | undefined): JsonObject {
  if (octets === undefined) return {};
  if (octets.length === 0) return { [name]: "" };
  return { [name]: toHex(octets), [`${name}_fields`]: translateDateTime(octets).fields };
}

export function dataTrees(values: readonly Data[]): readonly JsonObject[] {
  return values.map(dataTree);
}
