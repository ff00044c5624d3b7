import { type MechanismName, mechanismNames, mechanismStrength } from "@lectura/dlms/security";
import type { GatewayControl, Line, Meter, MeterDraft, MeterEdit } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount, parseDurationMs } from "../parse.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import type { Texts } from "../texts/vocabulary.ts";
import { endpointText, parseFraming, placeJson } from "./line.ts";
import { lineEndpoint, type LineEndpointOptions } from "./line-endpoint.ts";
import { settingEdit, type SettingOptions, settingRows } from "./meter-settings.ts";
import { mechanismNote } from "./mechanism-note.ts";
import { readSecrets, type SecretOptions } from "./secrets.ts";
import { parseCounter, readKeys, securityDraft, type SecurityOptions } from "./security-options.ts";

export interface MeterOptions
  extends SecretOptions, SecurityOptions, LineEndpointOptions, SettingOptions {
  readonly line?: string;
  readonly name?: string;
  readonly framing?: string;
  readonly clientSap?: string;
  readonly serverUpper?: string;
  readonly serverLower?: string;
  readonly addressSize?: string;
  readonly auth?: string;
  readonly referencing?: string;
  readonly template?: string;
  readonly plan?: string;
  readonly interval?: string;
  readonly quirk?: readonly string[];
}

const sizes = { auto: "auto", "1": 1, "2": 2, "4": 4 } as const;
const quirkNames = [
  "invokeIdAlwaysOne",
  "skipRelease",
  "noSnrmParameters",
  "noGetWithList",
] as const;

export function parseAddressSize(text: string): 1 | 2 | 4 | "auto" {
  if (text in sizes) return sizes[text as keyof typeof sizes];
  throw new CliError("usage/choice", { name: "--address-size", text, choices: "auto, 1, 2, 4" });
}

export function parseAuthentication(text: string): MechanismName {
  const found = mechanismNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new CliError("usage/choice", { name: "--auth", text, choices: mechanismNames.join(", ") });
}

export function parseReferencing(text: string): "ln" | "sn" {
  if (text === "ln" || text === "sn") return text;
  throw new CliError("usage/choice", { name: "--referencing", text, choices: "ln, sn" });
}

function parseQuirks(names: readonly string[]): NonNullable<MeterDraft["quirks"]> {
  const quirks: { [Name in (typeof quirkNames)[number]]?: boolean } = {};
  for (const text of names) {
    const found = quirkNames.find((name) => name === text);
    if (found === undefined) {
      throw new CliError("usage/choice", { name: "--quirk", text, choices: quirkNames.join(", ") });
    }
    quirks[found] = true;
  }
  return quirks;
}

function parseAddress(options: MeterOptions): NonNullable<MeterDraft["address"]> | undefined {
  const { addressSize, serverUpper, serverLower } = options;
  if (addressSize === undefined && serverUpper === undefined && serverLower === undefined) {
    return undefined;
  }
  return {
    ...(addressSize === undefined ? {} : { size: parseAddressSize(addressSize) }),
    ...(serverUpper === undefined
      ? {}
      : { upper: parseCount("--server-upper", serverUpper, 0, 16_383) }),
    ...(serverLower === undefined
      ? {}
      : { lower: parseCount("--server-lower", serverLower, 0, 16_383) }),
  };
}

/** Options to what a meter needs; the secrets are read here and go straight into the vault. */
export async function meterEdit(context: Context, options: MeterOptions): Promise<MeterEdit> {
  const { password, token } = await readSecrets(context, options);
  const securityKeys = await readKeys(context, options);
  const security = securityDraft(options);
  const invocationCounter = parseCounter(options.counter);
  const address = parseAddress(options);
  const endpoint = lineEndpoint(options);
  // A password without a mechanism means the only mechanism that is nothing but a password.
  const auth = options.auth ?? (password === undefined ? undefined : "lls");
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.line === undefined ? {} : { line: options.line }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(options.framing === undefined ? {} : { framing: parseFraming(options.framing) }),
    ...(options.template === undefined ? {} : { template: options.template }),
    ...(address === undefined ? {} : { address }),
    ...(options.clientSap === undefined
      ? {}
      : { clientSap: parseCount("--client-sap", options.clientSap, 0, 127) }),
    ...(auth === undefined ? {} : { authentication: parseAuthentication(auth) }),
    ...(options.referencing === undefined
      ? {}
      : { referencing: parseReferencing(options.referencing) }),
    ...(options.quirk === undefined ? {} : { quirks: parseQuirks(options.quirk) }),
    ...settingEdit(options),
    ...(security === undefined ? {} : { security }),
    ...(securityKeys === undefined ? {} : { securityKeys }),
    ...(invocationCounter === undefined ? {} : { invocationCounter }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { thingsBoardToken: token }),
    ...(options.plan === undefined
      ? {}
      : { keys: options.plan.split(",").map((key) => key.trim()) }),
    ...(options.interval === undefined ? {} : { intervalMs: parseDurationMs(options.interval) }),
  };
}

function addressText({ address }: Meter): string {
  const { size, upper, lower } = address;
  return size === 1 ? `${upper} (1)` : `${upper}/${lower} (${size})`;
}

