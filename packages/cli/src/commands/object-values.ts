import type { MeterObject, RequestOptions, Session } from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import { classOf, holdsSecret, objectAttribute } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import type { AttributeDescriptor, GetDataResult } from "@lectura/dlms/xdlms";

/** What an object's readable attributes answered. */
export interface ObjectValues {
  readonly object: MeterObject;
  readonly values: ReadonlyMap<number, Data>;
  /** Data-access-result, or the code of the error, by attribute. */
  readonly refused: ReadonlyMap<number, string>;
}

export interface ObjectValuesRequest extends RequestOptions {
  /** False: one GET for each attribute though the meter takes lists. */
  readonly lists: boolean;
  /** After each request. */
  readonly onRead?: (done: number, total: number) => void;
}

/** Attributes in one list: meters bound what they put together. */
const attributesPerList = 10;
/** Attributes of one meter that are read; the others are left out. */
const attributesMax = 20_000;
const logicalNameAttribute = 1;
/** Values of their own commands, and large: profile buffers and object lists. */
const largeAttributes: ReadonlySet<string> = new Set(["7 2", "12 2", "15 2"]);

/** Attributes that are read: readable, no secret, neither name nor buffer. */
export function wantedAttributes(object: MeterObject): readonly number[] {
  const { classId, version, attributes, interfaceClass } = object;
  const known = interfaceClass ?? classOf(classId);
  const readable =
    attributes.length > 0
      ? attributes.filter(({ read }) => read).map(({ attributeId }) => attributeId)
      : (known?.attributes ?? []).map(({ attributeId }) => attributeId);
  return readable.filter(
    (attributeId) =>
      attributeId !== logicalNameAttribute &&
      !largeAttributes.has(`${classId} ${attributeId}`) &&
      !holdsSecret(classId, attributeId, version),
  );
}

interface Place {
  readonly index: number;
  readonly attributeId: number;
  readonly attribute: AttributeDescriptor;
}

type Answer = { readonly value: Data } | { readonly code: string };

/**
 * Reads what can be read of the objects, by lists where the meter takes them. An attribute it
 * cannot answer is told and left; a session that breaks throws.
 */
export async function readObjectValues(
  session: Session,
  objects: readonly MeterObject[],
  request: ObjectValuesRequest,
): Promise<readonly ObjectValues[]> {
  const read = objects.map((object) => ({
    object,
    values: new Map<number, Data>(),
    refused: new Map<number, string>(),
  }));
  const places = objects
    .flatMap((object, index): readonly Place[] =>
      wantedAttributes(object).map((attributeId) => ({
        index,
        attributeId,
        attribute: objectAttribute(object.classId, object.logicalName, attributeId),
      })),
    )
    .slice(0, attributesMax);
  const perRequest = request.lists ? attributesPerList : 1;
  for (let at = 0; at < places.length; at += perRequest) {
    const asked = places.slice(at, at + perRequest);
    const answers = await answersTo(session, asked, request);
    for (const [offset, { index, attributeId }] of asked.entries()) {
      const answer = answers[offset];
      if (answer === undefined) continue;
      if ("value" in answer) read[index]?.values.set(attributeId, answer.value);
      else read[index]?.refused.set(attributeId, answer.code);
    }
    request.onRead?.(Math.min(at + perRequest, places.length), places.length);
  }
  return read;
}

/** One list; one after the other where the meter chokes on the list. */
async function answersTo(
  session: Session,
  places: readonly Place[],
  request: RequestOptions,
): Promise<readonly Answer[]> {
  const { signal } = request;
  const options = signal === undefined ? {} : { signal };
  if (places.length > 1) {
    const attributes = places.map(({ attribute }) => attribute);
    const results = await attempt(session, () => session.getWithList(attributes, options));
    if (!("code" in results)) return results.result.map(answerOf);
  }
  const answers: Answer[] = [];
  for (const { attribute } of places) {
    const got = await attempt(session, () => session.get(attribute, options));
    answers.push("code" in got ? got : answerOf(got.result));
  }
  return answers;
}

function answerOf(result: GetDataResult): Answer {
  return result.ok ? { value: result.value } : { code: result.reason };
}

/** The result, or the code of an error the session survived. */
async function attempt<Result>(
  session: Session,
  ask: () => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly code: string }> {
  try {
    return { result: await ask() };
  } catch (error) {
    if (!(error instanceof DlmsError) || session.closed) throw error;
    return { code: error.code };
  }
}
