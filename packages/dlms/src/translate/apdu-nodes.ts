/** APDUs along a cursor: every member with its octets, what is ciphered opened where keys are. */
import { isAcseTag } from "../acse/codec.ts";
import { readLength } from "../axdr/length.ts";
import { DecodeError, DlmsError } from "../error.ts";
import { OctetReader, toHex } from "../octets.ts";
import { type Apdu, apduCodecOf, type ApduLeniency, decodeApdu } from "../xdlms/apdu.ts";
import { decodeUntaggedPush } from "../push/untagged-push.ts";
import { dataNotification, dataNotificationHead } from "../xdlms/data-notification.ts";
import { plainAttribute } from "../xdlms/descriptor.ts";
import { describeConfirmedServiceError } from "../xdlms/confirmed-service-error.ts";
import { serviceErrors, stateErrors } from "../xdlms/exception-response.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { authenticationTagOctets, splitSecuredContent } from "../xdlms/secured-content.ts";
import { addAcse } from "./acse-nodes.ts";
import type { ApduContext } from "./apdu-context.ts";
import { addMembers } from "./codec-nodes.ts";
import { addData } from "./data-nodes.ts";
import { atOffset, type Leaf, type NodeBuilder } from "./node-builder.ts";
import { everyLeniency } from "./lenient-tree.ts";
import { isClosed } from "./opened-tree.ts";

/**
 * One APDU from where the reader stands to its end. `name` is the node's.
 * @throws {DecodeError} what could not be read; what was read stays in the tree.
 */
export function addApdu(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
  name = "apdu",
): void {
  const tag = reader.peek();
  if (isAcseTag(tag)) {
    context.listen(reader.octets.subarray(reader.offset, reader.end));
    return addAcse(builder, reader, name, (inner) => addApdu(builder, inner, context));
  }
  const start = reader.offset;
  const whole = reader.octets.subarray(start, reader.end);
  if (isUntaggedPush(whole)) return addUntaggedPush(builder, reader, name);
  const leniency = leniencyFor(whole, context.leniency);
  builder.branch(name, reader, (node) => {
    const codec = apduCodecOf(tag, leniency);
    if (leniency !== context.leniency) builder.note("a form outside the standard");
    if (codec === undefined) {
      const problem = tag < 0 ? "no octets" : `unknown tag 0x${tag.toString(16).padStart(2, "0")}`;
      return reader.fail("APDU", problem);
    }
    node.value = codec.kind;
    builder.leaf(
      "tag",
      reader,
      () => reader.uint8("APDU"),
      (value) => ({ value: value.toString(16).padStart(2, "0") }),
    );
    if (/^(glo|ded)-/.test(codec.kind)) {
      addSecuredString(builder, reader, codec.kind, leniency);
    } else if (codec.kind === "exception-response") addException(builder, reader);
    else {
      addMembers(builder, reader, codec.body, codec.kind);
      reader.finish(codec.kind);
      if (/^general-(glo|ded|ciphering)/.test(codec.kind)) expandContent(builder, reader);
    }
    reader.finish(codec.kind);
    const apdu = decodeApdu(whole, leniency);
    if (apdu.kind === "confirmed-service-error") {
      builder.note(describeConfirmedServiceError(apdu));
    }
    if (codec.kind === "general-block-transfer") addReassembled(builder, whole, context);
    else addPlaintext(builder, apdu, context, start);
  });
}

