/** Reading, setting and shifting a meter's clock (class 8). */
import {
  clockObject,
  clockStatus,
  type ClockStatus,
  type CosemDateTime,
  dateTimeFromUtcMs,
  deviationNotSpecified,
  type DeviationOptions,
  type ObisText,
  type TypedAttribute,
  utcMs,
} from "@lectura/dlms/cosem";
import type { ActionResult, DataAccessResult } from "@lectura/dlms/xdlms";
import type { Clock } from "../clock.ts";
import type { RequestOptions } from "../session/session.ts";
import {
  invokeMethod,
  type ProcedureSession,
  readAttribute,
  writeAttribute,
} from "./typed-access.ts";

/** Options of the clock's procedures. */
export interface ClockRequest extends RequestOptions, DeviationOptions {
  /** Absent: 0-0:1.0.0*255. */
  readonly logicalName?: ObisText;
}

/** The meter's time, and how far it is off. */
export type ClockReading =
  | {
      readonly ok: true;
      readonly time: CosemDateTime;
      /** Undefined where the meter's answer does not determine it. */
      readonly utcMs: number | undefined;
      /** Flags of the status octet; undefined where it is not specified. */
      readonly status: ClockStatus | undefined;
      /** Minutes from local time to UTC; undefined where not specified. */
      readonly deviationMinutes: number | undefined;
      /** Meter less ours at the middle of the round trip, milliseconds. */
      readonly offsetMs: number | undefined;
      /** Duration of the round trip: `offsetMs` is uncertain by half of it. */
      readonly roundTripMs: number;
    }
  | { readonly ok: false; readonly reason: DataAccessResult };

const usualName = "0.0.1.0.0.255";
/** What class 8 takes at once. */
const shiftSecondsMax = 900;

/** Reads the clock and compares it with `clock`. */
export async function readClock(
  session: ProcedureSession,
  clock: Clock,
  request: ClockRequest = {},
): Promise<ClockReading> {
  const beganMs = clock.monotonicMs();
  const result = await readAttribute(session, timeOf(request), request);
  const roundTripMs = clock.monotonicMs() - beganMs;
  if (!result.ok) return result;
  const time = result.value;
  const meterMs = utcMs(time, request);
  const { deviationMinutes } = time;
  return {
    ok: true,
    time,
    utcMs: meterMs,
    status: clockStatus(time),
    deviationMinutes: deviationMinutes === deviationNotSpecified ? undefined : deviationMinutes,
    offsetMs: meterMs === undefined ? undefined : meterMs - (clock.nowMs() - roundTripMs / 2),
    roundTripMs,
  };
}

/** What to set a clock to. */
export interface ClockSetting extends ClockRequest {
  /** UTC ms. Absent: the time of `clock` when the request is sent. */
  readonly toMs?: number;
  /** Minutes from local time to UTC to write. Absent: those of the meter's own time, read before. */
  readonly deviationMinutes?: number;
}

/**
 * Sets the clock, in the meter's own deviation, so that it goes on in its own zone. With
 * `invertedDeviation` both are read and written with the opposite sign.
 */
export async function setClock(
  session: ProcedureSession,
  clock: Clock,
  setting: ClockSetting = {},
): Promise<DataAccessResult> {
  let { deviationMinutes } = setting;
  if (deviationMinutes === undefined) {
    const now = await readClock(session, clock, setting);
    if (!now.ok) return now.reason;
    const sign = setting.invertedDeviation === true ? -1 : 1;
    deviationMinutes = (now.deviationMinutes ?? 0) * sign;
  }
  const time = dateTimeFromUtcMs(setting.toMs ?? clock.nowMs(), deviationMinutes, 0);
  const written =
    setting.invertedDeviation === true
      ? { ...time, deviationMinutes: -deviationMinutes + 0 }
      : time;
  return writeAttribute(session, timeOf(setting), written, setting);
}

/**
 * Shifts the clock by whole seconds (method 6), which meters do without breaking their profiles.
 * @throws {RangeError} beyond +-900 s: set the clock instead.
 */
export async function shiftClock(
  session: ProcedureSession,
  seconds: number,
  request: ClockRequest = {},
): Promise<ActionResult> {
  if (!Number.isInteger(seconds) || Math.abs(seconds) > shiftSecondsMax) {
    throw new RangeError(`a clock is shifted by at most ${shiftSecondsMax} s, not ${seconds}`);
  }
  const { shiftTime } = clockObject(request.logicalName ?? usualName);
  return (await invokeMethod(session, shiftTime, seconds, request)).result;
}

function timeOf({ logicalName }: ClockRequest): TypedAttribute<CosemDateTime> {
  return clockObject(logicalName ?? usualName).time;
}
