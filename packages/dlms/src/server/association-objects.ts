/**
 * add_object and remove_object of the current association (Blue Book, class 15 methods 3 and 4).
 */
import type { Data } from "../axdr/data.ts";
import { decodeObjectList, type ObjectListElement } from "../cosem/object-list.ts";
import { DecodeError } from "../error.ts";
import { accessBit, accessMask } from "./access-rights.ts";
import type { MethodOutcome, ServerMethod, ServerObject } from "./object.ts";
import type { ViewRights } from "./view.ts";

/**
 * The methods for objects a client may add to what its association shows, and take away again.
 * Rights are those it asks for, as far as the object itself gives them.
 */
export function objectMethods(
  addable: readonly ServerObject[],
  associationVersion: number,
): { readonly 3: ServerMethod; readonly 4: ServerMethod } {
  const named = (
    parameters: Data | undefined,
  ): readonly [ObjectListElement, ServerObject?] | undefined => {
    const element = elementOf(parameters, associationVersion);
    if (element === undefined) return undefined;
    const object = addable.find(
      ({ classId, version, logicalName }) =>
        classId === element.classId &&
        version === element.version &&
        logicalName === element.logicalName,
    );
    return object === undefined ? [element] : [element, object];
  };
  return {
    3: {
      invoke: (parameters, { association: { directory } }): MethodOutcome => {
        const [element, object] = named(parameters) ?? [];
        if (element === undefined) return { result: "type-unmatched" };
        if (object === undefined) return { result: "object-undefined" };
        const added = directory?.add(object, rightsIn(element)) ?? false;
        return { result: added ? "success" : "read-write-denied" };
      },
    },
    4: {
      invoke: (parameters, { association: { directory } }): MethodOutcome => {
        const [element, object] = named(parameters) ?? [];
        if (element === undefined) return { result: "type-unmatched" };
        const removed = object !== undefined && directory?.remove(object.logicalName) === true;
        return { result: removed ? "success" : "object-undefined" };
      },
    },
  };
}

function elementOf(
  data: Data | undefined,
  associationVersion: number,
): ObjectListElement | undefined {
  if (data === undefined) return undefined;
  try {
    return decodeObjectList({ type: "array", value: [data] }, { associationVersion })[0];
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What is asked for, within what is declared; protection that either of them wants. */
function rightsIn({ attributes, methods }: ObjectListElement): ViewRights {
  return {
    attribute: (_, id, rights) => {
      const wanted = attributes.find(({ attributeId }) => attributeId === id);
      if (wanted === undefined) return 0;
      const bits = (wanted.read ? accessBit.read : 0) | (wanted.write ? accessBit.write : 0);
      return within(accessMask(rights), bits, wanted.protection);
    },
    method: ({ methods: declared }, id) => {
      const wanted = methods.find(({ methodId }) => methodId === id);
      if (wanted?.execute !== true) return 0;
      return within(declared?.[id]?.access ?? accessBit.read, accessBit.read, wanted.protection);
    },
  };
}

function within(
  declared: number,
  bits: number,
  protection: ObjectListElement["attributes"][number]["protection"],
): number {
  const given = declared & bits;
  if (given === 0) return 0;
  return (
    given |
    (declared & ~(accessBit.read | accessBit.write)) |
    (protection.authenticatedRequest ? accessBit.authenticatedRequest : 0) |
    (protection.encryptedRequest ? accessBit.encryptedRequest : 0) |
    (protection.signedRequest ? accessBit.signedRequest : 0) |
    (protection.authenticatedResponse ? accessBit.authenticatedResponse : 0) |
    (protection.encryptedResponse ? accessBit.encryptedResponse : 0) |
    (protection.signedResponse ? accessBit.signedResponse : 0)
  );
}
