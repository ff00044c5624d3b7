export type { Fleet, FleetEvent, FleetMeter, FleetOptions } from "./fleet.ts";
export { type LinePersonalityName, linePersonalityNames } from "./lines/line-personality.ts";
export { type MeterKey, meterKeys } from "./model/keys.ts";
export { type PersonalityName, personalityNames } from "./personalities/personality.ts";
export {
  gmacSecurity,
  plainSecurity,
  type SimulatedSecurity,
  simulatorPassword,
} from "./security/simulated-security.ts";
export { SimulatorError, type SimulatorErrorCode, simulatorErrors } from "./simulator-error.ts";
export { fleetMetersMax, startFleet } from "./start-fleet.ts";
