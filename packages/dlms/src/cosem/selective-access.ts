/** Access parameters of selective access: profile buffers (class 7) and object lists (class 15). */
import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import { type CaptureObject, decodeCaptureObject, encodeCaptureObject } from "./capture-object.ts";
import { elementsOf, integerOf, octetsOf, structureOf } from "./data-shape.ts";
import { type CosemDateTime, encodeDateTime } from "./date-time.ts";
import type { SelectiveAccess } from "./descriptor.ts";
import { decodeObis, type ObisCode, obis, obisToOctets } from "./obis.ts";
import { clockColumnOf } from "./profile-buffer.ts";

/** Range descriptor: rows whose restricting column lies within both bounds, inclusive. */
export interface RangeSelection {
  /** The column the bounds apply to: the clock column where there is one (never just the first). */
  readonly restrictingObject: CaptureObject;
  /** In the type of the column: octet-string(12) for the clock in most meters. */
  readonly from: Data;
  readonly to: Data;
  /** Columns wanted; empty = all. */
  readonly selectedValues: readonly CaptureObject[];
}

/** Entry descriptor: rows and columns by number, from 1, inclusive. */
export interface EntrySelection {
  readonly fromEntry: number;
  /** 0 = to the last entry. */
  readonly toEntry: number;
  readonly fromColumn: number;
  /** 0 = to the last column. */
  readonly toColumn: number;
}

/** How a time bound is written: octet-string of 12 in most meters, date-time (tag 25) in some. */
export type BoundType = "octet-string" | "date-time";

/** Options of `byTimeRange`. */
export interface TimeRangeOptions {
  /** The clock column; the default is class 8, 0-0:1.0.0*255, attribute 2. */
  readonly restrictingObject?: CaptureObject;
  readonly selectedValues?: readonly CaptureObject[];
  readonly boundType?: BoundType;
}

/** The clock as profiles capture it. */
export const clockColumn: CaptureObject = {
  classId: 8,
  logicalName: obis("0.0.1.0.0.255"),
  attributeId: 2,
  dataIndex: 0,
};

/** Selector 1 of a profile buffer: `02 04 | restricting object | from | to | selected values`. */
export function byRange(range: RangeSelection): SelectiveAccess {
  return {
    selector: 1,
    parameters: {
      type: "structure",
      value: [
        encodeCaptureObject(range.restrictingObject),
        range.from,
        range.to,
        { type: "array", value: range.selectedValues.map(encodeCaptureObject) },
      ],
    },
  };
}

/** Selector 1 with two times, inclusive, on the clock column. */
export function byTimeRange(
  from: CosemDateTime,
  to: CosemDateTime,
  options?: TimeRangeOptions,
): SelectiveAccess {
  const type = options?.boundType ?? "octet-string";
  return byRange({
    restrictingObject: options?.restrictingObject ?? clockColumn,
    from: { type, value: encodeDateTime(from) },
    to: { type, value: encodeDateTime(to) },
    selectedValues: options?.selectedValues ?? [],
  });
}

/**
 * The column a time range restricts by: the clock of the profile, wherever it stands (class 8
 * attribute 2); the object `clock` where there are several. Undefined where the profile captures no
 * such clock: then ask by entry.
 */
export function restrictingColumn(
  columns: readonly CaptureObject[],
  clock?: ObisCode,
): CaptureObject | undefined {
  return columns[clockColumnOf(columns, clock)];
}

/**
 * Selector 2 of a profile buffer. Entry 1 is the first by the profile's sort method.
 * @throws {RangeError} a number does not fit or the first comes after the last.
 */
export function byEntry(selection: Partial<EntrySelection> = {}): SelectiveAccess {
  const { fromEntry = 1, toEntry = 0, fromColumn = 1, toColumn = 0 } = selection;
  checkSpan("entry", fromEntry, toEntry, 0xffff_ffff);
  checkSpan("column", fromColumn, toColumn, 0xffff);
  return {
    selector: 2,
    parameters: {
      type: "structure",
      value: [
        { type: "double-long-unsigned", value: fromEntry },
        { type: "double-long-unsigned", value: toEntry },
        { type: "long-unsigned", value: fromColumn },
        { type: "long-unsigned", value: toColumn },
      ],
    },
  };
}

