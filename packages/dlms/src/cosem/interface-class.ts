/**
 * Interface classes as tables (Blue Book part 2): which attributes and methods a class has in which
 * version. A class or version that no table describes is not an error: its attributes are read by number
 * and decoded by their tags ("generic access").
 */

/** One attribute of a class. */
export interface ClassAttribute {
  readonly attributeId: number;
  /** The standard's spelling: `scaler_unit`. */
  readonly name: string;
  /** The standard's type, for people: `octet-string`, `CHOICE`, `array`. */
  readonly type: string;
  /** Offset from base_name in short-name referencing: 8 * (attributeId - 1). */
  readonly shortNameOffset: number;
}

/** One method of a class. */
export interface ClassMethod {
  readonly methodId: number;
  readonly name: string;
  /** Offset from base_name in short-name referencing; undefined where the sources do not agree. */
  readonly shortNameOffset: number | undefined;
}

/** One version of one class. */
export interface InterfaceClass {
  readonly classId: number;
  readonly version: number;
  /** The standard's name: `Profile generic`. */
  readonly name: string;
  /** `table`: the lists are complete. `generic`: only the class's name and logical_name are settled. */
  readonly access: "table" | "generic";
  /** In order of attribute id, beginning with 1 `logical_name`. */
  readonly attributes: readonly ClassAttribute[];
  readonly methods: readonly ClassMethod[];
}

/** `name: type` of attributes 2, 3, ...; attribute 1 is always `logical_name: octet-string`. */
export type AttributeRow = readonly [name: string, type: string];

/** `name` or `name, first octet of the short-name offset` of methods 1, 2, ... */
export type MethodRow = readonly [name: string, shortNameOffset?: number];

/** A class whose attributes and methods are all known. */
export function interfaceClass(
  classId: number,
  version: number,
  name: string,
  attributes: readonly AttributeRow[],
  methods: readonly MethodRow[] = [],
): InterfaceClass {
  return {
    classId,
    version,
    name,
    access: "table",
    attributes: [["logical_name", "octet-string"] as const, ...attributes].map(
      ([attributeName, type], index) => ({
        attributeId: index + 1,
        name: attributeName,
        type,
        shortNameOffset: index * 8,
      }),
    ),
    methods: methods.map(([methodName, shortNameOffset], index) => ({
      methodId: index + 1,
      name: methodName,
      shortNameOffset,
    })),
  };
}

/** A class of which only the name is settled: attributes are read by number. */
export function genericClass(classId: number, version: number, name: string): InterfaceClass {
  return { ...interfaceClass(classId, version, name, []), access: "generic" };
}
