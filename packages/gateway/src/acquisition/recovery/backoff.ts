/**
 * Longest wait before the n-th attempt after a failure; full jitter draws between a second and it.
 * The steps are wide because connections are scarce (see `ReconnectBudget`): the burst of three must
 * outlast a converter's 30 s idle time-out, not be spent within seconds.
 */
const ladderMs = [2_000, 15_000, 90_000, 300_000] as const;
/** Shortest wait before any attempt after a failure. */
export const backoffMsMin = 1_000;
/** Longest wait the ladder gives. */
export const backoffMsMax = 300_000;

/** Wait before attempt `failures` (1 = the first after a failure). `random` is 0 <= x < 1. */
export function backoffMs(failures: number, random: number): number {
  const capMs = ladderMs[Math.min(Math.max(failures, 1), ladderMs.length) - 1]!;
  return backoffMsMin + Math.floor(random * (capMs - backoffMsMin));
}

/** Attempts that may follow each other quickly. */
const burst = 3;
/** One more attempt every ten minutes: 1 first + 3 burst + 6 refilled = 10 in the worst hour. */
const refillMs = 600_000;

/**
 * Token bucket over reconnects that follow a failure: a failing endpoint sees at most ten
 * connections in any hour, under any fault. Time refills it, success does not: an endpoint that
 * opens and breaks again is a failing endpoint.
 */
export class ReconnectBudget {
  #tokens = burst;
  #refilledAtMs: number;

  /** `nowMs` is monotonic, here and below. */
  constructor(nowMs: number) {
    this.#refilledAtMs = nowMs;
  }

  /** Earliest instant at which a token is there; `nowMs` when one is there already. */
  availableAt(nowMs: number): number {
    this.#refill(nowMs);
    return this.#tokens > 0 ? nowMs : this.#refilledAtMs + refillMs;
  }

  /** Takes a token; false when there is none. */
  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens === 0) return false;
    this.#tokens--;
    return true;
  }

  #refill(nowMs: number): void {
    const gained = Math.floor((nowMs - this.#refilledAtMs) / refillMs);
    if (this.#tokens >= burst) {
      // A full bucket starts to refill when it is first taken from.
      this.#refilledAtMs = nowMs;
    } else if (gained > 0) {
      this.#tokens = Math.min(burst, this.#tokens + gained);
      this.#refilledAtMs += gained * refillMs;
      if (this.#tokens === burst) this.#refilledAtMs = nowMs;
    }
  }
}
