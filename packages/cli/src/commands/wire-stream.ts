import { readFile } from "node:fs/promises";
import { parseSerialEndpoint, type SessionOptions } from "@lectura/dlms-node";
import { parseEndpoint } from "../parse.ts";
import { CliError } from "../problem.ts";
import { parseBaud, signOnOf } from "./line-endpoint.ts";

/** Where a raw session goes: exactly one of `tcp`, `udp` and `serial` is given. */
export interface StreamOptions {
  readonly tcp?: string;
  readonly udp?: string;
  readonly serial?: string;
  readonly baud?: string;
  readonly modeE?: boolean;
  readonly modeEAddress?: string;
  readonly tls?: boolean;
  readonly ca?: string;
}

type Stream = Pick<SessionOptions, "tcp" | "udp" | "serial" | "tls" | "modeE">;

/** The endpoint as people gave it; undefined: none. @throws {CliError} more than one */
export function endpointOf({ tcp, udp, serial }: StreamOptions): string | undefined {
  const given = [tcp, udp, serial].filter((endpoint) => endpoint !== undefined);
  if (given.length > 1) throw new CliError("usage/one-endpoint");
  return given[0];
}

/** Endpoint options of the command line to what a session opens. */
export async function streamOf(options: StreamOptions): Promise<Stream> {
  const { tcp, udp, serial, baud } = options;
  const modeE = signOnOf(options);
  if (serial !== undefined) {
    const endpoint = serialEndpoint(serial);
    // With a sign-on the rate that was given is the fastest one to ask for.
    const isRate = baud !== undefined && modeE.modeE === undefined;
    const rate = isRate ? { baudRate: parseBaud(baud) } : {};
    return { serial: { ...endpoint, ...rate }, ...modeE };
  }
  const endpoint = tcp ?? udp ?? "";
  parseEndpoint(endpoint);
  if (udp !== undefined) return { udp };
  const tls = options.tls === true || options.ca !== undefined;
  return { tcp: endpoint, ...(tls ? { tls: await trustOf(options) } : {}), ...modeE };
}

function serialEndpoint(text: string): ReturnType<typeof parseSerialEndpoint> {
  try {
    return parseSerialEndpoint(text);
  } catch (cause) {
    throw new CliError("usage/serial", { text }, { cause });
  }
}

async function trustOf({ ca: file }: StreamOptions): Promise<NonNullable<Stream["tls"]>> {
  if (file === undefined) return {};
  const ca = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
  return { ca };
}
