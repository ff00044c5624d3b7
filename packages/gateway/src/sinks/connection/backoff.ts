/** Pauses between connection attempts. All in milliseconds. */
export interface BackoffLimits {
  /** Ordinary losses: full jitter between 0 and a window that doubles from `firstMs` to `maxMs`. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** Rejected credentials: half fixed, half jitter, doubling; hammering gets an address banned. */
  readonly credentialsFirstMs: number;
  readonly credentialsMaxMs: number;
  /** Another client owns the identity: do not fight for it. */
  readonly takenOverFirstMs: number;
  readonly takenOverMaxMs: number;
  /** A session this old puts the windows back to their first value. */
  readonly stableAfterMs: number;
}

export const defaultBackoff: BackoffLimits = {
  firstMs: 1000,
  maxMs: 60_000,
  credentialsFirstMs: 5000,
  credentialsMaxMs: 600_000,
  takenOverFirstMs: 30_000,
  takenOverMaxMs: 600_000,
  stableAfterMs: 30_000,
};

export type BackoffKind = "ordinary" | "credentials" | "taken-over";

/** Grows with every failure of a kind, starts again after a session that lasted. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures: Record<BackoffKind, number> = { ordinary: 0, credentials: 0, "taken-over": 0 };

  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Tells how long a session stood; `undefined` when there was none. */
  lived(ms: number | undefined): void {
    if (ms === undefined) return;
    this.#failures.credentials = 0;
    if (ms >= this.#limits.stableAfterMs) this.#failures.ordinary = 0;
    // A rival that comes back every minute must not find us fast again after half a minute.
    const pause = this.#window("taken-over") / 2;
    if (ms >= Math.max(this.#limits.stableAfterMs, pause)) this.#failures["taken-over"] = 0;
  }

  /** Milliseconds to wait before the next attempt. */
  next(kind: BackoffKind): number {
    const window = this.#window(kind);
    this.#failures[kind] += 1;
    if (kind === "ordinary") return Math.floor(this.#random() * window);
    return Math.floor(window / 2 + (this.#random() * window) / 2);
  }

  reset(): void {
    this.#failures = { ordinary: 0, credentials: 0, "taken-over": 0 };
  }

  #window(kind: BackoffKind): number {
    const [firstMs, maxMs] = {
      ordinary: [this.#limits.firstMs, this.#limits.maxMs] as const,
      credentials: [this.#limits.credentialsFirstMs, this.#limits.credentialsMaxMs] as const,
      "taken-over": [this.#limits.takenOverFirstMs, this.#limits.takenOverMaxMs] as const,
    }[kind];
    // 2^30 stays exact and is beyond every cap.
    return Math.min(maxMs, firstMs * 2 ** Math.min(30, this.#failures[kind]));
  }
}
