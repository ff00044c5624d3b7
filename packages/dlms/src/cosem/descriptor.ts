import type { Data } from "../axdr/data.ts";
import { obis, type ObisCode } from "./obis.ts";

/** Access-selection of a GET or SET: which part of the attribute. See `selective-access.ts`. */
export interface SelectiveAccess {
  readonly selector: number;
  readonly parameters: Data;
}

/** Names one method of one COSEM object, for ACTION. */
export interface CosemMethod {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly methodId: number;
}

/**
 * Names one attribute of one COSEM object; fits wherever an AttributeDescriptor is wanted.
 * Immutable: `attribute`, `method` and `select` give new ones of the same object.
 */
export class CosemAttribute {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
  readonly selection?: SelectiveAccess;

  constructor(
    classId: number,
    logicalName: ObisCode,
    attributeId: number,
    selection?: SelectiveAccess,
  ) {
    this.classId = classId;
    this.logicalName = logicalName;
    this.attributeId = attributeId;
    if (selection !== undefined) this.selection = selection;
  }

  /** Another attribute of the same object. */
  attribute(attributeId: number): CosemAttribute {
    return new CosemAttribute(this.classId, this.logicalName, attributeId);
  }

  /** A method of the same object. */
  method(methodId: number): CosemMethod {
    return { classId: this.classId, logicalName: this.logicalName, methodId };
  }

  /** The same attribute, only the part that is selected. */
  select(selection: SelectiveAccess): CosemAttribute {
    return new CosemAttribute(this.classId, this.logicalName, this.attributeId, selection);
  }
}

/** A logical name, or any notation `obis()` reads. */
export type ObisText = ObisCode | string;

/** Attribute of an object of any class. @throws {RangeError} no OBIS code. */
export function objectAttribute(
  classId: number,
  logicalName: ObisText,
  attributeId: number,
): CosemAttribute {
  return new CosemAttribute(classId, obis(logicalName), attributeId);
}

/** Class 1, attribute 2 `value`. */
export function dataObject(logicalName: ObisText): CosemAttribute {
  return objectAttribute(1, logicalName, 2);
}

/** Class 3, attribute 2 `value`; `.attribute(3)` is the scaler and unit. */
export function register(logicalName: ObisText): CosemAttribute {
  return objectAttribute(3, logicalName, 2);
}

/** Class 4, attribute 2 `value`; 3 scaler and unit, 4 status, 5 capture time. */
export function extendedRegister(logicalName: ObisText): CosemAttribute {
  return objectAttribute(4, logicalName, 2);
}

/** Class 5, attribute 2 `current_average_value`; 3 last average, 4 scaler and unit. */
export function demandRegister(logicalName: ObisText): CosemAttribute {
  return objectAttribute(5, logicalName, 2);
}

/** Class 7, attribute 2 `buffer`; 3 capture objects, 4 capture period, 7 entries in use. */
export function profileGeneric(logicalName: ObisText): CosemAttribute {
  return objectAttribute(7, logicalName, 2);
}

/** Class 8, attribute 2 `time`; the meter's clock is 0-0:1.0.0*255. */
export function clock(logicalName: ObisText = "0.0.1.0.0.255"): CosemAttribute {
  return objectAttribute(8, logicalName, 2);
}

/** Class 15, attribute 2 `object_list`; the current association is 0-0:40.0.0*255. */
export function associationLn(logicalName: ObisText = "0.0.40.0.0.255"): CosemAttribute {
  return objectAttribute(15, logicalName, 2);
}
