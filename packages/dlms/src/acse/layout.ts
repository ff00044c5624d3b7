import {
  type BerElement,
  elementOctets,
  enter,
  readElement,
  writeElement,
} from "../ber/element.ts";
import { apduOctetsMax } from "../limits.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import type { Aare, Aarq, Rlre, Rlrq } from "./apdu.ts";
import {
  applicationContext,
  authenticationValue,
  explicitInteger,
  explicitOctets,
  implicitInteger,
  implicitOctets,
  type Member,
  mechanismName,
  resultSourceDiagnostic,
} from "./members.ts";

/** The members of one APDU by name, its tag octet, and the members it cannot do without. */
interface Declaration<T> {
  readonly kind: string;
  readonly tag: number;
  readonly members: { readonly [K in keyof T]-?: Member<NonNullable<T[K]>> };
  readonly required: readonly (keyof T & string)[];
}

interface ErasedMember {
  readonly tag: number;
  readonly read: (contents: OctetReader, field: string) => unknown;
  readonly write: (value: unknown) => Uint8Array;
}

interface NamedMember extends ErasedMember {
  readonly name: string;
}

/** How to read one element: its tag, its name, its contents. */
export type ElementReader = Pick<NamedMember, "name" | "tag" | "read">;

/** A declaration, its members in the order of their tag numbers. */
export interface Layout<T> extends Declaration<T> {
  readonly inOrder: readonly NamedMember[];
}

function layout<T>(declaration: Declaration<T>): Layout<T> {
  const members = Object.entries(declaration.members) as [string, ErasedMember][];
  const inOrder = members
    .map(([name, { tag, read, write }]) => ({ name, tag, read, write }))
    .toSorted((a, b) => placeOf(a.tag) - placeOf(b.tag));
  return { ...declaration, inOrder };
}

/** Tag number: where the standard's SEQUENCE has the element. */
function placeOf(tag: number): number {
  return tag & 0x1f;
}

/** A Member or a property of the APDU alike: two properties are one element on the wire. */
type OnWire<T> = Omit<
  T,
  "kind" | "otherElements" | "authenticationValue" | "authenticationValueTag"
> & { readonly authentication?: BerElement };

/** AARQ as its elements: the authentication value and its tag are one. */
export type AarqElements = OnWire<Aarq>;
export type AareElements = OnWire<Omit<Aare, "diagnostic">> & Partial<Pick<Aare, "diagnostic">>;
export type ReleaseElements = Omit<Rlrq | Rlre, "kind" | "otherElements">;

const common = {
  protocolVersion: implicitOctets(0x80),
  applicationContext,
  implementationInformation: implicitOctets(0x9d),
  userInformation: explicitOctets(0xbe),
};

export const aarqLayout: Layout<AarqElements> = layout({
  kind: "aarq",
  tag: 0x60,
  required: ["applicationContext"],
  members: {
    ...common,
    calledApTitle: explicitOctets(0xa2),
    calledAeQualifier: explicitOctets(0xa3),
    calledApInvocationId: explicitInteger(0xa4),
    calledAeInvocationId: explicitInteger(0xa5),
    callingApTitle: explicitOctets(0xa6),
    callingAeQualifier: explicitOctets(0xa7),
    callingApInvocationId: explicitInteger(0xa8),
    callingAeInvocationId: explicitInteger(0xa9),
    acseRequirements: implicitOctets(0x8a),
    mechanism: mechanismName(0x8b),
    authentication: authenticationValue(0xac),
  },
});

export const aareLayout: Layout<AareElements> = layout({
  kind: "aare",
  tag: 0x61,
  required: ["applicationContext", "result"],
  members: {
    ...common,
    result: explicitInteger(0xa2),
    diagnostic: resultSourceDiagnostic,
    respondingApTitle: explicitOctets(0xa4),
    respondingAeQualifier: explicitOctets(0xa5),
    respondingApInvocationId: explicitInteger(0xa6),
    respondingAeInvocationId: explicitInteger(0xa7),
    acseRequirements: implicitOctets(0x88),
    mechanism: mechanismName(0x89),
    authentication: authenticationValue(0xaa),
  },
});

const release = { reason: implicitInteger(0x80), userInformation: explicitOctets(0xbe) };

export const rlrqLayout: Layout<ReleaseElements> = layout({
  kind: "rlrq",
  tag: 0x62,
  required: [],
  members: release,
});

export const rlreLayout: Layout<ReleaseElements> = layout({
  kind: "rlre",
  tag: 0x63,
  required: [],
  members: release,
});

/** The value of every known element, and the elements nobody knows. */
export interface Elements<T> {
  readonly known: T;
  readonly others: readonly BerElement[];
}

/**
 * Reads one APDU: elements in any order, unknown ones kept, a repeated one refused.
 * @throws {DecodeError} another tag, lengths that do not add up, a required member missing.
 */
export function readLayout<T>(layout: Layout<T>, octets: Uint8Array): Elements<T> {
  const reader = new OctetReader(octets, "acse");
  const found = reader.peek();
  if (found !== layout.tag && found >= 0) {
    reader.fail(layout.kind, `tag 0x${found.toString(16).padStart(2, "0")} is another APDU`);
  }
  const body = enter(reader, readElement(reader, layout.kind));
  reader.finish(layout.kind);
  const known: Record<string, unknown> = {};
  const others: BerElement[] = [];
  while (body.remaining > 0) {
    const at = body.offset;
    const element = readElement(body, layout.kind);
    const member = layout.inOrder.find(({ tag }) => tag === element.tag);
    if (member === undefined) {
      others.push(element);
      continue;
    }
    const { name, read } = member;
    const field = `${layout.kind}.${name}`;
    if (name in known) {
      body.offset = at;
      body.fail(field, "stands here a second time");
    }
    const contents = enter(body, element);
    known[name] = read(contents, field);
    contents.finish(field);
  }
  for (const name of layout.required) {
    if (!(name in known)) body.fail(`${layout.kind}.${name}`, "is missing");
  }
  return { known: known as T, others };
}

/** Writes one APDU, its elements in the order of their tag numbers. @throws {RangeError} */
export function writeLayout<T extends object>(
  layout: Layout<T>,
  known: T,
  others: readonly BerElement[] = [],
): Uint8Array {
  const values = known as Readonly<Record<string, unknown>>;
  const elements: BerElement[] = [];
  for (const { name, tag, write } of layout.inOrder) {
    const value = values[name];
    if (value !== undefined) elements.push({ tag, contents: write(value) });
  }
  if (others.length > 0) {
    elements.unshift(...others);
    elements.sort((a, b) => placeOf(a.tag) - placeOf(b.tag));
  }
  const body = new OctetWriter(apduOctetsMax);
  for (const { tag, contents } of elements) writeElement(body, tag, contents);
  return elementOctets(layout.tag, body.view());
}
