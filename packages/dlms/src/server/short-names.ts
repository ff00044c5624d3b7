/**
 * Short names of the objects of one view: attribute n at base name + 8 * (n - 1), methods where
 * their class puts them (Blue Book, short name referencing).
 */
import { methodOf } from "../cosem/class-directory.ts";
import type { DirectoryEntry, ServerObject, ShortNameIndex } from "./object.ts";

/** What a variable name stands for. */
export interface ShortNameTarget {
  readonly entry: DirectoryEntry;
  readonly member: "attribute" | "method";
  /** Attribute or method id. */
  readonly id: number;
}

/** Base names the standard reserves begin with that of the association. */
export const associationBaseName = 0xfa00;
/** Objects without a base name of their own get one from here on. */
const firstFreeName = 0x0100;
const nameMax = 0xffff;
const step = 8;

/**
 * Finds objects by short name.
 * @throws {RangeError} two members with one name, or no room for an object.
 */
export class ShortNames implements ShortNameIndex {
  readonly #targets = new Map<number, ShortNameTarget>();
  readonly #baseNames = new Map<DirectoryEntry, number>();

  constructor(entries: readonly DirectoryEntry[]) {
    for (const entry of entries) {
      const { baseName } = entry.object;
      if (baseName !== undefined) this.#enter(entry, baseName);
    }
    let free = firstFreeName;
    for (const entry of entries) {
      if (entry.object.baseName !== undefined) continue;
      const offsets = offsetsOf(entry.object);
      while (offsets.some(({ offset }) => this.#targets.has(free + offset))) free += step;
      const span = Math.max(...offsets.map(({ offset }) => offset)) + step;
      if (free + span > associationBaseName) {
        throw new RangeError(`no short names are left for ${entry.object.logicalName}`);
      }
      this.#enter(entry, free);
      free += span;
    }
  }

  find(variableName: number): ShortNameTarget | undefined {
    return this.#targets.get(variableName);
  }

  baseNameOf(entry: DirectoryEntry): number | undefined {
    return this.#baseNames.get(entry);
  }

  /** The object is gone; the names of the others stay. */
  forget(entry: DirectoryEntry): void {
    this.#baseNames.delete(entry);
    for (const [name, target] of this.#targets) {
      if (target.entry === entry) this.#targets.delete(name);
    }
  }

  #enter(entry: DirectoryEntry, baseName: number): void {
    this.#baseNames.set(entry, baseName);
    for (const { member, id, offset } of offsetsOf(entry.object)) {
      const name = baseName + offset;
      if (!Number.isInteger(name) || name < 0 || name > nameMax || this.#targets.has(name)) {
        const { logicalName } = entry.object;
        throw new RangeError(`short name ${name} of ${logicalName} is taken or out of range`);
      }
      this.#targets.set(name, { entry, member, id });
    }
  }
}

type Offset = Omit<ShortNameTarget, "entry"> & { readonly offset: number };

/** Methods whose offset nobody says, or an attribute has, are without a short name. */
function offsetsOf({
  classId,
  version,
  attributes,
  methods = {},
}: ServerObject): readonly Offset[] {
  const ids = new Set([
    1,
    ...Object.keys(attributes)
      .map(Number)
      .filter((id) => id > 1),
  ]);
  const offsets: Offset[] = [...ids].map((id) => ({
    member: "attribute",
    id,
    offset: step * (id - 1),
  }));
  for (const [name, method] of Object.entries(methods)) {
    const id = Number(name);
    const offset = method.shortNameOffset ?? methodOf(classId, id, version)?.shortNameOffset;
    const taken = offsets.some((other) => other.offset === offset);
    if (offset !== undefined && !taken) offsets.push({ member: "method", id, offset });
  }
  return offsets;
}
