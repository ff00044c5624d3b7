/**
 * Typed objects, one constructor a class: `activityCalendar("0.0.13.0.0.255").dayProfileTablePassive`
 * is an attribute descriptor that decodes and encodes. Where a class has several versions the
 * second argument names one; what an association shows says which (`object_list`).
 */
import { objectsOf, type ObjectsOf } from "./typed-object.ts";
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

/** Class 3 Register. */
export const registerObject: ObjectsOf<typeof registerClass, 0> = objectsOf(registerClass, 0);
/** Class 4 Extended register. */
export const extendedRegisterObject: ObjectsOf<typeof extendedRegisterClass, 0> = objectsOf(
  extendedRegisterClass,
  0,
);
/** Class 5 Demand register. */
export const demandRegisterObject: ObjectsOf<typeof demandRegisterClass, 0> = objectsOf(
  demandRegisterClass,
  0,
);
/** Class 6 Register activation. */
export const registerActivation: ObjectsOf<typeof registerActivationClass, 0> = objectsOf(
  registerActivationClass,
  0,
);
/** Class 7 Profile generic. */
export const profileGenericObject: ObjectsOf<typeof profileGenericClass, 1> = objectsOf(
  profileGenericClass,
  1,
);
/** Class 8 Clock. */
export const clockObject: ObjectsOf<typeof clockClass, 0> = objectsOf(clockClass, 0);
/** Class 9 Script table. */
export const scriptTable: ObjectsOf<typeof scriptTableClass, 0> = objectsOf(scriptTableClass, 0);
/** Class 10 Schedule. */
export const schedule: ObjectsOf<typeof scheduleClass, 0> = objectsOf(scheduleClass, 0);
/** Class 11 Special days table. */
export const specialDaysTable: ObjectsOf<typeof specialDaysTableClass, 0> = objectsOf(
  specialDaysTableClass,
  0,
);
/** Class 12 Association SN. */
export const associationSnObject: ObjectsOf<typeof associationSnClass, 1> = objectsOf(
  associationSnClass,
  1,
);
/** Class 15 Association LN. */
export const associationLnObject: ObjectsOf<typeof associationLnClass, 1> = objectsOf(
  associationLnClass,
  1,
);
/** Class 17 SAP assignment. */
export const sapAssignment: ObjectsOf<typeof sapAssignmentClass, 0> = objectsOf(
  sapAssignmentClass,
  0,
);
/** Class 18 Image transfer. */
export const imageTransfer: ObjectsOf<typeof imageTransferClass, 0> = objectsOf(
  imageTransferClass,
  0,
);
/** Class 19 IEC local port setup. */
export const iecLocalPortSetup: ObjectsOf<typeof iecLocalPortSetupClass, 1> = objectsOf(
  iecLocalPortSetupClass,
  1,
);
/** Class 20 Activity calendar. */
export const activityCalendar: ObjectsOf<typeof activityCalendarClass, 0> = objectsOf(
  activityCalendarClass,
  0,
);
/** Class 21 Register monitor. */
export const registerMonitor: ObjectsOf<typeof registerMonitorClass, 0> = objectsOf(
  registerMonitorClass,
  0,
);
/** Class 22 Single action schedule. */
export const singleActionSchedule: ObjectsOf<typeof singleActionScheduleClass, 0> = objectsOf(
  singleActionScheduleClass,
  0,
);
/** Class 23 IEC HDLC setup. */
export const iecHdlcSetup: ObjectsOf<typeof iecHdlcSetupClass, 1> = objectsOf(iecHdlcSetupClass, 1);
/** Class 26 Utility tables. */
export const utilityTables: ObjectsOf<typeof utilityTablesClass, 0> = objectsOf(
  utilityTablesClass,
  0,
);
/** Class 27 Modem configuration. */
export const modemConfiguration: ObjectsOf<typeof modemConfigurationClass, 1> = objectsOf(
  modemConfigurationClass,
  1,
);
/** Class 28 Auto answer. */
export const autoAnswer: ObjectsOf<typeof autoAnswerClass, 2> = objectsOf(autoAnswerClass, 2);
/** Class 29 Auto connect. */
export const autoConnect: ObjectsOf<typeof autoConnectClass, 2> = objectsOf(autoConnectClass, 2);
/** Class 30 Data protection. */
export const dataProtection: ObjectsOf<typeof dataProtectionClass, 0> = objectsOf(
  dataProtectionClass,
  0,
);
/** Class 40 Push setup. */
export const pushSetup: ObjectsOf<typeof pushSetupClass, 1> = objectsOf(pushSetupClass, 1);
/** Class 41 TCP-UDP setup. */
export const tcpUdpSetup: ObjectsOf<typeof tcpUdpSetupClass, 0> = objectsOf(tcpUdpSetupClass, 0);
/** Class 42 IPv4 setup. */
export const ipv4Setup: ObjectsOf<typeof ipv4SetupClass, 0> = objectsOf(ipv4SetupClass, 0);
/** Class 45 GPRS modem setup. */
export const gprsModemSetup: ObjectsOf<typeof gprsModemSetupClass, 0> = objectsOf(
  gprsModemSetupClass,
  0,
);
/** Class 47 GSM diagnostic. */
export const gsmDiagnostic: ObjectsOf<typeof gsmDiagnosticClass, 0> = objectsOf(
  gsmDiagnosticClass,
  0,
);
/** Class 48 IPv6 setup. */
export const ipv6Setup: ObjectsOf<typeof ipv6SetupClass, 0> = objectsOf(ipv6SetupClass, 0);
/** Class 62 Compact data. */
export const compactDataObject: ObjectsOf<typeof compactDataClass, 1> = objectsOf(
  compactDataClass,
  1,
);
/** Class 63 Status mapping. */
export const statusMapping: ObjectsOf<typeof statusMappingClass, 0> = objectsOf(
  statusMappingClass,
  0,
);
/** Class 64 Security setup. */
export const securitySetup: ObjectsOf<typeof securitySetupClass, 1> = objectsOf(
  securitySetupClass,
  1,
);
/** Class 65 Parameter monitor. */
export const parameterMonitor: ObjectsOf<typeof parameterMonitorClass, 1> = objectsOf(
  parameterMonitorClass,
  1,
);
/** Class 68 Arbitrator. */
export const arbitrator: ObjectsOf<typeof arbitratorClass, 0> = objectsOf(arbitratorClass, 0);
/** Class 70 Disconnect control. */
export const disconnectControl: ObjectsOf<typeof disconnectControlClass, 0> = objectsOf(
  disconnectControlClass,
  0,
);
/** Class 71 Limiter. */
export const limiter: ObjectsOf<typeof limiterClass, 0> = objectsOf(limiterClass, 0);
/** Class 72 M-Bus client. */
export const mBusClient: ObjectsOf<typeof mBusClientClass, 1> = objectsOf(mBusClientClass, 1);
/** Class 111 Account. */
export const account: ObjectsOf<typeof accountClass, 0> = objectsOf(accountClass, 0);
/** Class 112 Credit. */
export const credit: ObjectsOf<typeof creditClass, 0> = objectsOf(creditClass, 0);
/** Class 113 Charge. */
export const charge: ObjectsOf<typeof chargeClass, 0> = objectsOf(chargeClass, 0);
/** Class 115 Token gateway. */
export const tokenGateway: ObjectsOf<typeof tokenGatewayClass, 0> = objectsOf(tokenGatewayClass, 0);
/** Class 122 Function control. */
export const functionControl: ObjectsOf<typeof functionControlClass, 0> = objectsOf(
  functionControlClass,
  0,
);
/** Class 123 Array manager. */
export const arrayManager: ObjectsOf<typeof arrayManagerClass, 0> = objectsOf(arrayManagerClass, 0);
/** Class 124 Communication port protection. */
export const communicationPortProtection: ObjectsOf<typeof communicationPortProtectionClass, 0> =
  objectsOf(communicationPortProtectionClass, 0);
