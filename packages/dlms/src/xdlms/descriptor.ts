import { int8, type ObjectCodec, optional, sequence, uint16, uint8 } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import type { Data } from "../axdr/data.ts";
import { type ObisCode, obisToOctets } from "../cosem/obis.ts";
import type { OctetWriter } from "../octets.ts";
import { logicalName } from "./logical-name.ts";

/** Selective-Access-Descriptor: which part of an attribute (profile generic: 1 range, 2 entry). */
export interface SelectiveAccess {
  readonly selector: number;
  readonly parameters: Data;
}

/**
 * Cosem-Attribute-Descriptor-With-Selection: one attribute of one object, whole or a part of it.
 * `attributeId` is -128..127, 0 asks for all attributes where attribute0-get was negotiated.
 */
export interface AttributeDescriptor {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
  readonly selection?: SelectiveAccess;
}

/** Cosem-Method-Descriptor: one method of one object. */
export interface MethodDescriptor {
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly methodId: number;
}

export const selectiveAccess: ObjectCodec<SelectiveAccess> = sequence(
  "Selective-Access-Descriptor",
  { selector: uint8, parameters: data },
);

/** Cosem-Attribute-Descriptor, without the selection and its flag. */
export const plainAttribute: ObjectCodec<Omit<AttributeDescriptor, "selection">> = sequence(
  "Cosem-Attribute-Descriptor",
  { classId: uint16, logicalName, attributeId: int8 },
);

export const methodDescriptor: ObjectCodec<MethodDescriptor> = sequence("Cosem-Method-Descriptor", {
  classId: uint16,
  logicalName,
  methodId: int8,
});

/** The selection's flag octet is part of the layout: its absence is a truncated APDU. */
export const attributeDescriptor: ObjectCodec<AttributeDescriptor> = sequence(
  "Cosem-Attribute-Descriptor-With-Selection",
  { classId: uint16, logicalName, attributeId: int8, selection: optional(selectiveAccess) },
);

/**
 * Writes a descriptor, the common form by hand: the same octets as the declaration above, several
 * times as fast. @throws {RangeError} a number is out of range.
 */
export function writeAttribute(writer: OctetWriter, attribute: AttributeDescriptor): void {
  const { classId, attributeId } = attribute;
  const inRange = (classId & 0xffff) === classId && (attributeId << 24) >> 24 === attributeId;
  if (attribute.selection !== undefined || !inRange) {
    attributeDescriptor.encode(writer, attribute);
    return;
  }
  writer.uint16(classId);
  writer.sextet(obisToOctets(attribute.logicalName));
  writer.uint16((attributeId & 0xff) << 8); // and no selection
}
