import {
  type AddressInfo,
  createServer,
  type Server,
  type ServerOpts,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { portErrorFrom, type PortError } from "./port-error.ts";

/** Where a TCP listener stands, and what is spoken there. */
export interface SocketEndpoint {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /**
   * TLS: certificate and key, and `requestCert` with `ca` where the peer has to show one. Absent:
   * plain TCP.
   */
  readonly tls?: TlsOptions;
}

export interface SocketListenerOptions extends SocketEndpoint {
  /** Half open: the peer may end its half and still hear us. Absent: false. */
  readonly allowHalfOpen?: boolean;
  /** Sockets at a time, those within their TLS handshake among them; one more is closed at once. */
  readonly socketsMax?: number;
  /** A connection that can be read; behind its handshake where there is one. */
  readonly accept: (socket: Socket) => void;
  /** A handshake failed: `tcp/tls-failed` mostly. */
  readonly refused?: (error: PortError, peer: Socket) => void;
}

export interface SocketListener {
  readonly port: number;
  /** Closes the listener and every socket at once, also those within their handshake. */
  close(): Promise<void>;
}

/** A handshake has so long. */
const handshakeMs = 10_000;

/**
 * Listens on TCP, or TLS over it.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/tls-failed, tcp/failed
 */
export async function listenForSockets(options: SocketListenerOptions): Promise<SocketListener> {
  const { host, port } = options;
  const label = `${host}:${port}`;
  const sockets = new Set<Socket>();
  const server = makeServer(options, label);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  if (options.socketsMax !== undefined) server.maxConnections = options.socketsMax;
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error): void => reject(portErrorFrom(error, label));
    server.once("error", onError);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", onError);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server, sockets),
  };
}

function makeServer(options: SocketListenerOptions, label: string): Server {
  const { tls, accept, refused } = options;
  const stream: ServerOpts = {
    noDelay: true,
    keepAlive: true,
    allowHalfOpen: options.allowHalfOpen ?? false,
  };
  if (tls === undefined) return createServer(stream, accept);
  try {
    const server = createTlsServer({ handshakeTimeout: handshakeMs, ...tls, ...stream }, accept);
    server.on("tlsClientError", (error, socket) => {
      refused?.(portErrorFrom(error, label), socket);
    });
    return server;
  } catch (error) {
    // Certificate and key that do not fit each other, a passphrase that is missing.
    throw portErrorFrom(error, label);
  }
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) {
      resolve();
      return;
    }
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
