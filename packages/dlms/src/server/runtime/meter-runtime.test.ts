import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { u16 } from "../../axdr/construct.ts";
import { dateTimeOf } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import {
  servedActivityCalendar,
  servedSchedule,
  servedSingleActionSchedule,
  servedSpecialDays,
} from "../objects/calendar-objects.ts";
import { type MeterRuntimeOptions } from "./meter-runtime.ts";
import {
  anyDate,
  at,
  bench,
  clock,
  daily,
  hourMs,
  script,
  tables,
  utc,
} from "./meter-bench.fixture.ts";
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
