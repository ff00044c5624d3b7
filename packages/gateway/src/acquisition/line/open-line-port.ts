import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import {
  type Clock,
  openSerialPort,
  openTcpPort,
  openUdpPort,
  type Port,
  type SerialDriver,
} from "@lectura/dlms-node";
import { GatewayError } from "../../errors.ts";
import { type ListenEndpoint, endpointText } from "../../registry/line-endpoint.ts";
import type { TlsSettings } from "../../registry/model.ts";
import type { PortRequest } from "../wire.ts";

/** What lines are opened with. */
export interface LinePortParts {
  readonly clock: Clock;
  /** Absent: the package `serialport`, where it is installed. */
  readonly serialDriver: SerialDriver | undefined;
  /** The connection of a meter that has dialled in. */
  readonly dialledIn: (endpoint: ListenEndpoint) => Port | undefined;
}

/**
 * Opens the way to a line. A meter that dials in is there or is not: nothing waits for it here.
 * @throws {PortError} tcp/*, serial/*
 * @throws {GatewayError} line/tls-file, line/not-dialled-in
 */
export async function openLinePort(request: PortRequest, parts: LinePortParts): Promise<Port> {
  const { line, endpoint, connectTimeoutMs, signal } = request;
  const { clock } = parts;
  switch (endpoint.kind) {
    case "tcp": {
      const { host, port, tls } = endpoint;
      const trust = tls === undefined ? {} : { tls: await tlsOptions(host, tls) };
      return openTcpPort({ host, port, connectTimeoutMs, signal, clock, ...trust });
    }
    case "udp": {
      const { host, port } = endpoint;
      return openUdpPort({ host, port, signal });
    }
    case "serial": {
      const { kind: _kind, modeE: _modeE, ...serial } = endpoint;
      const { serialDriver } = parts;
      const driver = serialDriver === undefined ? {} : { driver: serialDriver };
      return openSerialPort({ ...serial, ...driver, signal, clock });
    }
    case "listen": {
      const port = parts.dialledIn(endpoint);
      if (port !== undefined) return port;
      const detail = `nobody has dialled in for line ${line}; check the meter's modem and address`;
      const params = { name: line, endpoint: endpointText(endpoint) };
      throw new GatewayError("line/not-dialled-in", detail, { params });
    }
  }
}

/** Read at every opening: a renewed certificate is used without a restart. */
async function tlsOptions(host: string, tls: TlsSettings): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    readPem(tls.caFile),
    readPem(tls.certificateFile),
    readPem(tls.keyFile),
  ]);
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError("line/tls-file", `${file} cannot be read: ${problem}`, {
      cause,
      params: { file, problem },
    });
  }
}
