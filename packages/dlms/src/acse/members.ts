/**
 * ACSE APDUs as tables: each member has its context tag, and a way in and out of its contents. One
 * reader and one writer serve all four APDUs.
 */
import { type BerElement, elementOctets, enter, readElement } from "../ber/element.ts";
import {
  integerContents,
  objectIdentifierContents,
  type ObjectIdentifier,
  readInteger,
  readObjectIdentifier,
} from "../ber/primitive.ts";
import type { OctetReader } from "../octets.ts";
import {
  applicationContextFromOid,
  applicationContexts,
  applicationContextToOid,
  type ApplicationContext,
  type AssociateDiagnostic,
  type Mechanism,
  mechanismFromOid,
  mechanisms,
  mechanismToOid,
} from "./names.ts";

/** One member: tag, and its contents in both directions. */
export interface Member<T> {
  readonly tag: number;
  readonly read: (contents: OctetReader, field: string) => T;
  readonly write: (value: T) => Uint8Array;
}

const universal = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06 } as const;

/** What stands in an explicit element: the inner contents where the tag fits, else everything. */
function unwrap(contents: OctetReader, tag: number, field: string): OctetReader {
  if (contents.peek() !== tag) return contents;
  const inner = enter(contents, readElement(contents, field));
  contents.finish(field);
  return inner;
}

function rest(contents: OctetReader, field: string): Uint8Array {
  return contents.take(contents.remaining, field);
}

/** IMPLICIT: the contents themselves. */
export function implicitOctets(tag: number): Member<Uint8Array> {
  return { tag, read: rest, write: (value) => value };
}

/** EXPLICIT OCTET STRING; an element without the inner tag 04 is taken whole. */
export function explicitOctets(tag: number): Member<Uint8Array> {
  return {
    tag,
    read: (contents, field) => rest(unwrap(contents, universal.octetString, field), field),
    write: (value) => elementOctets(universal.octetString, value),
  };
}

/** EXPLICIT INTEGER. */
export function explicitInteger(tag: number): Member<number> {
  return {
    tag,
    read: (contents, field) => readInteger(unwrap(contents, universal.integer, field), field),
    write: (value) => elementOctets(universal.integer, integerContents(value)),
  };
}

/** IMPLICIT INTEGER; read also with an inner tag. */
export function implicitInteger(tag: number): Member<number> {
  return {
    tag,
    read: (contents, field) => {
      const inner = contents.remaining > 2 ? unwrap(contents, universal.integer, field) : contents;
      return readInteger(inner, field);
    },
    write: integerContents,
  };
}

function readOid(contents: OctetReader, field: string): ObjectIdentifier {
  return readObjectIdentifier(unwrap(contents, universal.objectIdentifier, field), field);
}

/** Contents of the identifiers that have names: every association asks for two of them. */
const namedContents: ReadonlyMap<ObjectIdentifier, Uint8Array> = new Map(
  [
    ...Object.values(applicationContexts).map(applicationContextToOid),
    ...Object.values(mechanisms).map(mechanismToOid),
  ].map((identifier) => [identifier, objectIdentifierContents(identifier)]),
);

function oidContents(identifier: ObjectIdentifier): Uint8Array {
  return namedContents.get(identifier) ?? objectIdentifierContents(identifier);
}

/** application-context-name: EXPLICIT OBJECT IDENTIFIER. */
export const applicationContext: Member<ApplicationContext> = {
  tag: 0xa1,
  read: (contents, field) => applicationContextFromOid(readOid(contents, field)),
  write: (value) =>
    elementOctets(universal.objectIdentifier, oidContents(applicationContextToOid(value))),
};

/** mechanism-name: IMPLICIT OBJECT IDENTIFIER (no 06), read also with it: some meters send it. */
export function mechanismName(tag: number): Member<Mechanism> {
  return {
    tag,
    read: (contents, field) => mechanismFromOid(readOid(contents, field)),
    write: (value) => oidContents(mechanismToOid(value)),
  };
}

/** authentication-value: EXPLICIT CHOICE, its own tag kept beside the octets. */
export function authenticationValue(tag: number): Member<BerElement> {
  return {
    tag,
    read: (contents, field) => {
      const element = readElement(contents, field);
      contents.finish(field);
      return element;
    },
    write: (value) => elementOctets(value.tag, value.contents),
  };
}

/** result-source-diagnostic: CHOICE A1 service-user, A2 service-provider, of INTEGER. */
export const resultSourceDiagnostic: Member<AssociateDiagnostic> = {
  tag: 0xa3,
  read: (contents, field) => {
    const element = readElement(contents, field);
    const value = readInteger(unwrap(enter(contents, element), universal.integer, field), field);
    contents.finish(field);
    const source = element.tag === 0xa2 ? "acse-service-provider" : "acse-service-user";
    return { source, value };
  },
  write: ({ source, value }) =>
    elementOctets(
      source === "acse-service-user" ? 0xa1 : 0xa2,
      elementOctets(universal.integer, integerContents(value)),
    ),
};
