/**
 * Selective access to the object_list of Association LN (Blue Book, class 15):
 *
 *   1  class list        array of long-unsigned            without rights
 *   2  object id list    array of {class id, logical name} with rights
 *   3  object id         {class id, logical name}          with rights
 *   4  all               null-data                         without rights
 */
import type { Data } from "../axdr/data.ts";
import { type ObisCode, obisFromOctets } from "../cosem/obis.ts";
import type { SelectiveAccess } from "../xdlms/descriptor.ts";
import type { DirectoryEntry } from "./object.ts";

/** The objects selected. */
export interface SelectedEntries {
  readonly entries: readonly DirectoryEntry[];
  readonly withRights: boolean;
}

interface ObjectId {
  readonly classId: number;
  readonly logicalName: ObisCode;
}

/** Undefined: the parameters are not those of the selector. */
export function selectEntries(
  entries: readonly DirectoryEntry[],
  selection: SelectiveAccess | undefined,
): SelectedEntries | undefined {
  if (selection === undefined) return { entries, withRights: true };
  const { selector, parameters } = selection;
  switch (selector) {
    case 1: {
      const classes = classListOf(parameters);
      if (classes === undefined) return undefined;
      const chosen = entries.filter(({ object }) => classes.includes(object.classId));
      return { entries: chosen, withRights: false };
    }
    case 2:
      return parameters.type === "array"
        ? selectObjects(entries, parameters.value.map(objectIdOf))
        : undefined;
    case 3:
      return selectObjects(entries, [objectIdOf(parameters)]);
    case 4:
      return { entries, withRights: false };
    default:
      return undefined;
  }
}

function selectObjects(
  entries: readonly DirectoryEntry[],
  ids: readonly (ObjectId | undefined)[],
): SelectedEntries | undefined {
  if (ids.includes(undefined)) return undefined;
  const isChosen = ({ object }: DirectoryEntry): boolean =>
    ids.some((id) => id?.classId === object.classId && id.logicalName === object.logicalName);
  return { entries: entries.filter(isChosen), withRights: true };
}

function classListOf(parameters: Data): readonly number[] | undefined {
  if (parameters.type !== "array") return undefined;
  const classes = parameters.value.map((item) =>
    item.type === "long-unsigned" ? item.value : undefined,
  );
  return classes.includes(undefined) ? undefined : classes.filter((id) => id !== undefined);
}

function objectIdOf(data: Data): ObjectId | undefined {
  if (data.type !== "structure" || data.value.length !== 2) return undefined;
  const [classId, name] = data.value;
  if (classId?.type !== "long-unsigned" || name?.type !== "octet-string") return undefined;
  if (name.value.length !== 6) return undefined;
  return { classId: classId.value, logicalName: obisFromOctets(name.value) };
}
