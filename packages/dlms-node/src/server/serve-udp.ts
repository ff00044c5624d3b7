import type { RemoteInfo, Socket } from "node:dgram";
import { OctetWriter } from "@lectura/dlms/octets";
import { answerOctetsCeiling } from "@lectura/dlms/server";
import { type Clock, systemClock } from "../clock.ts";
import { bindUdp } from "../ports/bind-udp.ts";
import { WrapperSpeaker } from "./serve-wrapper.ts";
import { checkMeters, type ServedMeter } from "./served-meter.ts";

/** Which meters to serve over UDP, and where. */
export interface ServeUdpOptions {
  /** Absent: "127.0.0.1". */
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly meters: readonly ServedMeter[];
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Clients remembered; beyond, the one silent for longest is forgotten. Absent: 1024. */
  readonly peersMax?: number;
  /** A client silent for so long is forgotten, with its association. 0: never. Absent: 120 s. */
  readonly idleMs?: number;
}

/** A bound socket with its meters. Disposing closes it and forgets every client at once. */
export interface ServedSocket extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Clients remembered now. */
  readonly peers: number;
}

const peersMaxDefault = 1024;
const idleMsDefault = 120_000;

/** Where answers are written: each is copied into its datagram before anything else is asked. */
const answers = new OctetWriter(answerOctetsCeiling, 4096);

/**
 * Serves meters behind the wrapper over UDP (Green Book 7.3): one datagram carries one unit, and a
 * client is known by its address and port. A datagram that comes twice is carried out twice: UDP
 * does not tell, and whoever needs it otherwise asks with ciphering, where a replay is refused.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/failed
 * @throws {RangeError} a view that contradicts itself
 */
export async function serveUdp(options: ServeUdpOptions): Promise<ServedSocket> {
  const { host = "127.0.0.1", port = 0 } = options;
  checkMeters(options.meters);
  const socket = await bindUdp(host, port);
  const clients = new Clients(socket, options);
  socket.on("message", (octets, from) => clients.receive(octets, from));
  return {
    host,
    port: socket.address().port,
    get peers() {
      return clients.size;
    },
    [Symbol.asyncDispose]: async () => {
      clients.dispose();
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

interface Client {
  readonly speaker: WrapperSpeaker;
  lastMs: number;
}

/** Clients in the order of their last datagram. */
class Clients {
  readonly #socket: Socket;
  readonly #options: ServeUdpOptions;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #clients: Map<string, Client> = new Map();
  #timer: Disposable | undefined;

  constructor(socket: Socket, options: ServeUdpOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#idleMs = options.idleMs ?? idleMsDefault;
  }

  get size(): number {
    return this.#clients.size;
  }

  receive(octets: Uint8Array, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    const client = this.#clients.get(key) ?? this.#welcome(from);
    this.#clients.delete(key);
    this.#clients.set(key, client);
    client.lastMs = this.#clock.monotonicMs();
    client.speaker.datagram(octets);
    this.#arm();
  }

  dispose(): void {
    this.#timer?.[Symbol.dispose]();
    for (const { speaker } of this.#clients.values()) speaker.close();
    this.#clients.clear();
  }

  #welcome({ address, port }: RemoteInfo): Client {
    const { meters, peersMax = peersMaxDefault } = this.#options;
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined && this.#clients.size >= peersMax) this.#forget(oldest);
    const speaker = new WrapperSpeaker({
      // A copy: the datagram goes out after this returns.
      send: (octets) => this.#socket.send(octets.slice(), port, address),
      meters,
      clock: this.#clock,
      writer: answers,
    });
    return { speaker, lastMs: 0 };
  }

  #forget(key: string): void {
    this.#clients.get(key)?.speaker.close();
    this.#clients.delete(key);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#idleMs === 0) return;
    const [oldest] = this.#clients.values();
    if (oldest === undefined) return;
    const waitMs = oldest.lastMs + this.#idleMs - this.#clock.monotonicMs();
    this.#timer = this.#clock.timer(Math.max(1, waitMs), () => {
      this.#timer = undefined;
      const before = this.#clock.monotonicMs() - this.#idleMs;
      for (const [key, { lastMs }] of this.#clients) {
        if (lastMs > before) break;
        this.#forget(key);
      }
      this.#arm();
    });
  }
}
