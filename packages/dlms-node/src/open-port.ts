import type { Clock } from "./clock.ts";
import type { Port } from "./port.ts";
import type { SessionOptions } from "./session-options.ts";
import { openTcpPort } from "./tcp-port.ts";

/** The stream a session speaks over: the one it is given, or one it opens and closes itself. */
export async function openPortOf(
  options: SessionOptions,
  connectTimeoutMs: number,
  clock: Clock,
): Promise<Port> {
  if (options.port !== undefined) return options.port;
  const { signal } = options;
  const { host, port } = parseEndpoint(options.tcp ?? "");
  return openTcpPort({
    host,
    port,
    clock,
    connectTimeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** `host:port`, IPv6 in brackets. @throws {RangeError} */
function parseEndpoint(tcp: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(tcp);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new RangeError(`tcp "${tcp}" is not host:port`);
  }
  return { host, port };
}
