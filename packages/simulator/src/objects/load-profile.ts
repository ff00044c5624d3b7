/**
 * Load profile 1 (class 7): every 15 minutes clock, status, active energy, power and voltage of
 * that moment. Rows are computed when asked for, so any number of meters keeps any number of days.
 */
import { array, type Data, enumeration, structure, u32, u8 } from "@lectura/dlms/axdr";
import {
  type CaptureObject,
  clockColumn,
  decodeEntry,
  decodeRange,
  encodeCaptureObject,
  encodeCaptureObjects,
  obis,
  type SelectiveAccess,
} from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import type { Refusal, ServerObject } from "@lectura/dlms/server";
import { keyPlaces, type MeterKey } from "../model/keys.ts";
import type { MeterModel } from "../model/meter-model.ts";
import type { Personality } from "../personalities/personality.ts";
import { readTime, writeTime } from "./meter-time.ts";
import { registerValue } from "./registers.ts";

export const capturePeriodS = 900;
/** Rows kept: 60 days. */
export const profileEntriesMax: number = 60 * 96;

const rangeSelector = 1;
const entrySelector = 2;
const sortedByFifo = 1;
const periodMs = capturePeriodS * 1000;

interface Column extends CaptureObject {
  readonly value: (atMs: number) => Data;
}

/** Rows by number since 1970, one per capture period; both ends included, none when from > to. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

interface Selection extends Rows {
  readonly columns: readonly Column[];
}

export function loadProfileObject(personality: Personality, model: MeterModel): ServerObject {
  const columns = profileColumns(personality, model);
  const { utcOffsetMinutes } = personality;
  return {
    classId: 7,
    version: 1,
    logicalName: obis("1.0.99.1.0.255"),
    attributes: {
      2: {
        selectors: [rangeSelector, entrySelector],
        read: ({ nowMs, selection }) => {
          const newest = Math.floor(nowMs / periodMs);
          const kept = { from: newest - profileEntriesMax + 1, to: newest };
          const selected = select(columns, kept, selection, utcOffsetMinutes);
          return typeof selected === "string" ? selected : readRows(selected);
        },
      },
      3: { read: () => encodeCaptureObjects(columns) },
      4: { read: () => u32(capturePeriodS) },
      5: { read: () => enumeration(sortedByFifo) },
      6: { read: () => encodeCaptureObject(clockColumn) },
      7: { read: () => u32(profileEntriesMax) },
      8: { read: () => u32(profileEntriesMax) },
    },
  };
}

function profileColumns(personality: Personality, model: MeterModel): readonly Column[] {
  const { formats, groupB, utcOffsetMinutes } = personality;
  const registerColumn = (key: MeterKey, raw: (atMs: number) => number): Column => ({
    classId: 3,
    logicalName: obis(`1.${groupB}.${keyPlaces[key].group}`),
    attributeId: 2,
    dataIndex: 0,
    value: (atMs) => registerValue(formats[key], raw(atMs)),
  });
  const status: CaptureObject = {
    classId: 1,
    logicalName: obis("0.0.96.10.1.255"),
    attributeId: 2,
    dataIndex: 0,
  };
  return [
    { ...clockColumn, value: (atMs) => writeTime(atMs, utcOffsetMinutes) },
    { ...status, value: () => u8(0) },
    registerColumn("active_energy", (atMs) => model.rawEnergy(atMs)),
    registerColumn("active_power", (atMs) => model.raw("active_power", atMs)),
    registerColumn("voltage_l1", (atMs) => model.raw("voltage_l1", atMs)),
  ];
}

function readRows({ from, to, columns }: Selection): Data {
  const rows: Data[] = [];
  for (let row = from; row <= to; row++) {
    rows.push(structure(columns.map((column) => column.value(row * periodMs))));
  }
  return array(rows);
}

function select(
  columns: readonly Column[],
  kept: Rows,
  selection: SelectiveAccess | undefined,
  utcOffsetMinutes: number,
): Selection | Refusal {
  if (selection === undefined) return { ...kept, columns };
  try {
    return selection.selector === rangeSelector
      ? selectRange(columns, kept, selection.parameters, utcOffsetMinutes)
      : selectEntries(columns, kept, selection.parameters);
  } catch (error) {
    if (error instanceof DecodeError) return "type-unmatched";
    throw error;
  }
}

function selectRange(
  columns: readonly Column[],
  kept: Rows,
  parameters: Data,
  utcOffsetMinutes: number,
): Selection | Refusal {
  const { restrictingObject, from, to, selectedValues } = decodeRange(parameters);
  const fromMs = readTime(from, utcOffsetMinutes);
  const toMs = readTime(to, utcOffsetMinutes);
  if (fromMs === undefined || toMs === undefined) return "type-unmatched";
  const chosen = selectedValues.map((wanted) => columnOf(columns, wanted));
  if (!isSame(restrictingObject, clockColumn) || chosen.includes(undefined)) {
    return "scope-of-access-violated";
  }
  return {
    from: Math.max(kept.from, Math.ceil(fromMs / periodMs)),
    to: Math.min(kept.to, Math.floor(toMs / periodMs)),
    columns: chosen.length === 0 ? columns : chosen.filter((column) => column !== undefined),
  };
}

/** Entries count from 1, the oldest row; columns too. 0 as an end is the last one. */
function selectEntries(columns: readonly Column[], kept: Rows, parameters: Data): Selection {
  const { fromEntry, toEntry, fromColumn, toColumn } = decodeEntry(parameters);
  const last = toEntry === 0 ? kept.to : kept.from + toEntry - 1;
  return {
    from: kept.from + Math.max(1, fromEntry) - 1,
    to: Math.min(kept.to, last),
    columns: columns.slice(Math.max(1, fromColumn) - 1, toColumn === 0 ? columns.length : toColumn),
  };
}

function columnOf(columns: readonly Column[], wanted: CaptureObject): Column | undefined {
  return columns.find((column) => isSame(column, wanted));
}

function isSame(a: CaptureObject, b: CaptureObject): boolean {
  return (
    a.classId === b.classId &&
    a.logicalName === b.logicalName &&
    a.attributeId === b.attributeId &&
    a.dataIndex === b.dataIndex
  );
}
