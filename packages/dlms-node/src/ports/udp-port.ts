import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Port, PortReceiver } from "./port.ts";
import { type PortError, portErrorFrom } from "./port-error.ts";

/** Where to send datagrams. */
export interface UdpPortOptions {
  /** Name or address. */
  readonly host: string;
  /** 1..65535; meters listen on 4059. */
  readonly port: number;
  /** Aborts the opening. */
  readonly signal?: AbortSignal;
}

/**
 * A connected UDP socket: one datagram carries one wrapper unit, either way. What does not come
 * from the far end is dropped by the operating system.
 *
 * @throws {PortError} tcp/dns-failed, unreachable, not-permitted, failed
 */
export async function openUdpPort(options: UdpPortOptions): Promise<Port> {
  const { host, port, signal } = options;
  signal?.throwIfAborted();
  const label = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(port, host, resolve);
    });
    signal?.throwIfAborted();
  } catch (error) {
    socket.close();
    throw signal?.aborted === true ? error : portErrorFrom(error, label);
  }
  socket.removeAllListeners("error");
  return new UdpPort(label, socket);
}

class UdpPort implements Port {
  readonly label: string;
  readonly #socket: Socket;
  #receiver: PortReceiver | undefined;
  #ended: PortError | undefined | false = false;
  #told = false;
  #closing: Promise<void> | undefined;

  constructor(label: string, socket: Socket) {
    this.label = label;
    this.#socket = socket;
    socket.on("message", (octets) => {
      if (this.#ended === false) this.#receiver?.receive(octets);
    });
    socket.on("error", (error) => this.#end(portErrorFrom(error, label)));
  }

  send(octets: Uint8Array): void {
    if (this.#ended !== false) return;
    // A copy: the datagram goes out after this returns.
    this.#socket.send(Buffer.from(octets), (error) => {
      if (error !== null) this.#end(portErrorFrom(error, this.label));
    });
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#tell();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end(undefined);
    return this.#closing ?? Promise.resolve();
  }

  #end(reason: PortError | undefined): void {
    if (this.#ended !== false) return;
    this.#ended = reason;
    this.#closing = new Promise((resolve) => this.#socket.close(() => resolve()));
    this.#tell();
  }

  #tell(): void {
    if (this.#told || this.#ended === false || this.#receiver === undefined) return;
    this.#told = true;
    this.#receiver.closed(this.#ended);
  }
}
