/** Options of a fleet with their defaults, checked before anything starts. */
import type { TlsOptions } from "node:tls";
import { type Clock, isCiphered, systemClock } from "@lectura/dlms-node";
import type { DialingOptions, FleetOptions, FleetTransport } from "./fleet.ts";
import { checkFaults, type FaultRule } from "./faults/fault-rule.ts";
import type { MeterSource } from "./from/meter-source.ts";
import type { LinePersonalityName } from "./lines/line-personality.ts";
import type { MeterObjects, Personality, PersonalityName } from "./personalities/personality.ts";
import { personalities } from "./personalities/personality-table.ts";
import type { PushingOptions } from "./pushing/pushing-options.ts";
import type { SimulatedSecurity } from "./security/simulated-security.ts";

/** Meters of one fleet; more is a RangeError. */
export const fleetMetersMax = 10_000;

/** What a fleet is started with. */
export interface FleetSettings {
  readonly meters: number;
  readonly port: number;
  readonly perLine: number;
  readonly personalities: readonly Personality[];
  readonly security: Partial<SimulatedSecurity>;
  readonly linePersonality: LinePersonalityName;
  readonly transport: FleetTransport;
  readonly tls: TlsOptions | undefined;
  readonly modeE: boolean;
  readonly from: MeterSource | undefined;
  readonly faults: readonly FaultRule[];
  readonly pushing: PushingOptions | undefined;
  readonly dialing: DialingOptions | undefined;
  readonly seed: number;
  readonly clock: Clock;
  readonly host: string;
  readonly onEvent: FleetOptions["onEvent"];
}

/** @throws {RangeError} options out of their ranges, or that contradict each other */
export function settle(options: FleetOptions): FleetSettings {
  const { meters, port = 0, perLine = 1, seed = 1, linePersonality = "plain" } = options;
  const { transport = "tcp", modeE = false, pushing, dialing } = options;
  const chosen = options.personality ?? "generic-three-phase";
  const names: readonly PersonalityName[] = typeof chosen === "string" ? [chosen] : chosen;
  inRange("meters", meters, 1, fleetMetersMax);
  inRange("perLine", perLine, 1, fleetMetersMax);
  inRange("port", port, 0, 65_535);
  if (port > 0) inRange("last port", port + Math.ceil(meters / perLine) - 1, 1, 65_535);
  inRange("personalities", names.length, 1, fleetMetersMax);
  if (dialing !== undefined) inRange("dialling port", dialing.port, 1, 65_535);
  const objects = pushing === undefined ? options.objects : "full";
  const settings: FleetSettings = {
    meters,
    port,
    perLine,
    personalities: names.map((name) => withObjects(personalities[name], objects)),
    security: options.security ?? {},
    linePersonality,
    transport,
    tls: options.tls,
    modeE,
    from: options.from,
    faults: options.faults ?? [],
    pushing,
    dialing,
    seed,
    clock: options.clock ?? systemClock,
    host: options.host ?? "127.0.0.1",
    onEvent: options.onEvent,
  };
  checkTransport(settings);
  checkPushing(settings);
  checkFile(settings);
  checkFaults(settings.faults);
  return settings;
}

function withObjects(personality: Personality, objects: MeterObjects | undefined): Personality {
  return objects === undefined ? personality : { ...personality, objects };
}

function checkTransport(settings: FleetSettings): void {
  const { transport, tls, modeE, linePersonality, faults } = settings;
  if ((transport === "tls") !== (tls !== undefined)) {
    throw new RangeError("a certificate and the transport tls belong together");
  }
  const isPlain = linePersonality === "plain" && faults.length === 0;
  if (transport === "udp" && (modeE || !isPlain)) {
    throw new RangeError("a datagram has neither a line nor a sign-on");
  }
}

function checkPushing({ pushing, personalities: all, security }: FleetSettings): void {
  if (pushing === undefined) return;
  inRange("pushing port", pushing.port, 1, 65_535);
  if (pushing.intervalS !== undefined) inRange("pushing interval", pushing.intervalS, 1, 86_400);
  const plain = all.find((each) => !isCiphered({ ...each.security, ...security }));
  if (pushing.ciphered === true && plain !== undefined) {
    throw new RangeError(`${plain.name} meters have no keys to cipher pushes with`);
  }
}

function checkFile({ from, personalities: all, ...settings }: FleetSettings): void {
  if (from === undefined) return;
  if (settings.pushing !== undefined || all.some(({ objects }) => objects === "full")) {
    throw new RangeError("a meter of a file has the objects of its file");
  }
  if (from.kind === "objects") return;
  const { transport, dialing, modeE, perLine, linePersonality } = settings;
  if (transport === "udp" || dialing !== undefined || modeE || perLine > 1) {
    throw new RangeError("a recorded meter is there over TCP alone");
  }
  if (linePersonality !== "plain") throw new RangeError("a recorded line has its own behaviour");
}

function inRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value} is not ${min}..${max}`);
  }
}
