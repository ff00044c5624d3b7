/**
 * A server's object from the types of its class: members answer and take typed values, and whatever a
 * client sends in another shape is answered type-unmatched before they see it.
 */
import { i8 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { TypedAttribute, TypedMethod } from "../../cosem/attributes/typed-object.ts";
import type { ObisCode } from "../../cosem/obis.ts";
import { DecodeError } from "../../error.ts";
import type { ActionResult, DataAccessResult } from "../../xdlms/data-access-result.ts";
import type { AccessRights } from "../access-rights.ts";
import type {
  AccessContext,
  MethodOutcome,
  ServerAttribute,
  ServerMethod,
  ServerObject,
} from "../object.ts";

/** How an attribute with values of type `T` is answered and taken. */
export interface ServedAttribute<T> {
  /** Absent: "read-write" where there is a `write`, else "read". */
  readonly access?: AccessRights;
  readonly read: (context: AccessContext) => T;
  readonly write?: (value: T, context: AccessContext) => DataAccessResult;
}

/** What a method does with its parameters; a plain result returns nothing else. */
export type ServedMethod<P> = (
  parameters: P,
  context: AccessContext,
) => ActionResult | MethodOutcome;

/** The members of a typed object that a server has; what is left out does not exist there. */
export type ServedMembers<O> = {
  readonly [
    K in keyof O as O[K] extends { readonly attributeId: number } | { readonly methodId: number }
      ? K
      : never
  ]?: O[K] extends TypedAttribute<infer T>
    ? ServedAttribute<T>
    : O[K] extends TypedMethod<infer P>
      ? ServedMethod<P>
      : never;
};

/** What every typed object says of itself. */
export interface ObjectIdentity {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: ObisCode;
}

/** The object; `plain` adds attributes by number whose Data it handles itself. */
export function serveObject<O extends ObjectIdentity>(
  object: O,
  members: ServedMembers<O>,
  plain: Readonly<Record<number, ServerAttribute>> = {},
): ServerObject {
  const attributes: Record<number, ServerAttribute> = { ...plain };
  const methods: Record<number, ServerMethod> = {};
  for (const [name, served] of Object.entries(members)) {
    const member: unknown = object[name as keyof O];
    if (member instanceof TypedAttribute) {
      attributes[member.attributeId] = serveAttribute(member, served as ServedAttribute<unknown>);
    } else if (member instanceof TypedMethod) {
      methods[member.methodId] = serveMethod(member, served as ServedMethod<unknown>);
    }
  }
  const { classId, version, logicalName } = object;
  return { classId, version, logicalName, attributes, methods };
}

/** An attribute that never changes. */
export function fixed<T>(value: T): { readonly read: () => T } {
  return { read: () => value };
}

/** An attribute that keeps what is written to it. */
export interface Cell<T> extends ServedAttribute<T> {
  value: T;
}

/**
 * A value a server holds, to be read and written.
 * @param accepts what may be written beyond being of the type; absent: everything.
 */
export function cell<T>(initial: T, accepts?: (value: T) => DataAccessResult): Cell<T> {
  const kept: Cell<T> = {
    value: initial,
    read: () => kept.value,
    write: (value) => {
      const result = accepts?.(value) ?? "success";
      if (result === "success") kept.value = value;
      return result;
    },
  };
  return kept;
}

function serveAttribute<T>(member: TypedAttribute<T>, served: ServedAttribute<T>): ServerAttribute {
  const { read, write } = served;
  const access = served.access ?? (write === undefined ? "read" : "read-write");
  const readable = { access, read: (context: AccessContext): Data => member.encode(read(context)) };
  if (write === undefined) return readable;
  return {
    ...readable,
    write: (data, context) => {
      const value = typed(() => member.decode(data));
      return value.ok ? write(value.value, context) : "type-unmatched";
    },
  };
}

function serveMethod<P>(member: TypedMethod<P>, served: ServedMethod<P>): ServerMethod {
  return {
    invoke: (parameters, context) => {
      // Most methods take integer 0 for nothing, and clients do leave it out.
      const value = typed(() => member.decode(parameters ?? i8(0)));
      if (!value.ok) return { result: "type-unmatched" };
      const outcome = served(value.value, context);
      return typeof outcome === "string" ? { result: outcome } : outcome;
    },
  };
}

/** A value, or that what came was not of the type. Octets are copied: requests reuse theirs. */
function typed<T>(
  decode: () => T,
): { readonly ok: true; readonly value: T } | { readonly ok: false } {
  try {
    return { ok: true, value: owned(decode()) };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false };
    throw error;
  }
}

/** The same value with octets of its own. */
function owned<T>(value: T): T {
  if (value instanceof Uint8Array) return value.slice() as T;
  if (Array.isArray(value)) return value.map(owned) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, owned(member)]);
  return Object.fromEntries(entries) as T;
}
