import type { AccessSpecification } from "../xdlms/access-request.ts";
import type { AccessOutcome } from "../xdlms/access-response.ts";
import { actionResultToNumber, dataAccessResultToNumber } from "../xdlms/data-access-result.ts";
import { attributeTree, methodTree } from "./apdu-parts.ts";
import { dataTree } from "./data-tree.ts";
import type { JsonObject } from "./json.ts";

export function accessSpecificationTree(specification: AccessSpecification): JsonObject {
  const op = { op: specification.type };
  switch (specification.type) {
    case "get":
    case "set":
      return { ...op, ...attributeTree(specification.attribute) };
    case "action":
      return { ...op, ...methodTree(specification.method) };
    case "get-with-selection":
    case "set-with-selection":
      return {
        ...op,
        ...attributeTree(specification.attribute),
        selector: specification.selection.selector,
        access_parameters: dataTree(specification.selection.parameters),
      };
  }
}

export function accessOutcomeTree(outcome: AccessOutcome): JsonObject {
  const result =
    outcome.type === "action"
      ? actionResultToNumber(outcome.result)
      : dataAccessResultToNumber(outcome.result);
  return { op: outcome.type, result };
}
