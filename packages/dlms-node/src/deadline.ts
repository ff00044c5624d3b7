import type { Clock } from "./clock.ts";

/**
 * One deadline that is moved often and rarely passes. The timer under it is started once and, when
 * it fires too early because the deadline has moved on, started again for the rest: arming costs a
 * reading of the clock, not a timer.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #passed: () => void;
  #timer: Disposable | undefined;
  #timerAtMs = 0;
  /** Monotonic; 0 while disarmed. */
  #dueMs = 0;

  constructor(clock: Clock, passed: () => void) {
    this.#clock = clock;
    this.#passed = passed;
  }

  get armed(): boolean {
    return this.#dueMs !== 0;
  }

  /** Replaces what was armed before. */
  arm(afterMs: number): void {
    this.#dueMs = this.#clock.monotonicMs() + afterMs;
    if (this.#timer !== undefined) {
      if (this.#timerAtMs <= this.#dueMs) return;
      this.#timer[Symbol.dispose]();
    }
    this.#start(afterMs);
  }

  disarm(): void {
    this.#dueMs = 0;
  }

  /** Disarms and lets go of the timer. */
  close(): void {
    this.#dueMs = 0;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #start(afterMs: number): void {
    this.#timerAtMs = this.#clock.monotonicMs() + afterMs;
    this.#timer = this.#clock.timer(afterMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#dueMs === 0) return;
    const restMs = this.#dueMs - this.#clock.monotonicMs();
    if (restMs > 0) {
      this.#start(Math.ceil(restMs));
      return;
    }
    this.#dueMs = 0;
    this.#passed();
  }
}
