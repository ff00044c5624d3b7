import { describe, expect, test } from "vitest";
import { i32, i8, u16, u8 } from "../../axdr/construct.ts";
import {
  activityCalendar,
  disconnectControl,
  iecHdlcSetup,
  limiter,
  registerMonitor,
  sapAssignment,
  schedule,
  scriptTable,
  singleActionSchedule,
  specialDaysTable,
  tcpUdpSetup,
} from "../../cosem/attributes/objects.ts";
import { dateTimeFromUtcMs, decodeDate, decodeTime } from "../../cosem/date-time.ts";
import { obis } from "../../cosem/obis.ts";
import { defaultHdlcParameters } from "../../hdlc/parameters.ts";
import { askedMeter, meterContext } from "./asked-meter.fixture.ts";
import {
  servedActivityCalendar,
  servedSchedule,
  servedSingleActionSchedule,
  servedSpecialDays,
} from "./calendar-objects.ts";
import {
  controlStateAfter,
  type ControlCommand,
  servedDisconnectControl,
} from "./disconnect-control-object.ts";
import { servedLimiter, servedRegisterMonitor } from "./monitor-objects.ts";
import { type ScriptReference, servedScriptTable } from "./script-table-object.ts";
import { servedHdlcSetup, servedSapAssignment, servedTcpUdpSetup } from "./setup-objects.ts";

const relay = "0.0.96.3.10.255";
const table = obis("0.0.10.0.106.255");
const script = (selector: number): ScriptReference => ({
  scriptLogicalName: table,
  scriptSelector: selector,
});

describe("disconnect control", () => {
  const typed = disconnectControl(relay);

  test("follows the transitions of its mode", () => {
    const switched: boolean[] = [];
    const served = servedDisconnectControl(relay, {
      mode: 1,
      switched: (connected) => switched.push(connected),
    });
    const meter = askedMeter([served.object]);
    expect(meter.invoke(typed.remoteDisconnect, 0)).toBe("success");
    expect(meter.read(typed.outputState)).toBe(false);
    expect(meter.read(typed.controlState)).toBe("disconnected");
    expect(meter.invoke(typed.remoteDisconnect, 0)).toBe("other-reason");
    expect(meter.invoke(typed.remoteReconnect, 0)).toBe("success");
    expect(meter.read(typed.controlState)).toBe("ready-for-reconnection");
    expect(served.command("manual-reconnect")).toBe("success");
    expect(served.state).toBe("connected");
    expect(switched).toEqual([false, true]);
  });

  test.each<readonly [number, ControlCommand, string | undefined]>([
    [0, "remote-disconnect", undefined],
    [2, "remote-disconnect", "disconnected"],
    [3, "manual-disconnect", undefined],
    [4, "local-disconnect", "ready-for-reconnection"],
    [7, "remote-disconnect", undefined],
  ])("in mode %i %s leads to %s", (mode, command, state) => {
    expect(controlStateAfter(mode, "connected", command)).toBe(state);
  });

  test("reconnects at once in modes 2 and 4 only, and takes no mode that does not exist", () => {
    const after = (mode: number): unknown =>
      controlStateAfter(mode, "disconnected", "remote-reconnect");
    expect([1, 2, 3, 4, 5, 6].map(after).map((state) => state === "connected")).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
    const meter = askedMeter([servedDisconnectControl(relay, { mode: 4 }).object]);
    expect(meter.write(typed.controlMode, 9)).toBe("other-reason");
    expect(meter.write(typed.controlMode, 5)).toBe("success");
    expect(meter.read(typed.controlMode)).toBe(5);
  });
});

