/**
 * APDUs and Data in the words of the public vectors: the standard's names in snake_case, octets as
 * hex, results as numbers. Only what was on the wire is told.
 */
import { isAcseTag } from "../acse/codec.ts";
import { decodeData } from "../axdr/data-decode.ts";
import type { Data } from "../axdr/data.ts";
import { toHex } from "../octets.ts";
import { type Apdu, type ApduLeniency, decodeApdu } from "../xdlms/apdu.ts";
import type { CipheredService } from "../xdlms/ciphered-service.ts";
import { type ConformanceBit, conformanceToMask } from "../xdlms/conformance.ts";
import { serviceErrorToNumber, stateErrorToNumber } from "../xdlms/exception-response.ts";
import type { VariableAccess } from "../xdlms/variable-access.ts";
import { accessOutcomeTree, accessSpecificationTree } from "./access-tree.ts";
import { acseTree } from "./acse-tree.ts";
import { attributeTree, dataTrees, invokeTree, longInvokeTree, timeTree } from "./apdu-parts.ts";
import { generalHeaderTree, keyInfoTree, securedTree } from "./ciphered-tree.ts";
import { dataTree } from "./data-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  actionRequestTree,
  actionResponseTree,
  getRequestTree,
  getResponseTree,
  setRequestTree,
  setResponseTree,
} from "./service-tree.ts";
import { readResultTree, variableTree, writeResultTree } from "./short-name-tree.ts";

/** How to read what is translated. */
export interface TranslateOptions {
  /** Forms outside the standard to accept; none unless named. */
  readonly leniency?: ApduLeniency;
}

/**
 * Any APDU, ACSE or xDLMS, as a tree. Ciphered ones stay closed.
 * @throws {DecodeError} it is none, or not a well-formed one.
 */
export function translateApdu(octets: Uint8Array, options?: TranslateOptions): Json {
  if (isAcseTag(octets[0] ?? 0)) {
    return acseTree(octets, (inner) => translateApdu(inner, options));
  }
  return apduTree(decodeApdu(octets, options?.leniency));
}

/** One complete Data value as a tree. @throws {DecodeError} */
export function translateData(octets: Uint8Array): Json {
  return dataTree(decodeData(octets));
}

/** A decoded xDLMS APDU as a tree. */
export function apduTree(apdu: Apdu): JsonObject {
  return { apdu: apdu.kind, ...("type" in apdu ? { type: apdu.type } : {}), ...bodyTree(apdu) };
}

function isCipheredService(apdu: Apdu): apdu is CipheredService {
  return /^(glo|ded)-/.test(apdu.kind);
}

type PlainApdu = Exclude<Apdu, CipheredService>;
type Trees = {
  readonly [K in PlainApdu["kind"]]: (apdu: Extract<PlainApdu, { readonly kind: K }>) => JsonObject;
};

