import { resolve } from "node:path";
import { parseSerialEndpoint } from "@lectura/dlms-node";
import type { DialInIdentity, LineEndpoint, ModeESettings, TlsSettings } from "@lectura/gateway";
import { parseCount, parseEndpoint } from "../parse.ts";
import { CliError } from "../problem.ts";

/** Where a line is: at most one of `tcp`, `udp`, `serial` and `listen`, and what belongs to it. */
export interface LineEndpointOptions {
  readonly tcp?: string;
  readonly udp?: string;
  readonly serial?: string;
  readonly listen?: string;
  readonly baud?: string;
  readonly modeE?: boolean;
  readonly modeEAddress?: string;
  readonly tls?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly certKey?: string;
  readonly dialsFrom?: string;
  readonly dialsAs?: string;
  readonly dialsWith?: string;
}

/** What the options say of a line's way; undefined: nothing. @throws {CliError} */
export function lineEndpoint(options: LineEndpointOptions): LineEndpoint | undefined {
  const { tcp, udp, serial, listen } = options;
  const given = [tcp, udp, serial, listen].filter((endpoint) => endpoint !== undefined);
  if (given.length > 1) throw new CliError("usage/one-endpoint");
  refuseWithoutPlace(options);
  if (tcp !== undefined) {
    return { kind: "tcp", ...parseEndpoint(tcp), ...tlsOf(options), ...signOnOf(options) };
  }
  if (udp !== undefined) return { kind: "udp", ...parseEndpoint(udp) };
  if (serial !== undefined) return serialEndpoint(serial, options);
  if (listen === undefined) return undefined;
  return { kind: "listen", ...parseEndpoint(listen), identity: identityOf(options) };
}

/** What says how to go somewhere says nothing without the where: it is not passed over. */
function refuseWithoutPlace(options: LineEndpointOptions): void {
  const { tcp, udp, serial, listen, tls, ca, cert, baud, modeE, modeEAddress } = options;
  const { dialsFrom, dialsAs, dialsWith } = options;
  const secure = [tls, ca, cert].some((option) => option !== undefined);
  const signsOn = [modeE, modeEAddress, baud].some((option) => option !== undefined);
  const dials = [dialsFrom, dialsAs, dialsWith].some((option) => option !== undefined);
  if (secure && tcp === undefined) throw new CliError("usage/missing", { name: "--tcp" });
  if (signsOn && serial === undefined && tcp === undefined) {
    throw new CliError("usage/missing", {
      name: udp === undefined ? "--serial | --tcp" : "--serial",
    });
  }
  if (dials && listen === undefined) throw new CliError("usage/missing", { name: "--listen" });
}

function tlsOf({ tls, ca, cert, certKey }: LineEndpointOptions): { readonly tls?: TlsSettings } {
  if (tls !== true && ca === undefined && cert === undefined) return {};
  // The gateway may run in another directory than the one the file was named in.
  return {
    tls: {
      ...(ca === undefined ? {} : { caFile: resolve(ca) }),
      ...(cert === undefined ? {} : { certificateFile: resolve(cert) }),
      ...(certKey === undefined ? {} : { keyFile: resolve(certKey) }),
    },
  };
}

/** A sign-on of mode E, with the fastest rate to ask for. */
export function signOnOf(options: Pick<LineEndpointOptions, "modeE" | "modeEAddress" | "baud">): {
  readonly modeE?: ModeESettings;
} {
  const { modeE, modeEAddress, baud } = options;
  if (modeE !== true && modeEAddress === undefined) return {};
  return {
    modeE: {
      ...(modeEAddress === undefined ? {} : { address: modeEAddress }),
      ...(baud === undefined ? {} : { baudMax: parseBaud(baud) }),
    },
  };
}

/** @throws {CliError} usage/number */
export function parseBaud(text: string): number {
  return parseCount("--baud", text, 50, 4_000_000);
}

/** The format is kept only where it is said: 9600 8N1 may be 300 7E1 with a sign-on. */
function serialEndpoint(text: string, options: LineEndpointOptions): LineEndpoint {
  const signOn = signOnOf(options);
  // With a sign-on the rate that was given is the fastest one to ask for.
  const rate =
    options.baud === undefined || signOn.modeE !== undefined
      ? {}
      : { baudRate: parseBaud(options.baud) };
  try {
    const { path, ...settings } = parseSerialEndpoint(text);
    const said = text.includes("?") ? settings : {};
    return { kind: "serial", path, ...said, ...rate, ...signOn };
  } catch (cause) {
    throw new CliError("usage/serial", { text }, { cause });
  }
}

function identityOf({ dialsFrom, dialsAs, dialsWith }: LineEndpointOptions): DialInIdentity {
  if (dialsFrom !== undefined) return { by: "address", address: dialsFrom };
  if (dialsAs !== undefined) return { by: "name", name: dialsAs };
  if (dialsWith !== undefined) return { by: "octets", octets: dialsWith };
  throw new CliError("usage/missing", { name: "--dials-from | --dials-as | --dials-with" });
}
