/** Register monitor and limiter of a server (classes 21 and 71, Blue Book 4.5.6 and 4.5.9). */
import type { Data } from "../../axdr/data.ts";
import { limiter, registerMonitor } from "../../cosem/attributes/objects.ts";
import { dateTimeOf, utcMs } from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ObisCode } from "../../cosem/obis.ts";
import type { ServerObject } from "../object.ts";
import type { ScriptReference } from "./script-table-object.ts";
import { cell, fixed, serveObject } from "./serve-object.ts";

/** The attribute that is looked at. */
export interface MonitoredValue {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

/** What a register monitor watches, and what it runs. */
export interface ServedRegisterMonitorOptions {
  readonly monitored: MonitoredValue;
  readonly thresholds: readonly Data[];
  /** One for each threshold. */
  readonly actions: readonly {
    readonly actionUp: ScriptReference;
    readonly actionDown: ScriptReference;
  }[];
  /** Runs a script of the meter. */
  readonly run: (script: ScriptReference) => void;
}

/** A monitor or limiter, and how the meter feeds it. */
export interface ServedMonitor {
  readonly object: ServerObject;
  /** What it looks at. */
  readonly monitored: MonitoredValue;
  /** The monitored value as it is now (an integer of any type), at UTC `nowMs`. */
  observe(value: Data, nowMs: number): void;
}

/** Register monitor: runs a script when the value passes a threshold upwards or downwards. */
export function servedRegisterMonitor(
  logicalName: ObisText,
  options: ServedRegisterMonitorOptions,
): ServedMonitor {
  const thresholds = cell(options.thresholds);
  const actions = cell(options.actions);
  const monitored = cell(options.monitored);
  let before: bigint | undefined;
  const object = serveObject(registerMonitor(logicalName), {
    thresholds,
    monitoredValue: monitored,
    actions,
  });
  return {
    object,
    get monitored() {
      return monitored.value;
    },
    observe: (data) => {
      const value = integerOf(data);
      const last = before;
      before = value ?? last;
      if (value === undefined || last === undefined) return;
      for (const [index, threshold] of thresholds.value.entries()) {
        const limit = integerOf(threshold);
        const action = actions.value[index];
        if (limit === undefined || action === undefined) continue;
        if (last <= limit && value > limit) options.run(action.actionUp);
        if (last > limit && value <= limit) options.run(action.actionDown);
      }
    },
  };
}

/** What a limiter watches, and what it runs. */
export interface ServedLimiterOptions {
  readonly monitored: MonitoredValue;
  readonly thresholdNormal: Data;
  readonly thresholdEmergency: Data;
  /** Seconds the value must stay beyond the threshold before the script runs. */
  readonly minOverSeconds: number;
  readonly minUnderSeconds: number;
  readonly actionOver: ScriptReference;
  readonly actionUnder: ScriptReference;
  /** Groups whose emergency profiles this meter follows. */
  readonly emergencyGroups?: readonly number[];
  readonly run: (script: ScriptReference) => void;
}

/**
 * Limiter: a threshold with minimum durations, and an emergency profile with a threshold of its
 * own.
 */
export function servedLimiter(logicalName: ObisText, options: ServedLimiterOptions): ServedMonitor {
  const normal = cell(options.thresholdNormal);
  const emergency = cell(options.thresholdEmergency);
  const overSeconds = cell(options.minOverSeconds);
  const underSeconds = cell(options.minUnderSeconds);
  const actions = cell({
    actionOverThreshold: options.actionOver,
    actionUnderThreshold: options.actionUnder,
  });
  const groups = cell(options.emergencyGroups ?? []);
  const profile = cell({
    emergencyProfileId: 0,
    emergencyActivationTime: dateTimeOf({}),
    emergencyDuration: 0,
  });
  const inEmergency = (nowMs: number): boolean => {
    const { emergencyProfileId, emergencyActivationTime, emergencyDuration } = profile.value;
    const fromMs = utcMs(emergencyActivationTime);
    if (fromMs === undefined || !groups.value.includes(emergencyProfileId)) return false;
    return nowMs >= fromMs && nowMs < fromMs + emergencyDuration * 1000;
  };
  const active = (nowMs: number): Data => (inEmergency(nowMs) ? emergency : normal).value;
  let isOver = false;
  let sinceMs: number | undefined;

  const object = serveObject(limiter(logicalName), {
    monitoredValue: fixed(options.monitored),
    thresholdActive: { read: ({ nowMs }) => active(nowMs) },
    thresholdNormal: normal,
    thresholdEmergency: emergency,
    minOverThresholdDuration: overSeconds,
    minUnderThresholdDuration: underSeconds,
    emergencyProfile: profile,
    emergencyProfileGroupIdList: groups,
    emergencyProfileActive: { read: ({ nowMs }) => inEmergency(nowMs) },
    actions,
  });
  return {
    object,
    monitored: options.monitored,
    observe: (data, nowMs) => {
      const value = integerOf(data);
      const limit = integerOf(active(nowMs));
      if (value === undefined || limit === undefined) return;
      if (value > limit === isOver) {
        sinceMs = undefined;
        return;
      }
      sinceMs ??= nowMs;
      const holdMs = (isOver ? underSeconds : overSeconds).value * 1000;
      if (nowMs - sinceMs < holdMs) return;
      isOver = !isOver;
      sinceMs = undefined;
      const { actionOverThreshold, actionUnderThreshold } = actions.value;
      options.run(isOver ? actionOverThreshold : actionUnderThreshold);
    },
  };
}

function integerOf({ value }: Data): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "number" ? BigInt(value) : undefined;
}
