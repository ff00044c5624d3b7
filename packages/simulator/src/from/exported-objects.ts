/** The objects of an exported meter as they are served: what was read is what is answered. */
import { array, type Data } from "@lectura/dlms/axdr";
import { type CaptureObject, decodeCaptureObjects } from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import { type ServerAttribute, servedProfile, type ServerObject } from "@lectura/dlms/server";
import type { ExportedObject, MeterExport } from "./meter-export.ts";

const profileGeneric = 7;
const buffer = 2;
const captureObjects = 3;
/** The association is the server's own: what was exported is another client's. */
const associationClasses: readonly number[] = [12, 15];
const currentAssociation = "0.0.40.0.0.255";

/** All objects but the current association. */
export function exportedObjects({ objects }: MeterExport): ServerObject[] {
  return objects
    .filter(
      ({ classId, logicalName }) =>
        !(associationClasses.includes(classId) && logicalName === currentAssociation),
    )
    .map(exportedObject);
}

/** Version of the association its rights were read by; undefined: it is not in the file. */
export function exportedAssociationVersion({ objects }: MeterExport): 0 | 1 | 2 | 3 | undefined {
  const found = objects.find(
    ({ classId, logicalName }) => classId === 15 && logicalName === currentAssociation,
  );
  return ([0, 1, 2, 3] as const).find((version) => version === found?.version);
}

function exportedObject(object: ExportedObject): ServerObject {
  const { classId, version, logicalName, attributes, modes, methods } = object;
  const ids = new Set([...attributes.keys(), ...modes.keys()]);
  ids.delete(1);
  const served: Record<number, ServerAttribute> = {};
  for (const id of ids) served[id] = attributeOf(object, id);
  return {
    classId,
    version,
    logicalName,
    attributes: served,
    // What a method did in the meter the file does not say.
    methods: Object.fromEntries(
      methods.map((id) => [id, { invoke: () => ({ result: "other-reason" }) }] as const),
    ),
  };
}

function attributeOf(object: ExportedObject, id: number): ServerAttribute {
  const { attributes, modes, classId } = object;
  const access = modes.get(id) ?? "read";
  const profile = classId === profileGeneric && id === buffer ? bufferOf(object) : undefined;
  if (profile !== undefined) return { ...profile, access };
  let value: Data | undefined = attributes.get(id);
  const read: ServerAttribute = { access, read: () => value ?? "object-unavailable" };
  if (access !== "write" && access !== "read-write") return read;
  return {
    ...read,
    write: (written) => {
      if (value !== undefined && value.type !== written.type) return "type-unmatched";
      value = structuredClone(written);
      return "success";
    },
  };
}

/** Rows that were exported can be selected; none were: an empty buffer. */
function bufferOf({ attributes, logicalName }: ExportedObject): ServerAttribute | undefined {
  const rows = attributes.get(buffer) ?? array([]);
  const columns = columnsOf(attributes.get(captureObjects));
  if (columns === undefined || rows.type !== "array") return undefined;
  const cells = rows.value.map((row) => (row.type === "structure" ? row.value : []));
  if (cells.some((row) => row.length !== columns.length)) return undefined;
  const profile = servedProfile(logicalName, {
    columns: columns.map((column) => ({
      ...column,
      capture: () => ({ type: "null-data", value: null }),
    })),
    capturePeriodSeconds: 0,
    entriesMax: Math.max(1, cells.length),
  });
  for (const row of cells) profile.append(row);
  return profile.object.attributes[buffer];
}

function columnsOf(data: Data | undefined): readonly CaptureObject[] | undefined {
  if (data === undefined) return undefined;
  try {
    return decodeCaptureObjects(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
