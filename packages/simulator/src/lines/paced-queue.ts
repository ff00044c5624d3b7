import type { Clock, Port } from "@lectura/dlms-node";

export interface Pace {
  /** Octets of the next piece, at least 1. */
  readonly octets: () => number;
  /** Pause before the piece after it. */
  readonly gapMs: () => number;
}

/**
 * Octets waiting at most; what would exceed it closes the line, as a converter's buffer overruns.
 */
export const waitingOctetsMax: number = 1024 * 1024;

/** Sends in pieces with pauses between them, in order. */
export class PacedQueue {
  readonly #clock: Clock;
  readonly #port: Port;
  readonly #pace: Pace;
  #waiting: Uint8Array = new Uint8Array(0);
  #timer: Disposable | undefined;

  constructor(clock: Clock, port: Port, pace: Pace) {
    this.#clock = clock;
    this.#port = port;
    this.#pace = pace;
  }

  send(octets: Uint8Array): void {
    if (this.#waiting.length + octets.length > waitingOctetsMax) {
      this.close();
      void this.#port[Symbol.asyncDispose]();
      return;
    }
    const joined = new Uint8Array(this.#waiting.length + octets.length);
    joined.set(this.#waiting);
    joined.set(octets, this.#waiting.length);
    this.#waiting = joined;
    if (this.#timer === undefined) this.#next();
  }

  /** Drops what waits. */
  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#waiting = new Uint8Array(0);
  }

  #next(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const count = Math.min(this.#waiting.length, this.#pace.octets());
    this.#port.send(this.#waiting.subarray(0, count));
    this.#waiting = this.#waiting.subarray(count);
    this.#timer = this.#clock.timer(this.#pace.gapMs(), () => this.#next());
  }
}
