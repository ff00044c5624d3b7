import {
  checkSecurity,
  type FrameObserver,
  isCiphered,
  needsCounter,
  openSession,
  securedAssociation,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import { InvocationCounter } from "@lectura/dlms/security";
import { builtInTemplates, type Template } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { parseCount, parseDurationMs } from "../parse.ts";
import { CliError } from "../problem.ts";
import { parseFraming } from "./line.ts";
import {
  type MeterOptions,
  parseAddressSize,
  parseAuthentication,
  parseReferencing,
} from "./meter.ts";
import { readSecrets } from "./secrets.ts";
import type { WatchOptions } from "./wire-watch.ts";
import { counterOf, wireSecurity } from "./wire-security.ts";
import { type StreamOptions, streamOf } from "./wire-stream.ts";

const managementClientSap = 1;
const publicClientSap = 16;

export interface WireOptions extends MeterOptions, WatchOptions, StreamOptions {
  readonly timeout?: string;
}

/** The family `--template` names; undefined when none is named. */
export function templateOf({ template }: WireOptions): Template | undefined {
  if (template === undefined) return undefined;
  const found = builtInTemplates.find(({ name }) => name === template);
  if (found !== undefined) return found;
  const choices = builtInTemplates.map(({ name }) => name).join(", ");
  throw new CliError("usage/choice", { name: "--template", text: template, choices });
}

/** Options as given, over what the template says. */
function withTemplate<Options extends WireOptions>(options: Options): Options {
  const template = templateOf(options);
  if (template === undefined) return options;
  const { address, association } = template;
  return {
    clientSap: String(association.clientSap),
    auth: association.authentication,
    addressSize: String(address.size),
    serverUpper: String(address.upper),
    ...(address.size === 1 ? {} : { serverLower: String(address.lower) }),
    ...(association.referencing === undefined ? {} : { referencing: association.referencing }),
    ...securityTexts(association.security),
    quirk: Object.keys(association.quirks),
    ...options,
  };
}

/** The security of a template as its options would be given. */
function securityTexts(security: Template["association"]["security"]): Partial<WireOptions> {
  const { suite, protection, serverSystemTitle } = security ?? {};
  return {
    ...(suite === undefined ? {} : { suite: String(suite) }),
    ...(protection === undefined ? {} : { protection }),
    ...(security?.form === "general" ? { general: true } : {}),
    ...(security?.dedicatedKey === true ? { dedicated: true } : {}),
    ...(security?.cipheredContext === true ? { cipheredContext: true } : {}),
    ...(serverSystemTitle === undefined ? {} : { serverTitle: serverSystemTitle }),
  };
}

/** How sessions with one meter are opened: each fresh, all under one invocation counter. */
export interface PreparedWire {
  /** For one `openSession`: challenge and dedicated key are new each time. */
  options(): SessionOptions;
}

/**
 * Address, credential and framing options of the command line to what sessions need. Where nobody
 * said it, the invocation counter is read from the meter through the public client.
 */
export async function prepareWire(context: Context, given: WireOptions): Promise<PreparedWire> {
  const options = withTemplate(given);
  const stream = await streamOf(options);
  const { password } = await readSecrets(context, options);
  const auth = parseAuthentication(options.auth ?? (password === undefined ? "none" : "lls"));
  if (auth === "lls" && password === undefined) throw new CliError("usage/password-missing");
  const place = { ...placeOf(context, options), ...stream };
  const security = await wireSecurity(context, options, auth, password);
  // Settings that cannot work are told before anything is sent.
  checkSecurity({ ...security, counter: new InvocationCounter({ next: 0 }) });
  const known = auth !== "none" || isCiphered(security);
  const clientSap =
    options.clientSap === undefined
      ? known
        ? managementClientSap
        : publicClientSap
      : parseCount("--client-sap", options.clientSap, 0, 127);
  const counter = needsCounter(security) ? await counterOf(options, place) : undefined;
  const settings = counter === undefined ? security : { ...security, counter };
  return { options: () => ({ ...place, clientSap, ...securedAssociation(settings) }) };
}

/** For one session only. */
export async function sessionOptions(
  context: Context,
  given: WireOptions,
): Promise<SessionOptions> {
  return (await prepareWire(context, given)).options();
}

/** Where the meter is and how it is framed; nothing of who asks. */
function placeOf(context: Context, options: WireOptions): SessionOptions {
  const framing = parseFraming(options.framing ?? (options.udp === undefined ? "hdlc" : "wrapper"));
  const { quirk } = options;
  return {
    ...(options.referencing === undefined
      ? {}
      : { referencing: parseReferencing(options.referencing) }),
    framing: framing === "auto" ? "hdlc" : framing,
    server: {
      size: parseAddressSize(options.addressSize ?? "auto"),
      upper: parseCount("--server-upper", options.serverUpper ?? "1", 0, 16_383),
      ...(options.serverLower === undefined
        ? {}
        : { lower: parseCount("--server-lower", options.serverLower, 0, 16_383) }),
    },
    ...(quirk?.includes("noSnrmParameters") === true ? { hdlc: { sendParameters: false } } : {}),
    quirks: {
      ...(quirk?.includes("invokeIdAlwaysOne") === true ? { invokeIdAlwaysOne: true } : {}),
      ...(quirk?.includes("skipRelease") === true ? { skipRelease: true } : {}),
    },
    ...(options.timeout === undefined
      ? {}
      : { timeouts: { responseMs: parseDurationMs(options.timeout) } }),
    signal: context.environment.interrupted,
  };
}

export async function openWire(
  wire: PreparedWire,
  observer: FrameObserver | undefined,
): Promise<Session> {
  const session = wire.options();
  return openSession(observer === undefined ? session : { ...session, observer });
}
