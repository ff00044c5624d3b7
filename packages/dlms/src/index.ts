/**
 * The everyday names: what a program that reads a meter needs. Everything else has its own entry
 * point: `@lectura/dlms/hdlc`, `/wrapper`, `/axdr`, `/acse`, `/xdlms`, `/security`, `/cosem`,
 * `/client`, `/server`, `/push`, `/transfer`, `/translate`, `/mbus`, `/iec62056-21`, `/octets`.
 */
export type { Data } from "./axdr/data.ts";
export {
  associationLn,
  clock,
  type CosemAttribute,
  dataObject,
  demandRegister,
  extendedRegister,
  objectAttribute,
  profileGeneric,
  register,
} from "./cosem/descriptor.ts";
export { formatObis, obis, type ObisCode, parseObis } from "./cosem/obis.ts";
export { scale } from "./cosem/decimal.ts";
export { decodeScalerUnit, type ScalerUnit } from "./cosem/scaler-unit.ts";
export { byEntry, byTimeRange } from "./cosem/selective-access.ts";
export { unitSymbol } from "./cosem/units.ts";
export { type ExactValue, toExactValue } from "./cosem/value.ts";
export { DecodeError, DlmsError, ProtocolError, type Recovery } from "./error.ts";
export { Secret } from "./security/secret.ts";
export type { AttributeDescriptor, MethodDescriptor } from "./xdlms/descriptor.ts";
export type { DataAccessResult } from "./xdlms/data-access-result.ts";
export type { GetDataResult } from "./xdlms/get-data-result.ts";
