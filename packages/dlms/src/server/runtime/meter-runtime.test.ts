import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { i8, u16, u32 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { dateTimeOf } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import type { ServerObject } from "../object.ts";
import {
  type CalendarTables,
  servedActivityCalendar,
  servedSchedule,
  servedSingleActionSchedule,
  servedSpecialDays,
} from "../objects/calendar-objects.ts";
import { servedClock } from "../objects/clock-object.ts";
import { servedDisconnectControl } from "../objects/disconnect-control-object.ts";
import { servedRegisterMonitor } from "../objects/monitor-objects.ts";
import { servedProfile } from "../objects/profile-object.ts";
import { servedPushSetup } from "../objects/push-setup.ts";
import { type ScriptAction, servedScriptTable } from "../objects/script-table-object.ts";
import { ObjectDirectory } from "../view.ts";
import { MeterRuntime, type MeterRuntimeOptions } from "./meter-runtime.ts";

const utc = (text: string): number => Date.parse(text);
const hourMs = 3_600_000;
const tableName = obis("0.0.10.0.100.255");
const counterName = obis("0.0.96.15.0.255");
const script = (scriptSelector: number) => ({ scriptLogicalName: tableName, scriptSelector });
const anyDate = dateTimeOf({});
const at = (hour: number, minute = 0) => dateTimeOf({ hour, minute, second: 0, hundredths: 0 });

/** Central European time with its daylight saving of 2026. */
const clock = () =>
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
const daily = (index: number, hour: number, minute = 0, changes = {}) => ({
  ...entry,
  index,
  scriptLogicalName: tableName,
  scriptSelector: index,
  switchTime: at(hour, minute),
  ...changes,
});

interface Bench {
  readonly runtime: MeterRuntime;
  /** `selector@when`, in the order run. */
  readonly runs: string[];
  readonly counted: Data[];
}

function bench(options: Partial<MeterRuntimeOptions>, more: readonly ServerObject[] = []): Bench {
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
      const time = new Date(dueMs).toISOString().slice(0, 16);
      runs.push(`${scriptSelector}@${time}${result === "success" ? "" : ` ${result}`}`);
    },
    ...options,
  });
  return { runtime, runs, counted };
}

