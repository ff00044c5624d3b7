import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { TlsSettings } from "../../registry/model.ts";
import type { MqttAddress } from "./mqtt-address.ts";

/** A socket that is being opened, and whether TCP and TLS stand already. */
export interface MqttSocket {
  readonly socket: Socket;
  established(): boolean;
}

/** Opens the stream an MQTT session runs on. Replaceable, so that tests need no network. */
export type OpenMqttSocket = (
  address: MqttAddress,
  tls: TlsSettings | undefined,
) => Promise<MqttSocket>;

/**
 * Dials. Returns at once; errors arrive at the socket. The TLS files are read at every attempt,
 * so a renewed certificate is used without a restart.
 */
export const openMqttSocket: OpenMqttSocket = async (address, tls) => {
  let established = false;
  const mark = (): void => {
    established = true;
  };
  if (!address.tls) {
    const socket = connectTcp({ host: address.host, port: address.port, noDelay: true });
    socket.once("connect", mark);
    return { socket, established: () => established };
  }
  const socket = connectTls(await tlsOptions(address, tls));
  socket.setNoDelay(true);
  socket.once("secureConnect", mark);
  return { socket, established: () => established };
};

async function tlsOptions(
  address: MqttAddress,
  tls: TlsSettings | undefined,
): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    readPem(tls?.caFile),
    readPem(tls?.certificateFile),
    readPem(tls?.keyFile),
  ]);
  const serverName = tls?.serverName ?? (isIP(address.host) === 0 ? address.host : undefined);
  return {
    host: address.host,
    port: address.port,
    // There is no option to skip verification: who needs a private authority names it in caFile.
    rejectUnauthorized: true,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readPem(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? undefined : readFile(path);
}
