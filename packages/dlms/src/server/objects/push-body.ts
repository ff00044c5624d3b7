/** What a push carries: the values of its objects (Blue Book 4.4.8, push_object_list). */
import { array, nullData, structure, u16 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import {
  type CaptureObject,
  decodeCaptureObjects,
  encodeCaptureObject,
  encodeCaptureObjects,
  isSameColumn,
} from "../../cosem/capture-object.ts";
import { clockColumnOf } from "../../cosem/profile-buffer.ts";
import { DecodeError } from "../../error.ts";
import { apduOctetsMax } from "../../limits.ts";
import type { SelectiveAccess } from "../../xdlms/descriptor.ts";
import { readEntry } from "../access.ts";
import type { AccessContext, DirectoryEntry, Refusal } from "../object.ts";
import type { ObjectDirectory } from "../view.ts";

/** One object of a push; versions 2 and 3 restrict the rows and columns of a profile. */
export interface PushedObject extends CaptureObject {
  /** Absent: type 0, none. */
  readonly restriction?: PushRestriction;
  /** Columns of a profile's buffer that are pushed. Absent or empty: all. */
  readonly columns?: readonly CaptureObject[];
}

/** Which rows of a buffer are pushed. */
export interface PushRestriction {
  /** 0 none, 1 by date: {from, to}, 2 by entry: {from, to}, from 1 on, to 0 = the last. */
  readonly restrictionType: number;
  readonly restrictionValue: Data;
}

/** Protection is the sender's: what a directory shows is shown. */
const allProtection = 0xfc;
const wholeAttribute = 0;
const profileClass = 7;
const bufferAttribute = 2;
const captureObjectsAttribute = 3;

/** A structure of one value for each object; null-data for what is not there or may not be read. */
export function pushBody(
  pushObjects: readonly PushedObject[],
  directory: ObjectDirectory,
  clientSap: number,
  nowMs: number,
): Data {
  const context: AccessContext = {
    nowMs,
    protection: allProtection,
    association: {
      clientSap,
      mechanism: "none",
      conformance: 0,
      serverMaxPduOctets: apduOctetsMax,
      clientMaxPduOctets: apduOctetsMax,
      entries: directory.entries,
    },
  };
  return structure(
    pushObjects.map((object) => {
      const value = valueOf(object, directory.find(object.logicalName), context);
      if (typeof value === "string") return nullData();
      return object.dataIndex === wholeAttribute ? value : elementOf(value, object.dataIndex);
    }),
  );
}

function valueOf(
  object: PushedObject,
  entry: DirectoryEntry | undefined,
  context: AccessContext,
): Data | Refusal {
  const { classId, attributeId, columns = [], restriction } = object;
  const isBuffer = classId === profileClass && attributeId === bufferAttribute;
  const restricts = isBuffer && (restriction?.restrictionType ?? 0) !== 0;
  if (!restricts && (!isBuffer || columns.length === 0)) {
    return readEntry(entry, classId, attributeId, context);
  }
  const all = columnsOf(entry, context);
  if (all === undefined) return "object-unavailable";
  const selection = restricts && restriction ? selectionOf(restriction, all) : undefined;
  if (restricts && selection === undefined) return "type-unmatched";
  const rows = readEntry(entry, classId, attributeId, { ...context, selection });
  return typeof rows === "string" || columns.length === 0 ? rows : pick(rows, all, columns);
}

function columnsOf(
  entry: DirectoryEntry | undefined,
  context: AccessContext,
): readonly CaptureObject[] | undefined {
  const data = readEntry(entry, profileClass, captureObjectsAttribute, context);
  if (typeof data === "string") return undefined;
  try {
    return decodeCaptureObjects(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * The selective access of the buffer that says the same; undefined: the value is not of its type.
 */
function selectionOf(
  { restrictionType, restrictionValue }: PushRestriction,
  columns: readonly CaptureObject[],
): SelectiveAccess | undefined {
  const [from, to] = restrictionValue.type === "structure" ? restrictionValue.value : [];
  if (from === undefined || to === undefined) return undefined;
  if (restrictionType === 2) {
    return { selector: 2, parameters: structure([from, to, u16(1), u16(0)]) };
  }
  const clock = columns[clockColumnOf(columns)];
  if (restrictionType !== 1 || clock === undefined) return undefined;
  const all = encodeCaptureObjects([]);
  return { selector: 1, parameters: structure([encodeCaptureObject(clock), from, to, all]) };
}

/** The wanted cells of each row, in the order wanted; null-data for a column that is not there. */
function pick(rows: Data, all: readonly CaptureObject[], wanted: readonly CaptureObject[]): Data {
  const places = wanted.map((column) => all.findIndex((each) => isSameColumn(each, column)));
  if (rows.type !== "array") return rows;
  return array(
    rows.value.map((row) => {
      const cells = row.type === "structure" ? row.value : [];
      return structure(places.map((place) => cells[place] ?? nullData()));
    }),
  );
}

/** Element `index` of a structure or an array, counted from 1. */
function elementOf(value: Data, index: number): Data {
  const isList = value.type === "structure" || value.type === "array";
  return (isList ? value.value[index - 1] : undefined) ?? nullData();
}
