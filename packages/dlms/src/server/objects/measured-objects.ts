/** Data and registers of a server (Blue Book 4.3.1 to 4.3.4). */
import type { Data } from "../../axdr/data.ts";
import {
  demandRegisterObject,
  extendedRegisterObject,
  registerObject,
} from "../../cosem/attributes/objects.ts";
import type { CosemDateTime } from "../../cosem/date-time.ts";
import type { ObisText } from "../../cosem/descriptor.ts";
import { obis } from "../../cosem/obis.ts";
import type { ScalerUnit } from "../../cosem/scaler-unit.ts";
import type { ActionResult, DataAccessResult } from "../../xdlms/data-access-result.ts";
import type { AccessContext, ServerObject } from "../object.ts";
import { fixed, serveObject } from "./serve-object.ts";

/** Gives the value of the moment a client asks. */
export type ValueSource = (context: AccessContext) => Data;

/** Where a Data object has its value from. */
export interface ServedDataOptions {
  readonly value: ValueSource;
  /** Absent: read-only. The Data's octets are valid during the call only. */
  readonly write?: (value: Data, context: AccessContext) => DataAccessResult;
}

/** Data (class 1). */
export function servedData(logicalName: ObisText, options: ServedDataOptions): ServerObject {
  const { value, write } = options;
  return {
    classId: 1,
    version: 0,
    logicalName: obis(logicalName),
    attributes: {
      2: write === undefined ? { read: value } : { access: "read-write", read: value, write },
    },
  };
}

/** Where a register has its value from, and its unit. */
export interface ServedRegisterOptions {
  readonly value: ValueSource;
  readonly scalerUnit: ScalerUnit;
  /** Absent: the method reset is refused. */
  readonly reset?: (context: AccessContext) => ActionResult;
}

/** Register (class 3). */
export function servedRegister(
  logicalName: ObisText,
  options: ServedRegisterOptions,
): ServerObject {
  return serveObject(registerObject(logicalName), {
    value: { read: options.value },
    scalerUnit: fixed(options.scalerUnit),
    reset: (_, context) => options.reset?.(context) ?? "read-write-denied",
  });
}

/** As a register, with status and time. */
export interface ServedExtendedRegisterOptions extends ServedRegisterOptions {
  readonly status: ValueSource;
  readonly captureTime: (context: AccessContext) => CosemDateTime;
}

/** Extended register (class 4). */
export function servedExtendedRegister(
  logicalName: ObisText,
  options: ServedExtendedRegisterOptions,
): ServerObject {
  return serveObject(extendedRegisterObject(logicalName), {
    value: { read: options.value },
    scalerUnit: fixed(options.scalerUnit),
    status: { read: options.status },
    captureTime: { read: options.captureTime },
    reset: (_, context) => options.reset?.(context) ?? "read-write-denied",
  });
}

/** Where a demand register has its averages from, and their periods. */
export interface ServedDemandRegisterOptions {
  readonly currentAverage: ValueSource;
  readonly lastAverage: ValueSource;
  readonly scalerUnit: ScalerUnit;
  readonly status: ValueSource;
  readonly captureTime: (context: AccessContext) => CosemDateTime;
  readonly startTime: (context: AccessContext) => CosemDateTime;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly reset?: (context: AccessContext) => ActionResult;
  readonly nextPeriod?: (context: AccessContext) => ActionResult;
}

/** Demand register (class 5). */
export function servedDemandRegister(
  logicalName: ObisText,
  options: ServedDemandRegisterOptions,
): ServerObject {
  return serveObject(demandRegisterObject(logicalName), {
    currentAverageValue: { read: options.currentAverage },
    lastAverageValue: { read: options.lastAverage },
    scalerUnit: fixed(options.scalerUnit),
    status: { read: options.status },
    captureTime: { read: options.captureTime },
    startTimeCurrent: { read: options.startTime },
    period: fixed(options.periodSeconds),
    numberOfPeriods: fixed(options.periods),
    reset: (_, context) => options.reset?.(context) ?? "read-write-denied",
    nextPeriod: (_, context) => options.nextPeriod?.(context) ?? "read-write-denied",
  });
}
