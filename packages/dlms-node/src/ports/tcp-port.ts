import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { type Clock, systemClock } from "../clock.ts";
import type { Port, PortReceiver } from "./port.ts";
import { PortError, portErrorFrom } from "./port-error.ts";

/** Where to connect, and how long to wait. */
export interface TcpPortOptions {
  /** Name or address. */
  readonly host: string;
  /** 1..65535. */
  readonly port: number;
  /** Name lookup, connecting and the TLS handshake together. */
  readonly connectTimeoutMs: number;
  /** Aborts the opening; an open port is closed by disposing it. */
  readonly signal?: AbortSignal;
  /** TLS instead of plain TCP. */
  readonly tls?: ConnectionOptions;
  /** After the end of the stream was asked for, what is left is cut off. Absent: 1000. */
  readonly lingerMs?: number;
  /** Absent: the machine's. */
  readonly clock?: Clock;
}

/** Idle time before the operating system probes whether the peer is still there. */
const keepAliveMs = 30_000;
/** Octets the peer may leave unread before the line is given up: `tcp/flooded`. */
const unsentOctetsMax = 1024 * 1024;
const lingerMsDefault = 1000;

/**
 * Every plain TCP port of the process reads into this: octets are handed on during the read call
 * and views are valid during that call only, so one is enough, however many meters there are.
 */
const receiveBuffer = new Uint8Array(64 * 1024);

/**
 * Connects. Octets are sent at once (no Nagle delay), the connection is kept alive.
 *
 * @throws {PortError} tcp/refused, unreachable, timeout, dns-failed, tls-failed, failed
 */
export function openTcpPort(options: TcpPortOptions): Promise<Port> {
  const { signal, clock = systemClock } = options;
  const { host } = options;
  const label = `${host.includes(":") ? `[${host}]` : host}:${options.port}`;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const port = new TcpPort(label, clock, options.lingerMs);
    const socket = connectSocket(options, port);
    const settle = (): void => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
    };
    const fail = (error: unknown): void => {
      settle();
      // A socket given up may still report how it ended.
      socket.on("error", () => undefined);
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => fail(portErrorFrom(error, label));
    const onAbort = (): void => fail(signal?.reason);
    const timer = clock.timer(options.connectTimeoutMs, () => {
      fail(new PortError("tcp/timeout", label, `no connection in ${options.connectTimeoutMs} ms`));
    });
    socket.once("error", onError);
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once(options.tls === undefined ? "connect" : "secureConnect", () => {
      settle();
      port.attach(socket);
      resolve(port);
      // Four system calls, made while the first frame is on its way.
      setImmediate(() => socket.setKeepAlive(true, keepAliveMs));
    });
  });
}

/** An accepted or connected socket as a port, for those who own a listener. */
export function portFromSocket(socket: Socket, clock: Clock = systemClock): Port {
  const port = new TcpPort(`${socket.remoteAddress ?? ""}:${socket.remotePort ?? 0}`, clock);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.on("data", (octets: Uint8Array) => port.received(octets));
  if (socket.allowHalfOpen) socket.on("end", () => socket.end());
  port.attach(socket);
  return port;
}

function connectSocket(options: TcpPortOptions, port: TcpPort): Socket {
  const { host, tls } = options;
  const common = {
    host,
    port: options.port,
    noDelay: true,
  };
  if (tls !== undefined) {
    // Server name indication takes names only.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ ...servername, ...tls, ...common });
    return socket.on("data", (octets: Uint8Array) => port.received(octets));
  }
  return connectTcp({
    ...common,
    onread: {
      buffer: receiveBuffer,
      callback: (count, buffer) => {
        port.received(buffer.subarray(0, count));
        return true;
      },
    },
  });
}

class TcpPort implements Port {
  readonly label: string;
  readonly #clock: Clock;
  readonly #lingerMs: number;
  #socket: Socket | undefined;
  #receiver: PortReceiver | undefined;
  #disposed = false;
  /** Why the stream ended; false while it is open. */
  #ended: PortError | undefined | false = false;
  #told = false;
  #closing: Promise<void> | undefined;

  constructor(label: string, clock: Clock, lingerMs: number = lingerMsDefault) {
    this.label = label;
    this.#clock = clock;
    this.#lingerMs = lingerMs;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    let failure: PortError | undefined;
    socket.on("error", (error) => {
      failure = portErrorFrom(error, this.label);
    });
    // The peer's half close ends a meter's line: Node ends our half by itself, then closes.
    socket.on("close", () => {
      if (this.#disposed) this.#end(undefined);
      else this.#end(failure ?? new PortError("tcp/closed", this.label, "closed by the peer"));
    });
  }

  received(octets: Uint8Array): void {
    if (!this.#disposed && this.#ended === false) this.#receiver?.receive(octets);
  }

  send(octets: Uint8Array): void {
    const socket = this.#socket;
    if (socket === undefined || this.#disposed || this.#ended !== false || !socket.writable) return;
    // A copy: the kernel may take the octets later than the caller keeps them.
    socket.write(Buffer.from(octets));
    if (socket.writableLength > unsentOctetsMax) {
      const detail = `${socket.writableLength} octets unsent`;
      socket.destroy(new PortError("tcp/flooded", this.label, detail));
    }
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#tell();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#disposed = true;
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) {
      this.#end(undefined);
      return;
    }
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.end();
    using _linger = this.#clock.timer(this.#lingerMs, () => socket.destroy());
    await closed;
  }

  #end(reason: PortError | undefined): void {
    if (this.#ended !== false) return;
    this.#ended = this.#disposed ? undefined : reason;
    this.#tell();
  }

  #tell(): void {
    if (this.#told || this.#ended === false || this.#receiver === undefined) return;
    this.#told = true;
    this.#receiver.closed(this.#ended);
  }
}
