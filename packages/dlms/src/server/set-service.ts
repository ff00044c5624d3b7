/** SET of the server role: normal, with-list, and both in blocks. */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { DataAccessResult } from "../xdlms/data-access-result.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import type { AttributeDescriptor } from "../xdlms/descriptor.ts";
import type { InvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import { setRequest } from "../xdlms/set-request.ts";
import { type SetResponse, setResponse } from "../xdlms/set-response.ts";
import { writeAttribute } from "./access.ts";
import { addBlock, noBlocks, readBlocks } from "./incoming-blocks.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  type Progress,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";

/** Tag, type, invoke octet, count and the number of the last block; each result is one octet. */
const listHeadOctets = 10;

type LongSet = Extract<Progress, { readonly at: "long-set" }>;

/** Answers one Set-Request; returns what is under way afterwards. @throws {DecodeError} */
export function serveSet(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  if (!allows(request, conformanceMask.set)) throw new ServiceRefused("service-not-supported");
  const decoded = decodeUnit(setRequest, request.apdu);
  const { invoke } = decoded;
  switch (decoded.type) {
    case "normal": {
      const result = write(request, decoded.attribute, decoded.value);
      answer(writer, { kind: "set-response", type: "normal", invoke, result });
      return undefined;
    }
    case "with-list": {
      if (!allows(request, conformanceMask.multipleReferences)) {
        throw new ServiceRefused("service-not-supported");
      }
      confirmRoom(request, decoded.attributes.length, invoke);
      const results = writeList(request, decoded.attributes, decoded.values);
      answer(writer, { kind: "set-response", type: "with-list", invoke, results });
      return undefined;
    }
    case "with-first-datablock":
      return startLong(request, [decoded.attribute], false, decoded, invoke, writer);
    case "with-list-and-first-datablock":
      return startLong(request, decoded.attributes, true, decoded, invoke, writer);
    case "with-datablock":
      return continueLong(request, decoded, invoke, writer);
  }
}

function startLong(
  request: ServiceRequest,
  attributes: readonly AttributeDescriptor[],
  withList: boolean,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  const mask = conformanceMask.blockSet | (withList ? conformanceMask.multipleReferences : 0);
  if (!allows(request, mask)) throw new ServiceRefused("service-not-supported");
  if (withList) confirmRoom(request, attributes.length, invoke);
  const start: LongSet = { at: "long-set", attributes, ...noBlocks(withList) };
  return takeBlock(request, start, block, invoke, writer);
}

function continueLong(
  request: ServiceRequest,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  if (request.progress?.at === "long-set") {
    return takeBlock(request, request.progress, block, invoke, writer);
  }
  refuseBlock(writer, false, 1, block, invoke, "no-long-set-in-progress");
  return undefined;
}

function takeBlock(
  request: ServiceRequest,
  progress: LongSet,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): Progress | undefined {
  const { attributes, withList } = progress;
  const added = addBlock(progress, block);
  if (typeof added === "string") {
    refuseBlock(writer, withList, attributes.length, block, invoke, added);
    return undefined;
  }
  const { blockNumber } = block;
  if (!block.lastBlock) {
    answer(writer, { kind: "set-response", type: "datablock", invoke, blockNumber });
    return { at: "long-set", attributes, ...added };
  }
  const values = readBlocks(added);
  const results = writeList(request, attributes, values);
  answer(
    writer,
    withList
      ? { kind: "set-response", type: "last-datablock-with-list", invoke, results, blockNumber }
      : { kind: "set-response", type: "last-datablock", invoke, result: results[0]!, blockNumber },
  );
  return undefined;
}

function refuseBlock(
  writer: OctetWriter,
  withList: boolean,
  count: number,
  block: DataBlock,
  invoke: InvokeIdAndPriority,
  result: DataAccessResult,
): void {
  const { blockNumber } = block;
  const results = Array.from({ length: count }, () => result);
  answer(
    writer,
    withList
      ? { kind: "set-response", type: "last-datablock-with-list", invoke, results, blockNumber }
      : { kind: "set-response", type: "last-datablock", invoke, result, blockNumber },
  );
}

/**
 * The response to a list has no blocks of its own (Green Book 9.4.6.7): where its results have no
 * room, the request is refused before anything is written.
 */
function confirmRoom(request: ServiceRequest, count: number, invoke: InvokeIdAndPriority): void {
  if (!invoke.confirmed || listHeadOctets + count <= answerOctetsMax(request, 0)) return;
  throw new ServiceRefused("pdu-too-long");
}

function writeList(
  request: ServiceRequest,
  attributes: readonly AttributeDescriptor[],
  values: readonly Data[],
): readonly DataAccessResult[] {
  if (attributes.length !== values.length) {
    const problem = `${values.length} values for ${attributes.length} attributes`;
    throw new DecodeError("xdlms", "Set-Request.values", 0, problem);
  }
  return attributes.map((attribute, at) => write(request, attribute, values[at]!));
}

function write(
  request: ServiceRequest,
  attribute: AttributeDescriptor,
  value: Data,
): DataAccessResult {
  if (attribute.selection !== undefined && !allows(request, conformanceMask.selectiveAccess)) {
    return "scope-of-access-violated";
  }
  const context = accessContext(request, attribute.selection);
  return writeAttribute(request.view.objects, attribute, value, context);
}

/** A SET with service class "unconfirmed" is carried out and not answered (Green Book 9.3.8). */
function answer(writer: OctetWriter, response: SetResponse): void {
  if (response.invoke.confirmed) setResponse.encode(writer, response);
}