describe("a schedule", () => {
  test("runs its scripts at their wall time, and says when the next is due", () => {
    const single = servedSingleActionSchedule("0.0.15.0.0.255", {
      script: script(7),
      executionTimes: [{ time: at(0), date: dateTimeOf({ day: 1 }) }],
    });
    const { runtime, runs, counted } = bench({
      singleActions: [single],
      schedules: [servedSchedule("0.0.12.0.0.255", [daily(2, 6, 30)])],
    });
    expect(runtime.start(utc("2026-05-31T05:00Z"))).toBe(utc("2026-05-31T22:00Z"));
    expect(runtime.tick(utc("2026-05-31T04:59Z"))).toBeGreaterThan(utc("2026-05-31T04:59Z"));
    runtime.tick(utc("2026-06-01T06:00Z"));
    expect(runs).toEqual(["7@2026-05-31T22:00", "2@2026-06-01T04:30"]);
    expect(counted).toEqual([u16(7), u16(2)]);
  });

  test("comes to the same however often the meter looks", () => {
    const options = {
      schedules: [servedSchedule("0.0.12.0.0.255", [daily(1, 2, 30), daily(2, 23), daily(3, 0)])],
    };
    const from = utc("2026-10-24T00:00Z");
    const until = utc("2026-10-27T00:00Z");
    const run = (ticks: readonly number[]): readonly string[] => {
      const { runtime, runs } = bench(options);
      runtime.start(from);
      for (const ms of ticks.toSorted((a, b) => a - b)) runtime.tick(ms);
      runtime.tick(until);
      return runs;
    };
    const whole = run([]);
    expect(whole).toHaveLength(9);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: from, max: until }), { maxLength: 20 }), (ticks) => {
        expect(run(ticks)).toEqual(whole);
      }),
    );
  });

  test("over daylight saving does what falls into the gap at once, and nothing twice", () => {
    const { runtime, runs } = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", [daily(1, 2, 30)])],
    });
    runtime.start(utc("2026-03-28T12:00Z"));
    runtime.tick(utc("2026-03-30T12:00Z"));
    // 02:30 does not come on the 29th: the clock is put forward at 01:00 UTC.
    expect(runs).toEqual(["1@2026-03-29T01:00", "1@2026-03-30T00:30"]);
    runtime.start(utc("2026-10-24T12:00Z"));
    runtime.tick(utc("2026-10-26T12:00Z"));
    expect(runs.slice(2)).toEqual(["1@2026-10-25T00:30", "1@2026-10-26T01:30"]);
  });

  test("keeps to its weekdays, its dates and whether it is enabled; special days stand above", () => {
    const special = servedSpecialDays("0.0.11.0.0.255", [
      { index: 1, specialdayDate: dateTimeOf({ month: 6, day: 3 }), dayId: 1 },
    ]);
    const entries = [
      daily(1, 6, 0, { execWeekdays: "1000000" }),
      daily(2, 7, 0, { execWeekdays: "0000000", execSpecdays: "01" }),
      daily(3, 8, 0, { enable: false }),
      daily(4, 9, 0, {
        beginDate: dateTimeOf({ month: 6, day: 6 }),
        endDate: dateTimeOf({ month: 7, day: 1 }),
      }),
      daily(5, 10, 0, {
        beginDate: dateTimeOf({ month: 11, day: 1 }),
        endDate: dateTimeOf({ month: 6, day: 1 }),
      }),
    ];
    const { runtime, runs } = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", entries)],
      specialDays: [special],
    });
    // 2026-06-01 is a Monday.
    runtime.start(utc("2026-06-01T00:00Z"));
    runtime.tick(utc("2026-06-07T00:00Z"));
    expect(runs).toEqual([
      "1@2026-06-01T04:00",
      "5@2026-06-01T08:00",
      "2@2026-06-03T05:00",
      "4@2026-06-06T07:00",
    ]);
  });

  test("names a table nobody has, and goes on", () => {
    const lost = daily(1, 6, 0, { scriptLogicalName: obis("0.0.10.0.9.255") });
    const { runtime, runs } = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", [lost, daily(2, 7)])],
    });
    runtime.start(utc("2026-06-01T00:00Z"));
    runtime.tick(utc("2026-06-01T12:00Z"));
    expect(runs).toEqual(["1@2026-06-01T04:00 object-undefined", "2@2026-06-01T05:00"]);
  });
});

