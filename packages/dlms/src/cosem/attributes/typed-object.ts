/** Objects whose attributes and methods carry their types: from a class's notation. */
import type { Data } from "../../axdr/data.ts";
import {
  CosemAttribute,
  type CosemMethod,
  type ObisText,
  type SelectiveAccess,
} from "../descriptor.ts";
import { obis, type ObisCode } from "../obis.ts";
import { decodeShape } from "./decode-shape.ts";
import { encodeShape } from "./encode-shape.ts";
import type { CosemValue, Shape, TypedClass, ValueOf } from "./shape.ts";

/** An attribute that knows its type; fits wherever an AttributeDescriptor is wanted. */
export class TypedAttribute<T> extends CosemAttribute {
  /** The notation's name, and the root of the path in errors: `dayProfileTablePassive`. */
  readonly name: string;
  readonly #shape: Shape;

  constructor(
    classId: number,
    logicalName: ObisCode,
    attributeId: number,
    name: string,
    shape: Shape,
    selection?: SelectiveAccess,
  ) {
    super(classId, logicalName, attributeId, selection);
    this.name = name;
    this.#shape = shape;
  }

  /** The whole value. @throws {DecodeError} cosem/malformed, `field` is the path of what is wrong. */
  decode(data: Data): T {
    return decodeShape(this.#shape, data, this.name) as T;
  }

  /** @throws {RangeError} a number does not fit its type. */
  encode(value: T): Data {
    return encodeShape(this.#shape, value as CosemValue, this.name);
  }

  /** The same attribute, only the part that is selected; the type stays. */
  override select(selection: SelectiveAccess): TypedAttribute<T> {
    const { classId, logicalName, attributeId, name } = this;
    return new TypedAttribute<T>(classId, logicalName, attributeId, name, this.#shape, selection);
  }
}

/** A method that knows the type of its parameters. */
export class TypedMethod<P> implements CosemMethod {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly methodId: number;
  readonly name: string;
  readonly #shape: Shape;

  constructor(
    classId: number,
    logicalName: ObisCode,
    methodId: number,
    name: string,
    shape: Shape,
  ) {
    this.classId = classId;
    this.logicalName = logicalName;
    this.methodId = methodId;
    this.name = name;
    this.#shape = shape;
  }

  /** @throws {RangeError} a number does not fit its type. */
  encode(parameters: P): Data {
    return encodeShape(this.#shape, parameters as CosemValue, this.name);
  }

  /** A server's view. @throws {DecodeError} cosem/malformed. */
  decode(parameters: Data): P {
    return decodeShape(this.#shape, parameters, this.name) as P;
  }
}

/** One object: every attribute and method of its class version `M` (a `ClassMembers`) by name. */
export type TypedObject<M> = (M extends { readonly attributes: infer Attributes }
  ? { readonly [Name in keyof Attributes]: TypedAttribute<ValueOf<Attributes[Name]>> }
  : unknown) &
  (M extends { readonly methods: infer Methods }
    ? { readonly [Name in keyof Methods]: TypedMethod<ValueOf<Methods[Name]>> }
    : unknown) & {
    readonly classId: number;
    readonly version: number;
    readonly logicalName: ObisCode;
  };

/**
 * Makes objects of one class: `pushSetup("0.7.25.9.0.255")` in the version this stack takes where none
 * is said, `pushSetup(name, 0)` in another one. @throws {RangeError} no OBIS code.
 */
export type ObjectsOf<C extends TypedClass, Default extends keyof C["versions"]> = <
  V extends keyof C["versions"] = Default,
>(
  logicalName: ObisText,
  version?: V,
) => TypedObject<C["versions"][V]>;

/** The constructor of a class's objects. */
export function objectsOf<const C extends TypedClass, const V extends keyof C["versions"] & number>(
  notation: C,
  usual: V,
): ObjectsOf<C, V> {
  return (logicalName, version) => {
    const number = version === undefined ? usual : Number(version);
    return typedObject(notation, number, logicalName) as never;
  };
}

function typedObject(
  { classId, versions }: TypedClass,
  version: number,
  logicalName: ObisText,
): Readonly<Record<string, unknown>> {
  const members = versions[version];
  if (members === undefined) throw new RangeError(`class ${classId} has no version ${version}`);
  const name = obis(logicalName);
  const object: Record<string, unknown> = { classId, version, logicalName: name };
  for (const [index, [member, shape]] of Object.entries(members.attributes).entries()) {
    object[member] = new TypedAttribute(classId, name, index + 2, member, shape);
  }
  for (const [index, [member, shape]] of Object.entries(members.methods ?? {}).entries()) {
    object[member] = new TypedMethod(classId, name, index + 1, member, shape);
  }
  return object;
}
