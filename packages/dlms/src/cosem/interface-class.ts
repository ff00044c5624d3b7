/**
 * Interface classes as tables (Blue Book part 2): which attributes and methods a class has in which
 * version. A class or version that no table describes is not an error: its attributes are read
 * by number and decoded by their tags ("generic access").
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
  /** `table`: two sources agree on the lists (docs/classes.md). `generic`: labels at most. */
  readonly access: "table" | "generic";
  /** In order of attribute id, beginning with 1 `logical_name`. */
  readonly attributes: readonly ClassAttribute[];
  readonly methods: readonly ClassMethod[];
}

/**
 * Classes from their notation, one line each for class, attribute and method, as in the Blue Book:
 *
 *     8 v0 Clock                    class id, version, name
 *       time: octet-string          attribute 2, 3, ...; 1 is always logical_name
 *       adjust_to_quarter() +60     method 1, 2, ... with its short-name offset, hexadecimal
 *       -()                         a reserved method number
 *     66 v0 generic Measurement ... a class that fewer than two sources describe
 *
 * @throws {RangeError} a line is none of these.
 */
export function parseClasses(notation: string): readonly InterfaceClass[] {
  const classes: MutableClass[] = [];
  for (const line of notation.split("\n").filter((text) => text.trim() !== "")) {
    if (line.startsWith("  ")) addMember(classes.at(-1), line.trim());
    else classes.push(parseHeader(line));
  }
  return classes.map((read) => ({
    ...read,
    methods: read.methods.filter(({ name }) => name !== "-"),
  }));
}

/** A class while its lines are read. */
interface MutableClass extends InterfaceClass {
  readonly attributes: ClassAttribute[];
  readonly methods: ClassMethod[];
}

function parseHeader(line: string): MutableClass {
  const parts = /^(\d+) v(\d+)( generic)? (.+)$/.exec(line);
  if (parts === null) throw new RangeError(`"${line}" is no class`);
  return {
    classId: Number(parts[1]),
    version: Number(parts[2]),
    name: parts[4]!,
    access: parts[3] === undefined ? "table" : "generic",
    attributes: [
      { attributeId: 1, name: "logical_name", type: "octet-string", shortNameOffset: 0 },
    ],
    methods: [],
  };
}

function addMember(owner: MutableClass | undefined, line: string): void {
  const method = /^(\S+)\(\)(?: \+([0-9A-F]+))?$/.exec(line);
  const attribute = /^(\S+): (.+)$/.exec(line);
  if (owner === undefined || (method === null && attribute === null)) {
    throw new RangeError(`"${line}" is no member of a class`);
  }
  if (attribute !== null) {
    const index = owner.attributes.length;
    owner.attributes.push({
      attributeId: index + 1,
      name: attribute[1]!,
      type: attribute[2]!,
      shortNameOffset: index * 8,
    });
    return;
  }
  const [, name, offset] = method!;
  owner.methods.push({
    methodId: owner.methods.length + 1,
    name: name!,
    shortNameOffset: offset === undefined ? undefined : Number.parseInt(offset, 16),
  });
}
