/** The current association of short-name referencing as an object (Blue Book, class 12). */
import { array, i16, nullData, octetString, structure, u16, u8 } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { obis, type ObisCode, obisToOctets, obisFromOctets } from "../cosem/obis.ts";
import type { SelectiveAccess } from "../xdlms/descriptor.ts";
import { readEntry } from "./access.ts";
import { accessRightsOf } from "./association-object.ts";
import { currentUser, userList, userMethod } from "./association-users.ts";
import type { ChangeSecret } from "./current-association.ts";
import type {
  AccessContext,
  DirectoryEntry,
  MethodOutcome,
  Refusal,
  ServerMethod,
  ServerObject,
} from "./object.ts";
import { selectEntries } from "./object-list-selection.ts";
import { associationBaseName } from "./short-names.ts";

/** Association SN. */
export const shortNameAssociationClass = 12;
/** Method reply_to_HLS_authentication, and where it stands behind the base name. */
export const shortNameHlsReply = { methodId: 8, offset: 0x58 } as const;

const readByLogicalName = 3;
const changeSecretId = 5;
const addUserId = 9;
const removeUserId = 10;
/** Class list, object id list, object id: the same as those of class 15. */
const objectListSelectors = [1, 2, 3];
const noName = new Uint8Array(6);

/** An association in short-name referencing: its objects and their base names. */
export interface ShortNameAssociationOptions {
  /** Version of class 12: 2 adds the security setup, 3 users. Absent = 2. */
  readonly version?: 1 | 2 | 3 | 4;
  /** Where class 15 has the usual name in the same view. Absent = 0.0.40.0.0.255. */
  readonly logicalName?: ObisCode;
  /** Security setup of the association (attribute 4). Absent: six times 00, there is none. */
  readonly securitySetup?: ObisCode;
  /**
   * Takes the secret a client sets for its own association (method 5), low or high. See
   * `AssociationSecret`. Absent: none is taken.
   */
  readonly changeSecret?: ChangeSecret;
}

/**
 * Shows the asking client the objects of its own association with their base names; one object
 * serves every view. Method 8 (HLS pass 3) is answered by the association itself.
 */
export function shortNameAssociation(options: ShortNameAssociationOptions = {}): ServerObject {
  const {
    version = 2,
    securitySetup,
    changeSecret,
    logicalName = obis("0.0.40.0.0.255"),
  } = options;
  const setup = securitySetup === undefined ? noName : obisToOctets(securitySetup);
  return {
    classId: shortNameAssociationClass,
    version,
    logicalName,
    baseName: associationBaseName,
    attributes: {
      2: { selectors: objectListSelectors, read: objectList },
      3: {
        read: (context) =>
          array(
            named(context).map(([name, entry]) =>
              structure([name, ...accessRightsOf(entry, version)]),
            ),
          ),
      },
      ...(version >= 2 ? { 4: { read: () => octetString(setup) } } : {}),
      ...(version >= 3
        ? {
            5: { read: ({ association: { users } }) => userList(users) },
            6: { read: ({ association: { users, userId } }) => currentUser(users, userId) },
          }
        : {}),
    },
    methods: {
      [readByLogicalName]: { invoke: readNamed },
      ...(changeSecret === undefined ? {} : { [changeSecretId]: secretMethod(changeSecret) }),
      ...(version >= 3
        ? { [addUserId]: userMethod("add"), [removeUserId]: userMethod("remove") }
        : {}),
      [shortNameHlsReply.methodId]: { invoke: () => ({ result: "read-write-denied" }) },
    },
  };
}

/** object_list: all of it, or the classes and objects a selector names (Blue Book, class 12). */
function objectList(context: AccessContext): Data | Refusal {
  const selected = selectEntries(context.association.entries, asList(context.selection));
  if (selected === undefined) return "type-unmatched";
  const entries = new Set(selected.entries);
  const elements = named(context)
    .filter(([, entry]) => entries.has(entry))
    .map(([name, entry]) => listed(name, entry));
  if (namesOneObject(context.selection)) return elements[0] ?? "object-undefined";
  return array(elements);
}

/**
 * A client may name one class, or one object, where class 15 has a list of them; for one object it
 * gets that element alone. jDLMS asks so, and takes nothing else.
 */
function asList(selection: SelectiveAccess | undefined): SelectiveAccess | undefined {
  if (selection === undefined) return undefined;
  const { selector, parameters } = selection;
  const isOneClass = selector === 1 && parameters.type === "long-unsigned";
  return isOneClass || namesOneObject(selection)
    ? { selector, parameters: array([parameters]) }
    : selection;
}

function namesOneObject(selection: SelectiveAccess | undefined): boolean {
  return selection?.selector === 2 && selection.parameters.type === "structure";
}

function secretMethod(change: ChangeSecret): ServerMethod {
  return {
    invoke: (parameters, context) =>
      parameters?.type === "octet-string"
        ? { result: change(parameters.value, context) }
        : { result: "type-unmatched" },
  };
}

/** Objects with their base names, as long: 0xFA00 stands as -1536. */
function named({ association }: AccessContext): readonly (readonly [Data, DirectoryEntry])[] {
  return association.entries.flatMap((entry) => {
    const baseName = association.shortNames?.baseNameOf(entry);
    return baseName === undefined ? [] : [[i16((baseName << 16) >> 16), entry] as const];
  });
}

function listed(baseName: Data, { object }: DirectoryEntry): Data {
  return structure([
    baseName,
    u16(object.classId),
    u8(object.version),
    octetString(obisToOctets(object.logicalName)),
  ]);
}

/** read_by_logicalname: an array of {class id, logical name, attribute} gives one of values. */
function readNamed(parameters: Data | undefined, context: AccessContext): MethodOutcome {
  if (parameters?.type !== "array") return { result: "type-unmatched" };
  const values: Data[] = [];
  for (const item of parameters.value) {
    const [classId, name, attributeId] = item.type === "structure" ? item.value : [];
    if (
      classId?.type !== "long-unsigned" ||
      name?.type !== "octet-string" ||
      name.value.length !== 6 ||
      attributeId?.type !== "integer"
    ) {
      return { result: "type-unmatched" };
    }
    const logicalName = obisFromOctets(name.value);
    const { entries } = context.association;
    const entry = entries.find(({ object }) => object.logicalName === logicalName);
    const value = readEntry(entry, classId.value, attributeId.value, context);
    values.push(typeof value === "string" ? nullData() : value);
  }
  return { result: "success", returned: array(values) };
}