describe("a clock that is set", () => {
  const entries = [
    daily(1, 13, 0, { validityWindow: 30 }),
    daily(2, 13, 0, { validityWindow: 600 }),
    daily(3, 13, 0, { validityWindow: 65_535 }),
  ];
  const single = servedSingleActionSchedule("0.0.15.0.0.255", {
    script: script(9),
    executionTimes: [{ time: at(13), date: anyDate }],
  });
  const noon = utc("2026-06-01T10:00Z");
  const setBy = (ms: number, options: Partial<MeterRuntimeOptions> = {}): readonly string[] => {
    const own = clock();
    let setMs = 0;
    const moved = {
      timeMs: (nowMs: number) => own.timeMs(nowMs) + setMs,
      dateTime: (nowMs: number) => own.dateTime(nowMs + setMs),
    };
    const { runtime, runs } = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", entries)],
      singleActions: [single],
      clock: moved,
      ...options,
    });
    runtime.start(noon);
    setMs = ms;
    runtime.tick(noon + 1000);
    runtime.tick(noon + hourMs + 30_000);
    return runs;
  };
  const due = "2026-06-01T11:00";

  test("forward makes up for what is valid still, once", () => {
    expect(setBy(2 * hourMs)).toEqual([`2@${due}`, `3@${due}`]);
    expect(setBy(24 * hourMs).map((run) => run.slice(0, 1))).toEqual(["3", "1", "2", "3", "9"]);
    const made = setBy(2 * hourMs, { missedSingleActions: "execute" });
    expect(made).toEqual([`2@${due}`, `3@${due}`, `9@${due}`]);
  });

  test("a little loses nothing and does nothing twice", () => {
    const all = [1, 2, 3, 9].map((selector) => `${selector}@${due}`);
    expect(setBy(0)).toEqual(all);
    expect(setBy(59_000)).toEqual(all);
    expect(setBy(-20_000)).toEqual(all);
  });

  test("back does what comes again", () => {
    const { runtime, runs } = bench({});
    expect(runtime.tick(noon)).toBe(noon + 24 * hourMs);
    expect(runs).toEqual([]);
    const own = clock();
    let setMs = 0;
    const again = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", [daily(1, 12, 30)])],
      clock: {
        timeMs: (nowMs) => own.timeMs(nowMs) + setMs,
        dateTime: (nowMs) => own.dateTime(nowMs + setMs),
      },
    });
    again.runtime.start(noon);
    again.runtime.tick(noon + hourMs);
    setMs = -hourMs;
    again.runtime.tick(noon + hourMs + 1000);
    again.runtime.tick(noon + 2 * hourMs);
    expect(again.runs).toEqual(["1@2026-06-01T10:30", "1@2026-06-01T10:30"]);
  });

  test("is one with a power failure: valid scripts, and the last of a calendar", () => {
    const { runtime, runs } = bench({
      schedules: [servedSchedule("0.0.12.0.0.255", entries)],
      calendars: [servedActivityCalendar("0.0.13.0.0.255", tables([at(6), at(11), at(22)]))],
    });
    runtime.start(utc("2026-06-01T12:00Z"), utc("2026-05-30T12:00Z"));
    expect(runs).toEqual([
      "3@2026-05-31T11:00",
      "5@2026-06-01T09:00",
      "2@2026-06-01T11:00",
      "3@2026-06-01T11:00",
    ]);
  });
});

