/**
 * The clock of a server (class 8, Blue Book 4.5.1). It counts from the time the caller passes in.
 */
import { clockObject } from "../../cosem/attributes/objects.ts";
import {
  type CosemDateTime,
  dateTimeFromUtcMs,
  dateTimeOf,
  deviationNotSpecified,
  utcMs,
} from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import type { ServerObject } from "../object.ts";
import { cell, fixed, serveObject } from "./serve-object.ts";

/** A clock's zone and daylight saving. */
export interface ServedClockOptions {
  /** Absent: 0-0:1.0.0*255. */
  readonly logicalName?: ObisText;
  /** Minutes from local time to UTC without daylight saving: -60 in Central Europe. Absent: 0. */
  readonly timeZoneMinutes?: number;
  /** Whether daylight saving is in force at that moment (UTC ms). Absent: never. */
  readonly daylightSaving?: (utcMs: number) => boolean;
  /** Minutes daylight saving adds. Absent: 60. */
  readonly daylightSavingMinutes?: number;
}

/** The object, and what the meter itself takes for the time. */
export interface ServedClock {
  readonly object: ServerObject;
  /** The meter's time at the world's `nowMs`, UTC ms: it has been set and shifted by clients. */
  timeMs(nowMs: number): number;
  /** The same as the meter writes it: wall time, deviation, DST bit. */
  dateTime(nowMs: number): CosemDateTime;
}

const neverSwitched: CosemDateTime = dateTimeOf({});
const daylightBit = 0x80;
const shiftSecondsMax = 900;

/** Clock (class 8): settable, shiftable, with presets. */
export function servedClock(options: ServedClockOptions = {}): ServedClock {
  const { timeZoneMinutes = 0, daylightSavingMinutes = 60 } = options;
  const typed = clockObject(options.logicalName ?? "0.0.1.0.0.255");
  const zone = cell(timeZoneMinutes);
  const enabled = cell(options.daylightSaving !== undefined);
  let offsetMs = 0;
  let preset: { readonly toMs: number; readonly from: number; readonly until: number } | undefined;

  const timeMs = (nowMs: number): number => nowMs + offsetMs;
  const isDaylight = (ms: number): boolean =>
    enabled.value && options.daylightSaving?.(ms) === true;
  const dateTime = (nowMs: number): CosemDateTime => {
    const ms = timeMs(nowMs);
    const daylight = isDaylight(ms);
    const deviation = zone.value - (daylight ? daylightSavingMinutes : 0);
    return dateTimeFromUtcMs(ms, deviation, daylight ? daylightBit : 0);
  };
  const msOf = (time: CosemDateTime): number | undefined => {
    if (time.deviationMinutes !== deviationNotSpecified) return utcMs(time);
    const standard = utcMs({ ...time, deviationMinutes: zone.value });
    if (standard === undefined || !isDaylight(standard)) return standard;
    return standard - daylightSavingMinutes * 60_000;
  };
  const set = (ms: number | undefined, nowMs: number): "success" | "other-reason" => {
    if (ms === undefined) return "other-reason";
    offsetMs = ms - nowMs;
    return "success";
  };
  const adjust = (nowMs: number, stepMs: number): ActionResult =>
    set(Math.round(timeMs(nowMs) / stepMs) * stepMs, nowMs);

  const object = serveObject(typed, {
    time: {
      read: ({ nowMs }) => dateTime(nowMs),
      write: (time, { nowMs }) => set(msOf(time), nowMs),
    },
    timeZone: zone,
    status: { read: ({ nowMs }) => dateTime(nowMs).status },
    daylightSavingsBegin: cell(neverSwitched),
    daylightSavingsEnd: cell(neverSwitched),
    daylightSavingsDeviation: cell(daylightSavingMinutes),
    daylightSavingsEnabled: enabled,
    clockBase: fixed("internal-crystal"),
    adjustToQuarter: (_, { nowMs }) => adjust(nowMs, 900_000),
    adjustToMeasuringPeriod: (_, { nowMs }) => adjust(nowMs, 900_000),
    adjustToMinute: (_, { nowMs }) => adjust(nowMs, 60_000),
    adjustToPresetTime: (_, { nowMs }) => {
      const atMs = timeMs(nowMs);
      if (preset === undefined || atMs < preset.from || atMs > preset.until) return "other-reason";
      const { toMs } = preset;
      preset = undefined;
      return set(toMs, nowMs);
    },
    presetAdjustingTime: (parameters) => {
      const toMs = msOf(parameters.presetTime);
      const from = msOf(parameters.validityIntervalStart);
      const until = msOf(parameters.validityIntervalEnd);
      if (toMs === undefined || from === undefined || until === undefined) return "other-reason";
      preset = { toMs, from, until };
      return "success";
    },
    shiftTime: (seconds, { nowMs }) => {
      if (Math.abs(seconds) > shiftSecondsMax) return "other-reason";
      return set(timeMs(nowMs) + seconds * 1000, nowMs);
    },
  });
  return { object, timeMs, dateTime };
}
