import { systemClock } from "../clock.ts";
import type { Port } from "../ports/port.ts";
import {
  defaultPushLimits,
  type PushListenerOptions,
  type PushPeerAddress,
} from "./push-listener-options.ts";
import { type PushListenerShared, PushPeer } from "./push-listener-peer.ts";
import {
  listenTcp,
  type PushEndpoint,
  type PushEntrance,
  type PushTcpEndpoint,
} from "./push-listener-tcp.ts";
import { listenUdp } from "./push-listener-udp.ts";
import { parseSerialEndpoint } from "../ports/serial-endpoint.ts";
import { openSerialPort, type SerialPortOptions } from "../ports/serial-port.ts";

/** Where to listen, and for whom. */
export interface ListenForPushesOptions extends PushListenerOptions {
  /** Absent: not over TCP. */
  readonly tcp?: PushTcpEndpoint;
  /** Absent: not over UDP. */
  readonly udp?: PushEndpoint;
  /**
   * A serial port that hears a meter push: a customer interface, wired M-Bus, RS-485. Told
   * "disconnected" when it is gone; it is not opened again by itself. Absent: none.
   */
  readonly serial?: string | SerialPortOptions;
}

/** Listening. Disposing ends it; handlers under way are waited for. */
export interface PushListener extends AsyncDisposable {
  readonly tcp?: PushEntrance;
  readonly udp?: PushEntrance;
  /** Notifications that wait or are being handled. */
  readonly pending: number;
}

/**
 * Takes what meters send unasked, over TCP, UDP and a serial port: wrapper, HDLC, wired M-Bus or
 * plain APDUs, told by their first octets. A TCP meter is read on only when the handler has taken
 * what came before; the others have no such means: what is beyond the limits is dropped and told.
 *
 * @throws {PortError} tcp/address-in-use, tcp/not-permitted, tcp/tls-failed, tcp/failed, serial/*
 */
export async function listenForPushes(options: ListenForPushesOptions): Promise<PushListener> {
  const shared = sharedOf(options);
  await using opened = new AsyncDisposableStack();
  const tcp = options.tcp && opened.use(await listenTcp(options.tcp, shared));
  const udp = options.udp && opened.use(await listenUdp(options.udp, shared));
  if (options.serial !== undefined) {
    const { serial } = options;
    const endpoint = typeof serial === "string" ? parseSerialEndpoint(serial) : serial;
    const port = opened.use(await openSerialPort({ ...endpoint, clock: shared.clock }));
    opened.use(listenOn(port, shared));
  }
  const entrances = opened.move();
  return {
    ...(tcp === undefined ? {} : { tcp }),
    ...(udp === undefined ? {} : { udp }),
    get pending() {
      return shared.pending;
    },
    [Symbol.asyncDispose]: () => entrances.disposeAsync(),
  };
}

/**
 * The same on a port that is open: a serial line, a customer interface behind a converter. The
 * port stays the caller's. Disposing stops listening; nothing is read any more.
 */
export function listenToPort(port: Port, options: PushListenerOptions): AsyncDisposable {
  return listenOn(port, sharedOf(options));
}

function listenOn(port: Port, shared: PushListenerShared): AsyncDisposable {
  const address: PushPeerAddress = { transport: "port", address: port.label, port: 0 };
  const peer = new PushPeer(address, shared, {
    send: (octets) => port.send(octets),
    idle: () => undefined,
  });
  port.listen({
    receive: (octets) => peer.receive(octets),
    closed: () => {
      peer.end();
      shared.options.onEvent?.({ type: "disconnected", peer: address });
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      peer[Symbol.dispose]();
      await peer.settled();
    },
  };
}

function sharedOf(options: PushListenerOptions): PushListenerShared {
  return {
    options,
    limits: { ...defaultPushLimits, ...options.limits },
    clock: options.clock ?? systemClock,
    pending: 0,
  };
}
