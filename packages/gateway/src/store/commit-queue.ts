import type { Clock } from "@lectura/dlms-node";
import { GatewayError } from "../errors.ts";
import type { Write, WriteResult } from "./sqlite/protocol.ts";
import { overloaded, toError } from "./storage-thread.ts";

export interface CommitQueueOptions {
  readonly clock: Pick<Clock, "monotonicMs" | "timer">;
  /** Least time between the starts of two commits, unless `writesMax` wait. */
  readonly windowMs: number;
  /** Writes of one commit. */
  readonly writesMax: number;
  /** Writes that wait; beyond, `store/overloaded`. */
  readonly waitingMax: number;
  readonly commit: (writes: readonly Write[]) => Promise<readonly WriteResult[]>;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: one commit at a time; what arrives meanwhile goes into the next one. An idle queue
 * commits at once, a busy one every `windowMs`, because each commit costs a flush of the disk.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #isCommitting = false;
  #isDraining = false;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #timer: Disposable | undefined;
  #idle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Resolves once the write is on disk, with the `seq` of an append. */
  add(write: Write): Promise<number> {
    if (this.#isDraining) {
      return Promise.reject(new GatewayError("store/closed", "the store is closed"));
    }
    if (this.#waiting.length >= this.#options.waitingMax) {
      return Promise.reject(overloaded(this.#options.waitingMax));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      // Whatever else this turn of the loop writes joins the same commit.
      if (this.#waiting.length === 1) queueMicrotask(() => this.#consider());
      else if (this.#waiting.length >= this.#options.writesMax) this.#consider();
    });
  }

  /** Takes no more, commits what waits without a pause, resolves when all is answered. */
  drain(): Promise<void> {
    this.#isDraining = true;
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#consider();
    });
  }

  #consider(): void {
    if (this.#isCommitting) return;
    if (this.#waiting.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const { clock, windowMs, writesMax } = this.#options;
    const waitMs = this.#lastStartMs + windowMs - clock.monotonicMs();
    if (waitMs > 0 && this.#waiting.length < writesMax && !this.#isDraining) {
      this.#timer ??= clock.timer(waitMs, () => {
        this.#timer = undefined;
        this.#consider();
      });
      return;
    }
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#lastStartMs = clock.monotonicMs();
    void this.#commit(this.#waiting.splice(0, writesMax));
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    this.#isCommitting = true;
    try {
      const results = await this.#options.commit(batch.map(({ write }) => write));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result !== undefined && "seq" in result) resolve(result.seq);
        else reject(result === undefined ? undefined : toError(result.refused));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#isCommitting = false;
      this.#consider();
    }
  }
}