/** A meter as `--json` shows it. */
export function meterJson(meter: Meter, line: Line | undefined): Readonly<Record<string, unknown>> {
  return {
    ...meter,
    line: line?.name,
    ...(line === undefined ? {} : placeJson(line)),
    addressSize: meter.address.size,
    serverUpper: meter.address.upper,
    serverLower: meter.address.lower,
    clientSap: meter.association.clientSap,
    auth: meter.association.authentication,
    authStrength: mechanismStrength[meter.association.authentication].strength,
    keys: meter.plan.items.map(({ key }) => key),
    intervalMs: meter.plan.intervalMs,
  };
}

async function lineOf(control: GatewayControl, meter: Meter): Promise<Line | undefined> {
  return (await control.lines()).find(({ id }) => id === meter.lineId);
}

export async function listMeters(context: Context): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const [meters, lines] = await Promise.all([control.meters(), control.lines()]);
    const lineById = new Map(lines.map((line) => [line.id, line]));
    const { output } = context;
    const { words, sentences } = output.texts;
    output.document({
      meters: meters.map((meter) => meterJson(meter, lineById.get(meter.lineId))),
    });
    if (meters.length === 0) output.line(sentences.noMeters);
    else {
      output.table([
        [
          "id",
          words.name,
          words.endpoint,
          words.address,
          words.client,
          words.interval,
          words.state,
        ],
        ...meters.map((meter) => {
          const line = lineById.get(meter.lineId);
          return [
            String(meter.id),
            meter.name,
            line === undefined ? "-" : endpointText(line),
            addressText(meter),
            `${meter.association.clientSap} ${meter.association.authentication}`,
            `${meter.plan.intervalMs / 1000} s`,
            meter.paused || line?.paused === true ? words.paused : words.active,
          ];
        }),
      ]);
    }
    return exitCodes.done;
  });
}

export async function addMeter(
  context: Context,
  name: string,
  options: MeterOptions,
): Promise<ExitCode> {
  const draft: MeterDraft = { ...(await meterEdit(context, options)), name };
  if (draft.endpoint === undefined && draft.line === undefined) {
    throw new CliError("usage/missing", { name: "--tcp | --udp | --serial | --listen | --line" });
  }
  return report(context, "added", (control) => control.addMeter(draft));
}

export async function showMeter(context: Context, name: string): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const meter = await control.meter(name);
    const line = await lineOf(control, meter);
    const { output } = context;
    const { words } = output.texts;
    const kept = (has: boolean): string => (has ? words.stored : words.none);
    output.document(meterJson(meter, line));
    output.table([
      [words.name, meter.name],
      [words.endpoint, line === undefined ? "-" : endpointText(line)],
      [words.address, addressText(meter)],
      [words.client, String(meter.association.clientSap)],
      [words.authentication, meter.association.authentication],
      [words.password, kept(meter.hasPassword)],
      ...securityRows(output.texts, meter),
      ...settingRows(output.texts, meter),
      [words.token, kept(meter.hasThingsBoardToken)],
      [words.template, meter.template ?? words.none],
      [words.interval, `${meter.plan.intervalMs / 1000} s`],
      [words.plan, meter.plan.items.map(({ key }) => key).join(", ")],
      [words.state, meter.paused ? words.paused : words.active],
    ]);
    return exitCodes.done;
  });
}

/** What `meter show` says of a meter's security; nothing where it has none. */
function securityRows(
  { words }: Texts,
  { association, hasKeys, keyChangePending }: Meter,
): readonly string[][] {
  const { security } = association;
  if (security === undefined) return [];
  const { suite, protection, form, dedicatedKey, clientSystemTitle, serverSystemTitle } = security;
  const details = [protection, form, ...(dedicatedKey ? ["dedicated"] : [])];
  return [
    [words.security, `suite ${suite}: ${details.join(", ")}`],
    [words.systemTitles, `${clientSystemTitle} / ${serverSystemTitle ?? "-"}`],
    [words.storedKeys, hasKeys.length === 0 ? words.none : hasKeys.join(", ")],
    ...(keyChangePending ? [[words.keyChange, words.notProved]] : []),
  ];
}

export async function editMeter(
  context: Context,
  name: string,
  options: MeterOptions,
): Promise<ExitCode> {
  const edit = await meterEdit(context, options);
  return report(context, "edited", (control) => control.editMeter(name, edit));
}

export async function removeMeter(context: Context, name: string): Promise<ExitCode> {
  return report(context, "removed", async (control) => {
    const meter = await control.meter(name);
    await control.removeMeter(name);
    return meter;
  });
}

export async function pauseMeter(context: Context, name: string): Promise<ExitCode> {
  return report(context, "pausedNow", (control) => control.pauseMeter(name));
}

export async function resumeMeter(context: Context, name: string): Promise<ExitCode> {
  return report(context, "resumedNow", (control) => control.resumeMeter(name));
}

export async function restartMeter(context: Context, name: string): Promise<ExitCode> {
  return report(context, "restarted", async (control) => {
    await control.restartMeter(name);
    return control.meter(name);
  });
}

async function report(
  context: Context,
  sentence: "added" | "edited" | "removed" | "pausedNow" | "resumedNow" | "restarted",
  change: (control: GatewayControl) => Promise<Meter>,
): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const meter = await change(control);
    const line = await lineOf(control, meter);
    const { output } = context;
    output.document(meterJson(meter, line));
    output.line(
      fill(output.texts.sentences[sentence], { what: output.texts.words.meter, name: meter.name }),
    );
    const note = mechanismNote(output.texts, meter);
    if (note !== undefined && (sentence === "added" || sentence === "edited")) {
      output.note(`${meter.name}: ${note}`);
    }
    return exitCodes.done;
  });
}
