import { InvocationCounter, invocationCounterMax } from "@lectura/dlms/security";
import { GatewayError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";

/**
 * Counters reserved at a time: as many as a kill can cost. One commit for each ten thousand APDUs,
 * and 2^32 last for more than 400,000 restarts.
 */
const aheadCounters = 10_000;
/** Reserved at least before a session opens: few of its APDUs wait for the disk. */
const marginCounters = 1_000;
/**
 * What the meter says is not authenticated: whoever sits on the line could use up a key by naming a
 * high number. A known counter jumps this far at most; further takes a person.
 */
export const counterJumpMax: number = 2 ** 24;

interface Entry {
  readonly counter: InvocationCounter;
  reserved: number | undefined;
  /** Reservations go one after the other: each begins where the one before ended. */
  reserving: Promise<void>;
}

/**
 * Invocation counters of all keys, one each however many meters and sessions send under it, stored
 * ahead of their use: what a process may have used, no later one uses again, whatever ended it.
 */
export class CounterBook {
  readonly #store: Pick<Store, "invocationCounter" | "reserveInvocationCounters">;
  readonly #entries = new Map<string, Entry>();

  constructor(store: Pick<Store, "invocationCounter" | "reserveInvocationCounters">) {
    this.#store = store;
  }

  /** The counter of that name, its margin reserved; undefined: nobody knows where it stands. */
  async counter(name: string): Promise<InvocationCounter | undefined> {
    const known = this.#entries.get(name);
    if (known !== undefined) {
      await known.counter.reserve(marginCounters);
      return known.counter;
    }
    const reserved = await this.#store.invocationCounter(name);
    if (reserved === undefined) return undefined;
    const counter = this.#enter(name, reserved, reserved).counter;
    await counter.reserve(marginCounters);
    return counter;
  }

  /** The counter of that name, begun where the meter says, or kept where it is if that is more. */
  async begin(name: string, next: number): Promise<InvocationCounter> {
    const known = await this.counter(name);
    const counter = known ?? this.#enter(name, next, undefined).counter;
    counter.advanceTo(next);
    await counter.reserve(marginCounters);
    return counter;
  }

  #enter(name: string, next: number, reserved: number | undefined): Entry {
    const existing = this.#entries.get(name);
    if (existing !== undefined) return existing;
    const store = { reserve: (limit: number) => this.#reserve(name, limit) };
    const counter = new InvocationCounter({ next, store, ahead: aheadCounters });
    const entry: Entry = { counter, reserved, reserving: Promise.resolve() };
    this.#entries.set(name, entry);
    return entry;
  }

  #reserve(name: string, limit: number): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return Promise.reject(contended());
    const reserved = entry.reserving.then(() => this.#storeUpTo(name, entry, limit));
    entry.reserving = reserved.catch(() => undefined);
    return reserved;
  }

  async #storeUpTo(name: string, entry: Entry, limit: number): Promise<void> {
    if ((entry.reserved ?? -1) >= limit) return;
    if (await this.#store.reserveInvocationCounters(name, entry.reserved, limit)) {
      entry.reserved = limit;
      return;
    }
    // Another process counts under this key: begin again behind what it has reserved.
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
    throw contended();
  }
}

/** Whether a counter the meter names may be believed. */
export function isPlausible(next: number, known: InvocationCounter | undefined): boolean {
  if (next > invocationCounterMax - counterJumpMax) return false;
  return known === undefined || next <= known.next + counterJumpMax;
}

function contended(): GatewayError {
  const detail = "another process has taken counters of this key; it is opened again behind them";
  return new GatewayError("meter/counter-contended", detail);
}
