/**
 * Reading, writing and invoking with the rights of a view (Blue Book, class 15; Green Book 9.3).
 */
import type { Data } from "../axdr/data.ts";
import { obisToOctets } from "../cosem/obis.ts";
import type { ActionResult, DataAccessResult } from "../xdlms/data-access-result.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import { accessBit, mayAccess } from "./access-rights.ts";
import type {
  AccessContext,
  DirectoryEntry,
  MethodOutcome,
  Refusal,
  ServerAttribute,
} from "./object.ts";
import type { ObjectDirectory } from "./view.ts";

/** Attribute 0: all attributes of the object, as a structure. */
const allAttributes = 0;

/** GET of one attribute of a found (or not found) object. */
export function readEntry(
  entry: DirectoryEntry | undefined,
  classId: number,
  attributeId: number,
  context: AccessContext,
): Data | Refusal {
  if (entry === undefined) return "object-undefined";
  if (entry.object.classId !== classId) return "object-class-inconsistent";
  if (attributeId === allAttributes) return readAll(entry, context);
  const mask = entry.attributes.get(attributeId);
  if (mask === undefined) return "object-undefined";
  if (!mayAccess(mask, accessBit.read, context.protection ?? 0)) return "read-write-denied";
  const attribute = entry.object.attributes[attributeId];
  if (attribute === undefined) {
    // Only attribute 1 is in the directory without being declared.
    return { type: "octet-string", value: obisToOctets(entry.object.logicalName) };
  }
  if (attribute.read === undefined) return "read-write-denied";
  const { selection } = context;
  if (selection !== undefined && !takesSelector(attribute, selection.selector)) {
    return "scope-of-access-violated";
  }
  return attribute.read(context);
}

/** SET of one attribute. */
export function writeAttribute(
  objects: ObjectDirectory,
  descriptor: AttributeDescriptor,
  value: Data,
  context: AccessContext,
): DataAccessResult {
  const entry = objects.find(descriptor.logicalName);
  if (entry === undefined) return "object-undefined";
  if (entry.object.classId !== descriptor.classId) return "object-class-inconsistent";
  const { attributeId, selection } = descriptor;
  return writeEntry(entry, attributeId, value, { ...context, selection });
}

/** SET of one attribute of a found object; the selection is that of the context. */
export function writeEntry(
  entry: DirectoryEntry,
  attributeId: number,
  value: Data,
  context: AccessContext,
): DataAccessResult {
  const mask = entry.attributes.get(attributeId);
  if (mask === undefined) return "object-undefined";
  const attribute = entry.object.attributes[attributeId];
  const { selection, protection = 0 } = context;
  if (!mayAccess(mask, accessBit.write, protection) || attribute?.write === undefined) {
    return "read-write-denied";
  }
  if (selection !== undefined && !takesSelector(attribute, selection.selector)) {
    return "scope-of-access-violated";
  }
  if (attribute.types !== undefined && !attribute.types.includes(value.type)) {
    return "type-unmatched";
  }
  return attribute.write(value, context);
}

/** ACTION on one object. */
export function invokeMethod(
  objects: ObjectDirectory,
  descriptor: MethodDescriptor,
  parameters: Data | undefined,
  context: AccessContext,
): MethodOutcome {
  const refuse = (result: ActionResult): MethodOutcome => ({ result });
  const entry = objects.find(descriptor.logicalName);
  if (entry === undefined) return refuse("object-undefined");
  if (entry.object.classId !== descriptor.classId) return refuse("object-class-inconsistent");
  return invokeEntry(entry, descriptor.methodId, parameters, context);
}

/** ACTION on a found object. */
export function invokeEntry(
  entry: DirectoryEntry,
  methodId: number,
  parameters: Data | undefined,
  context: AccessContext,
): MethodOutcome {
  const method = entry.object.methods?.[methodId];
  if (method === undefined) return { result: "object-undefined" };
  const mask = entry.methods.get(methodId) ?? 0;
  if (!mayAccess(mask, accessBit.read, context.protection ?? 0)) {
    return { result: "read-write-denied" };
  }
  return method.invoke(parameters, context);
}

function takesSelector(attribute: ServerAttribute, selector: number): boolean {
  return attribute.selectors?.includes(selector) ?? false;
}

/** What may not be read stands as null-data, so that the place still tells the attribute. */
function readAll(entry: DirectoryEntry, context: AccessContext): Data | Refusal {
  if (context.selection !== undefined) return "scope-of-access-violated";
  const last = Math.max(...entry.attributes.keys());
  const values: Data[] = [];
  for (let id = 1; id <= last; id++) {
    const value = readEntry(entry, entry.object.classId, id, context);
    values.push(typeof value === "string" ? { type: "null-data", value: null } : value);
  }
  return { type: "structure", value: values };
}
