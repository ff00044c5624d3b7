/**
 * Attribute 2 of Association LN (class 15): which objects this association shows, with its
 * rights.
 */
import type { Data } from "../axdr/data.ts";
import { elementsOf, integerOf, octetsOf, structureOf } from "./data-shape.ts";
import { decodeObis, type ObisCode, obisToOctets } from "./obis.ts";

/**
 * What an association may do with one attribute. Up to version 2 of class 15 `mode` is an enum (0 none,
 * 1 read, 2 write, 3 both, 4..6 the same with authentication), from version 3 a bit mask (bit 0
 * read, 1 write, 2/3/4 authenticated/encrypted/signed request, 5/6/7 the same for the
 * response). Taking one for the other is a common mistake, so both are resolved here, by the
 * association's version.
 */
export interface AttributeAccess {
  readonly attributeId: number;
  /** As on the wire. */
  readonly mode: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly protection: AccessProtection;
  /** Selectors that selective access may use; empty = none. */
  readonly selectors: readonly number[];
}

/** What an association may do with one method. Version 0: a boolean on the wire, 0 or 1 here. */
export interface MethodAccess {
  readonly methodId: number;
  readonly mode: number;
  readonly execute: boolean;
  readonly protection: AccessProtection;
}

/** Protection that request and response must carry. */
export interface AccessProtection {
  readonly authenticatedRequest: boolean;
  readonly encryptedRequest: boolean;
  readonly signedRequest: boolean;
  readonly authenticatedResponse: boolean;
  readonly encryptedResponse: boolean;
  readonly signedResponse: boolean;
}

/** One object an association shows. */
export interface ObjectListElement {
  readonly classId: number;
  /** Version of the class; decides which attributes there are. */
  readonly version: number;
  readonly logicalName: ObisCode;
  readonly attributes: readonly AttributeAccess[];
  readonly methods: readonly MethodAccess[];
}

/** Version of the Association LN whose list it is: 0..3. */
export interface ObjectListOptions {
  readonly associationVersion: number;
}

/**
 * The typed object list. A list selected without access rights has empty `attributes` and `methods`.
 * @throws {DecodeError} cosem/malformed
 */
export function decodeObjectList(
  data: Data,
  options: ObjectListOptions,
): readonly ObjectListElement[] {
  return elementsOf(data, "object_list").map((element) => decodeElement(element, options));
}

/** The list as a server sends it. */
export function encodeObjectList(
  elements: readonly ObjectListElement[],
  options: ObjectListOptions,
): Data {
  return { type: "array", value: elements.map((element) => encodeElement(element, options)) };
}

/** Rights of one attribute from its mode, by the association's version. */
export function attributeAccess(
  attributeId: number,
  mode: number,
  options: ObjectListOptions,
  selectors: readonly number[] = [],
): AttributeAccess {
  const isMask = options.associationVersion >= 3;
  const basic = mode >= 4 ? mode - 3 : mode;
  return {
    attributeId,
    mode,
    read: isMask ? (mode & 1) !== 0 : basic === 1 || basic === 3,
    write: isMask ? (mode & 2) !== 0 : basic === 2 || basic === 3,
    protection: isMask ? maskProtection(mode) : enumProtection(mode >= 4 && mode <= 6),
    selectors,
  };
}

/**
 * Rights of one method from its mode: 0 none, 1 access, 2 authenticated; from version 3 a bit
 * mask.
 */
export function methodAccess(
  methodId: number,
  mode: number,
  options: ObjectListOptions,
): MethodAccess {
  const isMask = options.associationVersion >= 3;
  return {
    methodId,
    mode,
    execute: isMask ? (mode & 1) !== 0 : mode === 1 || mode === 2,
    protection: isMask ? maskProtection(mode) : enumProtection(mode === 2),
  };
}

/**
 * Rights as an object list or an access rights list has them: attributes, then methods. Class 12
 * says them as class 15 does.
 * @throws {DecodeError} cosem/malformed
 */
