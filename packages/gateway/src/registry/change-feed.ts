import type { Clock } from "@lectura/dlms-node";

/** How often a process looks whether another one has changed the registry. */
const lookEveryMs = 500;

/**
 * Tells listeners that the registry has changed: at once (coalesced, never inside the change) for
 * changes of this process, within half a second for those of others, by the stored revision.
 */
export class ChangeFeed implements Disposable {
  readonly #clock: Pick<Clock, "timer">;
  readonly #revision: () => number;
  readonly #listeners = new Set<() => void>();
  #seen: number;
  #timer: Disposable | undefined;
  #isScheduled = false;

  constructor(clock: Pick<Clock, "timer">, revision: () => number) {
    this.#clock = clock;
    this.#revision = revision;
    this.#seen = revision();
  }

  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    this.#timer ??= this.#clock.timer(lookEveryMs, () => this.#look());
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) this[Symbol.dispose]();
      },
    };
  }

  /** This process has committed a change. */
  changed(): void {
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#tell();
    });
  }

  #look(): void {
    this.#timer = this.#clock.timer(lookEveryMs, () => this.#look());
    this.#tell();
  }

  #tell(): void {
    if (this.#listeners.size === 0) return;
    const revision = this.#revision();
    if (revision === this.#seen) return;
    this.#seen = revision;
    for (const listener of this.#listeners) listener();
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
