import type { Data } from "../axdr/data.ts";
import { scale } from "../cosem/decimal.ts";
import { textOf } from "../cosem/text.ts";
import { DecodeError, type DlmsError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { toHex } from "../octets.ts";
import type { PushFraming, PushOrigin } from "../push/push-origin.ts";
import { PushStream } from "../push/push-stream.ts";
import { type PushMessage, type PushOpener, PushUnwrap } from "../push/push-unwrap.ts";
import { pushTemplates } from "../push/push-template.ts";
import { type PushContent, type PushValue, readPushBody } from "../push/push-values.ts";
import { decodeApdu } from "../xdlms/apdu.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { taggedDataNotification } from "../xdlms/data-notification.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import { dataTree } from "./data-tree.ts";
import type { Json, JsonObject } from "./json.ts";
import { octetsNamed } from "./key-ring.ts";
import type { TranslationRequest } from "./request.ts";
import { translateLenientApdu } from "./lenient-tree.ts";
import { isClosed, openApdu } from "./opened-tree.ts";

/**
 * Layers `push-hdlc`, `push-mbus` and `push-raw` (no frame, or what the first octets say): the
 * messages in a stream after reassembly and deciphering, with the values that could be named.
 * Without keys, ciphered messages stay closed.
 * @throws {DecodeError} no message at all, and why the first one was none.
 */
export function translatePush(request: TranslationRequest, framing?: PushFraming): JsonObject {
  const messages: JsonObject[] = [];
  const failures: DlmsError[] = [];
  const open = openerOf(request);
  const unwrap = new PushUnwrap(
    {
      message: (message) => void messages.push(messageTree(message)),
      failed: (error) => void failures.push(error),
      reply: () => undefined,
      lost: () => undefined,
    },
    { transferOctetsMax, ...(open === undefined ? {} : { open }) },
  );
  const sink = {
    unit: (apdu: Uint8Array, origin: PushOrigin): void => unwrap.accept(apdu, origin),
    discarded: () => undefined,
    spoiled: () => undefined,
    unknown: () => undefined,
  };
  const fixed = framing === undefined ? {} : { framing };
  const stream = new PushStream(sink, { unitOctetsMax: transferOctetsMax, ...fixed });
  stream.push(request.octets);
  stream.gap();
  const { frames } = stream;
  const found = stream.framing;
  stream.expire();
  const [failure] = failures;
  if (failure !== undefined && messages.length === 0) throw decodeErrorOf(failure);
  return {
    ...(messages.some(isMessage) ? {} : { valid: false }),
    ...(found === "hdlc" ? { hdlc_frames: frames } : {}),
    ...(found === "mbus" ? { mbus_frames: frames } : {}),
    messages,
    ...(failure === undefined ? {} : { problem: failure.message }),
  };
}

/** Opens with the keys of the question; undefined without any: messages stay closed. */
function openerOf({ keys, crypto }: TranslationRequest): PushOpener | undefined {
  if (crypto === undefined || (keys["guek"] === undefined && keys["kek"] === undefined)) {
    return undefined;
  }
  const sender = octetsNamed(keys, "system_title");
  return (octets) => {
    const apdu = decodeApdu(octets, { emptySystemTitle: true, overdeclaredCipheredLength: true });
    if (!isClosed(apdu)) throw new DecodeError("security", apdu.kind, 0, "cannot be opened");
    const question = { crypto, keys, required: "none" } as const;
    const opened = openApdu(apdu, sender === undefined ? question : { ...question, sender });
    const title = "systemTitle" in apdu ? apdu.systemTitle : sender;
    return {
      ...opened,
      systemTitle: title ?? new Uint8Array(0),
      invocationCounter: "content" in apdu ? counterOf(apdu.content) : 0,
    };
  };
}

function counterOf(content: Uint8Array): number {
  return splitSecuredContent(content).invocationCounter;
}

/** An APDU, or the text of a P1 port under an envelope (R46). */
function isMessage(tree: JsonObject): boolean {
  return tree["decoded"] !== undefined || tree["text"] !== undefined;
}

/** First octet of a P1 telegram; of no APDU. */
const slash = 0x2f;

/** A translation fails in one way only. */
function decodeErrorOf(error: DlmsError): DecodeError {
  if (error instanceof DecodeError) return error;
  const [, kind] = error.code.split("/");
  const layer = error.code.startsWith("security/") ? "security" : "xdlms";
  return new DecodeError(layer, "push", 0, error.message, kind);
}

function messageTree({ apdu, plaintext, blocks, opened }: PushMessage): JsonObject {
  return {
    apdu_hex: toHex(apdu),
    ...(blocks > 0 ? { gbt: true, blocks } : {}),
    ...(opened === undefined ? {} : { plaintext: toHex(plaintext) }),
    ...(plaintext[0] === slash ? { text: textOf(plaintext, "visible-string") } : {}),
    decoded: decodedTree(plaintext),
    ...contentTree(plaintext),
  };
}

/** Strict where it can be, else lenient; undefined where there is no APDU. */
function decodedTree(octets: Uint8Array): Json | undefined {
  const { strict, lenient } = translateLenientApdu(octets);
  if (!isInvalid(strict)) return strict;
  return isInvalid(lenient) ? undefined : lenient;
}

function isInvalid(tree: Json | undefined): boolean {
  return (tree as JsonObject | undefined)?.["valid"] === false;
}

function contentTree(apdu: Uint8Array): JsonObject {
  if (apdu[0] !== taggedDataNotification.tag) return {};
  let body: Data;
  try {
    ({ body } = decodeUnit(taggedDataNotification, apdu));
  } catch (error) {
    if (error instanceof DecodeError) return {};
    throw error;
  }
  const content = readPushBody(body, { templates: pushTemplates });
  switch (content.form) {
    case "object-list":
      return { push_object_list: { rows: content.values.map(rowTree) } };
    case "pairs":
      return { readings: content.values.map(readingTree) };
    case "template":
      return { template: templateTree(content) };
    case "unnamed":
      return {};
  }
}

function templateTree({ template, values }: PushContent): JsonObject {
  return { name: template, readings: values.map(readingTree) };
}

function rowTree({ classId, logicalName, attributeId, dataIndex, value }: PushValue): JsonObject {
  return {
    class_id: classId,
    obis: logicalName,
    attribute: attributeId,
    data_index: dataIndex,
    value: dataTree(value),
  };
}

function readingTree({ logicalName, value, scalerUnit }: PushValue): JsonObject {
  const { t: type, v } = dataTree(value);
  const raw = integerOf(value);
  const named = { obis: logicalName, ...(raw === undefined ? {} : { raw: v }), type };
  if (scalerUnit === undefined) return { ...named, value: v ?? null };
  const { scaler, unit } = scalerUnit;
  return { ...named, scaler, unit, value: raw === undefined ? (v ?? null) : scale(raw, scaler) };
}

function integerOf(value: Data): number | bigint | undefined {
  return typeof value.value === "number" || typeof value.value === "bigint"
    ? value.value
    : undefined;
}
