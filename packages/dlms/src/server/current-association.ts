/** The current association as a COSEM object (Blue Book, class 15 version 1). */
import {
  array,
  bitString,
  enumeration,
  i8,
  nullData,
  octetString,
  structure,
  u16,
  u8,
} from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import type { AccessMode, AssociationFacts, DirectoryEntry, ServerObject } from "./object.ts";

const modeNumbers: Readonly<Record<AccessMode, number>> = {
  none: 0,
  read: 1,
  write: 2,
  "read-write": 3,
};
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
const noSecuritySetup = new Uint8Array(6);

/** Answers what the asking client's own association is; one object serves every view. */
export function currentAssociation(serverSap: number): ServerObject {
  return {
    classId: 15,
    version: 1,
    logicalName: obis("0.0.40.0.0.255"),
    attributes: {
      2: { read: ({ association }) => objectList(association.entries) },
      3: { read: ({ association }) => structure([i8(association.clientSap), u16(serverSap)]) },
      4: { read: ({ association }) => objectIdentifier(1, association.ciphered === true ? 3 : 1) },
      5: { read: ({ association }) => contextInformation(association) },
      6: {
        read: ({ association }) => objectIdentifier(2, mechanismNumbers[association.mechanism]),
      },
      7: { access: "none" },
      8: { read: () => enumeration(associated) },
      9: { read: () => octetString(noSecuritySetup) },
    },
  };
}

/** object_list: class, version, name and rights of every object of the view. */
function objectList(entries: readonly DirectoryEntry[]): Data {
  return array(
    entries.map(({ object, attributes, methods }) =>
      structure([
        u16(object.classId),
        u8(object.version),
        octetString(obisToOctets(object.logicalName)),
        structure([
          array(
            [...attributes].map(([id, mode]) =>
              structure([i8(id), enumeration(modeNumbers[mode]), selectors(object, id)]),
            ),
          ),
          array([...methods].map((id) => structure([i8(id), enumeration(1)]))),
        ]),
      ]),
    ),
  );
}

function selectors(object: ServerObject, attributeId: number): Data {
  const list = object.attributes[attributeId]?.selectors;
  return list === undefined ? nullData() : array(list.map((id) => i8(id)));
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
