/**
 * Activity calendar, schedule, special days, single action schedule of a server (Blue Book 4.5).
 */
import {
  activityCalendar,
  schedule,
  singleActionSchedule,
  specialDaysTable,
} from "../../cosem/attributes/objects.ts";
import type {
  activityCalendarClass,
  scheduleClass,
  singleActionScheduleClass,
  specialDaysTableClass,
} from "../../cosem/attributes/classes/time-and-control.ts";
import type { ValueOf } from "../../cosem/attributes/shape.ts";
import { type CosemDateTime, dateTimeOf, utcMs } from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ServerObject } from "../object.ts";
import type { ScriptReference } from "./script-table-object.ts";
import { type Cell, cell, fixed, serveObject } from "./serve-object.ts";

/** Attributes of an activity calendar (Blue Book class 20). */
export type Calendar = (typeof activityCalendarClass)["versions"][0]["attributes"];

/** What one calendar says: its name, seasons, weeks and days. */
export interface CalendarTables {
  readonly name: Uint8Array;
  readonly seasons: ValueOf<Calendar["seasonProfileActive"]>;
  readonly weeks: ValueOf<Calendar["weekProfileTableActive"]>;
  readonly days: ValueOf<Calendar["dayProfileTableActive"]>;
}

/** An activity calendar, and what it has made of it. */
export interface ServedActivityCalendar {
  readonly object: ServerObject;
  /** What is active now. */
  readonly active: CalendarTables;
  /** When clients want the passive calendar active; wholly open: not by itself. */
  readonly activationTime: CosemDateTime;
  /** Makes the passive calendar the active one, and forgets the time for it. */
  activate(): void;
  /** Activates the passive calendar when its time has come. True: it has just done so. */
  tick(nowMs: number): boolean;
}

const never: CosemDateTime = dateTimeOf({});

/** Activity calendar (class 20): clients write the passive tables and activate them as a whole. */
export function servedActivityCalendar(
  logicalName: ObisText,
  initial: CalendarTables,
): ServedActivityCalendar {
  let active = initial;
  const passive = {
    name: cell(initial.name),
    seasons: cell(initial.seasons),
    weeks: cell(initial.weeks),
    days: cell(initial.days),
  };
  const activation = cell(never);
  const activate = (): "success" => {
    const { name, seasons, weeks, days } = passive;
    active = { name: name.value, seasons: seasons.value, weeks: weeks.value, days: days.value };
    return "success";
  };
  const object = serveObject(activityCalendar(logicalName), {
    calendarNameActive: { read: () => active.name },
    seasonProfileActive: { read: () => active.seasons },
    weekProfileTableActive: { read: () => active.weeks },
    dayProfileTableActive: { read: () => active.days },
    calendarNamePassive: passive.name,
    seasonProfilePassive: passive.seasons,
    weekProfileTablePassive: passive.weeks,
    dayProfileTablePassive: passive.days,
    activatePassiveCalendarTime: activation,
    activatePassiveCalendar: activate,
  });
  return {
    object,
    get active() {
      return active;
    },
    get activationTime() {
      return activation.value;
    },
    activate: () => {
      activation.value = never;
      activate();
    },
    tick: (nowMs) => {
      const atMs = utcMs(activation.value);
      if (atMs === undefined || atMs > nowMs) return false;
      activation.value = never;
      activate();
      return true;
    },
  };
}

/** Entries as `schedule(name).entries` decodes them. */
export type ScheduleEntries = ValueOf<
  (typeof scheduleClass)["versions"][0]["attributes"]["entries"]
>;

/** An object that keeps a list clients may change. */
export interface ServedList<T> {
  readonly object: ServerObject;
  readonly entries: Cell<T>;
}

/** Entries of one list at most; one more is refused. */
const entriesMax = 1000;

/** Schedule (class 10): entries are kept by index, an entry inserted replaces one of its index. */
export function servedSchedule(
  logicalName: ObisText,
  initial: ScheduleEntries = [],
): ServedList<ScheduleEntries> {
  const entries = cell(initial, (list) => (list.length > entriesMax ? "other-reason" : "success"));
  const object = serveObject(schedule(logicalName), {
    entries,
    enableDisable: ({ firstIndexA, lastIndexA, firstIndexB, lastIndexB }) => {
      entries.value = entries.value.map((entry) => {
        const { index } = entry;
        if (index >= firstIndexB && index <= lastIndexB) return { ...entry, enable: true };
        if (index >= firstIndexA && index <= lastIndexA) return { ...entry, enable: false };
        return entry;
      });
      return "success";
    },
    insert: (entry) => insertInto(entries, entry),
    delete: ({ firstIndex, lastIndex }) => {
      entries.value = entries.value.filter(({ index }) => index < firstIndex || index > lastIndex);
      return "success";
    },
  });
  return { object, entries };
}

/** Special days as `specialDaysTable(name).entries` decodes them. */
export type SpecialDays = ValueOf<
  (typeof specialDaysTableClass)["versions"][0]["attributes"]["entries"]
>;

/** Special days table (class 11). */
export function servedSpecialDays(
  logicalName: ObisText,
  initial: SpecialDays = [],
): ServedList<SpecialDays> {
  const entries = cell(initial, (list) => (list.length > entriesMax ? "other-reason" : "success"));
  const object = serveObject(specialDaysTable(logicalName), {
    entries,
    insert: (entry) => insertInto(entries, entry),
    delete: (index) => {
      entries.value = entries.value.filter((entry) => entry.index !== index);
      return "success";
    },
  });
  return { object, entries };
}

function insertInto<E extends { readonly index: number }>(
  entries: Cell<readonly E[]>,
  entry: E,
): "success" | "other-reason" {
  const others = entries.value.filter(({ index }) => index !== entry.index);
  if (others.length >= entriesMax) return "other-reason";
  entries.value = [...others, entry].sort((a, b) => a.index - b.index);
  return "success";
}

/** A single action schedule: its execution times, and the script it runs. */
export interface ServedSingleAction extends ServedList<ExecutionTimes> {
  /** What clients have written, or the options. */
  readonly script: ScriptReference;
}

/** What a single action schedule runs, and when. */
export interface ServedSingleActionOptions {
  readonly script: ScriptReference;
  /** 1..5 (Blue Book 4.5.7). Absent: 1, one time, wildcards in the date. */
  readonly type?: number;
  readonly executionTimes?: ExecutionTimes;
}

/** Times as `singleActionSchedule(name).executionTime` decodes them. */
export type ExecutionTimes = ValueOf<
  (typeof singleActionScheduleClass)["versions"][0]["attributes"]["executionTime"]
>;

/** Single action schedule (class 22); `entries` are the execution times. */
export function servedSingleActionSchedule(
  logicalName: ObisText,
  options: ServedSingleActionOptions,
): ServedSingleAction {
  const script = cell(options.script);
  const entries = cell(options.executionTimes ?? [], (list) =>
    list.length > entriesMax ? "other-reason" : "success",
  );
  const object = serveObject(singleActionSchedule(logicalName), {
    executedScript: script,
    type: fixed(options.type ?? 1),
    executionTime: entries,
  });
  return {
    object,
    entries,
    get script() {
      return script.value;
    },
  };
}
