/** ACSE APDUs along a cursor: every BER element with its tag, in the order it came. */
import {
  aareLayout,
  aarqLayout,
  type ElementReader,
  rlreLayout,
  rlrqLayout,
} from "../acse/layout.ts";
import { enter, readElement } from "../ber/element.ts";
import { readLength } from "../axdr/length.ts";
import { OctetReader, toHex } from "../octets.ts";
import type { Json } from "./json.ts";
import type { Leaf, NodeBuilder } from "./node-builder.ts";
import { wordOf } from "./codec-nodes.ts";

interface Members {
  readonly kind: string;
  readonly inOrder: readonly ElementReader[];
}

const layouts: Readonly<Record<number, Members>> = {
  0x60: aarqLayout,
  0x61: aareLayout,
  0x62: rlrqLayout,
  0x63: rlreLayout,
};

const octetString = 0x04;

/** AARQ, AARE, RLRQ or RLRE; `translate` reads what the user-information carries. */
export function addAcse(
  builder: NodeBuilder,
  outer: OctetReader,
  name: string,
  translate: (inner: OctetReader) => void,
): void {
  const { kind, inOrder } = layouts[outer.peek()] ?? aarqLayout;
  const reader = new OctetReader(outer.octets, "acse", outer.offset, outer.end);
  builder.branch(name, reader, (node) => {
    node.value = kind;
    const body = enter(reader, readElement(reader, kind));
    reader.finish(kind);
    outer.offset = reader.end;
    const start = node.range[0];
    node.children = [{ name: "tag", range: [start, start + 1], value: hex(reader.octets[start]!) }];
    while (body.remaining > 0) addElement(builder, body, kind, inOrder, translate);
  });
}

const hex = (octet: number): string => octet.toString(16).padStart(2, "0");

function addElement(
  builder: NodeBuilder,
  body: OctetReader,
  kind: string,
  members: readonly ElementReader[],
  translate: (inner: OctetReader) => void,
): void {
  const tag = body.peek();
  const member = members.find((known) => known.tag === tag);
  const field = `${kind}.${member?.name ?? "element"}`;
  if (member?.name === "userInformation") {
    builder.branch("user_information", body, () => {
      const contents = enter(body, readElement(body, field));
      translate(insideString(contents, field));
    });
    return;
  }
  builder.leaf(
    member === undefined ? `element_${hex(tag)}` : wordOf(member.name),
    body,
    () => {
      const element = readElement(body, member === undefined ? kind : field);
      if (member === undefined) return element.contents;
      const contents = enter(body, element);
      const value = member.read(contents, field);
      contents.finish(field);
      return value;
    },
    leafOf,
  );
}

/** The octets of an explicit OCTET STRING, or everything where there is none. */
function insideString(contents: OctetReader, field: string): OctetReader {
  if (contents.peek() !== octetString) return contents;
  contents.skip(1, field);
  const length = readLength(contents, field);
  if (length !== contents.remaining) {
    contents.fail(field, `${length} octets declared, ${contents.remaining} there`);
  }
  return new OctetReader(contents.octets, "xdlms", contents.offset, contents.end);
}

/** Elements are octets, numbers, names, or `{ tag, contents }` and `{ source, value }`. */
function leafOf(value: unknown): Leaf {
  if (value instanceof Uint8Array) return octetsLeaf(value);
  if (typeof value !== "object" || value === null) return { value: value as Json };
  if ("contents" in value && value.contents instanceof Uint8Array)
    return octetsLeaf(value.contents);
  if ("source" in value && "value" in value) {
    return { value: value.value as Json, note: String(value.source) };
  }
  return {};
}

function octetsLeaf(octets: Uint8Array): Leaf {
  const printable = octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet < 0x7f);
  const note = printable ? { note: `"${String.fromCharCode(...octets)}"` } : {};
  return { value: toHex(octets), ...note };
}