export function decodeAccessRights(
  attributes: Data | undefined,
  methods: Data | undefined,
  options: ObjectListOptions,
): Pick<ObjectListElement, "attributes" | "methods"> {
  const field = "object_list_element";
  return {
    attributes:
      attributes === undefined
        ? []
        : elementsOf(attributes, `${field}.attribute_access`).map((item) =>
            decodeAttributeAccess(item, options),
          ),
    methods:
      methods === undefined
        ? []
        : elementsOf(methods, `${field}.method_access`).map((item) =>
            decodeMethodAccess(item, options),
          ),
  };
}

function decodeElement(data: Data, options: ObjectListOptions): ObjectListElement {
  const field = "object_list_element";
  const [classId, version, logicalName, rights] = structureOf(data, field, 3);
  const [attributes, methods] =
    rights === undefined || rights.type === "null-data"
      ? []
      : structureOf(rights, `${field}.access_rights`, 2);
  return {
    classId: integerOf(classId, `${field}.class_id`, 0, 0xffff),
    version: integerOf(version, `${field}.version`, 0, 255),
    logicalName: decodeObis(octetsOf(logicalName, `${field}.logical_name`), field),
    ...decodeAccessRights(attributes, methods, options),
  };
}

function decodeAttributeAccess(data: Data, options: ObjectListOptions): AttributeAccess {
  const field = "attribute_access_item";
  const [id, mode, selectors] = structureOf(data, field, 2);
  const selectorList =
    selectors === undefined || selectors.type === "null-data"
      ? []
      : elementsOf(selectors, `${field}.access_selectors`).map((selector) =>
          integerOf(selector, `${field}.access_selectors`, -128, 255),
        );
  return attributeAccess(
    integerOf(id, `${field}.attribute_id`, -128, 255),
    integerOf(mode, `${field}.access_mode`, 0, 255),
    options,
    selectorList,
  );
}

function decodeMethodAccess(data: Data, options: ObjectListOptions): MethodAccess {
  const field = "method_access_item";
  const [id, mode] = structureOf(data, field, 2);
  return methodAccess(
    integerOf(id, `${field}.method_id`, -128, 255),
    mode?.type === "boolean" ? Number(mode.value) : integerOf(mode, `${field}.access_mode`, 0, 255),
    options,
  );
}

function encodeElement(element: ObjectListElement, options: ObjectListOptions): Data {
  const attributes: readonly Data[] = element.attributes.map(encodeAttributeAccess);
  const methods: readonly Data[] = element.methods.map(({ methodId, mode }) => ({
    type: "structure",
    value: [
      { type: "integer", value: methodId },
      options.associationVersion === 0
        ? { type: "boolean", value: mode !== 0 }
        : { type: "enum", value: mode },
    ],
  }));
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: element.classId },
      { type: "unsigned", value: element.version },
      { type: "octet-string", value: obisToOctets(element.logicalName) },
      {
        type: "structure",
        value: [
          { type: "array", value: attributes },
          { type: "array", value: methods },
        ],
      },
    ],
  };
}

function encodeAttributeAccess({ attributeId, mode, selectors }: AttributeAccess): Data {
  return {
    type: "structure",
    value: [
      { type: "integer", value: attributeId },
      { type: "enum", value: mode },
      selectors.length === 0
        ? { type: "null-data", value: null }
        : { type: "array", value: selectors.map((value) => ({ type: "integer", value })) },
    ],
  };
}

function maskProtection(mode: number): AccessProtection {
  return {
    authenticatedRequest: (mode & 0x04) !== 0,
    encryptedRequest: (mode & 0x08) !== 0,
    signedRequest: (mode & 0x10) !== 0,
    authenticatedResponse: (mode & 0x20) !== 0,
    encryptedResponse: (mode & 0x40) !== 0,
    signedResponse: (mode & 0x80) !== 0,
  };
}

/** In the enum, "authenticated" means that the whole exchange is. */
function enumProtection(authenticated: boolean): AccessProtection {
  return {
    authenticatedRequest: authenticated,
    encryptedRequest: false,
    signedRequest: false,
    authenticatedResponse: authenticated,
    encryptedResponse: false,
    signedResponse: false,
  };
}