/** One season all year; each day runs scripts 4, 5, 6 at the times. */
function tables(times: readonly ReturnType<typeof at>[], dayId = 1): CalendarTables {
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

describe("an activity calendar", () => {
  test("runs the day of its season and week, and special days", () => {
    const name = (octet: number): Uint8Array => Uint8Array.of(octet);
    const [week] = tables([at(6)]).weeks;
    const calendar = servedActivityCalendar("0.0.13.0.0.255", {
      ...tables([at(6)]),
      seasons: [
        {
          seasonProfileName: name(1),
          seasonStart: dateTimeOf({ month: 4, day: 1 }),
          weekName: name(1),
        },
        {
          seasonProfileName: name(2),
          seasonStart: dateTimeOf({ month: 10, day: 1 }),
          weekName: name(2),
        },
      ],
      weeks: [week!, { ...week!, weekProfileName: name(2), monday: 3, thursday: 3 }],
    });
    const special = servedSpecialDays("0.0.11.0.0.255", [
      { index: 1, specialdayDate: dateTimeOf({ year: 2026, month: 6, day: 2 }), dayId: 3 },
    ]);
    const { runtime, runs } = bench({ calendars: [calendar], specialDays: [special] });
    runtime.start(utc("2026-05-31T00:00Z"));
    runtime.tick(utc("2026-06-03T00:00Z"));
    // 2026-01-01 is a Thursday of the winter season, which began the year before.
    runtime.start(utc("2026-12-31T12:00Z"));
    runtime.tick(utc("2027-01-01T12:00Z"));
    runtime.start(utc("2026-01-01T00:00Z") - hourMs);
    runtime.tick(utc("2026-01-01T12:00Z"));
    expect(runs).toEqual([
      "4@2026-06-01T04:00",
      "9@2026-06-01T23:00",
      "4@2027-01-01T05:00",
      "9@2026-01-01T00:00",
    ]);
  });

  test("becomes the passive one at its time, local where it says no deviation", () => {
    for (const deviationMinutes of [undefined, 0]) {
      const calendar = servedActivityCalendar("0.0.13.0.0.255", tables([at(6)]));
      const { runtime } = bench({ calendars: [calendar] });
      const start = utc("2026-06-01T05:00Z");
      runtime.start(start);
      const time = dateTimeOf({
        year: 2026,
        month: 6,
        day: 1,
        hour: 10,
        minute: 0,
        second: 0,
        ...(deviationMinutes === undefined ? {} : { deviationMinutes }),
      });
      const write = (attributeId: number, value: Data): unknown =>
        calendar.object.attributes[attributeId]!.write!(value, context(start));
      expect(write(6, { type: "octet-string", value: Uint8Array.of(9) })).toBe("success");
      const octets = [
        0x07,
        0xea,
        6,
        1,
        0xff,
        10,
        0,
        0,
        0xff,
        (time.deviationMinutes >> 8) & 0xff,
        0,
        0xff,
      ];
      expect(write(10, { type: "octet-string", value: Uint8Array.from(octets) })).toBe("success");
      const dueMs = utc(deviationMinutes === undefined ? "2026-06-01T08:00Z" : "2026-06-01T10:00Z");
      expect(runtime.tick(start + 1000)).toBe(dueMs);
      runtime.tick(dueMs - 1);
      expect(calendar.active.name).toEqual(Uint8Array.of(1));
      runtime.tick(dueMs);
      expect(calendar.active.name).toEqual(Uint8Array.of(9));
    }
  });
});

function context(nowMs: number) {
  const pdu = { serverMaxPduOctets: 0xffff, clientMaxPduOctets: 0xffff };
  return {
    nowMs,
    association: { clientSap: 0, mechanism: "none", conformance: 0, entries: [], ...pdu },
  } as const;
}

describe("a profile", () => {
  const profileOf = (capturePeriodSeconds: number, entriesMax = 1000) => {
    const captured: number[] = [];
    const profile = servedProfile("1.0.99.1.0.255", {
      columns: [
        {
          classId: 8,
          logicalName: obis("0.0.1.0.0.255"),
          attributeId: 2,
          dataIndex: 0,
          capture: ({ nowMs }) => {
            captured.push(nowMs);
            return u32(0);
          },
        },
      ],
      capturePeriodSeconds,
      entriesMax,
    });
    return { profile, captured };
  };

  test("captures at multiples of its period, every hour of a day that has 25", () => {
    const quarters = profileOf(900);
    const days = profileOf(86_400);
    const { runtime } = bench({ profiles: [quarters.profile, days.profile] });
    expect(runtime.start(utc("2026-10-24T22:01Z"))).toBe(utc("2026-10-24T22:15Z"));
    runtime.tick(utc("2026-10-25T23:00Z"));
    expect(quarters.captured).toHaveLength(100);
    expect(days.captured).toEqual([utc("2026-10-25T23:00Z")]);
    runtime.start(utc("2026-03-28T23:00Z"));
    runtime.tick(utc("2026-03-29T22:00Z"));
    expect(days.captured[1]).toBe(utc("2026-03-29T22:00Z"));
    expect(quarters.captured).toHaveLength(100 + 92);
  });

  test("captures no more than it keeps, and nothing it has missed", () => {
    const { profile, captured } = profileOf(60, 10);
    const { runtime } = bench({ profiles: [profile] });
    runtime.start(utc("2026-06-01T00:00Z"), utc("2026-05-01T00:00Z"));
    expect(captured).toEqual([]);
    runtime.tick(utc("2026-06-02T00:00Z"));
    expect(captured.length).toBeLessThanOrEqual(11);
    expect(captured.at(-1)).toBe(utc("2026-06-02T00:00Z"));
    expect(profile.rowCount).toBe(10);
  });
});

test("a monitor looks at its value and has the supply disconnected by a script", () => {
  const power = obis("1.0.1.7.0.255");
  let watts = 100;
  const disconnect = servedDisconnectControl("0.0.96.3.10.255", { mode: 4 });
  const register: ServerObject = {
    classId: 3,
    version: 0,
    logicalName: power,
    attributes: { 2: { access: "authenticated-read", read: () => u32(watts) } },
  };
  const off: ScriptAction = {
    serviceId: "execute",
    classId: 70,
    logicalName: obis("0.0.96.3.10.255"),
    index: 1,
    parameter: i8(0),
  };
  const table = servedScriptTable({
    logicalName: tableName,
    scripts: [{ scriptId: 1, actions: [off] }],
    objects: () => [disconnect.object],
  });
  const nothing = { scriptLogicalName: tableName, scriptSelector: 0 };
  const monitor = servedRegisterMonitor("0.0.16.1.0.255", {
    monitored: { classId: 3, logicalName: power, attributeId: 2 },
    thresholds: [u32(5000)],
    actions: [{ actionUp: script(1), actionDown: nothing }],
    run: ({ scriptSelector }) => void table.execute(scriptSelector, context(0)),
  });
  const { runtime } = bench({ monitors: [monitor], monitorPeriodMs: 500 }, [register]);
  expect(runtime.start(0)).toBe(500);
  runtime.tick(500);
  expect(disconnect.state).toBe("connected");
  watts = 6000;
  expect(runtime.tick(1000)).toBe(1500);
  expect(disconnect.state).toBe("disconnected");
});

test("a push that a schedule starts waits for its communication window", () => {
  const pushed: number[] = [];
  let nowMs = utc("2026-06-01T09:59:00Z");
  const own = clock();
  const setup = servedPushSetup({
    version: 2,
    directory: () => new ObjectDirectory([]),
    pushObjects: [],
    destination: { transportService: 0, destination: new Uint8Array(0), message: 0 },
    clock: own,
    push: () => {
      pushed.push(nowMs);
      return "success";
    },
  });
  const window = (hour: number, minute: number): Data => ({
    type: "octet-string",
    value: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, hour, minute, 0, 0xff, 0x80, 0, 0xff),
  });
  const night: Data = {
    type: "array",
    value: [{ type: "structure", value: [window(22, 0), window(4, 30)] }],
  };
  expect(setup.object.attributes[4]!.write!(night, context(nowMs))).toBe("success");
  const push: ScriptAction = {
    serviceId: "execute",
    classId: 40,
    logicalName: obis("0.0.25.9.0.255"),
    index: 1,
    parameter: i8(0),
  };
  const table = servedScriptTable({
    logicalName: tableName,
    scripts: [{ scriptId: 1, actions: [push] }],
    objects: () => [setup.object],
  });
  const { runtime } = bench({
    clock: own,
    scriptTables: [table],
    pushSetups: [setup],
    schedules: [
      servedSchedule("0.0.12.0.0.255", [daily(1, 12), daily(2, 23, 0, { scriptSelector: 1 })]),
    ],
  });
  const tick = (text: string): string => {
    nowMs = utc(text);
    return new Date(runtime.tick(nowMs)).toISOString().slice(0, 16);
  };
  tick("2026-06-01T09:59Z");
  // Noon: the window opens at 22:00 local, 20:00 UTC.
  expect(tick("2026-06-01T10:00Z")).toBe("2026-06-01T20:00");
  expect([setup.waits, pushed]).toEqual([true, []]);
  tick("2026-06-01T20:00Z");
  expect([setup.waits, pushed]).toEqual([false, [utc("2026-06-01T20:00Z")]]);
  // 23:00 local is within.
  tick("2026-06-01T21:00Z");
  expect(pushed).toHaveLength(2);
  expect(setup.push(utc("2026-06-02T02:29Z"))).toBe("success");
  expect(setup.waits).toBe(false);
  setup.push(utc("2026-06-02T02:30Z"));
  expect(setup.waits).toBe(true);
});

test("a runtime without anything to do looks again after a day", () => {
  expect(bench({}).runtime.tick(0)).toBe(24 * hourMs);
});
