/** Scalers a meter states wrongly or not at all, corrected per object (R64). */
import { noUnit, parseObis, units } from "@lectura/dlms/cosem";
import { z } from "zod";

/** Replaces what the meter says; what is left out is as it says. */
export interface ScalerCorrection {
  /** -128..127 */
  readonly scaler?: number;
  /** Blue Book unit code. */
  readonly unit?: number;
}

/** By logical name. */
export type ScalerCorrections = Readonly<Record<string, ScalerCorrection>>;
/** Changes of corrections; null takes one away. */
export type ScalerCorrectionsEdit = Readonly<Record<string, ScalerCorrection | null>>;

/** Corrections of one meter. */
const correctionsMax = 256;

const name = z.string().regex(/^(?:\d{1,3}\.){5}\d{1,3}$/, "must be six numbers: 1.0.1.8.0.255");
const correction = z
  .strictObject({
    scaler: z.int().min(-128).max(127).optional(),
    unit: z.int().min(0).max(noUnit).optional(),
  })
  .refine(({ scaler, unit }) => scaler !== undefined || unit !== undefined, "says nothing");
const few = (record: object): boolean => Object.keys(record).length <= correctionsMax;
const tooMany = `names more than ${correctionsMax} objects`;

/** As they are kept. */
export const scalerCorrections: z.ZodType = z.record(name, correction).refine(few, tooMany);
/** As a draft changes them. */
export const scalerCorrectionsEdit: z.ZodType = z
  .record(name, correction.nullable())
  .refine(few, tooMany);

/** Corrections with a change made; undefined where there are none. */
export function mergeCorrections(
  before: ScalerCorrections | undefined,
  edit: ScalerCorrectionsEdit | undefined,
): ScalerCorrections | undefined {
  const merged = Object.entries({ ...before, ...edit }).filter(([, value]) => value !== null);
  return merged.length === 0 ? undefined : (Object.fromEntries(merged) as ScalerCorrections);
}

/**
 * `1.0.1.8.0.255=-1:Wh`, `1-0:1.8.0=-1`, `1.0.1.8.0.255=:30`: scaler, unit by symbol or code, or
 * both; nothing behind the sign takes it away. Undefined: it is none of these.
 */
export function parseCorrection(text: string): ScalerCorrectionsEdit | undefined {
  const [, object = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text.trim()) ?? [];
  const code = parseObis(object);
  if (!code.ok) return undefined;
  if (value === "") return { [code.code]: null };
  const [, scaler, unit] = /^([+-]?\d{1,3})?(?::(.+))?$/.exec(value) ?? [];
  const unitCode = unit === undefined ? undefined : unitCodeOf(unit);
  if (scaler === undefined && unit === undefined) return undefined;
  if (unit !== undefined && unitCode === undefined) return undefined;
  return {
    [code.code]: {
      ...(scaler === undefined ? {} : { scaler: Number(scaler) }),
      ...(unitCode === undefined ? {} : { unit: unitCode }),
    },
  };
}

function unitCodeOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  return [...units.values()].find(({ symbol }) => symbol === text)?.code;
}

/** Each correction as `parseCorrection` takes it. */
export function correctionTexts(corrections: ScalerCorrections | undefined): readonly string[] {
  return Object.entries(corrections ?? {}).map(([object, { scaler, unit }]) => {
    return `${object}=${scaler ?? ""}${unit === undefined ? "" : `:${unit}`}`;
  });
}
