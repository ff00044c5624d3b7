/**
 * WRITE and UNCONFIRMED WRITE of the server role (Green Book 9.4.6.13): attributes by short name,
 * and methods, for which the value is their parameters.
 */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { DataAccessResult } from "../xdlms/data-access-result.ts";
import { unconfirmedWriteRequest } from "../xdlms/unconfirmed-write-request.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import { writeRequest } from "../xdlms/write-request.ts";
import { type WriteResult, writeResponse } from "../xdlms/write-response.ts";
import { invokeEntry, writeEntry } from "./access.ts";
import { addBlock, joinBlocks, noBlocks } from "./incoming-blocks.ts";
import { refusalOf } from "./read-service.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  type Progress,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";

interface Values {
  readonly variables: readonly VariableAccess[];
  readonly data: readonly Data[];
}

/** Tag, count, and two octets for each result at most. */
const headOctets = 4;
const resultOctets = 2;

/** Answers one WriteRequest; returns what is under way afterwards. @throws {DecodeError} */
export function serveWrite(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  if (!allows(request, conformanceMask.write)) throw new ServiceRefused("service-not-supported");
  const values = decodeUnit(writeRequest, request.apdu);
  const block = values.variables[0];
  if (block?.type !== "write-data-block-access") {
    answer(writer, writeConfirmed(request, values));
    return undefined;
  }
  return takeBlock(request, writer, values, block);
}

/** Carries out one UnconfirmedWriteRequest; nothing answers it. @throws {DecodeError} */
export function serveUnconfirmedWrite(request: ServiceRequest): void {
  if (!allows(request, conformanceMask.unconfirmedWrite)) return;
  writeAll(request, decodeUnit(unconfirmedWriteRequest, request.apdu));
}

/** What goes in blocks is the WriteRequest without its tag. */
function takeBlock(
  request: ServiceRequest,
  writer: OctetWriter,
  { variables, data }: Values,
  block: Extract<VariableAccess, { readonly type: "write-data-block-access" }>,
): Progress | undefined {
  if (!allows(request, conformanceMask.blockSet)) throw new ServiceRefused("service-not-supported");
  const [raw] = data;
  if (variables.length !== 1 || data.length !== 1 || raw?.type !== "octet-string") {
    throw new DecodeError("xdlms", "WriteRequest.data", 0, "is no block");
  }
  const { progress } = request;
  const { lastBlock, blockNumber } = block;
  const blocks = progress?.at === "long-write" ? progress : noBlocks(false);
  const added = addBlock(blocks, { lastBlock, blockNumber, rawData: raw.value });
  if (typeof added === "string") {
    answer(writer, [{ type: "data-access-error", reason: added }]);
    return undefined;
  }
  if (!lastBlock) {
    answer(writer, [{ type: "block-number", blockNumber }]);
    return { at: "long-write", ...added };
  }
  answer(
    writer,
    writeConfirmed(request, decodeUnit(writeRequest, joinBlocks(writeRequest.tag, added))),
  );
  return undefined;
}

/** Nothing is written where not every result would have room in the answer. */
function writeConfirmed(request: ServiceRequest, values: Values): readonly WriteResult[] {
  if (headOctets + values.variables.length * resultOctets > answerOctetsMax(request, 0)) {
    throw new ServiceRefused("pdu-too-long");
  }
  return writeAll(request, values);
}

function writeAll(request: ServiceRequest, { variables, data }: Values): readonly WriteResult[] {
  if (variables.length !== data.length) {
    const problem = `${data.length} values for ${variables.length} variables`;
    throw new DecodeError("xdlms", "WriteRequest.data", 0, problem);
  }
  if (variables.length > 1 && !allows(request, conformanceMask.multipleReferences)) {
    throw new ServiceRefused("service-not-supported");
  }
  return variables.map((variable, at): WriteResult => {
    const result = writeVariable(request, variable, data[at]!);
    return result === "success"
      ? { type: "success" }
      : { type: "data-access-error", reason: result };
  });
}

function writeVariable(
  request: ServiceRequest,
  variable: VariableAccess,
  value: Data,
): DataAccessResult {
  if (!("variableName" in variable)) return "object-undefined";
  const target = request.view.objects.shortNames.find(variable.variableName);
  if (target === undefined) return "object-undefined";
  const { entry, id } = target;
  if (target.member === "method") {
    const parameters = value.type === "null-data" ? undefined : value;
    const { result } = invokeEntry(entry, id, parameters, accessContext(request, undefined));
    return result === "success" ? result : refusalOf(result);
  }
  if (variable.type === "variable-name") {
    return writeEntry(entry, id, value, accessContext(request, undefined));
  }
  if (!allows(request, conformanceMask.parameterizedAccess)) return "scope-of-access-violated";
  const selection = { selector: variable.selector, parameters: variable.parameter };
  return writeEntry(entry, id, value, accessContext(request, selection));
}

function answer(writer: OctetWriter, results: readonly WriteResult[]): void {
  writeResponse.encode(writer, { kind: "write-response", results });
}
