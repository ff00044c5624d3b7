import {
  type Clock,
  isCiphered,
  PortError,
  type PortErrorCode,
  type ServedLine,
  serveTcp,
  systemClock,
} from "@lectura/dlms-node";
import { mix } from "./consumption/noise.ts";
import type { Fleet, FleetMeter, FleetOptions } from "./fleet.ts";
import { converterOf, type LinePersonalityName } from "./lines/line-personality.ts";
import { meterDevice, type MeterFault } from "./meter-device.ts";
import { managementClientSap } from "./meter-views.ts";
import { type Identity, identify } from "./model/identity.ts";
import { keyPlaces } from "./model/keys.ts";
import { MeterModel } from "./model/meter-model.ts";
import type { Personality, PersonalityName } from "./personalities/personality.ts";
import { personalities } from "./personalities/personality-table.ts";
import { clientSettings, type SimulatedSecurity } from "./security/simulated-security.ts";
import { testKeys } from "./security/test-keys-table.ts";
import { SimulatorError, type SimulatorErrorCode } from "./simulator-error.ts";

/** Meters of one fleet; more is a RangeError. */
export const fleetMetersMax = 10_000;

const seedChannel = 40;

interface SimulatedMeter {
  readonly index: number;
  readonly personality: Personality;
  readonly security: SimulatedSecurity;
  readonly identity: Identity;
  readonly model: MeterModel;
}

interface FleetSettings {
  readonly meters: number;
  readonly port: number;
  readonly perLine: number;
  readonly personalities: readonly Personality[];
  readonly security: Partial<SimulatedSecurity>;
  readonly linePersonality: LinePersonalityName;
  readonly seed: number;
  readonly clock: Clock;
  readonly host: string;
  readonly onEvent: FleetOptions["onEvent"];
}

/**
 * Starts simulated meters on real TCP ports. All start or none: what had started is closed again.
 *
 * @throws {SimulatorError} simulator/port-taken, simulator/port-not-permitted, simulator/host-
 * unknown
 * @throws {RangeError} options out of their ranges, a mechanism the suite does not have
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const settings = settle(options);
  const meters: FleetMeter[] = [];
  await using starting = new AsyncDisposableStack();
  for (let first = 0; first < settings.meters; first += settings.perLine) {
    const count = Math.min(settings.perLine, settings.meters - first);
    const simulated = simulateLine(settings, first, count);
    const line = starting.use(await startLine(settings, first / settings.perLine, simulated));
    const tcp = endpoint(line.host, line.port);
    meters.push(...simulated.map((meter) => present(meter, tcp)));
  }
  const running = starting.move();
  return { meters, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function settle(options: FleetOptions): FleetSettings {
  const { meters, port = 0, perLine = 1, seed = 1, linePersonality = "plain" } = options;
  const chosen = options.personality ?? "generic-three-phase";
  const names: readonly PersonalityName[] = typeof chosen === "string" ? [chosen] : chosen;
  inRange("meters", meters, 1, fleetMetersMax);
  inRange("perLine", perLine, 1, fleetMetersMax);
  inRange("port", port, 0, 65_535);
  if (port > 0) inRange("last port", port + Math.ceil(meters / perLine) - 1, 1, 65_535);
  inRange("personalities", names.length, 1, fleetMetersMax);
  return {
    meters,
    port,
    perLine,
    personalities: names.map((name) => personalities[name]),
    security: options.security ?? {},
    linePersonality,
    seed,
    clock: options.clock ?? systemClock,
    host: options.host ?? "127.0.0.1",
    onEvent: options.onEvent,
  };
}

function simulateLine(settings: FleetSettings, first: number, count: number): SimulatedMeter[] {
  return Array.from({ length: count }, (_, slot) => {
    const index = first + slot;
    const personality = settings.personalities[index % settings.personalities.length]!;
    const { seed } = settings;
    const identity = identify(personality, { seed, index, slot, neighbours: settings.perLine });
    const model = new MeterModel(personality, mix(seed, seedChannel, index), index);
    const security = { ...personality.security, ...settings.security };
    return { index, personality, security, identity, model };
  });
}

async function startLine(
  settings: FleetSettings,
  number: number,
  simulated: readonly SimulatedMeter[],
): Promise<ServedLine> {
  const { clock, host, linePersonality, onEvent } = settings;
  const port = settings.port === 0 ? 0 : settings.port + number;
  const fault = faultOf(linePersonality);
  const alone = settings.perLine === 1;
  // A meter that was switched off goes on counting where it was: here the clock remembers it.
  const counterFrom = Math.floor(clock.nowMs() / 1000);
  const seed = mix(settings.seed, seedChannel + 1, number);
  const interpose = converterOf(linePersonality, { clock, seed });
  let tcp = endpoint(host, port);
  try {
    const line = await serveTcp({
      host,
      port,
      clock,
      meters: simulated.map((meter) => meterDevice({ ...meter, fault, alone, counterFrom })),
      ...(interpose === undefined ? {} : { interpose }),
      onEvent: ({ type, peer }) => onEvent?.({ type, tcp, detail: peer }),
    });
    tcp = endpoint(host, line.port);
    return line;
  } catch (error) {
    throw startError(error, tcp);
  }
}

function present(
  { index, personality, security, identity, model }: SimulatedMeter,
  tcp: string,
): FleetMeter {
  const { name, serial, upper, lower, addressSize } = identity;
  return {
    name,
    tcp,
    serverUpper: upper,
    serverLower: lower,
    addressSize,
    clientSap: managementClientSap,
    referencing: personality.referencing,
    auth: security.mechanism,
    security: clientSettings(security, index),
    ...(isCiphered(security) ? { masterKey: testKeys(security.suite, index).master } : {}),
    personality: personality.name,
    serial,
    truth: (key, atMs) => BigInt(model.raw(key, atMs)),
    scaler: (key) => personality.formats[key].scaler,
    unit: (key) => keyPlaces[key].unit,
  };
}

function faultOf(linePersonality: LinePersonalityName): MeterFault {
  return linePersonality === "reject-auth" || linePersonality === "access-errors"
    ? linePersonality
    : "none";
}

const startErrors: Partial<Record<PortErrorCode, SimulatorErrorCode>> = {
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

function endpoint(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function inRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} ${value} is not ${min}..${max}`);
  }
}
