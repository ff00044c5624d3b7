import type { StreamItem } from "../control/control.ts";

/** Listeners at once; beyond, `subscribe` throws a RangeError. */
const listenersMax = 1000;

/** Live readings and events to whoever listens now. Nothing is kept: the journal is for that. */
export class Stream {
  readonly #listeners = new Set<(item: StreamItem) => void>();

  /** Whether a reading is worth formatting. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: (item: StreamItem) => void): Disposable {
    if (this.#listeners.size >= listenersMax) {
      throw new RangeError(`${listenersMax} listeners are connected already`);
    }
    const own = (item: StreamItem): void => listener(item);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => this.#listeners.delete(own) };
  }

  publish(item: StreamItem): void {
    for (const listener of this.#listeners) listener(item);
  }
}
