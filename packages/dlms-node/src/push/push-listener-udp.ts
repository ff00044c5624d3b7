import { hash } from "node:crypto";
import type { RemoteInfo, Socket } from "node:dgram";
import { bindUdp } from "../ports/bind-udp.ts";
import type { PushPeerAddress } from "./push-listener-options.ts";
import { type PushListenerShared, PushPeer } from "./push-listener-peer.ts";
import type { PushEndpoint, PushEntrance } from "./push-listener-tcp.ts";

/** Datagrams of one peer remembered, to know those that come twice. */
const rememberedMax = 8;

interface Datagram {
  readonly digest: string;
  readonly atMs: number;
}

interface UdpPeer {
  readonly address: PushPeerAddress;
  readonly peer: PushPeer;
  readonly remembered: Datagram[];
}

/** @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/failed */
export async function listenUdp(
  endpoint: PushEndpoint,
  shared: PushListenerShared,
): Promise<PushEntrance> {
  const { host = "127.0.0.1", port = 0 } = endpoint;
  const socket = await bindUdp(host, port);
  const peers = new UdpPeers(socket, shared);
  socket.on("message", (octets, from) => peers.receive(octets, from));
  return {
    host,
    port: socket.address().port,
    get peers() {
      return peers.size;
    },
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      await peers.dispose();
    },
  };
}

/** Peers in the order of their last datagram. */
class UdpPeers {
  readonly #socket: Socket;
  readonly #shared: PushListenerShared;
  readonly #peers: Map<string, UdpPeer> = new Map();

  constructor(socket: Socket, shared: PushListenerShared) {
    this.#socket = socket;
    this.#shared = shared;
  }

  get size(): number {
    return this.#peers.size;
  }

  receive(octets: Uint8Array, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    const known = this.#peers.get(key) ?? this.#welcome(key, from);
    this.#peers.delete(key);
    this.#peers.set(key, known);
    if (this.#isDuplicate(octets, known)) {
      this.#shared.options.onEvent?.({ type: "duplicate", peer: known.address });
      const { lastConfirmation } = known.peer;
      if (lastConfirmation !== undefined) this.#send(lastConfirmation, known.address);
      return;
    }
    known.peer.receive(octets);
    known.peer.gap();
  }

  async dispose(): Promise<void> {
    const peers = [...this.#peers.values()].map(({ peer }) => peer);
    this.#peers.clear();
    for (const peer of peers) peer[Symbol.dispose]();
    await Promise.all(peers.map((peer) => peer.settled()));
  }

  #welcome(key: string, { address, port }: RemoteInfo): UdpPeer {
    const [oldest] = this.#peers;
    if (oldest !== undefined && this.#peers.size >= this.#shared.limits.udpPeersMax) {
      this.#forget(oldest[0]);
    }
    const peerAddress: PushPeerAddress = { transport: "udp", address, port };
    const peer = new PushPeer(peerAddress, this.#shared, {
      send: (octets) => this.#send(octets, peerAddress),
      idle: () => this.#forget(key),
    });
    return { address: peerAddress, peer, remembered: [] };
  }

  #forget(key: string): void {
    const forgotten = this.#peers.get(key);
    if (forgotten === undefined) return;
    this.#peers.delete(key);
    forgotten.peer[Symbol.dispose]();
    this.#shared.options.onEvent?.({ type: "forgotten", peer: forgotten.address });
  }

  #isDuplicate(octets: Uint8Array, { remembered }: UdpPeer): boolean {
    const atMs = this.#shared.clock.monotonicMs();
    const digest = hash("sha256", octets);
    const since = atMs - this.#shared.limits.duplicateMs;
    if (remembered.some((one) => one.digest === digest && one.atMs >= since)) return true;
    remembered.push({ digest, atMs });
    if (remembered.length > rememberedMax) remembered.shift();
    return false;
  }

  #send(octets: Uint8Array, { address, port }: PushPeerAddress): void {
    this.#socket.send(octets.slice(), port, address);
  }
}
