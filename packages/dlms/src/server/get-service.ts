/** GET of the server role: normal, next, with-list, answered whole or in blocks. */
import { writeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import { writeLength } from "../axdr/length.ts";
import { OctetReader, type OctetWriter } from "../octets.ts";
import { dataAccessResultToNumber } from "../xdlms/data-access-result.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { AttributeDescriptor } from "../xdlms/descriptor.ts";
import { getRequest } from "../xdlms/get-request.ts";
import { readEntry } from "./access.ts";
import type { Refusal } from "./object.ts";
import { getBlock, startBlocks, writeBlock } from "./outgoing-blocks.ts";
import {
  accessContext,
  allows,
  answerOctetsMax,
  conformanceMask,
  type OutgoingBlocks,
  pduOctetsMax,
  type Progress,
  ServiceRefused,
  type ServiceRequest,
} from "./service.ts";
import { logicalNameKey } from "./view.ts";

const getResponse = 0xc4;
const normal = 1;
const withDatablock = 2;
const withList = 3;
/** `C0 01 iip class(2) logical-name(6) attribute flag(00)`: a GET without selective access. */
const plainRequestOctets = 13;

/** Answers one Get-Request; returns what is under way afterwards. @throws {DecodeError} */
export function serveGet(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  if (!allows(request, conformanceMask.get)) throw new ServiceRefused("service-not-supported");
  const { apdu } = request;
  if (apdu[1] === normal && apdu.length === plainRequestOctets && apdu[12] === 0) {
    return servePlain(request, writer);
  }
  const decoded = decodeUnit(getRequest, apdu);
  switch (decoded.type) {
    case "normal":
      writeHead(writer, normal, apdu[2]!);
      writeResult(writer, readSelected(request, decoded.attribute));
      return splitIfLong(request, writer, 1);
    case "next":
      return serveNext(request, decoded.blockNumber, writer);
    case "with-list":
      return serveList(request, decoded.attributes, writer);
  }
}

/** The common form, read by place: what the declaration says, without an object for it. */
function servePlain(request: ServiceRequest, writer: OctetWriter): Progress | undefined {
  const { apdu, view } = request;
  const reader = new OctetReader(apdu, "xdlms", 3);
  const classId = reader.uint16("class-id");
  const entry = view.objects.findByKey(logicalNameKey(apdu, reader.offset));
  reader.skip(6, "instance-id");
  const attributeId = reader.int8("attribute-id");
  const result =
    attributeId === 0 && !allows(request, conformanceMask.attributeZeroGet)
      ? "scope-of-access-violated"
      : readEntry(entry, classId, attributeId, accessContext(request, undefined));
  if (typeof result === "string") {
    writeHead(writer, normal, apdu[2]!);
    writeResult(writer, result);
    return undefined;
  }
  // C4 01 iip 00: head and choice at once.
  writer.uint32((getResponse << 24) | (normal << 16) | (apdu[2]! << 8));
  writeData(writer, result);
  return splitIfLong(request, writer, 1);
}

function serveList(
  request: ServiceRequest,
  attributes: readonly AttributeDescriptor[],
  writer: OctetWriter,
): Progress | undefined {
  if (!allows(request, conformanceMask.multipleReferences)) {
    throw new ServiceRefused("service-not-supported");
  }
  writeHead(writer, withList, request.apdu[2]!);
  writeLength(writer, attributes.length);
  for (const attribute of attributes) writeResult(writer, readSelected(request, attribute));
  return splitIfLong(request, writer, 0);
}

function serveNext(
  request: ServiceRequest,
  blockNumber: number,
  writer: OctetWriter,
): Progress | undefined {
  const { apdu, progress } = request;
  const isRepeated = progress?.at === "long-get" && blockNumber === progress.blockNumber - 1;
  // Block 1 is asked for by no GET-NEXT: a number before it is a client that gives up.
  if (isRepeated && blockNumber > 0 && progress.lastFrom !== undefined) {
    const last = { ...progress, sent: progress.lastFrom, blockNumber };
    writeBlock(writer, getBlock, apdu[2]!, last, blockOctets(request));
    return progress;
  }
  if (progress?.at !== "long-get" || progress.sent === progress.octets.length) {
    writeBlockRefusal(writer, apdu[2]!, blockNumber, "no-long-get-in-progress");
    return undefined;
  }
  if (blockNumber !== progress.blockNumber) {
    writeBlockRefusal(writer, apdu[2]!, blockNumber, "long-get-aborted");
    return undefined;
  }
  return sendBlock(request, writer, progress);
}

/** The next block, kept until something else is asked for (Green Book 9.4.6.6). */
function sendBlock(
  request: ServiceRequest,
  writer: OctetWriter,
  progress: OutgoingBlocks,
): OutgoingBlocks {
  const { octets, sent, blockNumber } = progress;
  const next = writeBlock(writer, getBlock, request.apdu[2]!, progress, blockOctets(request));
  if (next !== undefined) return { ...next, lastFrom: sent };
  const last = octets.slice(sent);
  const { length } = last;
  return { at: "long-get", octets: last, sent: length, blockNumber: blockNumber + 1, lastFrom: 0 };
}

function blockOctets(request: ServiceRequest): number {
  return answerOctetsMax(request, conformanceMask.blockGet);
}

function readSelected(request: ServiceRequest, attribute: AttributeDescriptor): Data | Refusal {
  const { classId, logicalName, attributeId, selection } = attribute;
  const mask =
    (selection === undefined ? 0 : conformanceMask.selectiveAccess) |
    (attributeId === 0 ? conformanceMask.attributeZeroGet : 0);
  if (!allows(request, mask)) return "scope-of-access-violated";
  const entry = request.view.objects.find(logicalName);
  return readEntry(entry, classId, attributeId, accessContext(request, selection));
}

/**
 * Leaves an answer that fits; one that does not becomes the first block. `choiceOctets` 1: the
 * Get-Data-Result's 00 before the Data is not part of the raw data.
 */
function splitIfLong(
  request: ServiceRequest,
  writer: OctetWriter,
  choiceOctets: 0 | 1,
): Progress | undefined {
  return writer.length - request.prefix.length <= pduOctetsMax(request.facts)
    ? undefined
    : split(request, writer, choiceOctets);
}

function split(
  request: ServiceRequest,
  writer: OctetWriter,
  choiceOctets: 0 | 1,
): Progress | undefined {
  const octetsMax = answerOctetsMax(request, conformanceMask.blockGet);
  if (writer.length - request.prefix.length <= octetsMax) return undefined;
  const octets = writer.view(request.prefix.length + 3 + choiceOctets).slice();
  const invoke = request.apdu[2]!;
  writer.reset();
  writer.octets(request.prefix);
  if (!allows(request, conformanceMask.blockGet)) {
    writeHead(writer, normal, invoke);
    writeResult(writer, "other-reason");
    return undefined;
  }
  return sendBlock(request, writer, startBlocks(getBlock.at, octets));
}

function writeHead(writer: OctetWriter, type: number, invoke: number): void {
  writer.uint8(getResponse);
  writer.uint8(type);
  writer.uint8(invoke);
}

/** Get-Data-Result. */
function writeResult(writer: OctetWriter, result: Data | Refusal): void {
  if (typeof result === "string") {
    writer.uint8(1);
    writer.uint8(dataAccessResultToNumber(result));
  } else {
    writer.uint8(0);
    writeData(writer, result);
  }
}

function writeBlockRefusal(
  writer: OctetWriter,
  invoke: number,
  blockNumber: number,
  reason: Refusal,
): void {
  writeHead(writer, withDatablock, invoke);
  writer.uint8(1);
  writer.uint32(blockNumber);
  writer.uint8(1);
  writer.uint8(dataAccessResultToNumber(reason));
}
