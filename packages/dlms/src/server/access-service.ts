/** ACCESS of the server role (Green Book 9.4.6.10): get, set and action in one request. */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { accessRequest, type AccessSpecification } from "../xdlms/access-request.ts";
import { type AccessOutcome, accessResponse } from "../xdlms/access-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { invokeMethod, readEntry, writeAttribute } from "./access.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";

const nullData: Data = { type: "null-data", value: null };

interface Done {
  readonly data: Data;
  readonly outcome: AccessOutcome;
}

/**
 * Answers one Access-Request, unless it asks for no answer. With the option to break on error, what
 * stands behind the first failure is not carried out and answered other-reason.
 * @throws {DecodeError}
 */
export function serveAccess(request: ServiceRequest, writer: OctetWriter): undefined {
  if (!allows(request, conformanceMask.access)) throw new ServiceRefused("service-not-supported");
  const { invoke, specifications, data } = decodeUnit(accessRequest, request.apdu);
  if (data.length !== specifications.length) {
    const problem = `${data.length} values for ${specifications.length} accesses`;
    throw new DecodeError("xdlms", "Access-Request.data", 0, problem);
  }
  let broken = false;
  const done = specifications.map((specification, at) => {
    if (broken) return refused(specification);
    const one = carryOut(request, specification, data[at]!);
    broken = invoke.breakOnError && one.outcome.result !== "success";
    return one;
  });
  if (!invoke.confirmed) return;
  accessResponse.encode(writer, {
    kind: "access-response",
    invoke,
    dateTime: new Uint8Array(0),
    data: done.map((one) => one.data),
    results: done.map((one) => one.outcome),
  });
  // The service has no blocks of its own.
  if (writer.length - request.prefix.length > answerOctetsMax(request, 0)) {
    throw new ServiceRefused("pdu-too-long");
  }
}

function carryOut(request: ServiceRequest, specification: AccessSpecification, value: Data): Done {
  const { objects } = request.view;
  switch (specification.type) {
    case "get":
    case "get-with-selection": {
      const { classId, logicalName, attributeId } = specification.attribute;
      const selection = "selection" in specification ? specification.selection : undefined;
      const context = accessContext(request, selection);
      const read = readEntry(objects.find(logicalName), classId, attributeId, context);
      return typeof read === "string"
        ? { data: nullData, outcome: { type: "get", result: read } }
        : { data: read, outcome: { type: "get", result: "success" } };
    }
    case "set":
    case "set-with-selection": {
      const attribute =
        "selection" in specification
          ? { ...specification.attribute, selection: specification.selection }
          : specification.attribute;
      const context = accessContext(request, undefined);
      const result = writeAttribute(objects, attribute, value, context);
      return { data: nullData, outcome: { type: "set", result } };
    }
    case "action": {
      const context = accessContext(request, undefined);
      const parameters = value.type === "null-data" ? undefined : value;
      const { result, returned } = invokeMethod(objects, specification.method, parameters, context);
      const data = returned === undefined || typeof returned === "string" ? nullData : returned;
      return { data, outcome: { type: "action", result } };
    }
  }
}

function refused({ type }: AccessSpecification): Done {
  const result = "other-reason";
  switch (type) {
    case "get":
    case "get-with-selection":
      return { data: nullData, outcome: { type: "get", result } };
    case "set":
    case "set-with-selection":
      return { data: nullData, outcome: { type: "set", result } };
    case "action":
      return { data: nullData, outcome: { type: "action", result } };
  }
}
