/** Members of a JSON tree that is to be encoded, each of the kind it has to be. */
import { fromHex } from "../octets.ts";
import type { Json, JsonObject } from "./json.ts";

/** One object of a tree. What is missing or of another kind is a `RangeError` with its path. */
export class TreeObject {
  readonly path: string;
  readonly #members: JsonObject;

  /** @throws {RangeError} `value` is no object */
  constructor(value: Json | undefined, path: string) {
    this.path = path;
    if (!isObject(value)) refuse(path, value, "an object");
    this.#members = value;
  }

  /** The member as it is; null counts as absent. */
  get(name: string): Json | undefined {
    return this.#members[name] ?? undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === "string" ? value : refuse(this.pathOf(name), value, "a text");
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    return typeof value === "boolean" ? value : refuse(this.pathOf(name), value, "true or false");
  }

  /** A whole number; how large it may be is told where it is written. */
  integer(name: string): number {
    const value = this.get(name);
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    return refuse(this.pathOf(name), value, "a whole number");
  }

  /** Octets in hexadecimal; the empty text is no octets. */
  octets(name: string): Uint8Array {
    const value = this.get(name);
    if (typeof value !== "string") return refuse(this.pathOf(name), value, "hexadecimal");
    try {
      return fromHex(value);
    } catch (cause) {
      throw new RangeError(`${this.pathOf(name)} is not hexadecimal`, { cause });
    }
  }

  /** Number in hexadecimal, as short names and tags are shown. */
  hexNumber(name: string): number {
    const value = this.text(name);
    if (/^[0-9a-fA-F]{1,8}$/.test(value)) return Number.parseInt(value, 16);
    return refuse(this.pathOf(name), value, "a hexadecimal number");
  }

  object(name: string): TreeObject {
    return new TreeObject(this.get(name), this.pathOf(name));
  }

  values(name: string): readonly Json[] {
    const value = this.get(name);
    return isList(value) ? value : refuse(this.pathOf(name), value, "a list");
  }

  list(name: string): readonly TreeObject[] {
    return this.values(name).map(
      (value, index) => new TreeObject(value, `${this.pathOf(name)}[${index}]`),
    );
  }

  /** `{ key: read(name) }`, or nothing where the member is absent. */
  optional<const Key extends string, T>(
    key: Key,
    name: string,
    read: (name: string) => T,
  ): { readonly [K in Key]?: T } {
    return (this.has(name) ? { [key]: read(name) } : {}) as { readonly [K in Key]?: T };
  }
}

/** @throws {RangeError} always */
export function refuse(path: string, value: unknown, wanted: string): never {
  const problem = value === undefined ? "is missing" : "is something else";
  throw new RangeError(`${path === "" ? "the tree" : path} ${problem}: ${wanted} is needed`);
}

/** Whether two trees say the same; members that are undefined are absent. */
export function isSameTree(one: Json | undefined, other: Json | undefined): boolean {
  if (isList(one)) {
    return (
      isList(other) &&
      one.length === other.length &&
      one.every((value, index) => isSameTree(value, other[index]))
    );
  }
  if (!isObject(one)) return one === other;
  if (!isObject(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSameTree(one[name], other[name]));
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
