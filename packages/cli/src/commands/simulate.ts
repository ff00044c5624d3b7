import {
  type Fleet,
  type FleetEvent,
  type FleetMeter,
  type FleetOptions,
  gmacSecurity,
  type LinePersonalityName,
  linePersonalityNames,
  type PersonalityName,
  personalityNames,
  type SimulatedSecurity,
  startFleet,
} from "@lectura/simulator";
import { toHex } from "@lectura/dlms/octets";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { parseAuthentication } from "./meter.ts";
import { parseProtection, parseSuite } from "./security-options.ts";
import { type FleetFlags, fleetOptions } from "./simulate-options.ts";

/** Events before `ready`; more are not told. */
const earlyMax = 20_000;

export interface SimulateOptions extends FleetFlags {
  readonly meters?: string;
  readonly port?: string;
  readonly perLine?: string;
  readonly personality?: string;
  readonly linePersonality?: string;
  readonly security?: string;
  readonly seed?: string;
  readonly duration?: string;
}

export function parsePersonality(text: string): PersonalityName {
  const found = personalityNames.find((name) => name === text);
  if (found !== undefined) return found;
  const choices = personalityNames.join(", ");
  throw new CliError("usage/choice", { name: "--personality", text, choices });
}

function parseLinePersonality(text: string): LinePersonalityName {
  const found = linePersonalityNames.find((name) => name === text);
  if (found !== undefined) return found;
  const choices = linePersonalityNames.join(", ");
  throw new CliError("usage/choice", { name: "--line-personality", text, choices });
}

/** `suite=1,auth=hls-gmac,protection=both,context=ciphered`: what the meters ask for. */
function parseSecurity(text: string): Partial<SimulatedSecurity> {
  const choices = "suite=, auth=, protection=, context=ciphered|plain";
  const parts = text.split(",").map((part): Partial<SimulatedSecurity> => {
    const [, name, value = ""] = /^\s*(\w+)=(\S+)\s*$/.exec(part) ?? [];
    switch (name) {
      case "suite":
        return { suite: parseSuite(value) };
      case "auth":
        return { mechanism: parseAuthentication(value) };
      case "protection":
        return { protection: parseProtection(value), cipheredContext: value !== "none" };
      case "context":
        if (value === "ciphered" || value === "plain") {
          return { cipheredContext: value === "ciphered" };
        }
        break;
      case undefined:
      default:
    }
    throw new CliError("usage/choice", { name: "--security", text: part, choices });
  });
  const given = Object.assign({}, ...parts) as Partial<SimulatedSecurity>;
  // As meters that prove themselves by GMAC come, and as their client expects them.
  return given.mechanism === "hls-gmac" ? { ...gmacSecurity, ...given } : given;
}

/** The keys a client of this meter needs, as `--guek` and the like take them. */
function testKeysOf({
  security,
  masterKey,
}: FleetMeter): Readonly<Record<string, string>> | undefined {
  const { unicast, authentication, broadcast, signing, serverSigning } = security.keys ?? {};
  if (unicast === undefined || authentication === undefined) return undefined;
  return {
    guek: toHex(unicast.reveal()),
    gak: toHex(authentication.reveal()),
    ...(broadcast === undefined ? {} : { gbek: toHex(broadcast.reveal()) }),
    ...(masterKey === undefined ? {} : { kek: toHex(masterKey.reveal()) }),
    ...(signing === undefined ? {} : { signingKey: toHex(signing.reveal()) }),
    ...(serverSigning === undefined ? {} : { serverSigningKey: toHex(serverSigning) }),
  };
}

/** A simulated meter as the `ready` line lists it; keys in it are test keys. */
export function fleetMeterJson(meter: FleetMeter): Readonly<Record<string, unknown>> {
  const { name, tcp, serverUpper, serverLower, addressSize, clientSap, auth } = meter;
  const { personality, serial, transport } = meter;
  const { suite, protection, cipheredContext, serverSystemTitle } = meter.security;
  const testKeys = testKeysOf(meter);
  const address = { serverUpper, serverLower, addressSize };
  const way = transport === "tcp" ? {} : { transport };
  const facts = { name, tcp, ...way, ...address, clientSap, auth, personality, serial };
  if (testKeys === undefined) return facts;
  const serverTitle = serverSystemTitle === undefined ? undefined : toHex(serverSystemTitle);
  return { ...facts, suite, protection, cipheredContext, serverTitle, testKeys };
}

function sayTestKeys({ output }: Context, meters: readonly FleetMeter[]): void {
  for (const meter of meters) {
    const keys = testKeysOf(meter);
    if (keys === undefined) continue;
    const listed = Object.entries(keys).map(([name, hex]) => `${name} ${hex}`);
    const values = { name: meter.name, keys: listed.join(", ") };
    output.line(fill(output.texts.sentences.simulateKeys, values));
  }
}

/** What contradicts itself is the caller's: a RangeError of the fleet says what. */
async function started(options: FleetOptions): Promise<Fleet> {
  try {
    return await startFleet(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError("usage/fleet", { problem: error.message }, { cause: error });
  }
}

const ownDoings: readonly FleetEvent["type"][] = [
  "dialled",
  "dial-failed",
  "pushed",
  "push-failed",
];

/** What meters do by themselves, told from the `ready` line on; what came before waits for it. */
class OwnDoings {
  readonly #tell: (event: FleetEvent) => void;
  #early: FleetEvent[] | undefined = [];

  constructor(tell: (event: FleetEvent) => void) {
    this.#tell = tell;
  }

  take(event: FleetEvent): void {
    if (!ownDoings.includes(event.type)) return;
    if (this.#early === undefined) this.#tell(event);
    else if (this.#early.length < earlyMax) this.#early.push(event);
  }

  open(): void {
    for (const event of this.#early ?? []) this.#tell(event);
    this.#early = undefined;
  }
}

export async function simulate(context: Context, options: SimulateOptions): Promise<ExitCode> {
  const { output } = context;
  const seed = options.seed === undefined ? 1 : parseCount("--seed", options.seed, 0, 2 ** 31);
  const told = new OwnDoings((event) => output.document(event));
  await using fleet = await started({
    ...(await fleetOptions(options)),
    onEvent: (event) => told.take(event),
    meters: parseCount("--meters", options.meters ?? "1", 1, 20_000),
    port: parseCount("--port", options.port ?? "0", 0, 65_535),
    perLine: parseCount("--per-line", options.perLine ?? "1", 1, 1000),
    personality: (options.personality ?? "generic-three-phase").split(",").map(parsePersonality),
    linePersonality: parseLinePersonality(options.linePersonality ?? "plain"),
    ...(options.security === undefined ? {} : { security: parseSecurity(options.security) }),
    seed,
  });
  const meters = fleet.meters.map(fleetMeterJson);
  output.document({ type: "ready", meters });
  told.open();
  const { words, sentences } = output.texts;
  output.table([
    [words.name, words.endpoint, words.address, words.client, "personality"],
    ...fleet.meters.map((meter) => [
      meter.name,
      meter.tcp,
      `${meter.serverUpper}/${meter.serverLower} (${meter.addressSize})`,
      `${meter.clientSap} ${meter.auth}`,
      meter.personality,
    ]),
  ]);
  sayTestKeys(context, fleet.meters);
  output.note(fill(sentences.simulateReady, { meters: meters.length, seed }));
  await untilInterrupted(context.environment, options.duration);
  if (options.lastGasp === true) await fleet.lastGasp();
  output.document({ type: "summary", meters: meters.length });
  return exitCodes.done;
}
