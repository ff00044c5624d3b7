/**
 * READ of the server role (Green Book 9.4.6.12): attributes and methods by short name, with
 * selection or parameters; request and answer whole or in blocks.
 */
import { writeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import { writeLength } from "../axdr/length.ts";
import type { OctetWriter } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type ActionResult,
  dataAccessResults,
  dataAccessResultToNumber,
} from "../xdlms/data-access-result.ts";
import { readRequest } from "../xdlms/read-request.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import { invokeEntry, readEntry } from "./access.ts";
import { addBlock, joinBlocks, noBlocks } from "./incoming-blocks.ts";
import type { Refusal } from "./object.ts";
import { blockOctetsMax, startBlocks } from "./outgoing-blocks.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  type IncomingBlocks,
  type OutgoingBlocks,
  type Progress,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";

const readResponse = 0x0c;
const choice = { data: 0, error: 1, block: 2, blockNumber: 3 } as const;
/** Tag, count, choice, last-block, block number. */
const blockHeadOctets = 6;
/** Block numbers have 16 bits. */
const blocksMax = 0xffff;

type NamedAccess = Extract<VariableAccess, { readonly variableName: number }>;

/** Answers one ReadRequest; returns what is under way afterwards. @throws {DecodeError} */
export function serveRead(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  if (!allows(request, conformanceMask.read)) throw new ServiceRefused("service-not-supported");
  const { variables } = decodeUnit(readRequest, request.apdu);
  const first = variables[0];
  const { progress } = request;
  if (variables.length === 1 && first?.type === "block-number-access") {
    if (progress?.at !== "long-read") return refuse(writer, "no-long-get-in-progress");
    if (first.blockNumber !== progress.blockNumber) return refuse(writer, "long-get-aborted");
    return writeBlock(request, writer, progress);
  }
  if (variables.length === 1 && first?.type === "read-data-block-access") {
    const blocks = progress?.at === "long-read-request" ? progress : noBlocks(false);
    return takeBlock(request, writer, blocks, first);
  }
  return answerAll(request, writer, variables);
}

/** A request too long for one APDU: its list of variables, block by block. */
function takeBlock(
  request: ServiceRequest,
  writer: OctetWriter,
  blocks: IncomingBlocks,
  block: Extract<VariableAccess, { readonly type: "read-data-block-access" }>,
): Progress | undefined {
  if (!allows(request, conformanceMask.blockGet)) throw new ServiceRefused("service-not-supported");
  const added = addBlock(blocks, block);
  if (typeof added === "string") return refuse(writer, added);
  if (!block.lastBlock) {
    writer.uint8(readResponse);
    writer.uint8(1);
    writer.uint8(choice.blockNumber);
    writer.uint16(block.blockNumber);
    return { at: "long-read-request", ...added };
  }
  const { variables } = decodeUnit(readRequest, joinBlocks(readRequest.tag, added));
  return answerAll(request, writer, variables);
}

function answerAll(
  request: ServiceRequest,
  writer: OctetWriter,
  variables: readonly VariableAccess[],
): Progress | undefined {
  const { prefix } = request;
  if (variables.length > 1 && !allows(request, conformanceMask.multipleReferences)) {
    throw new ServiceRefused("service-not-supported");
  }
  writer.uint8(readResponse);
  writeLength(writer, variables.length);
  for (const variable of variables) writeResult(writer, readVariable(request, variable));
  const octetsMax = answerOctetsMax(request, conformanceMask.blockGet);
  if (writer.length - prefix.length <= octetsMax) return undefined;
  const octets = writer.view(prefix.length + 1).slice();
  writer.reset();
  writer.octets(prefix);
  const countMax = blockOctetsMax(octetsMax - blockHeadOctets) * blocksMax;
  if (!allows(request, conformanceMask.blockGet) || octets.length > countMax) {
    throw new ServiceRefused("pdu-too-long");
  }
  return writeBlock(request, writer, startBlocks("long-read", octets));
}

function readVariable(request: ServiceRequest, variable: VariableAccess): Data | Refusal {
  if (!("variableName" in variable)) return "object-undefined";
  const target = request.view.objects.shortNames.find(variable.variableName);
  if (target === undefined) return "object-undefined";
  const { entry, id } = target;
  const parameterized = variable.type === "parameterized-access";
  if (parameterized && !allows(request, conformanceMask.parameterizedAccess)) {
    return "scope-of-access-violated";
  }
  if (target.member === "method") {
    const parameters = parameterized ? variable.parameter : undefined;
    const context = accessContext(request, undefined);
    const { result, returned } = invokeEntry(entry, id, parameters, context);
    if (result !== "success") return refusalOf(result);
    return returned ?? { type: "null-data", value: null };
  }
  return readEntry(entry, entry.object.classId, id, accessContext(request, selectionOf(variable)));
}

function selectionOf(
  variable: NamedAccess,
): { readonly selector: number; readonly parameters: Data } | undefined {
  if (variable.type === "variable-name") return undefined;
  return { selector: variable.selector, parameters: variable.parameter };
}

/** The results of methods that READ and WRITE have no name for are other-reason. */
export function refusalOf(result: Exclude<ActionResult, "success">): Refusal {
  const known: readonly string[] = Object.values(dataAccessResults);
  return known.includes(result) ? (result as Refusal) : "other-reason";
}

function writeResult(writer: OctetWriter, result: Data | Refusal): void {
  if (typeof result === "string") {
    writer.uint8(choice.error);
    writer.uint8(dataAccessResultToNumber(result));
  } else {
    writer.uint8(choice.data);
    writeData(writer, result);
  }
}

function refuse(writer: OctetWriter, reason: Refusal): undefined {
  writer.uint8(readResponse);
  writer.uint8(1);
  writeResult(writer, reason);
}

/** The next block of an answer; undefined when that was the last. */
function writeBlock(
  request: ServiceRequest,
  writer: OctetWriter,
  progress: OutgoingBlocks,
): OutgoingBlocks | undefined {
  const { octets, sent } = progress;
  const octetsMax = answerOctetsMax(request, conformanceMask.blockGet);
  const count = Math.min(octets.length - sent, blockOctetsMax(octetsMax - blockHeadOctets));
  const last = sent + count === octets.length;
  const blockNumber = progress.blockNumber + 1;
  writer.uint8(readResponse);
  writer.uint8(1);
  writer.uint8(choice.block);
  writer.uint8(last ? 1 : 0);
  writer.uint16(blockNumber);
  writeLength(writer, count);
  writer.octets(octets.subarray(sent, sent + count));
  return last ? undefined : { at: "long-read", octets, sent: sent + count, blockNumber };
}
