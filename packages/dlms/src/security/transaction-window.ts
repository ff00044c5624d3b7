/**
 * Replay protection of what has no invocation counter of its own to look at: wrapped and agreed
 * keys of general-ciphering, and general-signing. What is told apart is the transaction.
 */
import { decodeDateTime, utcMs } from "../cosem/date-time.ts";
import { ProtocolError } from "../error.ts";
import { toHex } from "../octets.ts";

/** Transactions remembered at a time, unless said otherwise. */
export const transactionsMaxDefault = 1024;
/** How far the date-time of a transaction may be from now, unless said otherwise. */
export const transactionAgeMsDefault: number = 10 * 60 * 1000;

/** Limits of a window; what exceeds them is refused. */
export interface TransactionWindowOptions {
  /**
   * UTC, milliseconds since 1970. Absent: date-times are not looked at, and every transaction is
   * remembered for as long as the window lives.
   */
  readonly nowMs?: () => number;
  /**
   * Transactions remembered, 1 or more; those whose date-time is too old go first. Overflow: one
   * more is refused (`security/window-full`); nothing is forgotten that could come again. Absent =
   * `transactionsMaxDefault`.
   */
  readonly transactionsMax?: number;
  /** Distance of a date-time from now, either way; beyond: refused. */
  readonly ageMs?: number;
  /** Whether a transaction without a date-time is taken. Absent = "optional". */
  readonly dateTime?: "optional" | "required";
}

/** What tells one transaction from another, as far as something proves it. */
export interface Transaction {
  /** Eight octets. */
  readonly originator: Uint8Array;
  /** Transaction-id, or the tag where the header is not under it; not empty. */
  readonly identity: Uint8Array;
  /** 12 octets; 0 where there is none, or nothing proves it. */
  readonly dateTime: Uint8Array;
}

/** Transactions of one receiver; shared by its associations. */
export class TransactionWindow {
  readonly #options: TransactionWindowOptions;
  readonly #transactionsMax: number;
  readonly #ageMs: number;
  /** Last moment each could pass the look at its date-time, UTC in ms. */
  readonly #seen = new Map<string, number>();

  /** @throws {RangeError} limits below 1 */
  constructor(options: TransactionWindowOptions = {}) {
    const { transactionsMax = transactionsMaxDefault, ageMs = transactionAgeMsDefault } = options;
    if (!(transactionsMax >= 1)) throw new RangeError(`${transactionsMax} transactions`);
    if (!(ageMs >= 1)) throw new RangeError(`${ageMs} ms`);
    this.#options = options;
    this.#transactionsMax = transactionsMax;
    this.#ageMs = ageMs;
  }

  /** Transactions remembered now. */
  get size(): number {
    return this.#seen.size;
  }

  /**
   * Takes a transaction whose tag or signature has verified.
   * @throws {ProtocolError} security/replay: seen before, without identity, or its date-time is too
   * far from now; security/policy: a date-time is required; security/window-full
   */
  accept({ originator, identity, dateTime }: Transaction): void {
    if (identity.length === 0) throw replayed("the transaction has no id");
    const until = this.#validUntil(dateTime);
    const name = `${toHex(originator)} ${toHex(identity)}`;
    if (this.#seen.has(name)) throw replayed("the transaction was seen before");
    if (this.#seen.size >= this.#transactionsMax) this.#forgetOld();
    if (this.#seen.size >= this.#transactionsMax) {
      const detail = `${this.#transactionsMax} transactions are remembered already`;
      throw new ProtocolError("security/window-full", detail);
    }
    this.#seen.set(name, until);
  }

  #validUntil(dateTime: Uint8Array): number {
    const { nowMs, dateTime: needed } = this.#options;
    if (dateTime.length === 0) {
      if (needed !== "required") return Number.POSITIVE_INFINITY;
      throw new ProtocolError("security/policy", "the transaction has no date-time");
    }
    if (nowMs === undefined) return Number.POSITIVE_INFINITY;
    const at = utcMs(decodeDateTime(dateTime));
    if (at === undefined) throw replayed("the transaction's date-time names no moment");
    if (Math.abs(nowMs() - at) > this.#ageMs) {
      throw replayed("the transaction's date-time is too far from now");
    }
    return at + this.#ageMs;
  }

  #forgetOld(): void {
    const now = this.#options.nowMs?.();
    if (now === undefined) return;
    for (const [name, until] of this.#seen) if (until < now) this.#seen.delete(name);
  }
}

function replayed(detail: string): ProtocolError {
  return new ProtocolError("security/replay", detail);
}
