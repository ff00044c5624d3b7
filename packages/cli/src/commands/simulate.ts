import {
  type FleetMeter,
  type LinePersonalityName,
  linePersonalityNames,
  type PersonalityName,
  personalityNames,
  startFleet,
} from "@lectura/simulator";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { untilInterrupted } from "../until-interrupted.ts";

export interface SimulateOptions {
  readonly meters?: string;
  readonly port?: string;
  readonly perLine?: string;
  readonly personality?: string;
  readonly linePersonality?: string;
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

/** A simulated meter as the `ready` line lists it. */
export function fleetMeterJson(meter: FleetMeter): Readonly<Record<string, unknown>> {
  const { name, tcp, serverUpper, serverLower, addressSize, clientSap, auth, personality, serial } =
    meter;
  return { name, tcp, serverUpper, serverLower, addressSize, clientSap, auth, personality, serial };
}

export async function simulate(context: Context, options: SimulateOptions): Promise<ExitCode> {
  const { output } = context;
  const seed = options.seed === undefined ? 1 : parseCount("--seed", options.seed, 0, 2 ** 31);
  await using fleet = await startFleet({
    meters: parseCount("--meters", options.meters ?? "1", 1, 20_000),
    port: parseCount("--port", options.port ?? "0", 0, 65_535),
    perLine: parseCount("--per-line", options.perLine ?? "1", 1, 1000),
    personality: (options.personality ?? "generic-three-phase").split(",").map(parsePersonality),
    linePersonality: parseLinePersonality(options.linePersonality ?? "plain"),
    seed,
  });
  const meters = fleet.meters.map(fleetMeterJson);
  output.document({ type: "ready", meters });
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
  output.note(fill(sentences.simulateReady, { meters: meters.length, seed }));
  await untilInterrupted(context.environment, options.duration);
  output.document({ type: "summary", meters: meters.length });
  return exitCodes.done;
}
