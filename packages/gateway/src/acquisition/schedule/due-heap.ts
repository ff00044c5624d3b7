/** One thing to do at one instant. `dueMs` is on the monotonic clock. */
export interface DueEntry {
  readonly dueMs: number;
  readonly fire: () => void;
}

/**
 * Binary min-heap of due entries; equal instants leave in the order they came, so that a run is
 * reproducible. Cancelled entries stay until their instant and are dropped there.
 */
export class DueHeap {
  readonly #entries: { readonly entry: DueEntry; readonly order: number }[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  push(entry: DueEntry): void {
    const entries = this.#entries;
    entries.push({ entry, order: this.#order++ });
    let at = entries.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  peek(): DueEntry | undefined {
    return this.#entries[0]?.entry;
  }

  pop(): DueEntry | undefined {
    const entries = this.#entries;
    const first = entries[0];
    if (first === undefined) return undefined;
    const last = entries.pop()!;
    if (entries.length > 0) {
      entries[0] = last;
      this.#sink();
    }
    return first.entry;
  }

  #sink(): void {
    const count = this.#entries.length;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (left < count && this.#before(left, least)) least = left;
      if (right < count && this.#before(right, least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const one = this.#entries[a]!;
    const other = this.#entries[b]!;
    const difference = one.entry.dueMs - other.entry.dueMs;
    return difference < 0 || (difference === 0 && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#entries[a]!;
    this.#entries[a] = this.#entries[b]!;
    this.#entries[b] = one;
  }
}
