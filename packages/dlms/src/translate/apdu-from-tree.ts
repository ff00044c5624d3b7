/** xDLMS APDUs from their trees, as `apdu-tree.ts` gives them; members it does not know are passed. */
import { concatOctets } from "../octets.ts";
import { type Apdu, encodeApdu } from "../xdlms/apdu.ts";
import { type CipheredServiceKind, dedTags, gloTags } from "../xdlms/ciphered-service.ts";
import {
  type ConformanceBit,
  conformanceBits,
  conformanceFromMask,
  conformanceToMask,
} from "../xdlms/conformance.ts";
import { serviceErrorFromNumber, stateErrorFromNumber } from "../xdlms/exception-response.ts";
import type { GeneralHeader, KeyInfo } from "../xdlms/general-ciphering.ts";
import { acseFromTree, acseKinds } from "./acse-from-tree.ts";
import { dataList, dataOf } from "./data-from-tree.ts";
import type { Json } from "./json.ts";
import {
  actionRequestOf,
  actionResponseOf,
  attributeOf,
  getRequestOf,
  getResponseOf,
  longInvokeOf,
  setRequestOf,
  setResponseOf,
} from "./service-from-tree.ts";
import {
  accessOutcomeOf,
  accessSpecificationOf,
  readResultOf,
  variableOf,
  writeResultOf,
} from "./short-name-from-tree.ts";
import { refuse, TreeObject } from "./tree-object.ts";

type PlainKind = Exclude<Apdu["kind"], CipheredServiceKind>;
type Readers = {
  readonly [K in PlainKind]: (tree: TreeObject) => Extract<Apdu, { readonly kind: K }>;
};

const written = (tree: TreeObject) => ({
  variables: tree.list("specs").map(variableOf),
  data: dataList(tree, "data"),
});
const notified = (tree: TreeObject) => ({
  invoke: longInvokeOf(tree),
  dateTime: tree.octets("date_time"),
});
const titled = (tree: TreeObject) => ({
  systemTitle: tree.octets("system_title"),
  content: securedOf(tree),
});
const variables = (tree: TreeObject) => tree.list("specs").map(variableOf);

const readers: Readers = {
  "initiate-request": (tree) => ({
    kind: "initiate-request",
    ...tree.optional("dedicatedKey", "dedicated_key", (name) => tree.octets(name)),
    responseAllowed: tree.has("response_allowed") ? tree.boolean("response_allowed") : true,
    ...initiateOf(tree),
  }),
  "initiate-response": (tree) => ({
    kind: "initiate-response",
    ...initiateOf(tree),
    vaaName: tree.hexNumber("vaa_name"),
  }),
  "read-request": (tree) => ({ kind: "read-request", variables: variables(tree) }),
  "read-response": (tree) => ({
    kind: "read-response",
    results: tree.list("results").map(readResultOf),
  }),
  "write-request": (tree) => ({ kind: "write-request", ...written(tree) }),
  "write-response": (tree) => ({
    kind: "write-response",
    results: tree.list("results").map(writeResultOf),
  }),
  "unconfirmed-write-request": (tree) => ({ kind: "unconfirmed-write-request", ...written(tree) }),
  "information-report": (tree) => ({
    kind: "information-report",
    ...tree.optional("currentTime", "current_time", (name) => tree.octets(name)),
    ...written(tree),
  }),
  "confirmed-service-error": (tree) => ({
    kind: "confirmed-service-error",
    service: tree.integer("service"),
    errorClass: tree.integer("error_type"),
    error: tree.integer("error"),
  }),
  "get-request": getRequestOf,
  "get-response": getResponseOf,
  "set-request": setRequestOf,
  "set-response": setResponseOf,
  "action-request": actionRequestOf,
  "action-response": actionResponseOf,
  "access-request": (tree) => ({
    kind: "access-request",
    ...notified(tree),
    specifications: tree.list("specs").map(accessSpecificationOf),
    data: dataList(tree, "data"),
  }),
  "access-response": (tree) => ({
    kind: "access-response",
    ...notified(tree),
    ...tree.optional("specifications", "specs", (name) =>
      tree.list(name).map(accessSpecificationOf),
    ),
    data: dataList(tree, "data"),
    results: tree.list("results").map(accessOutcomeOf),
  }),
  "event-notification": (tree) => ({
    kind: "event-notification",
    ...tree.optional("time", "time", (name) => tree.octets(name)),
    attribute: attributeOf(tree),
    value: dataOf(tree.object("value")),
  }),
  "data-notification": (tree) => ({
    kind: "data-notification",
    ...notified(tree),
    body: dataOf(tree.object("body")),
  }),
  "data-notification-confirm": (tree) => ({ kind: "data-notification-confirm", ...notified(tree) }),
  "exception-response": (tree) => ({
    kind: "exception-response",
    stateError: stateErrorFromNumber(tree.integer("state_error")),
    serviceError: serviceErrorFromNumber(tree.integer("service_error")),
    ...tree.optional("invocationCounter", "invocation_counter", (name) => tree.integer(name)),
  }),
  "general-block-transfer": (tree) => ({
    kind: "general-block-transfer",
    lastBlock: tree.boolean("last_block"),
    streaming: tree.boolean("streaming"),
    window: tree.integer("window"),
    blockNumber: tree.integer("block_number"),
    blockNumberAck: tree.integer("block_number_ack"),
    blockData: tree.octets("block_data"),
  }),
  "general-glo-ciphering": (tree) => ({ kind: "general-glo-ciphering", ...titled(tree) }),
  "general-ded-ciphering": (tree) => ({ kind: "general-ded-ciphering", ...titled(tree) }),
  "general-ciphering": (tree) => ({
    kind: "general-ciphering",
    ...generalHeaderOf(tree),
    ...tree.optional("keyInfo", "key_info", (name) => keyInfoOf(tree.object(name))),
    content: securedOf(tree),
  }),
  "general-signing": (tree) => ({
    kind: "general-signing",
    ...generalHeaderOf(tree),
    content: tree.octets("content"),
    signature: tree.octets("signature"),
  }),
};

