/**
 * What stands behind the short names of one association: attribute 2 of Association SN (class 12),
 * and the way from logical names to short ones.
 */
import type { Data } from "../axdr/data.ts";
import { methodOf } from "../cosem/class-directory.ts";
import { elementsOf, integerOf, octetsOf, structureOf } from "../cosem/data-shape.ts";
import { decodeObis, type ObisCode, obisToOctets } from "../cosem/obis.ts";
import type { AttributeDescriptor, MethodDescriptor } from "../xdlms/descriptor.ts";
import { attributeVariable, type ShortName } from "./short-name-exchange.ts";

/** One object of an association with short names. */
export interface ShortNameObject {
  /** Short name of attribute 1, 0..65535. */
  readonly baseName: number;
  readonly classId: number;
  /** Version of the class; decides where its methods are. */
  readonly version: number;
  readonly logicalName: ObisCode;
}

/** Base name of the Association SN in use, the same in every meter (Blue Book, class 12). */
export const associationBaseName = 0xfa00;

/** vaa-name of an association with logical names; some meters answer it with short ones, too. */
const logicalNamesVaa = 0x0007;

/** Base name of the association in use, from the vaa-name of the InitiateResponse. */
export function associationBaseNameOf(vaaName: number): number {
  return vaaName === logicalNamesVaa ? associationBaseName : vaaName;
}

/** The object list: attribute 2 of the association in use, found by its vaa-name. */
export function shortNameListAt(vaaName: number): ShortName {
  return { variableName: attributeVariable(associationBaseNameOf(vaaName), 2) };
}

/**
 * The typed object list: an array of (base_name, class_id, version, logical_name).
 * @throws {DecodeError} cosem/malformed
 */
export function decodeShortNames(data: Data): readonly ShortNameObject[] {
  return elementsOf(data, "object_list").map((element): ShortNameObject => {
    const [baseName, classId, version, logicalName] = structureOf(element, "object_list", 4);
    return {
      // A long on the wire: FA00 comes as -1536.
      baseName: integerOf(baseName, "base_name", -0x8000, 0xffff) & 0xffff,
      classId: integerOf(classId, "class_id", 0, 0xffff),
      version: integerOf(version, "version", 0, 0xff),
      logicalName: decodeObis(octetsOf(logicalName, "logical_name"), "logical_name"),
    };
  });
}

/** The list as a server sends it. */
export function encodeShortNames(objects: readonly ShortNameObject[]): Data {
  return {
    type: "array",
    value: objects.map(({ baseName, classId, version, logicalName }): Data => ({
      type: "structure",
      value: [
        { type: "long", value: (baseName << 16) >> 16 },
        { type: "long-unsigned", value: classId },
        { type: "unsigned", value: version },
        { type: "octet-string", value: obisToOctets(logicalName).slice() },
      ],
    })),
  };
}

/**
 * Finds the short names of objects that are called by their logical names, so that one API reads
 * meters of both kinds. Made from the object list, which can be kept from session to session: it
 * changes only with a meter's firmware.
 */
export class ShortNameMap {
  readonly objects: readonly ShortNameObject[];
  readonly #byName: ReadonlyMap<string, ShortNameObject>;

  /** Of objects with the same class and logical name the first counts. */
  constructor(objects: readonly ShortNameObject[]) {
    this.objects = objects;
    const byName = new Map<string, ShortNameObject>();
    for (const object of objects) {
      const key = keyOf(object);
      if (!byName.has(key)) byName.set(key, object);
    }
    this.#byName = byName;
  }

  /** The object, where the association has it under this class. */
  find(classId: number, logicalName: ObisCode): ShortNameObject | undefined {
    return this.#byName.get(keyOf({ classId, logicalName }));
  }

  /** Short name of an attribute; `undefined` where the association does not have it. */
  attribute(attribute: AttributeDescriptor): ShortName | undefined {
    const { classId, logicalName, attributeId, selection } = attribute;
    const object = this.find(classId, logicalName);
    if (object === undefined || attributeId < 1) return undefined;
    if (object.baseName + 8 * (attributeId - 1) > 0xffff) return undefined;
    const variableName = attributeVariable(object.baseName, attributeId);
    return selection === undefined ? { variableName } : { variableName, selection };
  }

  /**
   * Short name of a method, by the table of its class; `undefined` where the association does not
   * have the object, or no table says where the method is.
   */
  method({ classId, logicalName, methodId }: MethodDescriptor): number | undefined {
    const object = this.find(classId, logicalName);
    if (object === undefined) return undefined;
    const offset = methodOf(classId, methodId, object.version)?.shortNameOffset;
    return offset === undefined ? undefined : (object.baseName + offset) & 0xffff;
  }
}

function keyOf({ classId, logicalName }: Pick<ShortNameObject, "classId" | "logicalName">): string {
  return `${classId} ${logicalName}`;
}