const trees: Trees = {
  "initiate-request": (apdu) => ({
    ...(apdu.dedicatedKey === undefined ? {} : { dedicated_key: toHex(apdu.dedicatedKey) }),
    response_allowed: apdu.responseAllowed,
    ...initiateTree(apdu),
  }),
  "initiate-response": (apdu) => ({
    ...initiateTree(apdu),
    vaa_name: apdu.vaaName.toString(16).padStart(4, "0"),
  }),
  "read-request": ({ variables }) => ({ specs: variables.map(variableTree) }),
  "read-response": ({ results }) => ({ results: results.map(readResultTree) }),
  "write-request": (apdu) => writeTree(apdu),
  "write-response": ({ results }) => ({ results: results.map(writeResultTree) }),
  "unconfirmed-write-request": (apdu) => writeTree(apdu),
  "information-report": (apdu) => ({
    ...(apdu.currentTime === undefined ? {} : { current_time: toHex(apdu.currentTime) }),
    ...writeTree(apdu),
  }),
  "confirmed-service-error": ({ service, errorClass, error }) => ({
    service,
    error_type: errorClass,
    error,
  }),
  "get-request": (apdu) => ({ ...invokeTree(apdu.invoke), ...getRequestTree(apdu) }),
  "get-response": (apdu) => ({ ...invokeTree(apdu.invoke), ...getResponseTree(apdu) }),
  "set-request": (apdu) => ({ ...invokeTree(apdu.invoke), ...setRequestTree(apdu) }),
  "set-response": (apdu) => ({ ...invokeTree(apdu.invoke), ...setResponseTree(apdu) }),
  "action-request": (apdu) => ({ ...invokeTree(apdu.invoke), ...actionRequestTree(apdu) }),
  "action-response": (apdu) => ({ ...invokeTree(apdu.invoke), ...actionResponseTree(apdu) }),
  "access-request": (apdu) => ({
    ...longInvokeTree(apdu.invoke),
    ...timeTree("date_time", apdu.dateTime),
    specs: apdu.specifications.map(accessSpecificationTree),
    data: dataTrees(apdu.data),
  }),
  "access-response": (apdu) => ({
    ...longInvokeTree(apdu.invoke),
    ...timeTree("date_time", apdu.dateTime),
    ...(apdu.specifications === undefined
      ? {}
      : { specs: apdu.specifications.map(accessSpecificationTree) }),
    data: dataTrees(apdu.data),
    results: apdu.results.map(accessOutcomeTree),
  }),
  "event-notification": (apdu) => ({
    ...timeTree("time", apdu.time),
    ...attributeTree(apdu.attribute),
    value: dataTree(apdu.value),
  }),
  "data-notification": (apdu) => ({
    ...longInvokeTree(apdu.invoke),
    ...timeTree("date_time", apdu.dateTime),
    body: dataTree(apdu.body),
  }),
  "data-notification-confirm": (apdu) => ({
    ...longInvokeTree(apdu.invoke),
    ...timeTree("date_time", apdu.dateTime),
  }),
  "exception-response": (apdu) => ({
    state_error: stateErrorToNumber(apdu.stateError),
    service_error: serviceErrorToNumber(apdu.serviceError),
    ...(apdu.invocationCounter === undefined ? {} : { invocation_counter: apdu.invocationCounter }),
  }),
  "general-block-transfer": (apdu) => ({
    last_block: apdu.lastBlock,
    streaming: apdu.streaming,
    window: apdu.window,
    block_number: apdu.blockNumber,
    block_number_ack: apdu.blockNumberAck,
    block_data: toHex(apdu.blockData),
  }),
  "general-glo-ciphering": (apdu) => titledTree(apdu),
  "general-ded-ciphering": (apdu) => titledTree(apdu),
  "general-ciphering": (apdu) => ({
    ...generalHeaderTree(apdu),
    ...(apdu.keyInfo === undefined ? {} : { key_info: keyInfoTree(apdu.keyInfo) }),
    ...securedTree(apdu.content),
  }),
  "general-signing": (apdu) => ({
    ...generalHeaderTree(apdu),
    content: toHex(apdu.content),
    signature: toHex(apdu.signature),
  }),
};

function bodyTree(apdu: Apdu): JsonObject {
  if (isCipheredService(apdu)) return securedTree(apdu.content);
  const tree = trees[apdu.kind] as (apdu: PlainApdu) => JsonObject;
  return tree(apdu);
}

interface Initiate {
  readonly qualityOfService?: number;
  readonly dlmsVersion: number;
  readonly legacyConformanceTag?: true;
  readonly conformance: ReadonlySet<ConformanceBit>;
  readonly maxPduOctets: number;
}

function initiateTree(apdu: Initiate): JsonObject {
  return {
    ...(apdu.qualityOfService === undefined ? {} : { quality_of_service: apdu.qualityOfService }),
    dlms_version: apdu.dlmsVersion,
    conformance_hex: conformanceToMask(apdu.conformance).toString(16).padStart(6, "0"),
    conformance: [...apdu.conformance],
    ...(apdu.legacyConformanceTag === true ? { legacy_conformance_tag: true } : {}),
    max_pdu_size: apdu.maxPduOctets,
  };
}

interface Written {
  readonly variables: readonly VariableAccess[];
  readonly data: readonly Data[];
}

function writeTree({ variables, data }: Written): JsonObject {
  return { specs: variables.map(variableTree), data: dataTrees(data) };
}

interface Titled {
  readonly systemTitle: Uint8Array;
  readonly content: Uint8Array;
}

function titledTree({ systemTitle, content }: Titled): JsonObject {
  return { system_title: toHex(systemTitle), ...securedTree(content) };
}
