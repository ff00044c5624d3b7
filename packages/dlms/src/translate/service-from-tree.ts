/** Parts and services with logical names from their trees, as `service-tree.ts` gives them. */
import { parseObis } from "../cosem/obis.ts";
import type { ActionRequest } from "../xdlms/action-request.ts";
import type { ActionOutcome, ActionResponse } from "../xdlms/action-response.ts";
import {
  actionResultFromNumber,
  type DataAccessResult,
  dataAccessResultFromNumber,
} from "../xdlms/data-access-result.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import type { GetDataResult } from "../xdlms/get-data-result.ts";
import type { GetRequest } from "../xdlms/get-request.ts";
import type { GetResponse } from "../xdlms/get-response.ts";
import type { InvokeIdAndPriority, LongInvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import type { SetRequest } from "../xdlms/set-request.ts";
import type { SetResponse } from "../xdlms/set-response.ts";
import { dataList, dataOf } from "./data-from-tree.ts";
import { refuse, type TreeObject } from "./tree-object.ts";

export function invokeOf(tree: TreeObject): InvokeIdAndPriority {
  return {
    invokeId: tree.integer("invoke_id"),
    confirmed: tree.boolean("confirmed"),
    highPriority: tree.boolean("high_priority"),
  };
}

export function longInvokeOf(tree: TreeObject): LongInvokeIdAndPriority {
  return {
    invokeId: tree.integer("long_invoke_id"),
    selfDescriptive: tree.boolean("self_descriptive"),
    breakOnError: tree.boolean("processing_break"),
    confirmed: tree.boolean("confirmed"),
    highPriority: tree.boolean("high_priority"),
  };
}

export function attributeOf(tree: TreeObject): AttributeDescriptor {
  const attribute = {
    classId: tree.integer("class_id"),
    logicalName: nameOf(tree),
    attributeId: tree.integer("attribute"),
  };
  if (!tree.has("selector")) return attribute;
  const parameters = dataOf(tree.object("access_parameters"));
  return { ...attribute, selection: { selector: tree.integer("selector"), parameters } };
}

export function methodOf(tree: TreeObject): MethodDescriptor {
  const classId = tree.integer("class_id");
  return { classId, logicalName: nameOf(tree), methodId: tree.integer("method") };
}

function nameOf(tree: TreeObject): AttributeDescriptor["logicalName"] {
  const parsed = parseObis(tree.text("obis"));
  return parsed.ok ? parsed.code : refuse(tree.pathOf("obis"), parsed, "an OBIS code");
}

export function dataResultOf(tree: TreeObject): GetDataResult {
  if (tree.has("data")) return { ok: true, value: dataOf(tree.object("data")) };
  return { ok: false, reason: resultOf(tree, "data_access_result") };
}

function resultOf(tree: TreeObject, name: string): DataAccessResult {
  return dataAccessResultFromNumber(tree.integer(name));
}

function resultsOf(tree: TreeObject): readonly DataAccessResult[] {
  return tree.values("results").map((value, index) => {
    if (typeof value === "number") return dataAccessResultFromNumber(value);
    return refuse(`${tree.pathOf("results")}[${index}]`, value, "a number");
  });
}

function blockOf(tree: TreeObject): DataBlock {
  return { ...positionOf(tree), rawData: tree.octets("raw_data") };
}

function positionOf(tree: TreeObject): Omit<DataBlock, "rawData"> {
  return { lastBlock: tree.boolean("last_block"), blockNumber: tree.integer("block_number") };
}

const attributesOf = (tree: TreeObject) => tree.list("list").map(attributeOf);
const methodsOf = (tree: TreeObject) => tree.list("list").map(methodOf);
const unknownForm = (tree: TreeObject): never =>
  refuse(tree.pathOf("type"), tree.get("type"), "a form of this service");

export function getRequestOf(tree: TreeObject): GetRequest {
  const head = { kind: "get-request", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  switch (type) {
    case "normal":
      return { ...head, type, attribute: attributeOf(tree) };
    case "next":
      return { ...head, type, blockNumber: tree.integer("block_number") };
    case "with-list":
      return { ...head, type, attributes: attributesOf(tree) };
    default:
      return unknownForm(tree);
  }
}

export function getResponseOf(tree: TreeObject): GetResponse {
  const head = { kind: "get-response", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  switch (type) {
    case "normal":
      return { ...head, type, result: dataResultOf(tree) };
    case "with-datablock": {
      const result = tree.has("raw_data")
        ? { ok: true as const, rawData: tree.octets("raw_data") }
        : { ok: false as const, reason: resultOf(tree, "data_access_result") };
      return { ...head, type, ...positionOf(tree), result };
    }
    case "with-list":
      return { ...head, type, results: tree.list("results").map(dataResultOf) };
    default:
      return unknownForm(tree);
  }
}

export function setRequestOf(tree: TreeObject): SetRequest {
  const head = { kind: "set-request", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  switch (type) {
    case "normal":
      return { ...head, type, attribute: attributeOf(tree), value: dataOf(tree.object("data")) };
    case "with-first-datablock":
      return { ...head, type, attribute: attributeOf(tree), ...blockOf(tree) };
    case "with-datablock":
      return { ...head, type, ...blockOf(tree) };
    case "with-list":
      return { ...head, type, attributes: attributesOf(tree), values: dataList(tree, "values") };
    case "with-list-and-first-datablock":
      return { ...head, type, attributes: attributesOf(tree), ...blockOf(tree) };
    default:
      return unknownForm(tree);
  }
}

export function setResponseOf(tree: TreeObject): SetResponse {
  const head = { kind: "set-response", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  const blockNumber = (): number => tree.integer("block_number");
  switch (type) {
    case "normal":
      return { ...head, type, result: resultOf(tree, "result") };
    case "datablock":
      return { ...head, type, blockNumber: blockNumber() };
    case "last-datablock":
      return { ...head, type, result: resultOf(tree, "result"), blockNumber: blockNumber() };
    case "last-datablock-with-list":
      return { ...head, type, results: resultsOf(tree), blockNumber: blockNumber() };
    case "with-list":
      return { ...head, type, results: resultsOf(tree) };
    default:
      return unknownForm(tree);
  }
}

export function actionRequestOf(tree: TreeObject): ActionRequest {
  const head = { kind: "action-request", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  switch (type) {
    case "normal": {
      const parameters = tree.optional("parameters", "parameters", (name) =>
        dataOf(tree.object(name)),
      );
      return { ...head, type, method: methodOf(tree), ...parameters };
    }
    case "next-pblock":
      return { ...head, type, blockNumber: tree.integer("block_number") };
    case "with-list":
      return { ...head, type, methods: methodsOf(tree), parameters: dataList(tree, "parameters") };
    case "with-first-pblock":
      return { ...head, type, method: methodOf(tree), ...blockOf(tree) };
    case "with-list-and-first-pblock":
      return { ...head, type, methods: methodsOf(tree), ...blockOf(tree) };
    case "with-pblock":
      return { ...head, type, ...blockOf(tree) };
    default:
      return unknownForm(tree);
  }
}

export function actionResponseOf(tree: TreeObject): ActionResponse {
  const head = { kind: "action-response", invoke: invokeOf(tree) } as const;
  const type = tree.text("type");
  switch (type) {
    case "normal":
      return { ...head, type, ...outcomeOf(tree) };
    case "with-pblock":
      return { ...head, type, ...blockOf(tree) };
    case "with-list":
      return { ...head, type, results: tree.list("results").map(outcomeOf) };
    case "next-pblock":
      return { ...head, type, blockNumber: tree.integer("block_number") };
    default:
      return unknownForm(tree);
  }
}

function outcomeOf(tree: TreeObject): ActionOutcome {
  const returned = tree.optional("returned", "return", (name) => dataResultOf(tree.object(name)));
  return { result: actionResultFromNumber(tree.integer("result")), ...returned };
}
