import type { Data } from "../axdr/data.ts";
import { DecodeError } from "../error.ts";
import { integerOf } from "./data-shape.ts";

/** Attribute 3 of registers (4 of demand registers): `value = raw * 10^scaler` in `unit`. */
export interface ScalerUnit {
  /** -128..127 */
  readonly scaler: number;
  /** Blue Book unit code, 255 = none; see `unitOf`. */
  readonly unit: number;
}

/** What objects without attribute 3 have: scaler 0, no unit. */
export const unscaled: ScalerUnit = { scaler: 0, unit: 255 };

/**
 * `structure { integer scaler, enum unit }`. Other integer types in range are accepted, meters send them.
 * @throws {DecodeError} cosem/malformed
 */
export function decodeScalerUnit(data: Data): ScalerUnit {
  if (data.type !== "structure" || data.value.length !== 2) {
    throw new DecodeError("cosem", "scaler_unit", 0, "is no structure of two");
  }
  const scaler = integerOf(data.value[0], "scaler_unit.scaler", -128, 127);
  const unit = integerOf(data.value[1], "scaler_unit.unit", 0, 255);
  return { scaler, unit };
}

/** `scaler_unit` as Data. @throws {RangeError} scaler or unit does not fit. */
export function encodeScalerUnit({ scaler, unit }: ScalerUnit): Data {
  if (!Number.isInteger(scaler) || scaler < -128 || scaler > 127) {
    throw new RangeError(`scaler ${scaler} does not fit 8 bits`);
  }
  if (!Number.isInteger(unit) || unit < 0 || unit > 255) {
    throw new RangeError(`unit ${unit} does not fit 8 bits`);
  }
  return {
    type: "structure",
    value: [
      { type: "integer", value: scaler },
      { type: "enum", value: unit },
    ],
  };
}

/**
 * The attribute that holds the scaler and unit of a class: 3 for registers, 4 for demand
 * registers.
 */
export function scalerUnitAttribute(classId: number): number | undefined {
  if (classId === 3 || classId === 4) return 3;
  return classId === 5 ? 4 : undefined;
}

/** Attributes of a class whose value the scaler applies to. Never to Data, statuses or times. */
export function isScaledAttribute(classId: number, attributeId: number): boolean {
  if (classId === 3 || classId === 4) return attributeId === 2;
  return classId === 5 && (attributeId === 2 || attributeId === 3);
}
