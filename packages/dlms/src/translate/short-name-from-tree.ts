/** Parts of the short-name services and of ACCESS from their trees. */
import type { AccessSpecification } from "../xdlms/access-request.ts";
import type { AccessOutcome } from "../xdlms/access-response.ts";
import { actionResultFromNumber, dataAccessResultFromNumber } from "../xdlms/data-access-result.ts";
import type { ReadResult } from "../xdlms/read-response.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import type { WriteResult } from "../xdlms/write-response.ts";
import { dataOf } from "./data-from-tree.ts";
import { attributeOf, methodOf } from "./service-from-tree.ts";
import { refuse, type TreeObject } from "./tree-object.ts";

/** Which form it is follows from its members. */
export function variableOf(tree: TreeObject): VariableAccess {
  if (tree.has("variable_name")) {
    const variableName = tree.hexNumber("variable_name");
    if (!tree.has("selector")) return { type: "variable-name", variableName };
    const parameter = dataOf(tree.object("parameter"));
    const selector = tree.integer("selector");
    return { type: "parameterized-access", variableName, selector, parameter };
  }
  const blockNumber = tree.integer("block_number");
  if (!tree.has("last")) return { type: "block-number-access", blockNumber };
  const block = { lastBlock: tree.boolean("last"), blockNumber };
  return tree.has("raw")
    ? { type: "read-data-block-access", ...block, rawData: tree.octets("raw") }
    : { type: "write-data-block-access", ...block };
}

export function readResultOf(tree: TreeObject): ReadResult {
  if (tree.has("data")) return { type: "data", value: dataOf(tree.object("data")) };
  if (tree.has("data_access_error")) return errorOf(tree);
  const blockNumber = tree.integer("block_number");
  if (!tree.has("raw")) return { type: "block-number", blockNumber };
  const lastBlock = tree.boolean("last");
  return { type: "data-block", lastBlock, blockNumber, rawData: tree.octets("raw") };
}

export function writeResultOf(tree: TreeObject): WriteResult {
  if (tree.has("success")) return { type: "success" };
  if (tree.has("data_access_error")) return errorOf(tree);
  return { type: "block-number", blockNumber: tree.integer("block_number") };
}

function errorOf(tree: TreeObject): Extract<WriteResult, { readonly type: "data-access-error" }> {
  const reason = dataAccessResultFromNumber(tree.integer("data_access_error"));
  return { type: "data-access-error", reason };
}

export function accessSpecificationOf(tree: TreeObject): AccessSpecification {
  const type = tree.text("op");
  switch (type) {
    case "get":
    case "set":
      return { type, attribute: attributeOf(tree) };
    case "action":
      return { type, method: methodOf(tree) };
    case "get-with-selection":
    case "set-with-selection": {
      const { selection, ...attribute } = attributeOf(tree);
      if (selection === undefined) return refuse(tree.pathOf("selector"), undefined, "a number");
      return { type, attribute, selection };
    }
    default:
      return refuse(tree.pathOf("op"), type, "an operation of ACCESS");
  }
}

export function accessOutcomeOf(tree: TreeObject): AccessOutcome {
  const type = tree.text("op");
  const result = tree.integer("result");
  switch (type) {
    case "get":
    case "set":
      return { type, result: dataAccessResultFromNumber(result) };
    case "action":
      return { type, result: actionResultFromNumber(result) };
    default:
      return refuse(tree.pathOf("op"), type, "get, set or action");
  }
}
