import type { Fleet, FleetOptions } from "./fleet.ts";

/** Starts simulated meters on real TCP ports; see `FleetOptions`. */
export function startFleet(options: FleetOptions): Promise<Fleet> {
  return Promise.reject(new RangeError(`not built yet: ${options.meters} meters`));
}
