/** How tests talk to simulated meters: as the clients they are made for. */
import {
  openSession,
  securedAssociation,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import { InvocationCounter } from "@lectura/dlms/security";
import type { FleetMeter } from "./fleet.ts";

/** A session as the meter's management client; `changes` say what else. */
export function openMeter(
  meter: FleetMeter,
  changes: Partial<SessionOptions> = {},
): Promise<Session> {
  const { tcp, transport, clientSap, addressSize, serverUpper, serverLower } = meter;
  const { counter = new InvocationCounter({ next: 1 }) } = meter.security;
  return openSession({
    ...(transport === "udp" ? { udp: tcp } : { tcp }),
    clientSap,
    referencing: meter.referencing,
    server: { size: addressSize, upper: serverUpper, lower: serverLower },
    ...securedAssociation({ ...meter.security, counter }),
    ...changes,
  });
}
