import type { Data } from "../axdr/data.ts";
import { type CaptureObject, decodeCaptureObject } from "../cosem/capture-object.ts";
import { DecodeError } from "../error.ts";

/** One entry of a push setup's push_object_list (class 40 attribute 2): what a value belongs to. */
export type PushObject = CaptureObject;

/** Class of push setup. */
export const pushSetupClass = 40;

/**
 * `push_object_list`: an array of structures { class, logical name, attribute, data index }; newer
 * versions append restriction and columns, which change nothing in the naming.
 * @throws {DecodeError} cosem/malformed
 */
export function decodePushObjectList(data: Data): readonly PushObject[] {
  const list = pushObjectListOf(data);
  if (list !== undefined) return list;
  throw new DecodeError("cosem", "push_object_list", 0, "is no list of object definitions");
}

/** The same for a value that may be something else: undefined then. An empty list is none. */
export function pushObjectListOf(data: Data): readonly PushObject[] | undefined {
  if (data.type !== "array" || data.value.length === 0) return undefined;
  if (!data.value.every(isDefinition)) return undefined;
  return data.value.map(decodeCaptureObject);
}

function isDefinition(data: Data): boolean {
  if (data.type !== "structure" || data.value.length < 4) return false;
  const [classId, logicalName, attributeId, dataIndex] = data.value;
  return (
    classId?.type === "long-unsigned" &&
    logicalName?.type === "octet-string" &&
    logicalName.value.length === 6 &&
    (attributeId?.type === "integer" || attributeId?.type === "unsigned") &&
    (dataIndex?.type === "long-unsigned" || dataIndex?.type === "unsigned")
  );
}
