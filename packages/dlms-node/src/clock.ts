import { setTimeout as startTimeout, clearTimeout as stopTimeout } from "node:timers";

/** Time as an input: what runs on it can be tested without waiting. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC; may jump. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Resolves after `afterMs`; rejects with the signal's reason when that comes first. */
  sleep(afterMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` once after `afterMs`, unless disposed before. Keeps the process alive. */
  timer(afterMs: number, fire: () => void): Disposable;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (afterMs, signal) => sleepOn(systemClock, afterMs, signal),
  timer: startTimer,
};

/** `sleep` in terms of `timer`, for every clock. */
export function sleepOn(clock: Clock, afterMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason as Error);
    };
    const timer = clock.timer(afterMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Longest wait one Node timer takes; a longer one would fire at once. */
const nodeTimerMsMax = 2 ** 31 - 1;

function startTimer(afterMs: number, fire: () => void): Disposable {
  if (afterMs > nodeTimerMsMax) return new LongTimer(afterMs, fire);
  return startTimeout(fire, afterMs);
}

/** A wait of several Node timers in turn. */
class LongTimer implements Disposable {
  #leftMs: number;
  readonly #fire: () => void;
  #handle: NodeJS.Timeout;

  constructor(afterMs: number, fire: () => void) {
    this.#leftMs = afterMs;
    this.#fire = fire;
    this.#handle = this.#start();
  }

  [Symbol.dispose](): void {
    stopTimeout(this.#handle);
  }

  #start(): NodeJS.Timeout {
    const sliceMs = Math.min(this.#leftMs, nodeTimerMsMax);
    this.#leftMs -= sliceMs;
    return startTimeout(() => {
      if (this.#leftMs > 0) this.#handle = this.#start();
      else this.#fire();
    }, sliceMs);
  }
}