/** Octets of any APDU, ACSE or xDLMS. @throws {RangeError} the tree says none. */
export function apduFromTree(json: Json, path = ""): Uint8Array {
  const tree = new TreeObject(json, path);
  const kind = tree.text("apdu");
  if (acseKinds.has(kind)) return acseFromTree(tree, apduFromTree);
  if (Object.hasOwn(gloTags, kind) || Object.hasOwn(dedTags, kind)) {
    return encodeApdu({ kind: kind as CipheredServiceKind, content: securedOf(tree) });
  }
  if (!Object.hasOwn(readers, kind)) refuse(tree.pathOf("apdu"), kind, "the name of an APDU");
  return encodeApdu(readers[kind as PlainKind](tree));
}

function initiateOf(tree: TreeObject) {
  return {
    ...tree.optional("qualityOfService", "quality_of_service", (name) => tree.integer(name)),
    dlmsVersion: tree.integer("dlms_version"),
    ...(tree.has("legacy_conformance_tag") ? { legacyConformanceTag: true as const } : {}),
    conformance: conformanceOf(tree),
    maxPduOctets: tree.integer("max_pdu_size"),
  };
}

/** By name, by mask, or by both where they say the same. */
function conformanceOf(tree: TreeObject): ReadonlySet<ConformanceBit> {
  const mask = tree.has("conformance_hex") ? tree.hexNumber("conformance_hex") : undefined;
  if (!tree.has("conformance") && mask !== undefined) return conformanceFromMask(mask);
  const names = tree.values("conformance").map((name, index) => {
    const known = conformanceBits.find((bit) => bit === name);
    return known ?? refuse(`${tree.pathOf("conformance")}[${index}]`, name, "a conformance bit");
  });
  if (mask === undefined || conformanceToMask(names) === mask) return new Set(names);
  throw new RangeError(`${tree.pathOf("conformance")} and conformance_hex differ: leave one out`);
}

/** Security control, counter, text and tag, one behind the other. */
function securedOf(tree: TreeObject): Uint8Array {
  const counter = tree.integer("invocation_counter");
  const control = tree.hexNumber("security_control");
  if (counter < 0 || counter > 0xffff_ffff || control > 0xff) {
    throw new RangeError(`${tree.path} has a counter or security control out of range`);
  }
  const head = [control, counter >>> 24, counter >>> 16, counter >>> 8, counter];
  const tag = tree.has("tag") ? tree.octets("tag") : new Uint8Array(0);
  return concatOctets([Uint8Array.from(head), tree.octets("ciphertext"), tag]);
}

function generalHeaderOf(tree: TreeObject): GeneralHeader {
  return {
    transactionId: tree.octets("transaction_id"),
    originator: tree.octets("originator"),
    recipient: tree.octets("recipient"),
    dateTime: tree.octets("date_time"),
    otherInformation: tree.octets("other_information"),
  };
}

function keyInfoOf(tree: TreeObject): KeyInfo {
  if (tree.has("identified_key")) {
    return { type: "identified", keyId: tree.integer("identified_key") };
  }
  if (tree.has("wrapped_key")) {
    const wrappedKey = tree.octets("wrapped_key");
    return { type: "wrapped", kekId: tree.integer("wrapped_kek"), wrappedKey };
  }
  return {
    type: "agreed",
    parameters: tree.octets("agreed_parameters"),
    cipheredData: tree.octets("agreed_ciphered_data"),
  };
}
