/** Scripts, calendars, switching and supervision of a full meter. */
import { i8 } from "@lectura/dlms/axdr";
import {
  type CosemDate,
  type CosemTime,
  dateTimeOf,
  notSpecified,
  obis,
  registerActivation,
  yearNotSpecified,
} from "@lectura/dlms/cosem";
import {
  type AccessContext,
  type CalendarTables,
  fixed,
  type MeterRuntimeOptions,
  type ScriptAction,
  type ScriptReference,
  servedActivityCalendar,
  servedDisconnectControl,
  servedSchedule,
  servedScriptTable,
  type ServedScriptTable,
  servedSingleActionSchedule,
  servedSpecialDays,
  serveObject,
  type ServerObject,
} from "@lectura/dlms/server";
import { peakHours } from "../../model/tariff-energy.ts";
import { ascii } from "../text.ts";

/** Script tables by what they are for (Blue Book 6.2.7). */
export const scriptTables = {
  billing: obis("0.0.10.0.1.255"),
  tariff: obis("0.0.10.0.100.255"),
  disconnect: obis("0.0.10.0.106.255"),
  image: obis("0.0.10.0.107.255"),
  push: obis("0.0.10.0.108.255"),
} as const;

const names = {
  disconnectControl: obis("0.0.96.3.10.255"),
  imageTransfer: obis("0.0.44.0.0.255"),
  registerActivation: obis("0.0.14.0.0.255"),
  intervalPush: obis("0.0.25.9.0.255"),
} as const;

/** What control objects need of the rest of the meter. */
export interface ControlOptions {
  readonly groupB: 0 | 1;
  /** All objects, asked when a script runs. */
  readonly objects: () => readonly ServerObject[];
  readonly tariff: (atMs: number) => 1 | 2;
  /** The supply was switched. */
  readonly switched: (connected: boolean) => void;
}

/** The objects, and what the meter itself does with them. */
export interface ControlObjects {
  readonly objects: readonly ServerObject[];
  /** What acts by its time. */
  readonly timed: Required<
    Pick<
      MeterRuntimeOptions,
      "scriptTables" | "singleActions" | "schedules" | "specialDays" | "calendars"
    >
  >;
  /** Runs a script of any table. */
  run(script: ScriptReference, context: AccessContext): void;
}

/** Everything that acts by time, by script or by command. */
export function controlObjects(options: ControlOptions): ControlObjects {
  const disconnect = servedDisconnectControl("0.0.96.3.10.255", {
    // All transitions but local reconnection.
    mode: 4,
    switched: options.switched,
  });
  const calendar = servedActivityCalendar("0.0.13.0.0.255", everyDayTheSame());
  const tables = scripts(options);
  const schedule = servedSchedule("0.0.12.0.0.255");
  const specialDays = servedSpecialDays("0.0.11.0.0.255");
  const singleActions = [
    servedSingleActionSchedule("0.0.15.0.0.255", {
      script: { scriptLogicalName: scriptTables.billing, scriptSelector: 1 },
      executionTimes: [{ time: timeOfDay(0), date: { ...anyDate, day: 1 } }],
    }),
    ...([1, 2, 4] as const).map((number) =>
      servedSingleActionSchedule(`0.0.15.0.${number}.255`, {
        script: { scriptLogicalName: scheduled[number], scriptSelector: 1 },
      }),
    ),
  ];
  return {
    objects: [
      disconnect.object,
      calendar.object,
      specialDays.object,
      schedule.object,
      ...singleActions.map(({ object }) => object),
      ...tables.values().map(({ object }) => object),
      activation(options),
    ],
    run: ({ scriptLogicalName, scriptSelector }, context) => {
      tables.get(scriptLogicalName)?.execute(scriptSelector, context);
    },
    timed: {
      scriptTables: [...tables.values()],
      singleActions,
      schedules: [schedule],
      specialDays: [specialDays],
      calendars: [calendar],
    },
  };
}

/** What the single action schedules run. */
const scheduled = {
  1: scriptTables.disconnect,
  2: scriptTables.image,
  4: scriptTables.push,
} as const;

const anyDate: CosemDate = {
  year: yearNotSpecified,
  month: notSpecified,
  day: notSpecified,
  dayOfWeek: notSpecified,
  invalid: false,
};

function timeOfDay(hour: number): CosemTime {
  return { hour, minute: 0, second: 0, hundredths: 0, invalid: false };
}

function scripts({ objects }: ControlOptions): ReadonlyMap<string, ServedScriptTable> {
  const method = (
    classId: number,
    logicalName: ScriptAction["logicalName"],
    index: number,
  ): ScriptAction => ({ serviceId: "execute", classId, logicalName, index, parameter: i8(0) });
  const mask = (name: string): ScriptAction => ({
    serviceId: "write",
    classId: 6,
    logicalName: names.registerActivation,
    index: 4,
    parameter: ascii(name),
  });
  const table = (
    logicalName: ScriptAction["logicalName"],
    ...actions: readonly (readonly ScriptAction[])[]
  ): readonly [string, ServedScriptTable] => [
    logicalName,
    servedScriptTable({
      logicalName,
      scripts: actions.map((list, at) => ({ scriptId: at + 1, actions: list })),
      objects,
    }),
  ];
  const { disconnectControl, imageTransfer, intervalPush } = names;
  return new Map([
    // Billing rows are computed: the script that would capture them has nothing to do.
    table(scriptTables.billing, []),
    table(scriptTables.tariff, [mask("T1")], [mask("T2")]),
    table(
      scriptTables.disconnect,
      [method(70, disconnectControl, 1)],
      [method(70, disconnectControl, 2)],
    ),
    table(scriptTables.image, [method(18, imageTransfer, 4)]),
    table(scriptTables.push, [method(40, intervalPush, 1)]),
  ]);
}

/** Tariff 2 in the evening, every day of every season. */
function everyDayTheSame(): CalendarTables {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const entry = (hour: number, scriptSelector: number) => ({
    startTime: timeOfDay(hour),
    scriptLogicalName: scriptTables.tariff,
    scriptSelector,
  });
  const day = 1;
  return {
    name: text("ALWAYS"),
    seasons: [
      {
        seasonProfileName: text("ALL"),
        seasonStart: dateTimeOf({ month: 1, day: 1 }),
        weekName: text("ALL"),
      },
    ],
    weeks: [
      {
        weekProfileName: text("ALL"),
        monday: day,
        tuesday: day,
        wednesday: day,
        thursday: day,
        friday: day,
        saturday: day,
        sunday: day,
      },
    ],
    days: [
      {
        dayId: day,
        daySchedule: [entry(0, 1), entry(peakHours.from, 2), entry(peakHours.to, 1)],
      },
    ],
  };
}

/** Register activation (class 6): which tariff register counts. */
function activation({ groupB, tariff }: ControlOptions): ServerObject {
  const register = (group: string) => ({ classId: 3, logicalName: obis(`1.${groupB}.${group}`) });
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const typed = registerActivation(names.registerActivation);
  return serveObject(typed, {
    registerAssignment: fixed([register("1.8.1.255"), register("1.8.2.255")]),
    maskList: fixed([
      { maskName: text("T1"), indexList: [1] },
      { maskName: text("T2"), indexList: [2] },
    ]),
    activeMask: {
      access: "read-write",
      read: ({ nowMs }) => text(`T${tariff(nowMs)}`),
      // What counts follows the hour; a script says nothing new.
      write: () => "success",
    },
  });
}
