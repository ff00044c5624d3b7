import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { listenForSockets, type SocketListener } from "../ports/listen-sockets.ts";
import type { PushPeerAddress } from "./push-listener-options.ts";
import { type PushListenerShared, PushPeer } from "./push-listener-peer.ts";

/** Where to listen. */
export interface PushEndpoint {
  /** Absent: "127.0.0.1". */
  readonly host?: string;
  /** 0 or absent: a free one. Meters are told one; 4059 is registered for DLMS. */
  readonly port?: number;
}

/** Where to listen over TCP. */
export interface PushTcpEndpoint extends PushEndpoint {
  /** TLS with this certificate and key; `requestCert` and `ca` ask the meter for its own. */
  readonly tls?: TlsOptions;
}

/** One way in, open. */
export interface PushEntrance extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections or peers now. */
  readonly peers: number;
}

/**
 * Octets taken before the handler has to keep up. A notification has 7 at least, so no more than
 * 147 of one connection wait.
 */
const sliceOctets = 1024;

/** @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/tls-failed, tcp/failed */
export async function listenTcp(
  endpoint: PushTcpEndpoint,
  shared: PushListenerShared,
): Promise<PushEntrance> {
  const { host = "127.0.0.1", port = 0 } = endpoint;
  const connections = new Map<Socket, PushConnection>();
  const listener = await listenForSockets({
    host,
    port,
    ...(endpoint.tls === undefined ? {} : { tls: endpoint.tls }),
    allowHalfOpen: true,
    accept: (socket) => accept(socket, connections, shared),
  });
  return {
    host,
    port: listener.port,
    get peers() {
      return connections.size;
    },
    [Symbol.asyncDispose]: () => close(listener, connections),
  };
}

async function close(
  listener: SocketListener,
  connections: ReadonlyMap<Socket, PushConnection>,
): Promise<void> {
  const peers = [...connections.values()].map(({ peer }) => peer);
  for (const peer of peers) peer[Symbol.dispose]();
  await listener.close();
  await Promise.all(peers.map((peer) => peer.settled()));
}

function accept(
  socket: Socket,
  connections: Map<Socket, PushConnection>,
  shared: PushListenerShared,
): void {
  const address = socket.remoteAddress ?? "";
  const peer: PushPeerAddress = { transport: "tcp", address, port: socket.remotePort ?? 0 };
  const { onEvent } = shared.options;
  // Errors end in "close"; a listener has nobody to tell them to.
  socket.on("error", () => undefined);
  const { connectionsMax, connectionsPerAddressMax } = shared.limits;
  const sameAddress = [...connections.values()].filter((one) => one.address === address).length;
  if (connections.size >= connectionsMax || sameAddress >= connectionsPerAddressMax) {
    onEvent?.({ type: "refused", peer });
    socket.destroy();
    return;
  }
  const connection = new PushConnection(socket, peer, shared);
  connections.set(socket, connection);
  onEvent?.({ type: "connected", peer });
  socket.once("close", () => {
    onEvent?.({ type: "disconnected", peer });
    // It counts until the handler has taken everything it brought.
    void connection.closed().then(() => connections.delete(socket));
  });
}

/** One connection: read on only when the handler has taken what came before. */
class PushConnection {
  readonly address: string;
  readonly peer: PushPeer;
  readonly #socket: Socket;
  /** The read being taken. */
  #taking: Promise<void> = Promise.resolve();

  constructor(socket: Socket, address: PushPeerAddress, shared: PushListenerShared) {
    this.address = address.address;
    this.#socket = socket;
    this.peer = new PushPeer(address, shared, {
      send: (octets) => this.#send(octets),
      idle: () => void socket.destroy(),
    });
    socket.on("data", (octets: Uint8Array) => void (this.#taking = this.#take(octets)));
    socket.on("end", () => void this.#finish());
  }

  /** What was read before the connection closed is taken all the same. */
  async closed(): Promise<void> {
    await this.#taking;
    this.peer.retire();
    await this.peer.settled();
  }

  /** Nothing is read while the handler works: the meter waits, TCP tells it so. */
  async #take(octets: Uint8Array): Promise<void> {
    this.#socket.pause();
    for (let at = 0; at < octets.length; at += sliceOctets) {
      this.peer.receive(octets.subarray(at, at + sliceOctets));
      await this.peer.settled();
    }
    this.#socket.resume();
  }

  /** The meter has said everything: it still hears our confirmations. */
  async #finish(): Promise<void> {
    this.peer.end();
    await this.peer.settled();
    this.#socket.end();
  }

  /** A meter that does not read its confirmations loses them: nothing piles up. */
  #send(octets: Uint8Array): void {
    if (this.#socket.writable && this.#socket.writableLength === 0) this.#socket.write(octets);
  }
}
