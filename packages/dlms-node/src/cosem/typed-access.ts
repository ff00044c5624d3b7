/** Typed attributes and methods over a session: what the meter refuses is a value. */
import type { Data } from "@lectura/dlms/axdr";
import type { TypedAttribute, TypedMethod } from "@lectura/dlms/cosem";
import type {
  ActionOutcome,
  AttributeDescriptor,
  DataAccessResult,
  GetDataResult,
} from "@lectura/dlms/xdlms";
import type { RequestOptions, Session } from "../session/session.ts";

/** What procedures need of a session. */
export type ProcedureSession = Pick<
  Session,
  "negotiated" | "get" | "getWithList" | "set" | "action"
>;

/** A typed value, or why there is none. */
export type ReadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: DataAccessResult };

/**
 * Reads one attribute. @throws {DecodeError} cosem/malformed: the value has not the type of its
 * class; `field` is the path of what is wrong. Read it as Data by `session.get`.
 */
export async function readAttribute<T>(
  session: ProcedureSession,
  attribute: TypedAttribute<T>,
  options?: RequestOptions,
): Promise<ReadResult<T>> {
  return typedResult(attribute, await session.get(attribute, options));
}

/** The results of several attributes, each of the type of its own. */
export type ReadResults<A extends readonly TypedAttribute<unknown>[]> = {
  readonly [Index in keyof A]: A[Index] extends TypedAttribute<infer T> ? ReadResult<T> : never;
};

/** Reads several attributes, in one round trip where the meter takes lists. */
export async function readAttributes<const A extends readonly TypedAttribute<unknown>[]>(
  session: ProcedureSession,
  attributes: A,
  options?: RequestOptions,
): Promise<ReadResults<A>> {
  const results = await getAll(session, attributes, options);
  return attributes.map((attribute, index) =>
    typedResult(attribute, results[index]!),
  ) as unknown as ReadResults<A>;
}

/** Writes one attribute. @throws {RangeError} the value does not fit its type. */
export function writeAttribute<T>(
  session: ProcedureSession,
  attribute: TypedAttribute<T>,
  value: T,
  options?: RequestOptions,
): Promise<DataAccessResult> {
  return session.set(attribute, attribute.encode(value), options);
}

/** Invokes one method. @throws {RangeError} the parameters do not fit their type. */
export function invokeMethod<P>(
  session: ProcedureSession,
  method: TypedMethod<P>,
  parameters: P,
  options?: RequestOptions,
): Promise<ActionOutcome> {
  return session.action(method, method.encode(parameters), options);
}

/** GET of several attributes: a list where the meter takes lists, else one after the other. */
export async function getAll(
  session: ProcedureSession,
  attributes: readonly AttributeDescriptor[],
  options?: RequestOptions,
): Promise<readonly GetDataResult[]> {
  if (attributes.length === 0) return [];
  const { conformance } = session.negotiated;
  if (attributes.length > 1 && conformance.has("multiple-references")) {
    return session.getWithList(attributes, options);
  }
  const results: GetDataResult[] = [];
  for (const attribute of attributes) results.push(await session.get(attribute, options));
  return results;
}

function typedResult<T>(attribute: TypedAttribute<T>, result: GetDataResult): ReadResult<T> {
  return result.ok ? { ok: true, value: attribute.decode(result.value) } : result;
}

/** The Data of a result; undefined where it was refused. */
export function dataOf(result: GetDataResult | undefined): Data | undefined {
  return result?.ok === true ? result.value : undefined;
}
