/**
 * Every class whose attributes have types, for readers that know class and version at run time
 * only.
 */
import type { Data } from "../../axdr/data.ts";
import {
  arrayManagerClass,
  associationLnClass,
  associationSnClass,
  communicationPortProtectionClass,
  dataProtectionClass,
  functionControlClass,
  imageTransferClass,
  pushSetupClass,
  sapAssignmentClass,
} from "./classes/access-and-management.ts";
import {
  compactDataClass,
  demandRegisterClass,
  extendedRegisterClass,
  profileGenericClass,
  registerActivationClass,
  registerClass,
  statusMappingClass,
  utilityTablesClass,
} from "./classes/measurement.ts";
import { accountClass, chargeClass, creditClass, tokenGatewayClass } from "./classes/payment.ts";
import {
  autoAnswerClass,
  autoConnectClass,
  gprsModemSetupClass,
  gsmDiagnosticClass,
  iecHdlcSetupClass,
  iecLocalPortSetupClass,
  ipv4SetupClass,
  ipv6SetupClass,
  mBusClientClass,
  modemConfigurationClass,
  tcpUdpSetupClass,
} from "./classes/ports.ts";
import { securitySetupClass } from "./classes/security-setup.ts";
import {
  activityCalendarClass,
  arbitratorClass,
  clockClass,
  disconnectControlClass,
  limiterClass,
  parameterMonitorClass,
  registerMonitorClass,
  scheduleClass,
  scriptTableClass,
  singleActionScheduleClass,
  specialDaysTableClass,
} from "./classes/time-and-control.ts";
import { classOf } from "../class-directory.ts";
import { decodeShape, isSimpleName } from "./decode-shape.ts";
import { encodeShape } from "./encode-shape.ts";
import type { CosemValue, Shape, SimpleShape, TypedClass } from "./shape.ts";

/** All of them, in order of class id. */
export const typedClasses: readonly TypedClass[] = [
  registerClass,
  extendedRegisterClass,
  demandRegisterClass,
  registerActivationClass,
  profileGenericClass,
  clockClass,
  scriptTableClass,
  scheduleClass,
  specialDaysTableClass,
  associationSnClass,
  associationLnClass,
  sapAssignmentClass,
  imageTransferClass,
  iecLocalPortSetupClass,
  activityCalendarClass,
  registerMonitorClass,
  singleActionScheduleClass,
  iecHdlcSetupClass,
  utilityTablesClass,
  modemConfigurationClass,
  autoAnswerClass,
  autoConnectClass,
  dataProtectionClass,
  pushSetupClass,
  tcpUdpSetupClass,
  ipv4SetupClass,
  gprsModemSetupClass,
  gsmDiagnosticClass,
  ipv6SetupClass,
  compactDataClass,
  statusMappingClass,
  securitySetupClass,
  parameterMonitorClass,
  arbitratorClass,
  disconnectControlClass,
  limiterClass,
  mBusClientClass,
  accountClass,
  creditClass,
  chargeClass,
  tokenGatewayClass,
  functionControlClass,
  arrayManagerClass,
  communicationPortProtectionClass,
];

const byClassId = new Map(typedClasses.map((typed) => [typed.classId, typed]));

/**
 * Name and shape of an attribute: from the notation of its class, else from the class table
 * where that names a simple type. Undefined where neither gives a type.
 */
export function attributeShape(
  classId: number,
  version: number,
  attributeId: number,
): { readonly name: string; readonly shape: Shape } | undefined {
  if (attributeId === 1) return { name: "logicalName", shape: "logical-name" };
  const attributes = byClassId.get(classId)?.versions[version]?.attributes;
  if (attributes === undefined) return tableShape(classId, version, attributeId);
  const member = Object.entries(attributes)[attributeId - 2];
  return member === undefined ? undefined : { name: member[0], shape: member[1] };
}

/** Classes of which only the list of attributes is known: only its simple types say something. */
function tableShape(
  classId: number,
  version: number,
  attributeId: number,
): { readonly name: string; readonly shape: SimpleShape } | undefined {
  const known = classOf(classId, version);
  const attribute = known?.attributes.find((one) => one.attributeId === attributeId);
  if (known?.access !== "table" || attribute === undefined) return undefined;
  const { name, type } = attribute;
  return isSimpleName(type) ? { name, shape: type } : undefined;
}

/**
 * The typed value of an attribute that is known by its numbers only. Where no table gives a type
 * this is
 * generic access: the Data itself. @throws {DecodeError} cosem/malformed, `field` is the path.
 */
export function decodeAttribute(
  classId: number,
  version: number,
  attributeId: number,
  data: Data,
): CosemValue {
  const typed = attributeShape(classId, version, attributeId);
  return typed === undefined ? data : decodeShape(typed.shape, data, typed.name);
}

/** The reverse of `decodeAttribute`; generic access takes Data. @throws {RangeError} another shape. */
export function encodeAttribute(
  classId: number,
  version: number,
  attributeId: number,
  value: CosemValue,
): Data {
  const typed = attributeShape(classId, version, attributeId);
  const name = typed?.name ?? `attribute ${attributeId} of class ${classId}`;
  return encodeShape(typed?.shape ?? "any", value, name);
}
