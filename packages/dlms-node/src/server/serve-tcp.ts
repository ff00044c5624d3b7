import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { OctetWriter } from "@lectura/dlms/octets";
import { answerOctetsCeiling } from "@lectura/dlms/server";
import { type Clock, systemClock } from "../clock.ts";
import { listenForSockets } from "../ports/listen-sockets.ts";
import type { Port } from "../ports/port.ts";
import { checkMeters, type ServedMeter } from "./served-meter.ts";
import { type ServedFraming, serveSession } from "./server-session.ts";
import { portFromSocket } from "../ports/tcp-port.ts";

/** Which meters to serve, where, and within which limits. */
export interface ServeTcpOptions {
  /** Absent: "127.0.0.1". */
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** TLS with this certificate and key; `requestCert` and `ca` ask the client for its own. */
  readonly tls?: TlsOptions;
  readonly meters: readonly ServedMeter[];
  /** Absent: "auto". */
  readonly framing?: ServedFraming;
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Connections at a time; one more is closed at once. Absent: 4096. */
  readonly connectionsMax?: number;
  /**
   * Stands between a connection and the meters, like a converter: gives the port the meters see, or
   * undefined when it deals with the connection itself.
   */
  readonly interpose?: (port: Port) => Port | undefined;
  /** Takes what happens; never throws back. */
  readonly onEvent?: (event: ServeEvent) => void;
}

/** What happened on a served line. */
export interface ServeEvent {
  readonly type: "connected" | "disconnected" | "refused";
  /** Who: "127.0.0.1:50123". */
  readonly peer: string;
}

/** A listening port with its meters. Disposing closes it and every connection at once. */
export interface ServedLine extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
}

const connectionsMaxDefault = 4096;

/**
 * Where all meters of the process write their answers: an answer is copied into frames before
 * anything else is asked, so one buffer serves any number of connections.
 */
const answers = new OctetWriter(answerOctetsCeiling, 4096);

/**
 * Serves meters on one TCP port.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/tls-failed, tcp/failed
 * @throws {RangeError} a view that contradicts itself
 */
export async function serveTcp(options: ServeTcpOptions): Promise<ServedLine> {
  const { host = "127.0.0.1", port = 0 } = options;
  checkMeters(options.meters);
  const sockets = new Set<Socket>();
  const listener = await listenForSockets({
    host,
    port,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    accept: (socket) => accept(socket, sockets, options),
  });
  return {
    host,
    port: listener.port,
    get connections() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

function accept(socket: Socket, sockets: Set<Socket>, options: ServeTcpOptions): void {
  const { clock = systemClock, connectionsMax = connectionsMaxDefault, onEvent } = options;
  const peer = `${socket.remoteAddress ?? ""}:${socket.remotePort ?? 0}`;
  // Errors end in "close"; a meter has nobody to tell them to.
  socket.on("error", () => undefined);
  if (sockets.size >= connectionsMax) {
    onEvent?.({ type: "refused", peer });
    socket.destroy();
    return;
  }
  sockets.add(socket);
  onEvent?.({ type: "connected", peer });
  socket.once("close", () => {
    sockets.delete(socket);
    onEvent?.({ type: "disconnected", peer });
  });
  const near = portFromSocket(socket, clock);
  const port = options.interpose === undefined ? near : options.interpose(near);
  if (port === undefined) return;
  const { meters, framing = "auto" } = options;
  serveSession({ port, meters, framing, clock, writer: answers });
}
