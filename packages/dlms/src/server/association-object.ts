/** What the association objects of both ways of referencing show (Blue Book, classes 12 and 15). */
import { array, enumeration, i8, nullData, structure } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { attributeModeNumber, methodModeNumber } from "./access-rights.ts";
import type { DirectoryEntry } from "./object.ts";

/** The attribute and method access descriptors of one object, two elements of a structure. */
export function accessRightsOf(
  { object, attributes, methods }: DirectoryEntry,
  associationVersion: number,
): readonly [Data, Data] {
  return [
    array(
      [...attributes].map(([id, mask]) => {
        const selectors = object.attributes[id]?.selectors;
        return structure([
          i8(id),
          enumeration(attributeModeNumber(mask, associationVersion)),
          selectors === undefined ? nullData() : array(selectors.map((selector) => i8(selector))),
        ]);
      }),
    ),
    array(
      [...methods].map(([id, mask]) => {
        const mode = methodModeNumber(mask, associationVersion);
        return structure([
          i8(id),
          associationVersion === 0 ? { type: "boolean", value: mode !== 0 } : enumeration(mode),
        ]);
      }),
    ),
  ];
}