describe("scripts, monitors and limiters", () => {
  const action = (index: number, parameter = i8(0)) => ({
    serviceId: "execute" as const,
    classId: 70,
    logicalName: obis(relay),
    index,
    parameter,
  });
  const modeAction = {
    serviceId: "write" as const,
    classId: 70,
    logicalName: obis(relay),
    index: 4,
    parameter: { type: "enum", value: 5 } as const,
  };

  test("a script calls methods and writes attributes, and stops where one fails", () => {
    const control = servedDisconnectControl(relay, { mode: 4 });
    const scripts = servedScriptTable({
      logicalName: table,
      objects: () => [control.object],
      scripts: [
        { scriptId: 1, actions: [modeAction, action(1)] },
        { scriptId: 2, actions: [action(9), action(1)] },
        { scriptId: 3, actions: [{ ...action(1), classId: 3 }] },
        { scriptId: 4, actions: [{ ...modeAction, index: 2 }] },
      ],
    });
    const meter = askedMeter([scripts.object, control.object]);
    const typed = scriptTable(table);
    expect(meter.read(typed.scripts)).toHaveLength(4);
    expect(meter.invoke(typed.execute, 1)).toBe("success");
    expect(meter.read(disconnectControl(relay).controlState)).toBe("disconnected");
    expect(meter.read(disconnectControl(relay).controlMode)).toBe(5);
    expect(meter.invoke(typed.execute, 2)).toBe("object-undefined");
    expect(meter.invoke(typed.execute, 3)).toBe("object-class-inconsistent");
    expect(meter.invoke(typed.execute, 4)).toBe("read-write-denied");
    expect(meter.invoke(typed.execute, 5)).toBe("object-undefined");
    expect(scripts.execute(0, meterContext(0))).toBe("success");
  });

  const monitored = { classId: 3, logicalName: obis("1.0.1.7.0.255"), attributeId: 2 };

  test("a register monitor runs its scripts when the value passes a threshold", () => {
    const runs: number[] = [];
    const monitor = servedRegisterMonitor("0.0.16.1.0.255", {
      monitored,
      thresholds: [i32(100)],
      actions: [{ actionUp: script(1), actionDown: script(2) }],
      run: ({ scriptSelector }) => runs.push(scriptSelector),
    });
    const meter = askedMeter([monitor.object]);
    for (const value of [90, 100, 101, 150, 100, 40]) monitor.observe(i32(value), 0);
    expect(runs).toEqual([1, 2]);
    const typed = registerMonitor("0.0.16.1.0.255");
    expect(meter.write(typed.thresholds, [i32(10)])).toBe("success");
    monitor.observe(i32(5), 0);
    expect(runs).toEqual([1, 2, 2]);
    expect(meter.read(typed.monitoredValue)).toEqual(monitored);
  });

  test("a limiter waits its durations and follows its emergency profile", () => {
    const runs: number[] = [];
    const served = servedLimiter("0.0.17.0.0.255", {
      monitored,
      thresholdNormal: u16(100),
      thresholdEmergency: u16(50),
      minOverSeconds: 10,
      minUnderSeconds: 5,
      actionOver: script(1),
      actionUnder: script(2),
      emergencyGroups: [7],
      run: ({ scriptSelector }) => runs.push(scriptSelector),
    });
    const meter = askedMeter([served.object]);
    const typed = limiter("0.0.17.0.0.255");
    served.observe(u16(120), 0);
    served.observe(u16(90), 5000);
    served.observe(u16(120), 6000);
    served.observe(u16(120), 15_000);
    expect(runs).toEqual([]);
    served.observe(u16(120), 16_000);
    served.observe(u16(80), 17_000);
    served.observe(u16(80), 22_000);
    expect(runs).toEqual([1, 2]);
    const emergency = {
      emergencyProfileId: 7,
      emergencyActivationTime: dateTimeFromUtcMs(meter.nowMs, 0),
      emergencyDuration: 60,
    };
    expect(meter.write(typed.emergencyProfile, emergency)).toBe("success");
    expect(meter.read(typed.emergencyProfileActive)).toBe(true);
    expect(meter.read(typed.thresholdActive)).toEqual(u16(50));
    meter.nowMs += 60_000;
    expect(meter.read(typed.emergencyProfileActive)).toBe(false);
  });
});

