/** A data directory with meters and sinks in it, written without a gateway running on it. */
import {
  connectGateway,
  findGateway,
  type GatewayControl,
  type MeterDraft,
  startGateway,
} from "@lectura/gateway";
import { simulatorPassword } from "@lectura/simulator";
import type { ReadyMeter } from "./lectura-process.ts";

/** The nine values issue 2 counts with: three voltages, three currents and three more. */
export const nineKeys = [
  "voltage_l1",
  "voltage_l2",
  "voltage_l3",
  "current_l1",
  "current_l2",
  "current_l3",
  "frequency",
  "active_power",
  "active_energy",
] as const;

/** What `meter add` would be told about a simulated meter. */
export function draftOf(
  meter: ReadyMeter,
  poll: { readonly keys?: readonly string[]; readonly intervalMs: number },
): MeterDraft {
  const [host = "", port = ""] = meter.tcp.split(":");
  return {
    name: meter.name,
    endpoint: { kind: "tcp", host, port: Number(port) },
    address: { size: meter.addressSize, upper: meter.serverUpper, lower: meter.serverLower },
    clientSap: meter.clientSap,
    authentication: meter.auth,
    ...(meter.auth === "lls" ? { password: simulatorPassword } : {}),
    keys: poll.keys ?? nineKeys,
    intervalMs: poll.intervalMs,
  };
}

/** Registers what a gateway started later shall find. */
export async function prepare(
  dataDirectory: string,
  fill: (control: GatewayControl) => Promise<void>,
): Promise<void> {
  await using gateway = await startGateway({ dataDirectory, mode: "control" });
  await fill(gateway.control);
}

/** The control of the gateway that runs on a data directory. */
export async function controlOf(dataDirectory: string): Promise<GatewayControl> {
  const address = await findGateway(dataDirectory);
  if (address === undefined) throw new Error(`no gateway runs on ${dataDirectory}`);
  return connectGateway(address);
}