/** Selector 1 of an object list: everything but the access rights. */
export function withoutAccessRights(): SelectiveAccess {
  return { selector: 1, parameters: { type: "null-data", value: null } };
}

/**
 * Selector 2 of an object list (Blue Book 4.4.4): only objects of these classes, without
 * rights.
 */
export function byClassList(classIds: readonly number[]): SelectiveAccess {
  return {
    selector: 2,
    parameters: {
      type: "array",
      value: classIds.map((value) => ({ type: "long-unsigned", value })),
    },
  };
}

/** Names one object of an object list. */
export interface ObjectId {
  readonly classId: number;
  readonly logicalName: ObisCode;
}

/** Selector 3 of an object list: only these objects, with their access rights. */
export function byObjectIds(objects: readonly ObjectId[]): SelectiveAccess {
  return {
    selector: 3,
    parameters: {
      type: "array",
      value: objects.map(encodeObjectId),
    },
  };
}

/** Selector 4 of an object list: one object, with its access rights. */
export function byObjectId(object: ObjectId): SelectiveAccess {
  return { selector: 4, parameters: encodeObjectId(object) };
}

/** A server's view of selector 1 of a profile buffer. @throws {DecodeError} cosem/malformed. */
export function decodeRange(parameters: Data): RangeSelection {
  const [object, from, to, selected] = structureOf(parameters, "range_descriptor", 4);
  if (object === undefined || from === undefined || to === undefined) {
    throw new DecodeError("cosem", "range_descriptor", 0, "is incomplete");
  }
  return {
    restrictingObject: decodeCaptureObject(object),
    from,
    to,
    selectedValues: elementsOf(selected, "range_descriptor.selected_values").map(
      decodeCaptureObject,
    ),
  };
}

/** A server's view of selector 2 of a profile buffer. @throws {DecodeError} cosem/malformed. */
export function decodeEntry(parameters: Data): EntrySelection {
  const field = "entry_descriptor";
  const [fromEntry, toEntry, fromColumn, toColumn] = structureOf(parameters, field, 4);
  return {
    fromEntry: integerOf(fromEntry, `${field}.from_entry`, 0, 0xffff_ffff),
    toEntry: integerOf(toEntry, `${field}.to_entry`, 0, 0xffff_ffff),
    fromColumn: integerOf(fromColumn, `${field}.from_selected_value`, 0, 0xffff),
    toColumn: integerOf(toColumn, `${field}.to_selected_value`, 0, 0xffff),
  };
}

/** A server's view of selector 2 of an object list. @throws {DecodeError} cosem/malformed. */
export function decodeClassList(parameters: Data): readonly number[] {
  return elementsOf(parameters, "class_list").map((item) =>
    integerOf(item, "class_list.class_id", 0, 0xffff),
  );
}

/** A server's view of selector 3 of an object list. @throws {DecodeError} cosem/malformed. */
export function decodeObjectIds(parameters: Data): readonly ObjectId[] {
  return elementsOf(parameters, "object_id_list").map(decodeObjectId);
}

/** A server's view of selector 4 of an object list. @throws {DecodeError} cosem/malformed. */
export function decodeObjectId(parameters: Data): ObjectId {
  const [classId, logicalName] = structureOf(parameters, "object_id", 2);
  return {
    classId: integerOf(classId, "object_id.class_id", 0, 0xffff),
    logicalName: decodeObis(octetsOf(logicalName, "object_id.logical_name"), "object_id"),
  };
}

function encodeObjectId({ classId, logicalName }: ObjectId): Data {
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: classId },
      { type: "octet-string", value: obisToOctets(logicalName) },
    ],
  };
}

function checkSpan(name: string, from: number, to: number, max: number): void {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 0) {
    throw new RangeError(`${name}s count from 1; the last may be 0 (all): ${from}..${to}`);
  }
  if (from > max || to > max || (to !== 0 && to < from)) {
    throw new RangeError(`${name} range ${from}..${to} is empty or beyond ${max}`);
  }
}
