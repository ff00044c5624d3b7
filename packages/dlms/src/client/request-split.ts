/** Lists cut into requests that fit the meter's max PDU. */
import { encodeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import { apduOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import { type AttributeDescriptor, attributeDescriptor } from "../xdlms/descriptor.ts";
import { variableAccess } from "../xdlms/variable-access.ts";
import type { MethodCall } from "./action-exchange.ts";
import type { ExchangeContext } from "./exchange.ts";
import type { AttributeValue } from "./set-exchange.ts";
import { type ShortName, variableAccessOf } from "./short-name-exchange.ts";
import type { ShortNameValue } from "./write-exchange.ts";

/** Parts of one request with a list; its count then takes one octet. */
const partsMax = 127;
/** Tag, form, invoke octet and count. */
const getHeadOctets = 4;
/** The same and the count of the values. */
const headOctets = 5;
/** A descriptor without selection, its flag included. */
const plainOctets = 10;
const methodOctets = 9;

/**
 * Cuts a list into runs whose GET-REQUEST-WITH-LIST fits `sendOctetsMax`, in order. Such a request
 * cannot be sent in blocks, so more than one run means more than one round trip.
 */
export function splitGetList(
  attributes: readonly AttributeDescriptor[],
  sendOctetsMax: number,
): readonly (readonly AttributeDescriptor[])[] {
  return split(attributes, attributeOctets, sendOctetsMax - getHeadOctets, partsMax);
}

/**
 * As `splitGetList`, for READ; one variable at a time where the meter takes no more
 * (`multipleReferences`).
 */
export function splitReadList(
  variables: readonly ShortName[],
  { sendOctetsMax, multipleReferences = true }: ExchangeContext,
): readonly (readonly ShortName[])[] {
  const runMax = multipleReferences ? partsMax : 1;
  return split(variables, variableOctets, sendOctetsMax - headOctets, runMax);
}

/**
 * Cuts a list into runs whose SET-REQUEST-WITH-LIST fits, where the meter takes no blocks; else it
 * is one run. Each run is carried out by itself.
 */
export function splitSetList(
  values: readonly AttributeValue[],
  context: ExchangeContext,
): readonly (readonly AttributeValue[])[] {
  const octetsOf = ({ attribute, data }: AttributeValue): number =>
    attributeOctets(attribute) + dataOctets(data);
  return splitUnlessBlocks(values, octetsOf, context.blockSet, context);
}

/** As `splitSetList`, for ACTION-REQUEST-WITH-LIST. */
export function splitActionList(
  calls: readonly MethodCall[],
  context: ExchangeContext,
): readonly (readonly MethodCall[])[] {
  const octetsOf = ({ parameters }: MethodCall): number =>
    methodOctets + (parameters === undefined ? 1 : dataOctets(parameters));
  return splitUnlessBlocks(calls, octetsOf, context.blockAction, context);
}

/** As `splitSetList`, for WRITE. */
export function splitWriteList(
  values: readonly ShortNameValue[],
  context: ExchangeContext,
): readonly (readonly ShortNameValue[])[] {
  const octetsOf = ({ name, data }: ShortNameValue): number =>
    variableOctets(name) + dataOctets(data);
  if (context.multipleReferences === false) return split(values, octetsOf, 0, 1);
  return splitUnlessBlocks(values, octetsOf, context.blockSet, context);
}

function splitUnlessBlocks<T>(
  parts: readonly T[],
  octetsOf: (part: T) => number,
  blocks: boolean,
  { sendOctetsMax, generalBlockTransfer = false }: ExchangeContext,
): readonly (readonly T[])[] {
  if (parts.length === 0) return [];
  if (parts.length === 1 || blocks || generalBlockTransfer) return [parts];
  return split(parts, octetsOf, sendOctetsMax - headOctets, partsMax);
}

function split<T>(
  parts: readonly T[],
  octetsOf: (part: T) => number,
  runOctetsMax: number,
  runPartsMax: number,
): readonly (readonly T[])[] {
  if (parts.length === 0) return [];
  const runs: T[][] = [];
  let run: T[] = [];
  let octets = 0;
  for (const part of parts) {
    const more = octetsOf(part);
    const full = octets + more > runOctetsMax || run.length >= runPartsMax;
    if (full && run.length > 0) {
      runs.push(run);
      run = [];
      octets = 0;
    }
    run.push(part);
    octets += more;
  }
  runs.push(run);
  return runs;
}

function attributeOctets(attribute: AttributeDescriptor): number {
  if (attribute.selection === undefined) return plainOctets;
  const writer = new OctetWriter(apduOctetsMax, 64);
  attributeDescriptor.encode(writer, attribute);
  return writer.length;
}

function variableOctets(name: ShortName): number {
  const writer = new OctetWriter(apduOctetsMax, 16);
  variableAccess.encode(writer, variableAccessOf(name));
  return writer.length;
}

function dataOctets(data: Data): number {
  return encodeData(data).length;
}
