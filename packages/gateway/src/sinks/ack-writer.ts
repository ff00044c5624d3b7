import type { Clock } from "@lectura/dlms-node";

export interface AckWriterOptions {
  /** Removes rows from the outbox, durably. */
  readonly acknowledge: (rowIds: readonly number[]) => Promise<void>;
  readonly clock: Clock;
  readonly removed: (rowIds: readonly number[]) => void;
  readonly failed: (error: unknown) => void;
}

/** Rows in one call of the store. */
const batchRowsMax = 1000;
/** Pause before a failed write is repeated (full disk, busy database). */
const retryMs = 1000;

/**
 * Writes acknowledgements in groups: one write at a time, and everything that arrives meanwhile
 * goes into the next. So a lone acknowledgement is written at once and a flood costs few commits.
 * The drain bounds `count` by not sending more.
 */
export class AckWriter {
  readonly #options: AckWriterOptions;
  #rowIds: number[] = [];
  #writing = 0;
  #retry: Disposable | undefined;
  #stopped = false;
  #flushed: (() => void)[] = [];

  constructor(options: AckWriterOptions) {
    this.#options = options;
  }

  /** Rows acknowledged by the sink and still in the outbox. */
  get count(): number {
    return this.#rowIds.length + this.#writing;
  }

  add(rowId: number): void {
    this.#rowIds.push(rowId);
    void this.#write();
  }

  /** Resolves when nothing is left to write. */
  async flushed(): Promise<void> {
    while (this.count > 0 && !this.#stopped) {
      await new Promise<void>((resolve) => this.#flushed.push(resolve));
    }
  }

  /** Gives up: rows not yet removed will be sent once more by the next run. */
  stop(): void {
    this.#stopped = true;
    this.#retry?.[Symbol.dispose]();
    this.#wake();
  }

  async #write(): Promise<void> {
    if (this.#writing > 0 || this.#rowIds.length === 0 || this.#retry !== undefined) return;
    const batch = this.#rowIds.splice(0, batchRowsMax);
    this.#writing = batch.length;
    try {
      await this.#options.acknowledge(batch);
      this.#writing = 0;
      this.#options.removed(batch);
    } catch (error) {
      this.#writing = 0;
      this.#rowIds.unshift(...batch);
      this.#options.failed(error);
      if (!this.#stopped) {
        this.#retry = this.#options.clock.timer(retryMs, () => {
          this.#retry = undefined;
          void this.#write();
        });
      }
      return;
    }
    this.#wake();
    void this.#write();
  }

  #wake(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const resolve of flushed) resolve();
  }
}