describe("calendars and schedules", () => {
  const name = Uint8Array.of(0x41);
  const tables = { name, seasons: [], weeks: [], days: [] };
  const time = decodeTime(Uint8Array.of(6, 0, 0, 0));
  const date = decodeDate(Uint8Array.of(0xff, 0xff, 12, 25, 0xff));
  const days = [
    {
      dayId: 1,
      daySchedule: [{ startTime: time, scriptLogicalName: table, scriptSelector: 3 }],
    },
  ];

  test("an activity calendar is written passive and becomes active as a whole", () => {
    const served = servedActivityCalendar("0.0.13.0.0.255", tables);
    const meter = askedMeter([served.object]);
    const typed = activityCalendar("0.0.13.0.0.255");
    expect(meter.write(typed.dayProfileTablePassive, days)).toBe("success");
    expect(meter.read(typed.dayProfileTableActive)).toEqual([]);
    expect(meter.set(typed.dayProfileTableActive, u8(0))).toBe("read-write-denied");
    expect(meter.invoke(typed.activatePassiveCalendar, 0)).toBe("success");
    expect(meter.read(typed.dayProfileTableActive)).toEqual(days);
    expect(meter.write(typed.calendarNamePassive, Uint8Array.of(0x42))).toBe("success");
    const atMs = Date.UTC(2027, 0, 1);
    expect(meter.write(typed.activatePassiveCalendarTime, dateTimeFromUtcMs(atMs, 0))).toBe(
      "success",
    );
    expect(served.tick(atMs - 1)).toBe(false);
    expect(served.tick(atMs)).toBe(true);
    expect(served.tick(atMs + 1)).toBe(false);
    expect(served.active.name).toEqual(Uint8Array.of(0x42));
  });

  test("a schedule inserts, replaces, enables and deletes by index", () => {
    const entry = (index: number) => ({
      index,
      enable: true,
      scriptLogicalName: table,
      scriptSelector: 1,
      switchTime: time,
      validityWindow: 15,
      execWeekdays: "1111100",
      execSpecdays: "",
      beginDate: date,
      endDate: date,
    });
    const served = servedSchedule("0.0.12.0.0.255");
    const meter = askedMeter([served.object]);
    const typed = schedule("0.0.12.0.0.255");
    for (const index of [3, 1, 2, 1]) meter.invoke(typed.insert, entry(index));
    expect(meter.read(typed.entries).map(({ index }) => index)).toEqual([1, 2, 3]);
    const ranges = { firstIndexA: 1, lastIndexA: 3, firstIndexB: 3, lastIndexB: 3 };
    expect(meter.invoke(typed.enableDisable, ranges)).toBe("success");
    expect(served.entries.value.map(({ enable }) => enable)).toEqual([false, false, true]);
    expect(meter.invoke(typed.delete, { firstIndex: 2, lastIndex: 9 })).toBe("success");
    expect(meter.read(typed.entries)).toEqual([{ ...entry(1), enable: false }]);
    expect(meter.call(typed.insert)).toBe("type-unmatched");
  });

  test("special days and single actions keep what is written", () => {
    const meter = askedMeter([
      servedSpecialDays("0.0.11.0.0.255").object,
      servedSingleActionSchedule("0.0.15.0.0.255", { script: script(1) }).object,
    ]);
    const typed = specialDaysTable("0.0.11.0.0.255");
    expect(meter.invoke(typed.insert, { index: 1, specialdayDate: date, dayId: 2 })).toBe(
      "success",
    );
    expect(meter.read(typed.entries)).toEqual([{ index: 1, specialdayDate: date, dayId: 2 }]);
    expect(meter.invoke(typed.delete, 1)).toBe("success");
    expect(meter.read(typed.entries)).toEqual([]);
    const single = singleActionSchedule("0.0.15.0.0.255");
    expect(meter.write(single.executionTime, [{ time, date }])).toBe("success");
    expect(meter.read(single.executionTime)).toEqual([{ time, date }]);
    expect(meter.read(single.executedScript)).toEqual(script(1));
  });
});

describe("setups", () => {
  test("say the logical devices, the link's and the port's parameters", () => {
    const logicalDeviceName = new TextEncoder().encode("LEC0000000000001");
    const meter = askedMeter([
      servedSapAssignment([{ sap: 1, logicalDeviceName }]),
      servedHdlcSetup({ parameters: defaultHdlcParameters, deviceAddress: 17 }),
      servedTcpUdpSetup(),
    ]);
    expect(meter.read(sapAssignment("0.0.41.0.0.255").sapAssignmentList)).toEqual([
      { sap: 1, logicalDeviceName },
    ]);
    expect(meter.read(iecHdlcSetup("0.0.22.0.0.255").maxInfoFieldLengthTransmit)).toBe(128);
    expect(meter.read(tcpUdpSetup("0.0.25.0.0.255").tcpUdpPort)).toBe(4059);
  });
});
