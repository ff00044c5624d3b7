/** A meter with every object a modern one has; its values are the model's (`truth`). */
import type { Data } from "@lectura/dlms/axdr";
import { type CaptureObject, obis } from "@lectura/dlms/cosem";
import { apduOctetsMax } from "@lectura/dlms/octets";
import {
  type AccessContext,
  MeterRuntime,
  type MonitoredValue,
  type ObjectDirectory,
  type ScriptReference,
  type ServedClock,
  servedClock,
  servedImageTransfer,
  servedLimiter,
  type ServedMonitor,
  servedPushSetup,
  servedRegisterMonitor,
  type ServedPushSetup,
  type ServedPushSetupOptions,
  type ServerObject,
  type StartedPush,
} from "@lectura/dlms/server";
import type { ActionResult, DataAccessResult } from "@lectura/dlms/xdlms";
import type { Identity } from "../../model/identity.ts";
import { keyPlaces, type MeterKey } from "../../model/keys.ts";
import type { MeterModel } from "../../model/meter-model.ts";
import type { Personality, RegisterFormat } from "../../personalities/personality.ts";
import { registerValue } from "../registers.ts";
import { controlObjects, scriptTables } from "./control.ts";
import { eventCodes, eventLogs } from "./event-logs.ts";
import { measuredObjects } from "./measured.ts";
import { alarmState, communicationSetups, identificationData } from "./setups.ts";

/** What a full meter is made of, and what it tells to the outside. */
export interface FullMeterOptions {
  readonly personality: Personality;
  readonly identity: Identity;
  readonly model: MeterModel;
  /** What pushes may show. */
  readonly directory: () => ObjectDirectory;
  /** ASCII `host:port` pushes go to at first. Absent: nowhere. */
  readonly pushTo?: { readonly address: string; readonly transport: "tcp" | "udp" };
  /** Takes a push on its way. */
  readonly push: (push: StartedPush) => ActionResult;
  /** An alarm, for clients that are associated: the alarm register's value. */
  readonly alarm: (value: Data) => void;
  /** UTC ms of now, where no client asks. */
  readonly nowMs: () => number;
}

/** Its objects, and what it does by itself. */
export interface FullMeter {
  readonly objects: readonly ServerObject[];
  readonly intervalPush: ServedPushSetup;
  readonly alarmPush: ServedPushSetup;
  /** The supply is gone: said by alarm push, and to those who are associated. */
  lastGasp(): void;
  /** Schedules, calendars, monitors and push windows by their time. */
  readonly runtime: MeterRuntime;
}

/** Bits of the alarm register. */
const alarmBits = { powerDown: 0, clockSet: 1, voltage: 8, limit: 9, disconnected: 10 } as const;
const imageBlockOctets = 128;
const overVoltage = 1.1;
/** W that the limiter lets through: no load of ours reaches it; a client may lower it. */
const limitW = 40_000;
const limitSeconds = 60;

/** The full meter of a personality, beside the objects every meter has. */
export function fullMeter(options: FullMeterOptions): FullMeter {
  const { personality, identity, model, nowMs } = options;
  const { utcOffsetMinutes, groupB } = personality;
  const logs = eventLogs(utcOffsetMinutes);
  const raise = (bit: number): void => {
    if (!alarms.raise(bit)) return;
    options.alarm(alarms.value);
    alarmPush.push(nowMs());
  };
  const alarms = alarmState((atMs) => logs.add("standard", eventCodes.alarmsCleared, atMs));
  const measured = measuredObjects(personality, model);
  const control = controlObjects({
    groupB,
    objects: () => objects,
    tariff: measured.tariff,
    switched: (connected) => {
      const { remoteConnection, remoteDisconnection } = eventCodes;
      const code = connected ? remoteConnection : remoteDisconnection;
      logs.add("disconnector", code, nowMs());
      if (!connected) raise(alarmBits.disconnected);
    },
  });
  const clock = servedClock({ timeZoneMinutes: -utcOffsetMinutes });
  const { intervalPush, alarmPush } = pushSetups(options, clock);
  const supervision = supervise(options, {
    voltage: (high) => {
      logs.add("standard", high ? eventCodes.voltageHigh : eventCodes.voltageNormal, nowMs());
      if (high) raise(alarmBits.voltage);
    },
    limit: (over) => {
      logs.add("disconnector", over ? eventCodes.limitExceeded : eventCodes.limitKept, nowMs());
      if (over) raise(alarmBits.limit);
    },
    run: (script) => control.run(script, meterContext(options)),
  });
  const activate = (): "done" => {
    logs.add("standard", eventCodes.imageActivated, nowMs());
    return "done";
  };
  const objects: readonly ServerObject[] = [
    loggedClock(clock, (code, atMs) => {
      logs.add("standard", code, atMs);
      if (code === eventCodes.clockAfter) raise(alarmBits.clockSet);
    }),
    ...measured.objects,
    ...logs.objects,
    ...control.objects,
    ...supervision.map(({ object }) => object),
    servedImageTransfer({ blockOctets: imageBlockOctets, activate }).object,
    intervalPush.object,
    alarmPush.object,
    ...communicationSetups(personality, identity),
    ...alarms.objects,
    ...identificationData(identity, measured.tariff),
  ];
  logs.add("standard", eventCodes.powerUp, nowMs());
  return {
    objects,
    intervalPush,
    alarmPush,
    lastGasp: () => raise(alarmBits.powerDown),
    runtime: new MeterRuntime({
      clock,
      directory: options.directory,
      ...control.timed,
      monitors: supervision,
      pushSetups: [intervalPush, alarmPush],
    }),
  };
}

