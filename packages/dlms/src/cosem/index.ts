/**
 * The COSEM object model: names, times, numbers, interface classes, profiles, the OBIS
 * catalogue.
 */
export {
  type CaptureObject,
  decodeCaptureObject,
  decodeCaptureObjects,
  encodeCaptureObject,
  encodeCaptureObjects,
  isSameColumn,
} from "./capture-object.ts";
export {
  catalogue,
  type Catalogue,
  type CatalogueEntry,
  type CatalogueLanguage,
  type CatalogueValueKind,
} from "./catalogue.ts";
export { type CivilTime, civilToIso, civilToMs, msToCivil } from "./civil-time.ts";
export {
  type CompactDataDescription,
  type CompactDataOptions,
  type CompactValue,
  decodeCompactBuffer,
  decodeCompactData,
  encodeCompactBuffer,
} from "./compact-data.ts";
export {
  type CompactTemplateOptions,
  type CompactType,
  compactTypeOf,
  decodeCompactTemplate,
  encodeCompactTemplate,
} from "./compact-template.ts";
export {
  type ClockStatus,
  clockStatus,
  type CosemDate,
  type CosemDateTime,
  type CosemTime,
  dateTimeFromData,
  dateTimeFromUtcMs,
  type DateTimeFields,
  dateTimeOf,
  dayLast,
  daySecondLast,
  decodeDate,
  decodeDateTime,
  decodeTime,
  deviationNotSpecified,
  type DeviationOptions,
  encodeDate,
  encodeDateTime,
  encodeTime,
  localText,
  looseText,
  monthDstBegin,
  monthDstEnd,
  notSpecified,
  resolveDay,
  utcMs,
  utcText,
  yearNotSpecified,
} from "./date-time.ts";
export {
  compareDecimal,
  type Decimal,
  decimalToJson,
  decimalToNumber,
  type JsonNumberOptions,
  literalToJson,
  parseDecimal,
  scale,
  unscale,
} from "./decimal.ts";
export {
  associationLn,
  clock,
  CosemAttribute,
  type CosemMethod,
  dataObject,
  demandRegister,
  extendedRegister,
  objectAttribute,
  type ObisText,
  profileGeneric,
  register,
  type SelectiveAccess,
} from "./descriptor.ts";
export {
  attributeOf,
  className,
  classOf,
  interfaceClasses,
  methodOf,
  versionsOf,
} from "./class-directory.ts";
export { type FloatBits, floatBits, floatNumber, floatText } from "./float-text.ts";
export type { ClassAttribute, ClassMethod, InterfaceClass } from "./interface-class.ts";
export {
  type AccessProtection,
  attributeAccess,
  type AttributeAccess,
  decodeAccessRights,
  decodeObjectList,
  encodeObjectList,
  methodAccess,
  type MethodAccess,
  type ObjectListElement,
  type ObjectListOptions,
} from "./object-list.ts";
export {
  decodeObis,
  formatObis,
  obis,
  type ObisCode,
  obisFromOctets,
  type ObisGroups,
  obisGroups,
  type ObisNotation,
  type ObisParseResult,
  obisToOctets,
  parseObis,
} from "./obis.ts";
export {
  clockColumnOf,
  decodeProfileBuffer,
  laterBy,
  type ProfileLayout,
  type ProfileRow,
  statusColumnOf,
} from "./profile-buffer.ts";
export type {
  BigintColumn,
  DataColumn,
  NumberColumn,
  ProfileColumn,
  TimeColumn,
} from "./profile-column.ts";
export { decodeProfileColumns, type ProfileColumns } from "./profile-columns.ts";
export {
  isScaledColumn,
  type ProfileDescription,
  type ProfileReading,
  type ProfileValue,
  readProfileRows,
  type RowQuality,
} from "./profile-reading.ts";
export {
  effectiveScalerUnit,
  type RegisterOfSet,
  type RegisterSet,
  registerSetFromJson,
  type ScalerOverride,
} from "./register-set.ts";
export {
  decodeScalerUnit,
  encodeScalerUnit,
  isScaledAttribute,
  type ScalerUnit,
  scalerUnitAttribute,
  unscaled,
} from "./scaler-unit.ts";
export { holdsSecret } from "./secret-attribute.ts";
export {
  type BoundType,
  byClassList,
  byEntry,
  byObjectId,
  byObjectIds,
  byRange,
  byTimeRange,
  clockColumn,
  decodeClassList,
  decodeEntry,
  decodeObjectId,
  decodeObjectIds,
  decodeRange,
  type EntrySelection,
  type ObjectId,
  type RangeSelection,
  restrictingColumn,
  type TimeRangeOptions,
  withoutAccessRights,
} from "./selective-access.ts";
export { noUnit, type Unit, unitOf, units, unitSymbol } from "./units.ts";
export { bitText, type ExactValue, type ExactValueOptions, toExactValue } from "./value.ts";
export {
  arrayManagerClass,
  associationLnClass,
  associationSnClass,
  communicationPortProtectionClass,
  dataProtectionClass,
  functionControlClass,
  imageTransferClass,
  pushSetupClass,
  sapAssignmentClass,
} from "./attributes/classes/access-and-management.ts";
export {
  compactDataClass,
  demandRegisterClass,
  extendedRegisterClass,
  profileGenericClass,
  registerActivationClass,
  registerClass,
  statusMappingClass,
  utilityTablesClass,
} from "./attributes/classes/measurement.ts";
export {
  accountClass,
  chargeClass,
  creditClass,
  tokenGatewayClass,
} from "./attributes/classes/payment.ts";
export {
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
} from "./attributes/classes/ports.ts";
export { securitySetupClass } from "./attributes/classes/security-setup.ts";
export {
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
} from "./attributes/classes/time-and-control.ts";
export { namedShapes } from "./attributes/named-shapes.ts";
export {
  account,
  activityCalendar,
  arbitrator,
  arrayManager,
  associationLnObject,
  associationSnObject,
  autoAnswer,
  autoConnect,
  charge,
  clockObject,
  communicationPortProtection,
  compactDataObject,
  credit,
  dataProtection,
  demandRegisterObject,
  disconnectControl,
  extendedRegisterObject,
  functionControl,
  gprsModemSetup,
  gsmDiagnostic,
  iecHdlcSetup,
  iecLocalPortSetup,
  imageTransfer,
  ipv4Setup,
  ipv6Setup,
  limiter,
  mBusClient,
  modemConfiguration,
  parameterMonitor,
  profileGenericObject,
  pushSetup,
  registerActivation,
  registerMonitor,
  registerObject,
  sapAssignment,
  schedule,
  scriptTable,
  securitySetup,
  singleActionSchedule,
  specialDaysTable,
  statusMapping,
  tcpUdpSetup,
  tokenGateway,
  utilityTables,
} from "./attributes/objects.ts";
export type {
  ClassMembers,
  CosemValue,
  EnumNames,
  Shape,
  ShapeName,
  SimpleShape,
  SimpleValues,
  StructureShape,
  TypedClass,
  ValueOf,
} from "./attributes/shape.ts";
export {
  attributeShape,
  decodeAttribute,
  encodeAttribute,
  typedClasses,
} from "./attributes/typed-classes.ts";
export {
  type ObjectsOf,
  TypedAttribute,
  TypedMethod,
  type TypedObject,
} from "./attributes/typed-object.ts";
