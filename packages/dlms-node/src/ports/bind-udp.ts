import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { portErrorFrom } from "./port-error.ts";

/**
 * A UDP socket that takes datagrams at `host` and `port` (0: a free one). What cannot be sent is
 * lost, as datagrams are; receiving goes on. The caller sets its "message" listener at once.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/failed
 */
export async function bindUdp(host: string, port: number): Promise<Socket> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, host, resolve);
    });
  } catch (error) {
    socket.close();
    throw portErrorFrom(error, `${host}:${port}`);
  }
  socket.removeAllListeners("error");
  socket.on("error", () => undefined);
  return socket;
}
