import type { Data } from "@lectura/dlms/axdr";
import {
  type CompactDataDescription,
  type CompactDataOptions,
  compactDataObject,
  type CompactValue,
  decodeCaptureObjects,
  decodeCompactData,
  decodeCompactTemplate,
  type ObisText,
} from "@lectura/dlms/cosem";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import type { RequestOptions } from "../session/session.ts";
import { getAll, type ProcedureSession } from "./typed-access.ts";

/** Options of `readCompactData`. */
export interface CompactDataRequest extends RequestOptions, CompactDataOptions {
  /**
   * Of an earlier reading: spares reading the template. Where the meter has taken another one
   * since, and its template id is captured, the buffer is refused.
   */
  readonly description?: CompactDataDescription;
}

/** What was captured, or the meter's no. */
export type CompactDataReading =
  | {
      readonly ok: true;
      /** One for each capture object; none where nothing is captured. */
      readonly values: readonly CompactValue[];
      readonly description: CompactDataDescription;
    }
  | { readonly ok: false; readonly reason: DataAccessResult };

/**
 * Reads compact data (class 62) with its template, in one round trip where the meter takes lists.
 * @throws {DecodeError} axdr/malformed, cosem/malformed: buffer and template do not fit
 */
export async function readCompactData(
  session: ProcedureSession,
  name: ObisText,
  request: CompactDataRequest = {},
): Promise<CompactDataReading> {
  const object = compactDataObject(name);
  const known = request.description;
  // The buffer last: where reading it captures, nothing is asked for behind it.
  const template = [object.captureObjects, object.templateId, object.templateDescription];
  const asked = known === undefined ? [...template, object.buffer] : [object.buffer];
  const results = await getAll(session, asked, request);
  const values = results.map((result) => (result.ok ? result.value : undefined));
  const refused = results.find(({ ok }) => !ok);
  if (refused?.ok === false) return { ok: false, reason: refused.reason };
  const description = known ?? describe(object, values, request);
  const buffer = object.buffer.decode(values.at(-1)!);
  return { ok: true, values: decodeCompactData(buffer, description) ?? [], description };
}

function describe(
  object: ReturnType<typeof compactDataObject>,
  [objects, templateId, types]: readonly (Data | undefined)[],
  { arrays, values }: CompactDataOptions,
): CompactDataDescription {
  const captureObjects = decodeCaptureObjects(objects!);
  const options = {
    ...(arrays === undefined ? {} : { arrays }),
    ...(values === undefined ? {} : { values }),
  };
  const described = object.templateDescription.decode(types!);
  return {
    ...options,
    captureObjects,
    templateId: object.templateId.decode(templateId!),
    types: decodeCompactTemplate(described, captureObjects.length, options),
  };
}
