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
  decodeScalerUnit,
  encodeScalerUnit,
  isScaledAttribute,
  type ScalerUnit,
  scalerUnitAttribute,
  unscaled,
} from "./scaler-unit.ts";
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
