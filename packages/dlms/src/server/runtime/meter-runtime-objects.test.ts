import { describe, expect, test } from "vitest";
import { i8, u32 } from "../../axdr/construct.ts";
import type { Data } from "../../axdr/data.ts";
import { dateTimeOf } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import type { ServerObject } from "../object.ts";
import {
  servedActivityCalendar,
  servedSchedule,
  servedSpecialDays,
} from "../objects/calendar-objects.ts";
import { servedDisconnectControl } from "../objects/disconnect-control-object.ts";
import { servedRegisterMonitor } from "../objects/monitor-objects.ts";
import { servedProfile } from "../objects/profile-object.ts";
import { servedPushSetup } from "../objects/push-setup.ts";
import { type ScriptAction, servedScriptTable } from "../objects/script-table-object.ts";
import { ObjectDirectory } from "../view.ts";
import {
  at,
  bench,
  clock,
  context,
  daily,
  hourMs,
  script,
  tableName,
  tables,
  utc,
} from "./meter-bench.fixture.ts";
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
