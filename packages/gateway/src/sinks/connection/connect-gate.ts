import type { Clock } from "@lectura/dlms-node";

/** How fast a crowd of connections may knock at one server. */
export interface ConnectGateLimits {
  /** Connections between "dial" and CONNACK at once. */
  readonly connectingMax: number;
  /** Least time between two dials. */
  readonly spacingMs: number;
}

export const defaultConnectGate: ConnectGateLimits = { connectingMax: 10, spacingMs: 20 };

/**
 * Lets connections dial one after the other: a thousand meters whose server came back must not
 * all knock in the same second. Waiting is first come, first served; its length is bounded by the
 * number of connections, each of which waits at most once.
 */
export class ConnectGate {
  readonly #clock: Clock;
  readonly #limits: ConnectGateLimits;
  readonly #waiting: Set<{ readonly enter: () => void }> = new Set();
  #connecting = 0;
  #nextAt = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock, limits: ConnectGateLimits = defaultConnectGate) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Calls `dial` when it is this caller's turn. Dispose the result when CONNACK or failure is
   * known.
   */
  enter(dial: () => void): Disposable {
    const ticket = { enter: dial };
    let left = false;
    this.#waiting.add(ticket);
    this.#admit();
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        if (!this.#waiting.delete(ticket)) this.#connecting -= 1;
        this.#admit();
      },
    };
  }

  #admit(): void {
    if (this.#timer !== undefined || this.#connecting >= this.#limits.connectingMax) return;
    const [ticket] = this.#waiting;
    if (ticket === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextAt) {
      this.#timer = this.#clock.timer(this.#nextAt - nowMs, () => {
        this.#timer = undefined;
        this.#admit();
      });
      return;
    }
    this.#waiting.delete(ticket);
    this.#connecting += 1;
    this.#nextAt = nowMs + this.#limits.spacingMs;
    ticket.enter();
    this.#admit();
  }
}
