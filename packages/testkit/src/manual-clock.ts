import { type Clock, sleepOn } from "@lectura/dlms-node";

/** How often pending promises get a chance before time moves; enough for any chain of awaits. */
const settleTurns = 20;

interface PendingTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #order = 0;
  readonly #timers: Set<PendingTimer> = new Set();

  /** `startMs`: the wall clock to begin with; absent: 2026-01-01T00:00:00Z. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  /** Timers and sleeps not due yet. */
  get pending(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(afterMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, afterMs, signal);
  }

  timer(afterMs: number, fire: () => void): Disposable {
    const dueMs = this.#monotonicMs + Math.max(0, afterMs);
    const timer: PendingTimer = { dueMs, order: this.#order++, fire };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Lets pending promises run without moving time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < settleTurns; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /**
   * Moves time by `byMs`, timer by timer in order of their due times; what each sets off settles
   * before the next, so that timers it starts are taken as well.
   */
  async advance(byMs: number): Promise<void> {
    await this.settle();
    const targetMs = this.#monotonicMs + byMs;
    for (let next = this.#next(targetMs); next !== undefined; next = this.#next(targetMs)) {
      this.#moveTo(next.dueMs);
      this.#timers.delete(next);
      next.fire();
      await this.settle();
    }
    this.#moveTo(targetMs);
    await this.settle();
  }

  /** Moves the wall clock alone, as a correction by NTP does. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }

  #next(untilMs: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (first === undefined || isBefore(timer, first)) first = timer;
    }
    return first;
  }

  #moveTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

function isBefore(a: PendingTimer, b: PendingTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
