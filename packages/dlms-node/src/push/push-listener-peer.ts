import {
  confirmationOf,
  frameReply,
  type PushCounters,
  PushReceiver,
  type PushNotification,
} from "@lectura/dlms/push";
import type { Clock } from "../clock.ts";
import type {
  PushDelivery,
  PushListenerEvent,
  PushListenerLimits,
  PushListenerOptions,
  PushPeerAddress,
} from "./push-listener-options.ts";

/** What all peers of one listener share. */
export interface PushListenerShared {
  readonly options: PushListenerOptions;
  readonly limits: PushListenerLimits;
  readonly clock: Clock;
  /** Notifications that wait or are being handled, of all peers. */
  pending: number;
}

/** What a peer's shell does for it. */
export interface PushPeerOutput {
  send(octets: Uint8Array): void;
  /** Nothing has come for `idleMs`. */
  idle(): void;
}

/**
 * One meter at a listener: its octets in, its notifications one after the other to the handler, a
 * confirmation out when the handler has taken it. Its time runs on one timer.
 */
export class PushPeer implements Disposable {
  readonly #address: PushPeerAddress;
  readonly #shared: PushListenerShared;
  readonly #output: PushPeerOutput;
  readonly #receiver: PushReceiver;
  readonly #queue: PushDelivery[] = [];
  #lastMs: number;
  #paused = false;
  #expired = true;
  #timer: Disposable | undefined;
  #running: Promise<void> | undefined;
  #disposed = false;
  /** What was sent last, for datagrams that come twice. */
  lastConfirmation: Uint8Array | undefined;

  constructor(address: PushPeerAddress, shared: PushListenerShared, output: PushPeerOutput) {
    this.#address = address;
    this.#shared = shared;
    this.#output = output;
    this.#lastMs = shared.clock.monotonicMs();
    const { unitOctetsMax, transferOctetsMax } = shared.limits;
    this.#receiver = new PushReceiver(
      {
        notification: (notification) => this.#enqueue(notification),
        failed: (error, apdu) => this.#tell({ type: "failed", peer: address, error, apdu }),
        transmit: (octets) => this.#send(octets),
      },
      { ...shared.options.reading, unitOctetsMax, transferOctetsMax },
    );
    this.#arm(shared.limits.idleMs);
  }

  get counters(): Readonly<PushCounters> {
    return this.#receiver.counters;
  }

  /** Every notification so far is handled. */
  async settled(): Promise<void> {
    await this.#running;
  }

  receive(octets: Uint8Array): void {
    if (this.#disposed) return;
    this.#lastMs = this.#shared.clock.monotonicMs();
    const slept = this.#expired || this.#paused;
    this.#paused = false;
    this.#expired = false;
    this.lastConfirmation = undefined;
    this.#receiver.receive(octets);
    if (slept) this.#arm(this.#shared.limits.silenceMs);
  }

  /** A datagram ends: no frame goes on behind it. */
  gap(): void {
    this.#receiver.gap();
  }

  /** The stream has ended. */
  end(): void {
    this.#expired = true;
    this.#receiver.expire();
  }

  /** Nothing more will come; what waits is still handled. */
  retire(): void {
    this.end();
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
  }

  /** What waits is dropped; a handler under way ends by itself. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
    this.#shared.pending -= this.#queue.length;
    this.#queue.length = 0;
  }

  #arm(afterMs: number): void {
    if (this.#disposed) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#shared.clock.timer(Math.max(1, afterMs), () => this.#wake());
  }

  /** Silence, then the end of a message, then idleness: what of them is over. */
  #wake(): void {
    const { silenceMs, messageMs, idleMs } = this.#shared.limits;
    const quietMs = this.#shared.clock.monotonicMs() - this.#lastMs;
    if (!this.#expired) {
      if (!this.#paused && quietMs >= silenceMs) {
        this.#paused = true;
        this.#receiver.gap();
      }
      if (quietMs >= messageMs) this.end();
    }
    // A handler that takes its time is no idleness of the meter.
    if (this.#running !== undefined) this.#arm(idleMs);
    else if (quietMs >= idleMs) this.#output.idle();
    else this.#arm((this.#expired ? idleMs : this.#paused ? messageMs : silenceMs) - quietMs);
  }

  #enqueue({ meaning, message }: PushNotification): void {
    if (this.#disposed) return;
    const { limits, clock } = this.#shared;
    const peer = this.#address;
    const full =
      this.#queue.length >= limits.pendingPerPeerMax || this.#shared.pending >= limits.pendingMax;
    // A TCP meter waits instead: it is read in slices, and not on before they are handled.
    if (full && peer.transport !== "tcp") {
      this.#tell({ type: "dropped", peer });
      return;
    }
    const delivery = { peer, receivedAtMs: clock.nowMs(), meaning };
    this.#queue.push(message === undefined ? delivery : { ...delivery, message });
    this.#shared.pending++;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#shared.options.onNotification(next);
        this.#confirm(next);
      } catch (error) {
        this.#tell({ type: "rejected", peer: this.#address, error });
      } finally {
        this.#shared.pending--;
      }
    }
    this.#running = undefined;
  }

  /** Never in plain text what came ciphered: then only with `seal`. */
  #confirm({ meaning, message }: PushDelivery): void {
    if (message === undefined || this.#shared.options.confirm === false) return;
    const plain = confirmationOf(meaning);
    if (plain === undefined) return;
    const { opened, origin } = message;
    const apdu = opened === undefined ? plain : this.#shared.options.seal?.(plain, opened);
    const octets = apdu && frameReply(origin, apdu);
    if (octets === undefined) return;
    this.lastConfirmation = octets;
    this.#send(octets);
  }

  #send(octets: Uint8Array): void {
    if (!this.#disposed) this.#output.send(octets);
  }

  #tell(event: PushListenerEvent): void {
    this.#shared.options.onEvent?.(event);
  }
}
