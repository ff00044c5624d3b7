/** A meter of scripts that count, and its runtime in Central European time. */
import { civilToIso, civilToMs, msToCivil } from "../../cosem/civil-time.ts";
import { u16 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { dateTimeOf } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import type { ServerObject } from "../object.ts";
import { type CalendarTables } from "../objects/calendar-objects.ts";
import { servedClock } from "../objects/clock-object.ts";
import { type ScriptAction, servedScriptTable } from "../objects/script-table-object.ts";
import { ObjectDirectory } from "../view.ts";
import { MeterRuntime, type MeterRuntimeOptions } from "./meter-runtime.ts";

/** UTC ms of `2026-03-29T01:00Z`, seconds too where they are said. */
export function utc(text: string): number {
  const [year, month, day, hour, minute, second = 0] = text.split(/[-T:Z]/).map(Number);
  const time = { hour: hour!, minute: minute!, second, millisecond: 0 };
  return civilToMs({ year: year!, month: month!, day: day!, ...time });
}

export const hourMs = 3_600_000;
export const tableName = obis("0.0.10.0.100.255");
const counterName = obis("0.0.96.15.0.255");
export const script = (scriptSelector: number) => ({
  scriptLogicalName: tableName,
  scriptSelector,
});
export const anyDate = dateTimeOf({});
export const at = (hour: number, minute = 0) =>
  dateTimeOf({ hour, minute, second: 0, hundredths: 0 });

/** Central European time with its daylight saving of 2026. */
export const clock = () =>
  servedClock({
    timeZoneMinutes: -60,
    daylightSaving: (ms) => ms >= utc("2026-03-29T01:00Z") && ms < utc("2026-10-25T01:00Z"),
  });

const entry = {
  enable: true,
  validityWindow: 60,
  execWeekdays: "1111111",
  execSpecdays: "",
  beginDate: anyDate,
  endDate: anyDate,
} as const;
export const daily = (index: number, hour: number, minute = 0, changes = {}) => ({
  ...entry,
  index,
  scriptLogicalName: tableName,
  scriptSelector: index,
  switchTime: at(hour, minute),
  ...changes,
});

export interface Bench {
  readonly runtime: MeterRuntime;
  /** `selector@when`, in the order run. */
  readonly runs: string[];
  readonly counted: Data[];
}

export function bench(
  options: Partial<MeterRuntimeOptions>,
  more: readonly ServerObject[] = [],
): Bench {
  const runs: string[] = [];
  const counted: Data[] = [];
  const counter: ServerObject = {
    classId: 1,
    version: 0,
    logicalName: counterName,
    attributes: {
      2: {
        access: "write",
        write: (value) => {
          counted.push(value);
          return "success";
        },
      },
    },
  };
  const action = (value: number): ScriptAction => ({
    serviceId: "write",
    classId: 1,
    logicalName: counterName,
    index: 2,
    parameter: u16(value),
  });
  const objects = [counter, ...more];
  const table = servedScriptTable({
    logicalName: tableName,
    scripts: Array.from({ length: 9 }, (_, n) => ({ scriptId: n + 1, actions: [action(n + 1)] })),
    objects: () => objects,
  });
  const directory = new ObjectDirectory([...objects, table.object]);
  const runtime = new MeterRuntime({
    clock: clock(),
    directory: () => directory,
    scriptTables: [table],
    onScript: ({ script: { scriptSelector }, dueMs, result }) => {
      const time = civilToIso(msToCivil(dueMs)).slice(0, 16);
      runs.push(`${scriptSelector}@${time}${result === "success" ? "" : ` ${result}`}`);
    },
    ...options,
  });
  return { runtime, runs, counted };
}

/** One season all year; each day runs scripts 4, 5, 6 at the times. */
export function tables(times: readonly ReturnType<typeof at>[], dayId = 1): CalendarTables {
  const name = Uint8Array.of(1);
  return {
    name,
    seasons: [{ seasonProfileName: name, seasonStart: dateTimeOf({}), weekName: name }],
    weeks: [
      {
        weekProfileName: name,
        monday: dayId,
        tuesday: dayId,
        wednesday: dayId,
        thursday: dayId,
        friday: dayId,
        saturday: dayId,
        sunday: 2,
      },
    ],
    days: [
      { dayId, daySchedule: times.map((startTime, n) => ({ startTime, ...script(4 + n) })) },
      { dayId: 2, daySchedule: [{ startTime: at(0), ...script(8) }] },
      { dayId: 3, daySchedule: [{ startTime: at(1), ...script(9) }] },
    ],
  };
}

export function context(nowMs: number) {
  const pdu = { serverMaxPduOctets: 0xffff, clientMaxPduOctets: 0xffff };
  return {
    nowMs,
    association: { clientSap: 0, mechanism: "none", conformance: 0, entries: [], ...pdu },
  } as const;
}
