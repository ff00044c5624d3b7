/** What `simulate` can be told beyond the usual: files, ways in, pushes, calls, faults. */
import { readFile } from "node:fs/promises";
import {
  type DialingOptions,
  type FaultName,
  faultNames,
  type FaultRule,
  type FaultTime,
  type FleetOptions,
  meterObjectSets,
  parseMeterFile,
  type PushingOptions,
} from "@lectura/simulator";
import type { Flags } from "../field-commands.ts";
import { parseCount, parseDurationMs, parseEndpoint } from "../parse.ts";
import { CliError } from "../problem.ts";

/** Options of `simulate` as they are typed. */
export interface FleetFlags {
  readonly objects?: string;
  readonly from?: string;
  readonly udp?: boolean;
  readonly cert?: string;
  readonly certKey?: string;
  readonly modeE?: boolean;
  readonly pushTo?: string;
  readonly pushUdp?: boolean;
  readonly pushFraming?: string;
  readonly pushEvery?: string;
  readonly pushBlock?: string;
  readonly pushPlain?: boolean;
  readonly pushConfirmed?: boolean;
  readonly lastGasp?: boolean;
  readonly dial?: string;
  readonly redial?: string;
  readonly announce?: string;
  readonly fault?: readonly string[];
}

/** The same with the names of their texts. */
export const fleetFlags: Flags = [
  ["--objects <set>", "simObjects"],
  ["--from <file>", "simFrom"],
  ["--udp", "simUdp"],
  ["--cert <file>", "simCert"],
  ["--cert-key <file>", "simKey"],
  ["--mode-e", "simModeE"],
  ["--push-to <host:port>", "simPushTo"],
  ["--push-udp", "simPushUdp"],
  ["--push-framing <framing>", "simPushFraming"],
  ["--push-every <seconds>", "simPushEvery"],
  ["--push-block <octets>", "simPushBlock"],
  ["--push-plain", "simPushPlain"],
  ["--push-confirmed", "simPushConfirmed"],
  ["--last-gasp", "simLastGasp"],
  ["--dial <host:port>", "simDial"],
  ["--redial <duration>", "simRedial"],
  ["--announce <framing>", "simAnnounce"],
  ["--fault <rules...>", "simFault"],
];

const pushFramings = ["wrapper", "hdlc", "apdu"] as const;
const announcements = ["wrapper", "hdlc", "none"] as const;
const countMax = 1_000_000_000;

/** @throws {CliError} usage/* @throws {MeterFileError} */
export async function fleetOptions(flags: FleetFlags): Promise<Partial<FleetOptions>> {
  const { objects, from, udp, modeE, fault } = flags;
  return {
    ...(objects === undefined ? {} : { objects: choiceOf("--objects", objects, meterObjectSets) }),
    ...(from === undefined ? {} : { from: parseMeterFile(await textOf(from)) }),
    ...(udp === true ? { transport: "udp" } : {}),
    ...(await tlsOf(flags)),
    ...(modeE === true ? { modeE } : {}),
    ...pushingOf(flags),
    ...dialingOf(flags),
    ...(fault === undefined
      ? {}
      : { faults: fault.flatMap((list) => list.split(",").map(parseFault)) }),
  };
}

async function tlsOf({ cert, certKey }: FleetFlags): Promise<Partial<FleetOptions>> {
  if (cert === undefined && certKey === undefined) return {};
  if (cert === undefined) throw new CliError("usage/missing", { name: "--cert" });
  if (certKey === undefined) throw new CliError("usage/missing", { name: "--cert-key" });
  return { transport: "tls", tls: { cert: await textOf(cert), key: await textOf(certKey) } };
}

function pushingOf(flags: FleetFlags): { readonly pushing?: PushingOptions } {
  const { pushTo, pushFraming, pushEvery, pushBlock } = flags;
  if (pushTo === undefined) return {};
  return {
    pushing: {
      ...parseEndpoint(pushTo),
      transport: flags.pushUdp === true ? "udp" : "tcp",
      framing: choiceOf("--push-framing", pushFraming ?? "wrapper", pushFramings),
      intervalS: parseCount("--push-every", pushEvery ?? "60", 1, 86_400),
      confirmed: flags.pushConfirmed ?? false,
      ...(flags.pushPlain === true ? { ciphered: false } : {}),
      ...(pushBlock === undefined
        ? {}
        : { apduOctetsMax: parseCount("--push-block", pushBlock, 16, 65_535) }),
    },
  };
}

function dialingOf({ dial, redial, announce }: FleetFlags): { readonly dialing?: DialingOptions } {
  if (dial === undefined) return {};
  const announcement = choiceOf("--announce", announce ?? "wrapper", announcements);
  return {
    dialing: {
      ...parseEndpoint(dial),
      ...(announcement === "none" ? { announce: false } : { framing: announcement }),
      ...(redial === undefined ? {} : { redialMs: parseDurationMs(redial) }),
    },
  };
}

/** `drop=5%`, `delay=/10:800ms`, `hang-up=@3`: by chance, every tenth, the third alone. */
function parseFault(text: string): FaultRule {
  const [name = "", time = ""] = text.trim().split("=", 2);
  const fault = faultNames.find((each): each is FaultName => each === name);
  if (fault === undefined) {
    throw new CliError("usage/choice", { name: "--fault", text, choices: faultNames.join(", ") });
  }
  const [, kind = "", number = "", sign, delay] =
    /^([@/]?)(\d+(?:\.\d+)?)(%?)(?::(\w+))?$/.exec(time) ?? [];
  return {
    fault,
    when: faultTime(text, kind, number, sign === "%"),
    ...(delay === undefined ? {} : { delayMs: parseDurationMs(delay) }),
  };
}

function faultTime(text: string, kind: string, number: string, isChance: boolean): FaultTime {
  const choices = "NAME=5%, NAME=@3, NAME=/10";
  if (isChance !== (kind === ""))
    throw new CliError("usage/choice", { name: "--fault", text, choices });
  if (!isChance) {
    const count = parseCount("--fault", number, 1, countMax);
    return kind === "@" ? { at: count } : { every: count };
  }
  const chance = Number(number) / 100;
  if (chance > 1) throw new CliError("usage/number", { name: "--fault", text, min: 0, max: 100 });
  return { chance };
}

function choiceOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new CliError("usage/choice", { name, text, choices: choices.join(", ") });
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
}
