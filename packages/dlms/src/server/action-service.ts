/** ACTION of the server role: normal, with-list, parameters and answers in blocks. */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { actionRequest } from "../xdlms/action-request.ts";
import {
  type ActionOutcome,
  type ActionResponse,
  actionResponse,
} from "../xdlms/action-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { ActionResult } from "../xdlms/data-access-result.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import type { MethodDescriptor } from "../xdlms/descriptor.ts";
import type { InvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import { invokeMethod } from "./access.ts";
import { addBlock, noBlocks, readBlocks } from "./incoming-blocks.ts";
import { actionBlock, startBlocks, writeBlock } from "./outgoing-blocks.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  type Progress,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";

/** Tag, type, invoke octet and count; result and the absence of a return value for each method. */
const listHeadOctets = 6;
const resultOctets = 2;

type LongAction = Extract<Progress, { readonly at: "long-action" }>;

/** Answers one Action-Request; returns what is under way afterwards. @throws {DecodeError} */
export function serveAction(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  if (!allows(request, conformanceMask.action)) throw new ServiceRefused("service-not-supported");
  const decoded = decodeUnit(actionRequest, request.apdu);
  const { invoke } = decoded;
  switch (decoded.type) {
    case "normal": {
      const outcome = invokeOne(request, decoded.method, decoded.parameters);
      return answerOne(request, invoke, outcome, writer);
    }
    case "with-list": {
      if (!allows(request, conformanceMask.multipleReferences)) {
        throw new ServiceRefused("service-not-supported");
      }
      confirmRoom(request, decoded.methods.length, invoke);
      const results = invokeList(request, decoded.methods, decoded.parameters);
      return answerList(request, invoke, results, writer);
    }
    case "next-pblock":
      return serveNext(request, decoded.blockNumber, invoke, writer);
    case "with-first-pblock":
      return startLong(request, [decoded.method], false, decoded, invoke, writer);
    case "with-list-and-first-pblock":
      return startLong(request, decoded.methods, true, decoded, invoke, writer);
    case "with-pblock":
      if (request.progress?.at === "long-action") {
        return takeBlock(request, request.progress, decoded, invoke, writer);
      }
      return answerOne(request, invoke, { result: "no-long-action-in-progress" }, writer);
  }
}

function startLong(
  request: ServiceRequest,
  methods: readonly MethodDescriptor[],
  withList: boolean,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  const mask = conformanceMask.blockAction | (withList ? conformanceMask.multipleReferences : 0);
  if (!allows(request, mask)) throw new ServiceRefused("service-not-supported");
  if (withList) confirmRoom(request, methods.length, invoke);
  const start: LongAction = { at: "long-action", methods, ...noBlocks(withList) };
  return takeBlock(request, start, block, invoke, writer);
}

function takeBlock(
  request: ServiceRequest,
  progress: LongAction,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  const { methods, withList } = progress;
  const added = addBlock(progress, block);
  if (typeof added === "string") {
    return answerOne(request, invoke, { result: "long-action-aborted" }, writer);
  }
  if (!block.lastBlock) {
    const { blockNumber } = block;
    answer(writer, { kind: "action-response", type: "next-pblock", invoke, blockNumber });
    return { at: "long-action", methods, ...added };
  }
  const parameters = readBlocks(added);
  if (withList) {
    return answerList(request, invoke, invokeList(request, methods, parameters), writer);
  }
  return answerOne(request, invoke, invokeOne(request, methods[0]!, parameters[0]), writer);
}

function serveNext(
  request: ServiceRequest,
  blockNumber: number,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  const { progress, apdu } = request;
  const refuse = (result: ActionResult): undefined => {
    answer(writer, { kind: "action-response", type: "normal", invoke, result });
    return undefined;
  };
  if (progress?.at !== "long-action-answer") return refuse("no-long-action-in-progress");
  if (blockNumber !== progress.blockNumber) return refuse("long-action-aborted");
  return writeBlock(
    writer,
    actionBlock,
    apdu[2]!,
    progress,
    answerOctetsMax(request, conformanceMask.blockAction),
  );
}

/** Without blocks a return value too long is left out: that the method was called is told. */
function answerOne(
  request: ServiceRequest,
  invoke: InvokeIdAndPriority,
  outcome: ActionOutcome,
  writer: OctetWriter,
): Progress | undefined {
  const { result } = outcome;
  answer(writer, { kind: "action-response", type: "normal", invoke, ...outcome });
  const bare = { kind: "action-response", type: "normal", invoke, result } as const;
  return splitIfLong(request, bare, writer);
}

function answerList(
  request: ServiceRequest,
  invoke: InvokeIdAndPriority,
  results: readonly ActionOutcome[],
  writer: OctetWriter,
): Progress | undefined {
  const form = { kind: "action-response", type: "with-list", invoke } as const;
  answer(writer, { ...form, results });
  const bare = { ...form, results: results.map(({ result }) => ({ result })) };
  return splitIfLong(request, bare, writer);
}

/** Refuses before anything is done what could not even be answered without return values. */
function confirmRoom(request: ServiceRequest, count: number, invoke: InvokeIdAndPriority): void {
  if (!invoke.confirmed || allows(request, conformanceMask.blockAction)) return;
  if (listHeadOctets + count * resultOctets <= answerOctetsMax(request, 0)) return;
  throw new ServiceRefused("pdu-too-long");
}

/**
 * The raw data of an answer in blocks are what follows the invoke octet of the whole answer. `bare`
 * is the answer where it may not go in blocks.
 */
function splitIfLong(
  request: ServiceRequest,
  bare: ActionResponse,
  writer: OctetWriter,
): Progress | undefined {
  const octetsMax = answerOctetsMax(request, conformanceMask.blockAction);
  if (writer.length - request.prefix.length <= octetsMax) return undefined;
  const octets = writer.view(request.prefix.length + 3).slice();
  writer.reset();
  writer.octets(request.prefix);
  if (!allows(request, conformanceMask.blockAction)) {
    answer(writer, bare);
    return undefined;
  }
  const start = startBlocks(actionBlock.at, octets);
  return writeBlock(writer, actionBlock, request.apdu[2]!, start, octetsMax);
}

function invokeList(
  request: ServiceRequest,
  methods: readonly MethodDescriptor[],
  parameters: readonly Data[],
): readonly ActionOutcome[] {
  if (methods.length !== parameters.length) {
    const problem = `${parameters.length} parameters for ${methods.length} methods`;
    throw new DecodeError("xdlms", "Action-Request.parameters", 0, problem);
  }
  return methods.map((method, at) => invokeOne(request, method, parameters[at]));
}

function invokeOne(
  request: ServiceRequest,
  method: MethodDescriptor,
  parameters: Data | undefined,
): ActionOutcome {
  const context = accessContext(request, undefined);
  const { result, returned } = invokeMethod(request.view.objects, method, parameters, context);
  if (returned === undefined) return { result };
  return typeof returned === "string"
    ? { result, returned: { ok: false, reason: returned } }
    : { result, returned: { ok: true, value: returned } };
}

/** An ACTION with service class "unconfirmed" is carried out and not answered. */
function answer(writer: OctetWriter, response: ActionResponse): void {
  if (response.invoke.confirmed) actionResponse.encode(writer, response);
}
