import type { Data } from "@lectura/dlms/axdr";
import {
  decodeScalerUnit,
  effectiveScalerUnit,
  type ExactValue,
  type ExactValueOptions,
  isScaledAttribute,
  objectAttribute,
  type RegisterOfSet,
  type ScalerOverride,
  type ScalerUnit,
  scalerUnitAttribute,
  toExactValue,
} from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import type { DataAccessResult } from "@lectura/dlms/xdlms";
import type { RequestOptions } from "../session/session.ts";
import { dataOf, getAll, type ProcedureSession } from "./typed-access.ts";

/** Scalers that are known already: they change only with a meter's firmware. Keys by `scalerKey`. */
export type KnownScalers = ReadonlyMap<string, ScalerUnit>;

/** Options of `readRegisters`. */
export interface RegisterRequest extends RequestOptions, ExactValueOptions {
  /** Of earlier answers: the scalers in it are not asked for again. */
  readonly scalers?: KnownScalers;
  /** Corrections of the meter's type (requirement R64). */
  readonly overrides?: readonly ScalerOverride[];
}

/** One register's value, exact, with its unit; or the meter's no. */
export type RegisterReading =
  | {
      readonly ok: true;
      readonly register: RegisterOfSet;
      readonly data: Data;
      /** Undefined for what is no single value. */
      readonly exact: ExactValue | undefined;
      /** What applies to the value. `{0, 255}` for attributes without scaler. */
      readonly scalerUnit: ScalerUnit;
    }
  | { readonly ok: false; readonly register: RegisterOfSet; readonly reason: DataAccessResult };

/** Readings in the order asked for, and every scaler known now, for the next time. */
export interface RegisterReadings {
  readonly readings: readonly RegisterReading[];
  readonly scalers: KnownScalers;
}

/** Where an object's scaler is remembered. */
export function scalerKey({ classId, logicalName }: RegisterOfSet): string {
  return `${classId} ${logicalName}`;
}

/** Reads one register. As `readRegisters`. */
export async function readRegister(
  session: ProcedureSession,
  register: RegisterOfSet,
  request: RegisterRequest = {},
): Promise<RegisterReading> {
  const { readings } = await readRegisters(session, [register], request);
  return readings[0]!;
}

/**
 * Reads registers with their scalers, in one round trip where the meter takes lists. A scaler
 * the meter refuses or garbles counts as not said: the override or scaler 0 without unit applies.
 */
export async function readRegisters(
  session: ProcedureSession,
  registers: readonly RegisterOfSet[],
  request: RegisterRequest = {},
): Promise<RegisterReadings> {
  const scalers = new Map(request.scalers);
  const unknown = unknownScalers(registers, scalers);
  const attributes = [
    ...registers.map(({ classId, logicalName, attributeId }) =>
      objectAttribute(classId, logicalName, attributeId),
    ),
    ...unknown.map(({ classId, logicalName }) =>
      objectAttribute(classId, logicalName, scalerUnitAttribute(classId)!),
    ),
  ];
  const results = await getAll(session, attributes, request);
  for (const [index, register] of unknown.entries()) {
    const said = scalerUnitFrom(dataOf(results[registers.length + index]));
    if (said !== undefined) scalers.set(scalerKey(register), said);
  }
  const readings = registers.map((register, index): RegisterReading => {
    const result = results[index]!;
    if (!result.ok) return { ok: false, register, reason: result.reason };
    const scaled = isScaledAttribute(register.classId, register.attributeId);
    const said = scaled ? scalers.get(scalerKey(register)) : undefined;
    const scalerUnit = effectiveScalerUnit(register, said, request.overrides);
    const exact = toExactValue(result.value, scalerUnit.scaler, request);
    return { ok: true, register, data: result.value, exact, scalerUnit };
  });
  return { readings, scalers };
}

/** Objects whose scalers have to be asked for, each once. */
function unknownScalers(
  registers: readonly RegisterOfSet[],
  known: KnownScalers,
): readonly RegisterOfSet[] {
  const seen = new Set<string>();
  return registers.filter((register) => {
    const key = scalerKey(register);
    const asks = isScaledAttribute(register.classId, register.attributeId);
    if (!asks || known.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function scalerUnitFrom(data: Data | undefined): ScalerUnit | undefined {
  if (data === undefined) return undefined;
  try {
    return decodeScalerUnit(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