/** The push of Czech meters (R62), where it is no data-notification as it should be. */
function isUntaggedPush(octets: Uint8Array): boolean {
  if (octets[0] !== dataNotification.tag || reads(octets, {})) return false;
  try {
    decodeUntaggedPush(octets);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** Rows of an attribute without tags and its value; that they are there is known. */
function addUntaggedPush(builder: NodeBuilder, reader: OctetReader, name: string): void {
  const hex = (octets: Uint8Array): Leaf => ({ value: toHex(octets) });
  builder.branch(name, reader, (node) => {
    node.value = dataNotification.kind;
    builder.note("a form outside the standard");
    builder.leaf("tag", reader, () => reader.take(1, "tag"), hex);
    addMembers(builder, reader, dataNotificationHead, dataNotification.kind);
    reader.skip(2, "body");
    addData(builder, reader, "enum");
    builder.branch("rows", reader, () => {
      reader.skip(1, "array");
      const count = readLength(reader, "rows");
      builder.note(`${count}`);
      for (let row = 0; row < count; row++) {
        builder.branch(`[${row}]`, reader, () => {
          reader.skip(2, "row");
          addMembers(builder, reader, plainAttribute, "row");
          addData(builder, reader, "value");
        });
      }
    });
  });
}

/** The strict reading where it reads, else the lenient one where that does, else the strict one. */
function leniencyFor(octets: Uint8Array, strict: ApduLeniency): ApduLeniency {
  if (reads(octets, strict)) return strict;
  return reads(octets, everyLeniency) ? everyLeniency : strict;
}

function reads(octets: Uint8Array, leniency: ApduLeniency): boolean {
  try {
    const apdu = decodeApdu(octets, leniency);
    if ("declaredOctets" in apdu) splitSecuredContent(apdu.content);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** Whether octets begin as an APDU does. */
export function isApduTag(tag: number): boolean {
  return isAcseTag(tag) || apduCodecOf(tag) !== undefined;
}

/** `SC | IC | text | tag` behind its length. */
function addSecuredString(
  builder: NodeBuilder,
  reader: OctetReader,
  kind: string,
  leniency: ApduLeniency,
): void {
  const field = "ciphered service.content";
  const declared = readLength(reader, field);
  const overdeclared = declared > reader.remaining && leniency.overdeclaredCipheredLength === true;
  if (overdeclared) builder.note(`declares ${declared} octets, has ${reader.remaining}`);
  const start = reader.offset;
  reader.skip(overdeclared ? reader.remaining : declared, field);
  reader.finish(kind);
  addSecured(builder, new OctetReader(reader.octets, reader.layer, start, reader.offset));
}

/** Takes the content that was added last apart. */
function expandContent(builder: NodeBuilder, reader: OctetReader): void {
  const content = builder.last;
  if (content === undefined || typeof content.value !== "string") return;
  const [, end] = content.range;
  const start = end - content.value.length / 2;
  const inside = new OctetReader(reader.octets, reader.layer, start, end);
  builder.replaceLast(content.name, content.range, () => addSecured(builder, inside));
}

function addSecured(builder: NodeBuilder, reader: OctetReader): void {
  const { offset: start, end } = reader;
  const secured = atOffset(start, () => splitSecuredContent(reader.octets.subarray(start, end)));
  const flags = [
    `suite ${secured.suite}`,
    ...(secured.authenticated ? ["authenticated"] : []),
    ...(secured.encrypted ? ["encrypted"] : []),
    ...(secured.broadcastKey ? ["broadcast key"] : []),
    ...(secured.compressed ? ["compressed"] : []),
  ];
  builder.leaf(
    "security_control",
    reader,
    () => reader.uint8("security control"),
    (value) => ({ value: value.toString(16).padStart(2, "0"), note: flags.join(", ") }),
  );
  builder.leaf(
    "invocation_counter",
    reader,
    () => reader.uint32("invocation counter"),
    (value) => ({ value }),
  );
  const tagOctets = secured.authenticated ? authenticationTagOctets : 0;
  const text = secured.encrypted ? "ciphertext" : "plain_text";
  const hex = (octets: Uint8Array): { readonly value: string } => ({ value: toHex(octets) });
  builder.leaf(text, reader, () => reader.take(end - tagOctets - reader.offset, text), hex);
  if (tagOctets > 0) builder.leaf("tag", reader, () => reader.take(tagOctets, "tag"), hex);
}

function addException(builder: NodeBuilder, reader: OctetReader): void {
  const named = (table: Readonly<Record<number, string>>) => (value: number) => ({
    value,
    note: table[value] ?? `other-${value}`,
  });
  const state = "ExceptionResponse.stateError";
  builder.leaf("state_error", reader, () => reader.uint8(state), named(stateErrors));
  const service = builder.leaf(
    "service_error",
    reader,
    () => reader.uint8("ExceptionResponse.serviceError"),
    named(serviceErrors),
  );
  if (named(serviceErrors)(service).note !== "invocation-counter-error") return;
  builder.leaf(
    "invocation_counter",
    reader,
    () => reader.uint32("ExceptionResponse.invocationCounter"),
    (value) => ({ value }),
  );
}

/** Blocks of one transfer are put together; the last one shows what they are. */
function addReassembled(builder: NodeBuilder, octets: Uint8Array, context: ApduContext): void {
  const whole = context.takeBlock(
    generalBlockTransfer.decode(new OctetReader(octets, "xdlms"), "block"),
  );
  if (whole === undefined || whole.length === 0) return;
  addDerived(builder, "reassembled", whole, (reader) => addApduOrOctets(builder, reader, context));
}

/** An APDU where the octets begin as one, else the octets. */
export function addApduOrOctets(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
): void {
  if (!isApduTag(reader.peek())) return addOctets(builder, reader, "octets");
  const apdu = new OctetReader(reader.octets, "xdlms", reader.offset, reader.end);
  addApdu(builder, apdu, context);
  reader.offset = apdu.offset;
}

/** What is left, as it is. */
export function addOctets(builder: NodeBuilder, reader: OctetReader, name: string): void {
  const { remaining } = reader;
  if (remaining === 0) return;
  builder.leaf(
    name,
    reader,
    () => reader.take(remaining, name),
    (octets) => ({ value: toHex(octets) }),
  );
}

/** What a ciphered APDU holds, where the keys open it. */
function addPlaintext(builder: NodeBuilder, apdu: Apdu, context: ApduContext, start: number): void {
  if (!isClosed(apdu)) return;
  let opened: ReturnType<ApduContext["open"]>;
  try {
    opened = context.open(apdu);
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    builder.fail(error, [start, start]);
    return;
  }
  if (opened === undefined) return;
  const { plaintext, verified } = opened;
  addDerived(builder, "plaintext", plaintext, (reader) => {
    if (!verified) builder.note("nothing proves its sender");
    addApduOrOctets(builder, reader, context);
  });
}

/** A node whose children count in octets that were not given. */
export function addDerived(
  builder: NodeBuilder,
  name: string,
  octets: Uint8Array,
  fill: (reader: OctetReader) => void,
): void {
  const reader = new OctetReader(octets, "xdlms");
  builder.branch(name, reader, (node) => {
    node.buffer = { name, hex: toHex(octets) };
    fill(reader);
  });
}