function pushSetups(
  options: FullMeterOptions,
  clock: ServedClock,
): Pick<FullMeter, "intervalPush" | "alarmPush"> {
  const { directory, pushTo, personality, push } = options;
  const column = (classId: number, logicalName: string): CaptureObject => ({
    classId,
    logicalName: obis(logicalName),
    attributeId: 2,
    dataIndex: 0,
  });
  const register = (key: MeterKey): CaptureObject =>
    column(3, `1.${personality.groupB}.${keyPlaces[key].group}`);
  const destination = {
    transportService: pushTo?.transport === "udp" ? 1 : 0,
    destination: new TextEncoder().encode(pushTo?.address ?? ""),
    message: 0,
  };
  const setup = (
    logicalName: string,
    ...values: readonly CaptureObject[]
  ): Omit<ServedPushSetupOptions, "push"> => ({
    logicalName,
    directory,
    destination,
    clock,
    pushObjects: [
      // The list itself comes first: a push names its values.
      column(40, logicalName),
      column(1, "0.0.42.0.0.255"),
      column(8, "0.0.1.0.0.255"),
      ...values,
    ],
  });
  return {
    intervalPush: servedPushSetup({
      ...setup(
        "0.0.25.9.0.255",
        register("active_energy"),
        register("active_power"),
        register("voltage_l1"),
      ),
      push,
    }),
    alarmPush: servedPushSetup({
      ...setup("0.4.25.9.0.255", column(1, "0.0.97.98.0.255")),
      push,
    }),
  };
}

/** Voltage monitor and power limiter. Whatever scripts a client gives them, they run. */
function supervise(
  { personality }: FullMeterOptions,
  told: {
    readonly voltage: (high: boolean) => void;
    readonly limit: (over: boolean) => void;
    readonly run: (script: ScriptReference) => void;
  },
): readonly [ServedMonitor, ServedMonitor] {
  const { formats, nominalV, groupB } = personality;
  const { voltage_l1: voltage, active_power: power } = formats;
  const monitored = (key: MeterKey): MonitoredValue => ({
    classId: 3,
    logicalName: obis(`1.${groupB}.${keyPlaces[key].group}`),
    attributeId: 2,
  });
  const threshold = (format: RegisterFormat, value: number): Data =>
    registerValue(format, Math.round(value * 10 ** -format.scaler));
  const nothing = { scriptLogicalName: scriptTables.push, scriptSelector: 0 };
  const runs =
    (tell: (beyond: boolean) => void) =>
    (script: ScriptReference): void => {
      tell(script.scriptSelector !== 0);
      told.run(script);
    };
  return [
    servedRegisterMonitor("0.0.16.1.0.255", {
      monitored: monitored("voltage_l1"),
      thresholds: [threshold(voltage, nominalV * overVoltage)],
      actions: [{ actionUp: { ...nothing, scriptSelector: 1 }, actionDown: nothing }],
      run: runs(told.voltage),
    }),
    servedLimiter("0.0.17.0.0.255", {
      monitored: monitored("active_power"),
      thresholdNormal: threshold(power, limitW),
      thresholdEmergency: threshold(power, limitW / 10),
      minOverSeconds: limitSeconds,
      minUnderSeconds: limitSeconds,
      actionOver: { scriptLogicalName: scriptTables.disconnect, scriptSelector: 1 },
      actionUnder: { scriptLogicalName: scriptTables.disconnect, scriptSelector: 0 },
      run: runs(told.limit),
    }),
  ];
}

/** What scripts know that no client has called. */
function meterContext({ nowMs, directory }: FullMeterOptions): AccessContext {
  return {
    nowMs: nowMs(),
    association: {
      clientSap: 0,
      mechanism: "none",
      conformance: 0,
      serverMaxPduOctets: apduOctetsMax,
      clientMaxPduOctets: apduOctetsMax,
      entries: directory().entries,
    },
  };
}

/** The clock; setting it leaves both times in the log. */
function loggedClock(clock: ServedClock, log: (code: number, atMs: number) => void): ServerObject {
  const { attributes } = clock.object;
  const time = attributes[2]!;
  const write = (value: Data, context: AccessContext): DataAccessResult => {
    const beforeMs = clock.timeMs(context.nowMs);
    const result = time.write!(value, context);
    if (result === "success") {
      log(eventCodes.clockBefore, beforeMs);
      log(eventCodes.clockAfter, clock.timeMs(context.nowMs));
    }
    return result;
  };
  return { ...clock.object, attributes: { ...attributes, 2: { ...time, write } } };
}
