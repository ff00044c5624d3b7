import { isCiphered } from "@lectura/dlms-node";
import { mix } from "./consumption/noise.ts";
import { dialIn } from "./dial-in.ts";
import type { Fleet, FleetMeter, FleetOptions } from "./fleet.ts";
import { type FleetSettings, settle } from "./fleet-settings.ts";
import { exportedSerial, exportedTruth, exportedUnit } from "./from/exported-values.ts";
import type { MeterSource } from "./from/meter-source.ts";
import { recordedPlace } from "./from/recorded-place.ts";
import type { LinePersonalityName } from "./lines/line-personality.ts";
import { meterDevice, type MeterDevice, type MeterFault } from "./meter-device.ts";
import { managementClientSap } from "./meter-views.ts";
import { type Identity, identify } from "./model/identity.ts";
import { keyPlaces } from "./model/keys.ts";
import { MeterModel } from "./model/meter-model.ts";
import type { Personality } from "./personalities/personality.ts";
import { MeterRoutine } from "./pushing/meter-routine.ts";
import { clientSettings, type SimulatedSecurity } from "./security/simulated-security.ts";
import { testKeys } from "./security/test-keys-table.ts";
import { serveLine } from "./serve-line.ts";

const seedChannel = 40;

interface SimulatedMeter {
  readonly index: number;
  readonly personality: Personality;
  readonly security: SimulatedSecurity;
  readonly identity: Identity;
  readonly model: MeterModel;
}

/**
 * Starts simulated meters on real ports. All start or none: what had started is closed again.
 *
 * @throws {SimulatorError} simulator/port-taken, simulator/port-not-permitted, simulator/host-
 * unknown
 * @throws {RangeError} options out of their ranges, a mechanism the suite does not have
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const settings = settle(options);
  const meters: FleetMeter[] = [];
  const routines: MeterRoutine[] = [];
  await using starting = new AsyncDisposableStack();
  for (let first = 0; first < settings.meters; first += settings.perLine) {
    const count = Math.min(settings.perLine, settings.meters - first);
    const simulated = simulateLine(settings, first, count);
    const started = simulated.map((meter) => deviceOf(settings, meter));
    const served = started.map(({ device }) => device.served);
    const line = starting.use(await serveLine(settings, first / settings.perLine, served));
    meters.push(...simulated.map((meter) => present(settings, meter, line.endpoint)));
    for (const [at, { device, routine }] of started.entries()) {
      if (routine !== undefined) routines.push(starting.use(routine));
      const dialled = dialling(settings, simulated[at]!, device);
      if (dialled !== undefined) starting.use(dialled);
    }
  }
  const running = starting.move();
  return {
    meters,
    lastGasp: async () => {
      await Promise.all(routines.map((routine) => routine.lastGasp()));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
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

/** The meter; its routine where it does something by itself. */
function deviceOf(
  settings: FleetSettings,
  meter: SimulatedMeter,
): { readonly device: MeterDevice; readonly routine: MeterRoutine | undefined } {
  const { clock, linePersonality, perLine, faults } = settings;
  const fault = faultOf(linePersonality);
  const alone = perLine === 1;
  // A meter that was switched off goes on counting where it was: here the clock remembers it.
  const counterFrom = Math.floor(clock.nowMs() / 1000);
  const nowMs = (): number => clock.nowMs();
  const { from } = settings;
  const exported = from?.kind === "objects" ? { exported: from.meter } : {};
  const seed = mix(settings.seed, seedChannel + 2, meter.index);
  const common = { ...meter, ...exported, fault, faults, seed, alone, counterFrom, nowMs };
  if (meter.personality.objects === "usual") {
    return { device: meterDevice(common), routine: undefined };
  }
  const { identity, personality } = meter;
  const routine = new MeterRoutine({ settings, identity, personality, seed });
  const device = meterDevice({ ...common, pushing: routine });
  if (device.full !== undefined) routine.start(device.full);
  return { device, routine };
}

function dialling(
  { dialing, clock, onEvent }: FleetSettings,
  { identity }: SimulatedMeter,
  { served }: MeterDevice,
): AsyncDisposable | undefined {
  if (dialing === undefined) return undefined;
  return dialIn({
    dialing,
    identity,
    meter: served,
    clock,
    onDial: (type, detail) => onEvent?.({ type, tcp: identity.name, detail }),
  });
}

function present(
  { transport, from }: FleetSettings,
  { index, personality, security, identity, model }: SimulatedMeter,
  tcp: string,
): FleetMeter {
  const { name, serial, upper, lower, addressSize } = identity;
  return {
    name,
    tcp,
    transport,
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
    ...(from === undefined ? {} : presentSource(from)),
  };
}

/** What a file says instead. */
function presentSource(from: MeterSource): Partial<FleetMeter> {
  if (from.kind === "objects") {
    const { meter } = from;
    const serial = exportedSerial(meter);
    return {
      ...(serial === undefined ? {} : { serial }),
      truth: (key) => exportedTruth(meter, key),
      scaler: (key) => exportedUnit(meter, key).scaler,
      unit: (key) => exportedUnit(meter, key).unit,
    };
  }
  const unknown = (): never => {
    throw new RangeError("a recording does not say what its registers are");
  };
  const place = recordedPlace(from.recording);
  return {
    ...(place === undefined
      ? {}
      : {
          serverUpper: place.upper,
          serverLower: place.lower,
          addressSize: place.size,
          clientSap: place.clientSap,
        }),
    truth: unknown,
    scaler: unknown,
    unit: unknown,
  };
}

function faultOf(linePersonality: LinePersonalityName): MeterFault {
  return linePersonality === "reject-auth" || linePersonality === "access-errors"
    ? linePersonality
    : "none";
}
