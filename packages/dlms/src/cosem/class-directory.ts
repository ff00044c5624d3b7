/** Finds interface classes, attributes and methods by number or by name. */
import type { ClassAttribute, ClassMethod, InterfaceClass } from "./interface-class.ts";
import { accessAndManagementClasses } from "./interface-classes/access-and-management.ts";
import { internetClasses } from "./interface-classes/internet.ts";
import { localPortClasses } from "./interface-classes/local-ports.ts";
import { mBusClasses } from "./interface-classes/m-bus.ts";
import { measurementClasses } from "./interface-classes/measurement.ts";
import { paymentClasses } from "./interface-classes/payment.ts";
import { powerLineClasses } from "./interface-classes/power-line.ts";
import { radioClasses } from "./interface-classes/radio.ts";
import { timeAndControlClasses } from "./interface-classes/time-and-control.ts";

/** Every class the tables know, all versions, in order of class id and version. */
export const interfaceClasses: readonly InterfaceClass[] = [
  ...measurementClasses,
  ...accessAndManagementClasses,
  ...timeAndControlClasses,
  ...paymentClasses,
  ...localPortClasses,
  ...mBusClasses,
  ...internetClasses,
  ...powerLineClasses,
  ...radioClasses,
].sort((a, b) => a.classId - b.classId || a.version - b.version);

const versionsOfClass: ReadonlyMap<number, readonly InterfaceClass[]> = Map.groupBy(
  interfaceClasses,
  ({ classId }) => classId,
);

/**
 * The class in exactly that version; without `version` the newest one known. Undefined for what no
 * table describes: read its attributes by number.
 */
export function classOf(classId: number, version?: number): InterfaceClass | undefined {
  const versions = versionsOfClass.get(classId);
  if (version === undefined) return versions?.at(-1);
  return versions?.find((known) => known.version === version);
}

/** All versions of a class, oldest first; empty where the class is unknown. */
export function versionsOf(classId: number): readonly InterfaceClass[] {
  return versionsOfClass.get(classId) ?? [];
}

/** Name of a class in any version: `Register`; `class-NNN` where it is unknown. */
export function className(classId: number): string {
  return versionsOfClass.get(classId)?.[0]?.name ?? `class-${classId}`;
}

/** One attribute by number or by the standard's name, of the newest version unless told. */
export function attributeOf(
  classId: number,
  attribute: number | string,
  version?: number,
): ClassAttribute | undefined {
  return classOf(classId, version)?.attributes.find(
    ({ attributeId, name }) => attributeId === attribute || name === attribute,
  );
}

/** One method by number or by the standard's name, of the newest version unless told. */
export function methodOf(
  classId: number,
  method: number | string,
  version?: number,
): ClassMethod | undefined {
  return classOf(classId, version)?.methods.find(
    ({ methodId, name }) => methodId === method || name === method,
  );
}
