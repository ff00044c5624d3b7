import type { Clock } from "@lectura/dlms-node";

/** How a publish ended. Only `acknowledged` means the server has it. */
export type PublishOutcome =
  /** PUBACK with a reason below 0x80 (0x10 "no matching subscribers" is one). */
  | { readonly type: "acknowledged"; readonly reason: number }
  /** PUBACK with a reason of 0x80 or more (MQTT 5 only). */
  | { readonly type: "refused"; readonly reason: number }
  /** Never sent, or sent and not acknowledged. */
  | { readonly type: "lost"; readonly code: PublishLoss }
  /** Longer than the server's Maximum Packet Size (MQTT 5) or ours. */
  | { readonly type: "too-large"; readonly octetsMax: number };

export type PublishLoss = "mqtt/not-connected" | "mqtt/window-full" | "mqtt/closed" | "mqtt/no-ack";

export interface LedgerOptions {
  readonly clock: Clock;
  /** From publish to PUBACK. */
  readonly ackTimeoutMs: number;
  /** From PUBACK to certainty; 0 = at once. See `PublishLedger`. */
  readonly graceMs: number;
  /** The oldest publish waited too long. */
  readonly timedOut: () => void;
}

interface Entry {
  readonly settle: (outcome: PublishOutcome) => void;
  deadlineMs: number;
}

/**
 * What one connection has published and not yet settled, oldest first. The capacity is the caller's
 * window; all waits have the same length, so one timer on the oldest entry is enough.
 *
 * Grace: on MQTT 3.1.1 ThingsBoard answers a publish it refuses with an ordinary PUBACK and closes,
 * so an acknowledgement counts only when the connection outlives it by `graceMs`.
 */
export class PublishLedger {
  readonly #options: LedgerOptions;
  readonly #waiting: Set<Entry> = new Set();
  readonly #graced: Set<Entry> = new Set();
  #ackTimer: Disposable | undefined;
  #graceTimer: Disposable | undefined;
  #drained: (() => void) | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Publishes without PUBACK. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Publishes whose promise has not settled. */
  get openCount(): number {
    return this.#waiting.size + this.#graced.size;
  }

  /** Opens an entry; call the result with the reason of the PUBACK. */
  open(settle: (outcome: PublishOutcome) => void): (reason: number) => void {
    const { clock, ackTimeoutMs } = this.#options;
    const entry: Entry = { settle, deadlineMs: clock.monotonicMs() + ackTimeoutMs };
    this.#waiting.add(entry);
    this.#ackTimer ??= clock.timer(ackTimeoutMs, () => this.#checkAcks());
    return (reason) => {
      if (this.#waiting.delete(entry)) this.#answered(entry, reason);
    };
  }

  /** The connection is gone: everything open is lost. */
  lose(code: PublishLoss): void {
    this.#ackTimer?.[Symbol.dispose]();
    this.#graceTimer?.[Symbol.dispose]();
    this.#ackTimer = undefined;
    this.#graceTimer = undefined;
    const entries = [...this.#graced, ...this.#waiting];
    this.#graced.clear();
    this.#waiting.clear();
    for (const { settle } of entries) settle({ type: "lost", code });
    this.#drained?.();
  }

  /** Resolves when nothing is open any more. */
  drained(): Promise<void> {
    if (this.openCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const earlier = this.#drained;
      this.#drained = () => {
        earlier?.();
        resolve();
      };
    });
  }

  #answered(entry: Entry, reason: number): void {
    if (reason >= 0x80) entry.settle({ type: "refused", reason });
    else if (this.#options.graceMs > 0) {
      entry.deadlineMs = this.#options.clock.monotonicMs() + this.#options.graceMs;
      this.#graced.add(entry);
      this.#armGrace();
    } else entry.settle({ type: "acknowledged", reason });
    this.#checkDrained();
  }

  #checkAcks(): void {
    this.#ackTimer = undefined;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const leftMs = oldest.deadlineMs - this.#options.clock.monotonicMs();
    if (leftMs <= 0) this.#options.timedOut();
    else this.#ackTimer = this.#options.clock.timer(leftMs, () => this.#checkAcks());
  }

  #armGrace(): void {
    const [oldest] = this.#graced;
    if (oldest === undefined || this.#graceTimer !== undefined) return;
    const leftMs = Math.max(0, oldest.deadlineMs - this.#options.clock.monotonicMs());
    this.#graceTimer = this.#options.clock.timer(leftMs, () => {
      this.#graceTimer = undefined;
      const nowMs = this.#options.clock.monotonicMs();
      for (const entry of this.#graced) {
        if (entry.deadlineMs > nowMs) break;
        this.#graced.delete(entry);
        entry.settle({ type: "acknowledged", reason: 0 });
      }
      this.#armGrace();
      this.#checkDrained();
    });
  }

  #checkDrained(): void {
    if (this.openCount > 0) return;
    this.#ackTimer?.[Symbol.dispose]();
    this.#ackTimer = undefined;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }
}
