import { decodeShortNames, shortNameListAt, type ShortNameObject } from "@lectura/dlms/client";
import {
  type AttributeAccess,
  classOf,
  decodeAccessRights,
  decodeObjectList,
  type InterfaceClass,
  type MethodAccess,
  obis,
  type ObisCode,
  objectAttribute,
  type ObisText,
} from "@lectura/dlms/cosem";
import type { Data } from "@lectura/dlms/axdr";
import { DecodeError } from "@lectura/dlms/octets";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import type { RequestOptions, Session } from "../session/session.ts";

/** One object of a meter, as one association shows it. */
export interface MeterObject {
  readonly classId: number;
  readonly version: number;
  readonly logicalName: ObisCode;
  /** Undefined for classes and versions no table describes: read its attributes by number. */
  readonly interfaceClass: InterfaceClass | undefined;
  /** Rights; empty where the meter does not say them. */
  readonly attributes: readonly AttributeAccess[];
  readonly methods: readonly MethodAccess[];
  /** Short name of attribute 1, with short names only. */
  readonly baseName?: number;
}

/** Options of `readObjectList`. */
export interface ObjectListRequest extends RequestOptions {
  /** The association object. Absent: the current one, 0-0:40.0.0*255. */
  readonly association?: ObisText;
  /** How the session names objects. Absent: by the vaa-name the meter answered. */
  readonly referencing?: "ln" | "sn";
}

/** The objects, and the version of the association class that says how rights are to be read. */
export type ObjectListResult =
  | {
      readonly ok: true;
      readonly objects: readonly MeterObject[];
      readonly associationVersion: number;
    }
  | { readonly ok: false; readonly reason: DataAccessResult };

/** What of a session a list is read with. */
export type ListSession = Pick<Session, "get" | "negotiated" | "read">;

const logicalNamesVaa = 0x0007;
const associationLnClass = 15;
const associationSnClass = 12;
/** How class 15 says rights before version 3; a mask would be told by the version in the list. */
const usualVersion = 1;
const shortNameStep = 8;

/**
 * The objects an association shows, with rights and classes, over logical or short names. The
 * version
 * of the association comes from the list itself: it says whether rights are modes or bit masks.
 * @throws {DecodeError} cosem/malformed.
 */
export async function readObjectList(
  session: ListSession,
  request: ObjectListRequest = {},
): Promise<ObjectListResult> {
  const { vaaName } = session.negotiated;
  const referencing = request.referencing ?? (vaaName === logicalNamesVaa ? "ln" : "sn");
  return referencing === "ln" ? readByName(session, request) : readByShortName(session, request);
}

async function readByName(
  session: ListSession,
  request: ObjectListRequest,
): Promise<ObjectListResult> {
  const name = obis(request.association ?? "0.0.40.0.0.255");
  const result = await session.get(objectAttribute(associationLnClass, name, 2), request);
  if (!result.ok) return result;
  const first = decodeObjectList(result.value, { associationVersion: usualVersion });
  const associations = first.filter(({ classId }) => classId === associationLnClass);
  const own = associations.find(({ logicalName }) => logicalName === name) ?? associations[0];
  const associationVersion = own?.version ?? usualVersion;
  const objects =
    associationVersion < 3 ? first : decodeObjectList(result.value, { associationVersion });
  return { ok: true, associationVersion, objects: objects.map(withClass) };
}

async function readByShortName(
  session: ListSession,
  request: ObjectListRequest,
): Promise<ObjectListResult> {
  const list = shortNameListAt(session.negotiated.vaaName);
  const [names] = await session.read([list], request);
  if (names?.ok !== true) return { ok: false, reason: names?.reason ?? "object-undefined" };
  const objects = decodeShortNames(names.value);
  const associationVersion = objects.find(({ classId }) => classId === associationSnClass)?.version;
  const version = associationVersion ?? 0;
  const rights =
    version === 0
      ? undefined
      : await session.read([{ variableName: list.variableName + shortNameStep }], request);
  const said = rights?.[0]?.ok === true ? rightsByBaseName(rights[0].value, version) : undefined;
  return {
    ok: true,
    associationVersion: version,
    objects: objects.map((object) => withClass(withRights(object, said))),
  };
}

type Rights = Pick<MeterObject, "attributes" | "methods">;

/** access_rights_list of class 12: base name, attributes, methods. */
function rightsByBaseName(data: Data, associationVersion: number): ReadonlyMap<number, Rights> {
  if (data.type !== "array") {
    throw new DecodeError("cosem", "access_rights_list", 0, `is ${data.type}, not an array`);
  }
  const rights = data.value.map((element, index): [number, Rights] => {
    const [baseName, attributes, methods] = element.type === "structure" ? element.value : [];
    if (typeof baseName?.value !== "number") {
      throw new DecodeError("cosem", `access_rights_list[${index}]`, 0, "has no base name");
    }
    const options = { associationVersion };
    return [baseName.value & 0xffff, decodeAccessRights(attributes, methods, options)];
  });
  return new Map(rights);
}

function withRights(
  object: ShortNameObject,
  said: ReadonlyMap<number, Rights> | undefined,
): ShortNameObject & Rights {
  const { attributes, methods } = said?.get(object.baseName) ?? { attributes: [], methods: [] };
  return { ...object, attributes, methods };
}

function withClass(object: Omit<MeterObject, "interfaceClass">): MeterObject {
  return { ...object, interfaceClass: classOf(object.classId, object.version) };
}
