import { InvariantError, ProtocolError } from "../error.ts";

/** The last invocation counter of a key; no APDU can follow it. */
export const invocationCounterMax = 0xffff_ffff;

/** Where a counter is kept beyond the life of the process. */
export interface CounterStore {
  /**
   * Stores durably that counters below `limit` (1..2^32) may have been used with this key. A
   * restart begins at `limit`. Undefined: stored already.
   */
  reserve(limit: number): Promise<void> | undefined;
}

/** Where a counter goes on, and where it is kept. */
export interface InvocationCounterOptions {
  /** First counter to use: what the store says, or one above what the meter expects. */
  readonly next: number;
  /** Absent: the counter lives as long as its key, e.g. a dedicated one. */
  readonly store?: CounterStore;
  /** Counters reserved at a time, 1..2^32. Absent = 1000. */
  readonly ahead?: number;
}

/**
 * Invocation counter of one encryption key and one sender (Green Book 9.2.3.3.7): strictly growing,
 * never used before it is stored as used, so that no restart repeats one. A new key is a new
 * counter (R30).
 */
export class InvocationCounter {
  readonly #store: CounterStore | undefined;
  readonly #ahead: number;
  #next: number;
  #limit: number;

  /** @throws {RangeError} `next` outside 0..2^32, `ahead` below 1. */
  constructor(options: InvocationCounterOptions) {
    const { next, store, ahead = 1000 } = options;
    if (!Number.isInteger(next) || next < 0 || next > invocationCounterMax + 1) {
      throw new RangeError(`invocation counter ${next}`);
    }
    if (!Number.isInteger(ahead) || ahead < 1) throw new RangeError(`${ahead} counters ahead`);
    this.#next = next;
    this.#store = store;
    this.#ahead = ahead;
    this.#limit = store === undefined ? invocationCounterMax + 1 : next;
  }

  /** The counter that `take` gives next; 2^32 once all are used. */
  get next(): number {
    return this.#next;
  }

  /**
   * Makes sure that `count` counters can be taken, or as many as are left. Undefined: they can;
   * else await it.
   * @throws {ProtocolError} security/counter-exhausted, also by rejection
   */
  reserve(count = 1): Promise<void> | undefined {
    if (this.#next > invocationCounterMax) throw exhausted();
    if (Math.min(this.#next + count, invocationCounterMax + 1) <= this.#limit) return undefined;
    const limit = Math.min(this.#next + Math.max(this.#ahead, count), invocationCounterMax + 1);
    const stored = this.#store?.reserve(limit);
    if (stored === undefined) {
      this.#limit = limit;
      return undefined;
    }
    return stored.then(() => {
      this.#limit = Math.max(this.#limit, limit);
    });
  }

  /**
   * Jumps forward to what the peer expects; a lower number is ignored, for lowering needs a person
   * (R29). @throws {RangeError} above 2^32
   */
  advanceTo(next: number): void {
    if (next > invocationCounterMax + 1) throw new RangeError(`invocation counter ${next}`);
    if (next > this.#next) this.#next = next;
  }

  /**
   * One counter, used up from now on.
   * @throws {ProtocolError} security/counter-exhausted
   * @throws {InvariantError} none is reserved
   */
  take(): number {
    if (this.#next > invocationCounterMax) throw exhausted();
    if (this.#next >= this.#limit) {
      const waiting = this.reserve();
      if (waiting !== undefined) {
        waiting.catch(() => {});
        throw new InvariantError("an invocation counter is taken before it is stored");
      }
    }
    return this.#next++;
  }
}

function exhausted(): ProtocolError {
  return new ProtocolError("security/counter-exhausted", "the key has no invocation counter left");
}
