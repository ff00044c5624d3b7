/** Values of declared codecs along a cursor: the declaration says where its parts begin and end. */
import type { AnyCodec, CodecLayout } from "../axdr/codec.ts";
import { readLength } from "../axdr/length.ts";
import type { ObisCode } from "../cosem/obis.ts";
import { type OctetReader, toHex } from "../octets.ts";
import { longInvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import type { Json } from "./json.ts";
import type { Leaf, NodeBuilder } from "./node-builder.ts";
import { addData } from "./data-nodes.ts";
import { describeLogicalName, noteOfClass, noteOfDateTime, noteOfMember } from "./notes.ts";
import type { DraftNode } from "./node.ts";

/** Words of the public vectors where they are not the member's name in snake_case. */
const words: Readonly<Record<string, string>> = {
  logicalName: "obis",
  attributeId: "attribute",
  methodId: "method",
  specifications: "specs",
  variables: "specs",
  maxPduOctets: "max_pdu_size",
  legacyConformanceTag: "conformance_tag",
  currentTime: "current_time",
  returned: "return",
  invoke: "invoke_id",
};

/** `blockNumber` to `block_number`. */
export function wordOf(member: string): string {
  return (
    words[member] ??
    member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll("-", "_")
  );
}

/** Adds what `codec` reads where the reader stands, under `name`. @throws {DecodeError} */
export function addCoded(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  codec: AnyCodec,
  field: string,
): void {
  const { layout } = codec;
  if (layout === undefined) {
    builder.leaf(
      name,
      reader,
      () => codec.decode(reader, field),
      (value) => leafOf(builder, name, value),
    );
    return;
  }
  if (layout.form === "data") return addData(builder, reader, name);
  if (layout.form === "optional") return addOptional(builder, reader, name, layout.inner, field);
  builder.branch(name, reader, () => addParts(builder, reader, codec, layout, field));
}

/** Adds the parts of a codec to the node that is open. @throws {DecodeError} */
export function addMembers(
  builder: NodeBuilder,
  reader: OctetReader,
  codec: AnyCodec,
  field: string,
): void {
  const { layout } = codec;
  if (layout === undefined || layout.form === "data" || layout.form === "optional") {
    addCoded(builder, reader, wordOf(codec.name), codec, field);
  } else addParts(builder, reader, codec, layout, field);
}

type PartedLayout = Extract<CodecLayout, { readonly form: "sequence" | "choice" | "list" }>;

function addParts(
  builder: NodeBuilder,
  reader: OctetReader,
  codec: AnyCodec,
  layout: PartedLayout,
  field: string,
): void {
  switch (layout.form) {
    case "sequence":
      return addSequence(builder, reader, codec.name, layout.members);
    case "choice":
      return addChoice(builder, reader, codec.name, layout.variants);
    case "list":
      return addList(builder, reader, layout, field);
  }
}

function addSequence(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  members: readonly (readonly [key: string, codec: AnyCodec])[],
): void {
  const added: DraftNode[] = [];
  for (const [key, codec] of members) {
    const word = codec === longInvokeIdAndPriority ? "long_invoke_id" : wordOf(key);
    addCoded(builder, reader, word, codec, `${name}.${key}`);
    const last = builder.last;
    if (last !== undefined) added.push(last);
  }
  noteDescriptor(added);
}

/** An attribute's or method's number means something with the class before it. */
function noteDescriptor(members: readonly DraftNode[]): void {
  const classId = members.find(({ name }) => name === "class_id")?.value;
  const member = members.find(({ name }) => name === "attribute" || name === "method");
  if (typeof classId !== "number" || typeof member?.value !== "number") return;
  const kind = member.name === "method" ? "method" : "attribute";
  const note = noteOfMember(classId, kind, member.value);
  if (note !== undefined) member.note = note;
}

function addChoice(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  variants: readonly (readonly [tag: number, key: string, codec: AnyCodec])[],
): void {
  const [, key, codec] = builder.leaf(
    "choice",
    reader,
    () => {
      const tag = reader.uint8(`${name} tag`);
      const variant = variants.find(([known]) => known === tag);
      if (variant !== undefined) return variant;
      reader.offset--;
      return reader.fail(name, `unknown choice 0x${tag.toString(16).padStart(2, "0")}`);
    },
    ([, chosen]) => ({ value: chosen }),
  );
  if (codec.layout?.form === "sequence") addMembers(builder, reader, codec, name);
  else addCoded(builder, reader, wordOf(key), codec, name);
}

/** As `sequenceOf` reads it. */
function addList(
  builder: NodeBuilder,
  reader: OctetReader,
  { element, countMax }: Extract<PartedLayout, { readonly form: "list" }>,
  field: string,
): void {
  const count = readLength(reader, field);
  builder.note(`${count}`);
  if (count > countMax) reader.fail(field, `${count} elements, at most ${countMax}`, "limit");
  if (count > reader.remaining) {
    reader.fail(field, `${count} elements in ${reader.remaining} octets`);
  }
  for (let index = 0; index < count; index++) {
    addCoded(builder, reader, `[${index}]`, element, field);
  }
}

function addOptional(
  builder: NodeBuilder,
  reader: OctetReader,
  name: string,
  inner: AnyCodec,
  field: string,
): void {
  const start = reader.offset;
  if (reader.peek() === 1) {
    reader.offset++;
    addCoded(builder, reader, name, inner, field);
    const added = builder.last;
    // The flag belongs to what it announces.
    if (added !== undefined) added.range[0] = start;
    return;
  }
  builder.leaf(
    name,
    reader,
    () => {
      const flag = reader.uint8(field);
      if (flag === 0) return;
      reader.offset--;
      reader.fail(field, `presence flag 0x${flag.toString(16)} is neither 00 nor 01`);
    },
    () => ({ value: null, note: "absent" }),
  );
}

const timeNames: ReadonlySet<string> = new Set(["date_time", "time"]);

/** A decoded part as JSON, with what it means beside it. */
function leafOf({ language }: NodeBuilder, name: string, value: unknown): Leaf {
  if (value instanceof Uint8Array) {
    const note = timeNames.has(name) ? noteOfDateTime(value) : undefined;
    return { value: toHex(value), ...(note === undefined ? {} : { note }) };
  }
  if (value instanceof Set) return { value: [...(value as ReadonlySet<string>)] };
  if (typeof value === "object" && value !== null) return flagsLeaf(value);
  if (name === "obis") {
    const note = describeLogicalName(value as ObisCode, language);
    return { value: value as string, ...(note === undefined ? {} : { note }) };
  }
  if (typeof value === "number") return numberLeaf(name, value);
  return value === undefined ? {} : { value: jsonOf(value) };
}

/** Short names are hex, as the vectors and the books write them. */
const hexNames: ReadonlySet<string> = new Set(["variable_name", "vaa_name"]);

function numberLeaf(name: string, value: number): Leaf {
  if (hexNames.has(name)) return { value: value.toString(16).padStart(4, "0") };
  const note = name === "class_id" ? noteOfClass(value) : undefined;
  return { value, ...(note === undefined ? {} : { note }) };
}

/** A number with flags around it: the number is the value, the flags that are set its note. */
function flagsLeaf(value: object): Leaf {
  const parts = Object.entries(value as Readonly<Record<string, unknown>>);
  const set = parts.flatMap(([name, on]) => (on === true ? [wordOf(name)] : []));
  const note = set.map((word) => word.replaceAll("_", " ")).join(", ");
  const number = parts.find(([, part]) => typeof part === "number");
  return { value: jsonOf(number?.[1]), ...(note === "" ? {} : { note }) };
}

function jsonOf(value: unknown): Json {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return null;
}
