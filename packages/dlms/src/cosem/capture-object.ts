import type { Data } from "../axdr/data.ts";
import { elementsOf, integerOf, octetsOf, structureOf } from "./data-shape.ts";
import { decodeObis, type ObisCode, obisToOctets } from "./obis.ts";

/** One column of a profile generic (class 7 attribute 3), or what a selection restricts by. */
export interface CaptureObject {
  readonly classId: number;
  readonly logicalName: ObisCode;
  /** 0 = all attributes of the object. */
  readonly attributeId: number;
  /** 0 = the whole attribute, n = its n-th element. */
  readonly dataIndex: number;
}

/** Whether both name the same attribute, or element, of the same object. */
export function isSameColumn(a: CaptureObject, b: CaptureObject): boolean {
  return (
    a.classId === b.classId &&
    a.logicalName === b.logicalName &&
    a.attributeId === b.attributeId &&
    a.dataIndex === b.dataIndex
  );
}

/** `capture_objects`, in the order of the columns. @throws {DecodeError} cosem/malformed. */
export function decodeCaptureObjects(data: Data): readonly CaptureObject[] {
  return elementsOf(data, "capture_objects").map(decodeCaptureObject);
}

/**
 * One capture object of a profile (Blue Book class 7, attribute 3).
 * @throws {DecodeError} cosem/malformed.
 */
export function decodeCaptureObject(data: Data): CaptureObject {
  const field = "capture_object";
  const [classId, logicalName, attributeId, dataIndex] = structureOf(data, field, 4);
  return {
    classId: integerOf(classId, `${field}.class_id`, 0, 0xffff),
    logicalName: decodeObis(octetsOf(logicalName, `${field}.logical_name`), field),
    attributeId: integerOf(attributeId, `${field}.attribute_index`, -128, 255),
    dataIndex: integerOf(dataIndex, `${field}.data_index`, 0, 0xffff),
  };
}

/** `structure { long-unsigned, octet-string, integer, long-unsigned }`. */
export function encodeCaptureObject(object: CaptureObject): Data {
  return {
    type: "structure",
    value: [
      { type: "long-unsigned", value: object.classId },
      { type: "octet-string", value: obisToOctets(object.logicalName) },
      { type: "integer", value: object.attributeId },
      { type: "long-unsigned", value: object.dataIndex },
    ],
  };
}

/** `capture_objects` of a profile (Blue Book class 7, attribute 3) as Data. */
export function encodeCaptureObjects(objects: readonly CaptureObject[]): Data {
  return { type: "array", value: objects.map(encodeCaptureObject) };
}
