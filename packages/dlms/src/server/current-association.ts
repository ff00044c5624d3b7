/** The current association as a COSEM object (Blue Book, class 15 versions 0 to 3). */
import {
  array,
  bitString,
  enumeration,
  i8,
  octetString,
  structure,
  u16,
  u8,
} from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { obis, type ObisCode, obisToOctets } from "../cosem/obis.ts";
import { accessRightsOf } from "./association-object.ts";
import { objectMethods } from "./association-objects.ts";
import type { SecretVerdict } from "./association-secret.ts";
import { currentUser, userList, userMethod } from "./association-users.ts";
import type {
  AccessContext,
  AssociationFacts,
  Refusal,
  ServerAttribute,
  ServerMethod,
  ServerObject,
} from "./object.ts";
import { selectEntries } from "./object-list-selection.ts";

const mechanismNumbers: Readonly<Record<AssociationFacts["mechanism"], number>> = {
  none: 0,
  low: 1,
  "high-manufacturer": 2,
  "high-md5": 3,
  "high-sha1": 4,
  "high-gmac": 5,
  "high-sha256": 6,
  "high-ecdsa": 7,
};
const associated = 2;
const dlmsVersion = 6;
const noName = new Uint8Array(6);
/** Selectors 1 to 4 of object_list: classes, logical names of them, one of those, all. */
const objectListSelectors = [1, 2, 3, 4];

/** How the current association shows itself. */
export interface CurrentAssociationOptions {
  /**
   * Version of class 15, which says how rights are coded: 0 methods by boolean, 1 and 2 by enum, 3
   * by bit mask. Absent = 1.
   */
  readonly version?: 0 | 1 | 2 | 3;
  /** Security setup of the association (attribute 8). Absent: six times 00, there is none. */
  readonly securitySetup?: ObisCode;
  /**
   * Takes the secret a client sets for its own association: attribute 7 where the mechanism is low,
   * method 2 where it is high. See `AssociationSecret`. Absent: none is taken.
   */
  readonly changeSecret?: ChangeSecret;
  /** Objects clients may add to what their association shows. Absent: none. */
  readonly addable?: readonly ServerObject[];
}

/** Octets as they came, of the client of `context`. */
export type ChangeSecret = (octets: Uint8Array, context: AccessContext) => SecretVerdict;

/** Answers what the asking client's own association is; one object serves every view. */
export function currentAssociation(
  serverSap: number,
  options: CurrentAssociationOptions = {},
): ServerObject {
  const { version = 1, securitySetup } = options;
  const setup = securitySetup === undefined ? noName : obisToOctets(securitySetup);
  return {
    classId: 15,
    version,
    logicalName: obis("0.0.40.0.0.255"),
    attributes: {
      2: { selectors: objectListSelectors, read: (context) => objectList(context, version) },
      // A wPort beyond 127 has no place in the standard's integer: its low octet stands for it.
      3: {
        read: ({ association }) =>
          structure([i8((association.clientSap << 24) >> 24), u16(serverSap)]),
      },
      4: { read: ({ association }) => objectIdentifier(1, contextNumber(association)) },
      5: { read: ({ association }) => contextInformation(association) },
      6: {
        read: ({ association }) => objectIdentifier(2, mechanismNumbers[association.mechanism]),
      },
      7: secretAttribute(options.changeSecret),
      8: { read: () => enumeration(associated) },
      ...(version >= 1 ? { 9: { read: () => octetString(setup) } } : {}),
      ...(version >= 2
        ? {
            10: { read: ({ association: { users } }) => userList(users) },
            11: {
              read: ({ association: { users, userId } }) => currentUser(users, userId),
            },
          }
        : {}),
    },
    methods: {
      ...(options.changeSecret === undefined ? {} : { 2: secretMethod(options.changeSecret) }),
      ...(options.addable === undefined ? {} : objectMethods(options.addable, version)),
      ...(version >= 2 ? { 5: userMethod("add"), 6: userMethod("remove") } : {}),
    },
  };
}

/** Nobody reads it. */
function secretAttribute(change: ChangeSecret | undefined): ServerAttribute {
  if (change === undefined) return { access: "none" };
  return {
    access: "write",
    types: ["octet-string"],
    write: (value, context) => {
      const low = context.association.mechanism === "low";
      if (!low || value.type !== "octet-string") return "read-write-denied";
      return change(value.value, context);
    },
  };
}

function secretMethod(change: ChangeSecret): ServerMethod {
  return {
    invoke: (parameters, context) => {
      if (parameters?.type !== "octet-string") return { result: "type-unmatched" };
      const high = context.association.mechanism.startsWith("high");
      return { result: high ? change(parameters.value, context) : "read-write-denied" };
    },
  };
}

/** object_list: class, version, name and rights of every object of the view, or of some. */
function objectList({ association, selection }: AccessContext, version: number): Data | Refusal {
  const selected = selectEntries(association.entries, selection);
  if (selected === undefined) return "type-unmatched";
  return array(
    selected.entries.map((entry) => {
      const { object } = entry;
      return structure([
        u16(object.classId),
        u8(object.version),
        octetString(obisToOctets(object.logicalName)),
        ...(selected.withRights ? [structure(accessRightsOf(entry, version))] : []),
      ]);
    }),
  );
}

/** 2.16.756.5.8.1.n. */
function contextNumber({ ciphered, referencing }: AssociationFacts): number {
  return (ciphered === true ? 3 : 1) + (referencing === "sn" ? 1 : 0);
}

/** 2.16.756.5.8.x.y as seven numbers: context (1) or mechanism (2) names of the DLMS UA. */
function objectIdentifier(kind: number, id: number): Data {
  return structure([u8(2), u8(16), u16(756), u8(5), u8(8), u8(kind), u8(id)]);
}

function contextInformation(association: AssociationFacts): Data {
  const { conformance } = association;
  return structure([
    bitString(conformance.toString(2).padStart(24, "0")),
    u16(association.serverMaxPduOctets),
    u16(association.clientMaxPduOctets),
    u8(dlmsVersion),
    i8(0),
    octetString(new Uint8Array(0)),
  ]);
}
