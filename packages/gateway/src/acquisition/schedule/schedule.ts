import type { Clock } from "@lectura/dlms-node";
import { DueHeap } from "./due-heap.ts";

/** A fixed cadence: the k-th tick is due at `originMs + k * intervalMs`, whatever happened before. */
export interface Cadence {
  readonly originMs: number;
  readonly intervalMs: number;
}

/** Where a meter stands within its interval: the same in every run, different between meters. */
export function staggerMs(name: string, intervalMs: number): number {
  // FNV-1a with a final avalanche (murmur3's): neighbouring names must not be neighbours in time.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return Math.floor((hash / 0x1_0000_0000) * intervalMs);
}

/** The first tick of a cadence that is not in the past. */
export function nextTick(cadence: Cadence, nowMs: number): number {
  const { originMs, intervalMs } = cadence;
  if (nowMs <= originMs) return originMs;
  return originMs + Math.ceil((nowMs - originMs) / intervalMs) * intervalMs;
}

/**
 * Everything that happens at an instant, on one timer and the monotonic clock: jumps of the wall
 * clock do not move it. A process that slept skips the ticks it missed and tells how many; it never
 * makes up for them in a burst.
 */
export class Schedule implements Disposable {
  readonly #clock: Clock;
  readonly #heap = new DueHeap();
  #timer: Disposable | undefined;
  #armedForMs = Infinity;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fire` once, at or after `dueMs` (monotonic). Dispose to cancel. */
  at(dueMs: number, fire: () => void): Disposable {
    let live = true;
    this.#heap.push({
      dueMs,
      fire: () => {
        if (!live) return;
        live = false;
        fire();
      },
    });
    this.#arm();
    return {
      [Symbol.dispose]: () => {
        live = false;
      },
    };
  }

  /** Calls `tick` at every instant of the cadence; `missed` counts instants that went by unseen. */
  every(cadence: Cadence, tick: (missed: number) => void): Disposable {
    let live = true;
    const { intervalMs } = cadence;
    const plan = (dueMs: number): void => {
      this.#heap.push({
        dueMs,
        fire: () => {
          if (!live) return;
          const missed = Math.floor((this.#clock.monotonicMs() - dueMs) / intervalMs);
          plan(dueMs + (missed + 1) * intervalMs);
          tick(missed);
        },
      });
    };
    plan(nextTick(cadence, this.#clock.monotonicMs()));
    this.#arm();
    return {
      [Symbol.dispose]: () => {
        live = false;
      },
    };
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #arm(): void {
    const head = this.#heap.peek();
    if (this.#stopped || head === undefined || head.dueMs >= this.#armedForMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#armedForMs = head.dueMs;
    // Node's timers hold 31 bits of milliseconds; a longer wait is taken in stages.
    const waitMs = Math.min(Math.max(0, head.dueMs - this.#clock.monotonicMs()), 2_000_000_000);
    this.#timer = this.#clock.timer(Math.ceil(waitMs), () => this.#fireDue());
  }

  #fireDue(): void {
    this.#armedForMs = Infinity;
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let head = this.#heap.peek(); head !== undefined && head.dueMs <= nowMs;) {
      this.#heap.pop();
      head.fire();
      head = this.#heap.peek();
    }
    this.#arm();
  }
}
