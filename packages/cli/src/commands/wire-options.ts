import {
  type FrameObserver,
  openSession,
  type Session,
  type SessionOptions,
} from "@lectura/dlms-node";
import { Secret } from "@lectura/dlms/security";
import { builtInTemplates, type Template } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { parseCount, parseDurationMs, parseEndpoint } from "../parse.ts";
import { CliError } from "../problem.ts";
import { parseFraming } from "./line.ts";
import { type MeterOptions, parseAddressSize, parseAuthentication } from "./meter.ts";
import { readSecrets } from "./secrets.ts";
import type { WatchOptions } from "./wire-watch.ts";

export interface WireOptions extends MeterOptions, WatchOptions {
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
    quirk: Object.keys(association.quirks),
    ...options,
  };
}

/** Address, credential and framing options of the command line to what a session needs. */
export async function sessionOptions(
  context: Context,
  given: WireOptions & { readonly tcp: string },
): Promise<SessionOptions> {
  const options = withTemplate(given);
  parseEndpoint(options.tcp);
  const { password } = await readSecrets(context, options);
  const auth = parseAuthentication(options.auth ?? (password === undefined ? "none" : "lls"));
  if (auth !== "none" && auth !== "lls") throw new CliError("usage/auth-later", { auth });
  if (auth === "lls" && password === undefined) throw new CliError("usage/password-missing");
  const framing = parseFraming(options.framing ?? "hdlc");
  const { quirk } = options;
  return {
    tcp: options.tcp,
    framing: framing === "auto" ? "hdlc" : framing,
    clientSap:
      options.clientSap === undefined
        ? auth === "none"
          ? 16
          : 1
        : parseCount("--client-sap", options.clientSap, 0, 127),
    server: {
      size: parseAddressSize(options.addressSize ?? "auto"),
      upper: parseCount("--server-upper", options.serverUpper ?? "1", 0, 16_383),
      ...(options.serverLower === undefined
        ? {}
        : { lower: parseCount("--server-lower", options.serverLower, 0, 16_383) }),
    },
    authentication:
      auth === "lls" && password !== undefined
        ? { mechanism: "lls", password: Secret.fromText(password) }
        : { mechanism: "none" },
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
  context: Context,
  options: WireOptions & { readonly tcp: string },
  observer: FrameObserver | undefined,
): Promise<Session> {
  const session = await sessionOptions(context, options);
  return openSession(observer === undefined ? session : { ...session, observer });
}
