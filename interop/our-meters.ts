/** What our server side serves: the simulator's personalities and the reference meter. */
import { serveTcp, systemClock } from "@lectura/dlms-node";
import { type FleetMeter, startFleet } from "@lectura/simulator";
import type { Place } from "./exchange.ts";
import { ourServerSecurity } from "./our-security.ts";
import { referenceMeter } from "./reference-meter.ts";
import { securities } from "./securities.ts";

const simulated = ["generic-three-phase", "microstar", "seven-e", "segmented"] as const;

export type MeterName = "reference" | (typeof simulated)[number];

export type Whereabouts = Pick<Place, "port" | "address">;

export interface OurMeters extends AsyncDisposable {
  readonly places: Readonly<Record<MeterName, Whereabouts>>;
  readonly fleet: Readonly<Record<(typeof simulated)[number], FleetMeter>>;
}

/** Meters whose world stands still at this moment, so that every value is known beforehand. */
export const worldMs: number = Date.UTC(2026, 0, 15, 12, 34, 56);

export async function serveOurMeters(): Promise<OurMeters> {
  await using starting = new AsyncDisposableStack();
  const clock = { ...systemClock, nowMs: () => worldMs };
  const views = securities.map((security) => ({
    clientSap: security.clientSap,
    service: security.service,
    ...ourServerSecurity(security),
  }));
  const line = starting.use(
    await serveTcp({ host: "127.0.0.1", port: 0, clock, meters: [referenceMeter(views)] }),
  );
  const fleet = starting.use(
    await startFleet({ meters: simulated.length, personality: simulated, clock, seed: 5 }),
  );
  const [generic, microstar, seven, segmented] = fleet.meters;
  const byName = {
    "generic-three-phase": generic!,
    microstar: microstar!,
    "seven-e": seven!,
    segmented: segmented!,
  };
  const running = starting.move();
  return {
    fleet: byName,
    places: {
      reference: { port: line.port, address: { size: 1, upper: 1, lower: 17 } },
      "generic-three-phase": placeOf(byName["generic-three-phase"]),
      microstar: placeOf(byName.microstar),
      "seven-e": placeOf(byName["seven-e"]),
      segmented: placeOf(byName.segmented),
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function placeOf({ tcp, addressSize, serverUpper, serverLower }: FleetMeter): Whereabouts {
  const port = Number(tcp.slice(tcp.lastIndexOf(":") + 1));
  const size = addressSize === 4 ? 4 : 1;
  return { port, address: { size, upper: serverUpper, lower: serverLower } };
}
