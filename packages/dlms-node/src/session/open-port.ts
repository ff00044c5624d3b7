import type { Clock } from "../clock.ts";
import type { Port } from "../ports/port.ts";
import { parseSerialEndpoint } from "../ports/serial-endpoint.ts";
import { openSerialPort } from "../ports/serial-port.ts";
import type { SessionOptions, SessionTimeouts } from "./session-options.ts";
import { signOnModeE, withSignOff } from "../sign-on/sign-on.ts";
import { openTcpPort } from "../ports/tcp-port.ts";
import { openUdpPort } from "../ports/udp-port.ts";

/**
 * The stream a session speaks over, signed on where that is asked for: the one it is given, or one
 * it opens and closes itself.
 *
 * @throws {PortError} tcp/*, serial/*
 * @throws {ProtocolError} iec62056-21/*: the sign-on failed
 * @throws {RangeError} the endpoint is none
 */
export async function openPortOf(
  options: SessionOptions,
  timeouts: SessionTimeouts,
  clock: Clock,
): Promise<Port> {
  const port = options.port ?? (await openStream(options, timeouts, clock));
  const { modeE, observer, signal } = options;
  if (modeE === undefined) return port;
  try {
    await signOnModeE(port, modeE, {
      clock,
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (options.port === undefined) await port[Symbol.asyncDispose]();
    throw error;
  }
  return modeE.signOff === true && options.port === undefined ? withSignOff(port) : port;
}

function openStream(
  options: SessionOptions,
  timeouts: SessionTimeouts,
  clock: Clock,
): Promise<Port> {
  const common = options.signal === undefined ? { clock } : { clock, signal: options.signal };
  if (options.serial !== undefined) {
    const { serial } = options;
    const endpoint = typeof serial === "string" ? parseSerialEndpoint(serial) : serial;
    return openSerialPort({ ...endpoint, ...common });
  }
  if (options.udp !== undefined) {
    return openUdpPort({ ...parseEndpoint("udp", options.udp), ...common });
  }
  return openTcpPort({
    ...parseEndpoint("tcp", options.tcp ?? ""),
    ...common,
    connectTimeoutMs: timeouts.connectMs,
    lingerMs: timeouts.lingerMs,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
}

/** `host:port`, IPv6 in brackets. @throws {RangeError} */
function parseEndpoint(
  transport: "tcp" | "udp",
  text: string,
): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new RangeError(`${transport} "${text}" is not host:port`);
  }
  return { host, port };
}
