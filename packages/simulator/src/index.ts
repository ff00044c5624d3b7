export type { Fleet, FleetEvent, FleetMeter, FleetOptions } from "./fleet.ts";
export { type LinePersonalityName, linePersonalityNames } from "./lines/line-personality.ts";
export { type MeterKey, meterKeys } from "./model/keys.ts";
export { type PersonalityName, personalityNames } from "./personalities/personality.ts";
export { startFleet } from "./start-fleet.ts";
