/**
 * What one type of meter has that differs from what it says of itself: which registers to read, and
 * scalers that its firmware states wrongly or not at all (requirement R64). Plain data: it can
 * stand in a JSON file beside the meter's type.
 */
import { obis, type ObisCode } from "./obis.ts";
import { type ScalerUnit, unscaled } from "./scaler-unit.ts";

/** Replaces what the meter says about one object, or adds what it does not say. */
export interface ScalerOverride {
  readonly classId: number;
  readonly logicalName: ObisCode;
  /** Only for this attribute; absent: for every scaled attribute of the object. */
  readonly attributeId?: number;
  /** -128..127; absent: what the meter says. */
  readonly scaler?: number;
  /** Blue Book unit code; absent: what the meter says. */
  readonly unit?: number;
}

/** One register of a set. */
export interface RegisterOfSet {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

/** The registers of one meter type, and what to correct. */
export interface RegisterSet {
  readonly registers: readonly RegisterOfSet[];
  readonly overrides: readonly ScalerOverride[];
}

/**
 * Scaler and unit of an attribute: what the meter says, corrected. `read` undefined: it says nothing.
 * Of several overrides that fit, one that names the attribute goes before one that does not.
 */
export function effectiveScalerUnit(
  attribute: RegisterOfSet,
  read: ScalerUnit | undefined,
  overrides: readonly ScalerOverride[] = [],
): ScalerUnit {
  const fitting = overrides.filter(
    (override) =>
      override.classId === attribute.classId &&
      override.logicalName === attribute.logicalName &&
      (override.attributeId === undefined || override.attributeId === attribute.attributeId),
  );
  const override = fitting.find(({ attributeId }) => attributeId !== undefined) ?? fitting[0];
  const { scaler, unit } = read ?? unscaled;
  return { scaler: override?.scaler ?? scaler, unit: override?.unit ?? unit };
}

/**
 * A register set from parsed JSON:
 * `{ "registers": [{ "class": 3, "object": "1-0:1.8.0", "attribute": 2 }],
 *    "overrides": [{ "class": 3, "object": "1-0:1.8.0", "scaler": -1, "unit": 30 }] }`;
 * `class` is 3 and `attribute` 2 where left out, both lists may be.
 * @throws {RangeError} names the entry that is wrong.
 */
export function registerSetFromJson(json: unknown): RegisterSet {
  const record = recordOf(json, "the register set");
  return {
    registers: listOf(record["registers"], "registers").map(({ entry, at }) => ({
      classId: numberIn(entry["class"] ?? 3, `${at}.class`, 0, 0xffff),
      logicalName: nameOf(entry["object"], `${at}.object`),
      attributeId: numberIn(entry["attribute"] ?? 2, `${at}.attribute`, 1, 127),
    })),
    overrides: listOf(record["overrides"], "overrides").map(({ entry, at }) => ({
      classId: numberIn(entry["class"] ?? 3, `${at}.class`, 0, 0xffff),
      logicalName: nameOf(entry["object"], `${at}.object`),
      ...optional("attributeId", entry["attribute"], `${at}.attribute`, 1, 127),
      ...optional("scaler", entry["scaler"], `${at}.scaler`, -128, 127),
      ...optional("unit", entry["unit"], `${at}.unit`, 0, 255),
    })),
  };
}

interface PlacedEntry {
  readonly entry: Readonly<Record<string, unknown>>;
  /** Where it stands: `overrides[2]`. */
  readonly at: string;
}

function listOf(value: unknown, name: string): readonly PlacedEntry[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new RangeError(`${name} is no list`);
  return value.map((item: unknown, index) => {
    const at = `${name}[${index}]`;
    return { entry: recordOf(item, at), at };
  });
}

function recordOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new RangeError(`${name} is no object`);
}

function nameOf(value: unknown, name: string): ObisCode {
  if (typeof value !== "string") throw new RangeError(`${name} is no OBIS code`);
  return obis(value);
}

function numberIn(value: unknown, name: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new RangeError(`${name} is no integer within ${min}..${max}`);
}

function optional<Name extends string>(
  key: Name,
  value: unknown,
  name: string,
  min: number,
  max: number,
): { readonly [K in Name]?: number } {
  if (value === undefined) return {};
  return { [key]: numberIn(value, name, min, max) } as { readonly [K in Name]?: number };
}
