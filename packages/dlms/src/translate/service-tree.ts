import { toHex } from "../octets.ts";
import type { ActionRequest } from "../xdlms/action-request.ts";
import type { ActionOutcome, ActionResponse } from "../xdlms/action-response.ts";
import { actionResultToNumber, dataAccessResultToNumber } from "../xdlms/data-access-result.ts";
import type { GetRequest } from "../xdlms/get-request.ts";
import type { GetBlockResult, GetResponse } from "../xdlms/get-response.ts";
import type { SetRequest } from "../xdlms/set-request.ts";
import type { SetResponse } from "../xdlms/set-response.ts";
import { attributeTree, blockTree, dataResultTree, dataTrees, methodTree } from "./apdu-parts.ts";
import { dataTree } from "./data-tree.ts";
import type { JsonObject } from "./json.ts";

export function getRequestTree(apdu: GetRequest): JsonObject {
  switch (apdu.type) {
    case "normal":
      return attributeTree(apdu.attribute);
    case "next":
      return { block_number: apdu.blockNumber };
    case "with-list":
      return { list: apdu.attributes.map(attributeTree) };
  }
}

export function getResponseTree(apdu: GetResponse): JsonObject {
  switch (apdu.type) {
    case "normal":
      return dataResultTree(apdu.result);
    case "with-datablock":
      return {
        last_block: apdu.lastBlock,
        block_number: apdu.blockNumber,
        ...blockResultTree(apdu.result),
      };
    case "with-list":
      return { results: apdu.results.map(dataResultTree) };
  }
}

function blockResultTree(result: GetBlockResult): JsonObject {
  return result.ok
    ? { raw_data: toHex(result.rawData) }
    : { data_access_result: dataAccessResultToNumber(result.reason) };
}

export function setRequestTree(apdu: SetRequest): JsonObject {
  switch (apdu.type) {
    case "normal":
      return { ...attributeTree(apdu.attribute), data: dataTree(apdu.value) };
    case "with-first-datablock":
      return { ...attributeTree(apdu.attribute), ...blockTree(apdu) };
    case "with-datablock":
      return blockTree(apdu);
    case "with-list":
      return { list: apdu.attributes.map(attributeTree), values: dataTrees(apdu.values) };
    case "with-list-and-first-datablock":
      return { list: apdu.attributes.map(attributeTree), ...blockTree(apdu) };
  }
}

export function setResponseTree(apdu: SetResponse): JsonObject {
  switch (apdu.type) {
    case "normal":
      return { result: dataAccessResultToNumber(apdu.result) };
    case "datablock":
      return { block_number: apdu.blockNumber };
    case "last-datablock":
      return {
        result: dataAccessResultToNumber(apdu.result),
        block_number: apdu.blockNumber,
      };
    case "last-datablock-with-list":
      return {
        results: apdu.results.map(dataAccessResultToNumber),
        block_number: apdu.blockNumber,
      };
    case "with-list":
      return { results: apdu.results.map(dataAccessResultToNumber) };
  }
}

export function actionRequestTree(apdu: ActionRequest): JsonObject {
  switch (apdu.type) {
    case "normal":
      return {
        ...methodTree(apdu.method),
        ...(apdu.parameters === undefined ? {} : { parameters: dataTree(apdu.parameters) }),
      };
    case "next-pblock":
      return { block_number: apdu.blockNumber };
    case "with-list":
      return { list: apdu.methods.map(methodTree), parameters: dataTrees(apdu.parameters) };
    case "with-first-pblock":
      return { ...methodTree(apdu.method), ...blockTree(apdu) };
    case "with-list-and-first-pblock":
      return { list: apdu.methods.map(methodTree), ...blockTree(apdu) };
    case "with-pblock":
      return blockTree(apdu);
  }
}

export function actionResponseTree(apdu: ActionResponse): JsonObject {
  switch (apdu.type) {
    case "normal":
      return outcomeTree(apdu);
    case "with-pblock":
      return blockTree(apdu);
    case "with-list":
      return { results: apdu.results.map(outcomeTree) };
    case "next-pblock":
      return { block_number: apdu.blockNumber };
  }
}

function outcomeTree({ result, returned }: ActionOutcome): JsonObject {
  const outcome = { result: actionResultToNumber(result) };
  return returned === undefined ? outcome : { ...outcome, return: dataResultTree(returned) };
}
