export type {
  DialingOptions,
  Fleet,
  FleetEvent,
  FleetMeter,
  FleetOptions,
  FleetTransport,
} from "./fleet.ts";
export { type FaultName, faultNames, type FaultRule, type FaultTime } from "./faults/fault-rule.ts";
export { meterFileMax, type MeterSource, parseMeterFile } from "./from/meter-source.ts";
export type { ExportedObject, MeterExport } from "./from/meter-export.ts";
export { type LinePersonalityName, linePersonalityNames } from "./lines/line-personality.ts";
export { type MeterKey, meterKeys } from "./model/keys.ts";
export {
  type MeterObjects,
  meterObjectSets,
  type PersonalityName,
  personalityNames,
} from "./personalities/personality.ts";
export type { PushingOptions } from "./pushing/pushing-options.ts";
export {
  gmacSecurity,
  plainSecurity,
  type SimulatedSecurity,
  simulatorPassword,
} from "./security/simulated-security.ts";
export {
  MeterFileError,
  type MeterFileErrorCode,
  SimulatorError,
  type SimulatorErrorCode,
  simulatorErrors,
} from "./simulator-error.ts";
export { fleetMetersMax } from "./fleet-settings.ts";
export { startFleet } from "./start-fleet.ts";
