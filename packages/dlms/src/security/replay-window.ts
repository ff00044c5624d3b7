import { ProtocolError } from "../error.ts";

/** An invocation counter that was used before. */
export class ReplayError extends ProtocolError {
  override readonly name: string = "ReplayError";
  /** The least that would have been accepted, 0..2^32 - 1. */
  readonly expected: number;

  constructor(counter: number, last: number) {
    super("security/replay", `invocation counter ${counter}, last was ${last}`);
    this.expected = Math.min(last + 1, 0xffff_ffff);
  }
}

/**
 * Last invocation counter seen under one key from one sender. None seen yet is a state of its own,
 * so that a sender may begin with 0 (R45b). Content without a tag proves nothing about its sender:
 * it cannot push the counter of authenticated content forward (R44).
 */
export class ReplayWindow {
  #lastAuthenticated: number | undefined;
  #lastUnauthenticated: number | undefined;

  /** `last`: highest counter accepted before, e.g. from a store. */
  constructor(last?: number) {
    this.#lastAuthenticated = last;
    this.#lastUnauthenticated = last;
  }

  /** Highest counter a tag has proved. */
  get last(): number | undefined {
    return this.#lastAuthenticated;
  }

  /** Takes the counter of content whose tag has verified. @throws {ReplayError} security/replay */
  accept(counter: number, authenticated: boolean): void {
    const proved = this.#lastAuthenticated ?? -1;
    const last = authenticated ? proved : Math.max(proved, this.#lastUnauthenticated ?? -1);
    if (counter <= last) throw new ReplayError(counter, last);
    if (authenticated) this.#lastAuthenticated = counter;
    else this.#lastUnauthenticated = counter;
  }
}
