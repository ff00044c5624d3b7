/** One line of a fleet: its meters behind TCP, TLS or UDP, with what stands before them. */
import {
  type Port,
  PortError,
  type PortErrorCode,
  type ServedMeter,
  serveSignOn,
  serveTcp,
  serveUdp,
} from "@lectura/dlms-node";
import { mix } from "./consumption/noise.ts";
import type { FleetSettings } from "./fleet-settings.ts";
import { faultyLine } from "./faults/faulty-line.ts";
import { recordedLine } from "./from/recorded-line.ts";
import type { Converter } from "./lines/converter.ts";
import { converterOf } from "./lines/line-personality.ts";
import { SimulatorError } from "./simulator-error.ts";

const seedChannel = 41;
/** Rate code 5, 9600 Bd; the line behind TCP has none. */
const signOn = {
  manufacturer: "LEC",
  baudCharacter: "5",
  text: "lectura-sim 1",
  modeE: true,
} as const;

/** A line that is served. */
export interface FleetLine extends AsyncDisposable {
  /** "127.0.0.1:4059" */
  readonly endpoint: string;
}

/** @throws {SimulatorError} the line's port cannot be had */
export async function serveLine(
  settings: FleetSettings,
  number: number,
  meters: readonly ServedMeter[],
): Promise<FleetLine> {
  const { clock, host, transport, tls, onEvent } = settings;
  const port = settings.port === 0 ? 0 : settings.port + number;
  let tcp = endpointOf(host, port);
  try {
    if (transport === "udp") {
      const socket = await serveUdp({ host, port, clock, meters });
      return named(endpointOf(host, socket.port), socket);
    }
    const line = await serveTcp({
      host,
      port,
      clock,
      meters,
      ...(tls === undefined ? {} : { tls }),
      interpose: interposeOn(settings, number),
      onEvent: ({ type, peer }) => onEvent?.({ type, tcp, detail: peer }),
    });
    tcp = endpointOf(host, line.port);
    return named(tcp, line);
  } catch (error) {
    throw startError(error, tcp);
  }
}

function named(endpoint: string, line: AsyncDisposable): FleetLine {
  return { endpoint, [Symbol.asyncDispose]: () => line[Symbol.asyncDispose]() };
}

/** Converter, then what goes wrong, then the optical head. */
function interposeOn(
  { linePersonality, clock, modeE, from, faults, ...settings }: FleetSettings,
  number: number,
): (port: Port) => Port | undefined {
  const seed = mix(settings.seed, seedChannel, number);
  if (from?.kind === "recording") return recordedLine(from.recording, clock);
  const parts: readonly (Converter | undefined)[] = [
    converterOf(linePersonality, { clock, seed }),
    faults.length === 0 ? undefined : faultyLine(faults, { clock, seed }),
    modeE ? (port) => serveSignOn(port, { ...signOn, clock }) : undefined,
  ];
  return (near) => {
    let port: Port | undefined = near;
    for (const part of parts) port = port === undefined || part === undefined ? port : part(port);
    return port;
  };
}

const startErrors: Partial<Record<PortErrorCode, SimulatorError["code"]>> = {
  "tcp/address-in-use": "simulator/port-taken",
  "tcp/not-permitted": "simulator/port-not-permitted",
  "tcp/dns-failed": "simulator/host-unknown",
  "tcp/unreachable": "simulator/host-unknown",
};

function startError(error: unknown, tcp: string): unknown {
  const code = error instanceof PortError ? startErrors[error.code] : undefined;
  if (!(error instanceof PortError) || code === undefined) return error;
  return new SimulatorError(code, tcp, error.message, { cause: error });
}

function endpointOf(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
