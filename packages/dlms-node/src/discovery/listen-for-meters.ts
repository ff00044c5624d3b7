import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { type Clock, systemClock } from "../clock.ts";
import { listenForSockets, type SocketListener } from "../ports/listen-sockets.ts";
import type { IdentifyMeter, MeterPeer } from "./meter-identity.ts";
import { PortError } from "../ports/port-error.ts";
import type { Port } from "../ports/port.ts";
import { portFromSocket } from "../ports/tcp-port.ts";

/** Bounds of a listener for meters that dial in. */
export interface MeterListenerLimits {
  /** Connections at a time; one more is closed at once: "refused". */
  readonly connectionsMax: number;
  /** The same for one IP address: meters behind one NAT share it. */
  readonly connectionsPerAddressMax: number;
  /** Identified meters nobody has taken yet; one more is closed: "overflow". */
  readonly waitingMax: number;
  /** Who is not identified in this time is closed: "unidentified". */
  readonly identifyMs: number;
}

/** The limits of a listener nobody told others. */
export const defaultMeterLimits: MeterListenerLimits = {
  connectionsMax: 1024,
  connectionsPerAddressMax: 64,
  waitingMax: 64,
  identifyMs: 15_000,
};

/** Where to wait for meters that call, and how to talk to them. */
export interface ListenForMetersOptions {
  /** Absent: "127.0.0.1". */
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** TLS with this certificate and key; `requestCert` and `ca` ask the meter for its own. */
  readonly tls?: TlsOptions;
  /** Who has dialled in: `identifyByAddress`, `identifyByFirstUnit`, `identifyByDeviceName`, ... */
  readonly identify: IdentifyMeter;
  readonly limits?: Partial<MeterListenerLimits>;
  /** Takes what happens; never throws back. */
  readonly onEvent?: (event: MeterListenerEvent) => void;
  /** Absent: the machine's. */
  readonly clock?: Clock;
}

/** What a listener for meters tells of one that called. */
export type MeterListenerEvent =
  | { readonly type: "connected" | "disconnected" | "refused"; readonly peer: MeterPeer }
  | {
      readonly type: "identified" | "overflow";
      readonly peer: MeterPeer;
      readonly identity: string;
    }
  /** Nobody knows it; `error` is why, where there was one. */
  | { readonly type: "unidentified"; readonly peer: MeterPeer; readonly error?: unknown };

/** A meter that has dialled in. It is the taker's now: disposing hangs up. */
export interface DialledMeter extends AsyncDisposable {
  /** For `openSession({ port })`; a session leaves it open. */
  readonly port: Port;
  readonly peer: MeterPeer;
  readonly identity: string;
}

/**
 * Listening. Iterating takes the meters in the order they were identified, until it is disposed;
 * those that wait meanwhile are bounded. Disposing hangs up on all of them, those that were taken
 * too.
 */
export interface MeterListener extends AsyncDisposable, AsyncIterable<DialledMeter> {
  readonly host: string;
  readonly port: number;
  /** Connections open now. */
  readonly connections: number;
  /** Identified meters nobody has taken yet. */
  readonly waiting: number;
}

/**
 * Takes meters that connect to us: behind NAT, or by a modem that dials. Each is identified, then
 * handed to who iterates, and read by `openSession({ port })`.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/tls-failed, tcp/failed
 */
export async function listenForMeters(options: ListenForMetersOptions): Promise<MeterListener> {
  const { host = "127.0.0.1", port = 0, tls } = options;
  const entrance = new MeterEntrance(options, host);
  entrance.listener = await listenForSockets({
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    accept: (socket) => entrance.accept(socket),
    refused: (error, socket) => {
      options.onEvent?.({ type: "unidentified", peer: peerOf(socket), error });
    },
  });
  return entrance;
}

class MeterEntrance implements MeterListener {
  readonly host: string;
  listener: SocketListener | undefined;
  readonly #options: ListenForMetersOptions;
  readonly #limits: MeterListenerLimits;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #sockets = new Map<Socket, MeterPeer>();
  readonly #identifying = new Set<Promise<void>>();
  #waiting: DialledMeter[] = [];
  #takers: ((result: IteratorResult<DialledMeter>) => void)[] = [];

  constructor(options: ListenForMetersOptions, host: string) {
    this.#options = options;
    this.host = host;
    this.#limits = { ...defaultMeterLimits, ...options.limits };
    this.#clock = options.clock ?? systemClock;
  }

  get port(): number {
    return this.listener?.port ?? 0;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  accept(socket: Socket): void {
    const peer = peerOf(socket);
    // Errors end in "close".
    socket.on("error", () => undefined);
    const { connectionsMax, connectionsPerAddressMax } = this.#limits;
    const same = [...this.#sockets.values()].filter(({ address }) => address === peer.address);
    if (this.#sockets.size >= connectionsMax || same.length >= connectionsPerAddressMax) {
      this.#options.onEvent?.({ type: "refused", peer });
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, peer);
    this.#options.onEvent?.({ type: "connected", peer });
    const port = portFromSocket(socket, this.#clock);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#waiting = this.#waiting.filter((meter) => meter.port !== port);
      this.#options.onEvent?.({ type: "disconnected", peer });
    });
    const identifying = this.#identify(port, peer);
    this.#identifying.add(identifying);
    void identifying.finally(() => this.#identifying.delete(identifying));
  }

  [Symbol.asyncIterator](): AsyncIterator<DialledMeter> {
    return {
      next: () => {
        const meter = this.#waiting.shift();
        if (meter !== undefined) return Promise.resolve({ done: false, value: meter });
        if (this.#closing.signal.aborted) return Promise.resolve(ended);
        return new Promise((resolve) => this.#takers.push(resolve));
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new PortError("tcp/closed", `${this.host}:${this.port}`, "not listening"));
    for (const taker of this.#takers.splice(0)) taker(ended);
    this.#waiting = [];
    await this.listener?.close();
    await Promise.all(this.#identifying);
  }

  async #identify(port: Port, peer: MeterPeer): Promise<void> {
    const late = new AbortController();
    const { identifyMs } = this.#limits;
    using _deadline = this.#clock.timer(identifyMs, () => {
      late.abort(new PortError("tcp/timeout", port.label, `not identified in ${identifyMs} ms`));
    });
    const signal = AbortSignal.any([late.signal, this.#closing.signal]);
    let identity: string | undefined;
    let error: unknown;
    try {
      const asked = this.#options.identify({ port, peer, signal, clock: this.#clock });
      identity = await Promise.race([asked, rejectsWhenAborted(signal)]);
    } catch (reason) {
      error = reason;
    }
    if (identity !== undefined && !signal.aborted) {
      this.#hand({ port, peer, identity, [Symbol.asyncDispose]: () => hangUp(port) });
      return;
    }
    this.#options.onEvent?.({
      type: "unidentified",
      peer,
      ...(error === undefined ? {} : { error }),
    });
    await hangUp(port);
  }

  #hand(meter: DialledMeter): void {
    const { peer, identity } = meter;
    const taker = this.#takers.shift();
    if (taker === undefined && this.#waiting.length >= this.#limits.waitingMax) {
      this.#options.onEvent?.({ type: "overflow", peer, identity });
      void hangUp(meter.port);
      return;
    }
    this.#options.onEvent?.({ type: "identified", peer, identity });
    if (taker === undefined) this.#waiting.push(meter);
    else taker({ done: false, value: meter });
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };

function rejectsWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

async function hangUp(port: Port): Promise<void> {
  await port[Symbol.asyncDispose]();
}

function peerOf(socket: Socket): MeterPeer {
  return { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}
