import type { OutboxRow } from "../store/store.ts";

/**
 * One meter's part of a drain: the rows that are loaded and not sent, oldest first. Rows of one
 * meter are sent in commit order; a row that must be tried again goes back before its successors.
 *
 * `cursor` is the last row that was taken from the store. `behind` says that the store has rows
 * after it which are not loaded: the lane was full, or its meter not ready, when they were seen.
 */
export class Lane {
  readonly meterId: number;
  readonly rowsMax: number;
  #rows: OutboxRow[] = [];
  #cursor = 0;
  #behind = false;
  #loading = false;
  #rewound = false;
  /** Rows under way. */
  inFlight = 0;
  /** Retries in a row; a row that is acknowledged puts it back to 0. */
  failures = 0;
  /** Runs while the lane pauses after a failure. */
  pause: Disposable | undefined;

  constructor(meterId: number, rowsMax: number) {
    this.meterId = meterId;
    this.rowsMax = rowsMax;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Whether the store has rows for this lane that should be loaded now. */
  get wantsRows(): boolean {
    return this.#behind && !this.#loading && this.#rows.length === 0;
  }

  /** Whether the lane may have something to send, now or later. */
  get hasWork(): boolean {
    return this.#rows.length > 0 || this.#behind || this.#loading;
  }

  /** A row seen by the scan of the whole outbox. True when it was kept. */
  offer(row: OutboxRow, keep: boolean): boolean {
    if (row.rowId <= this.#cursor) return false;
    const full = this.#rows.length >= this.rowsMax;
    if (!keep || full || this.#behind || this.#loading) {
      this.#behind = true;
      return false;
    }
    this.#rows.push(row);
    this.#cursor = row.rowId;
    return true;
  }

  beginLoad(): void {
    this.#loading = true;
    // Whatever the scan sees from here on sets it again.
    this.#behind = false;
  }

  /**
   * Takes the answer of the store; `known` are rows that are under way. Returns how many were
   * kept.
   */
  endLoad(rows: readonly OutboxRow[], more: boolean, known: ReadonlySet<number>): number {
    this.#loading = false;
    if (more || this.#rewound) this.#behind = true;
    if (this.#rewound) {
      this.#rewound = false;
      return 0;
    }
    const fresh = rows.filter(({ rowId }) => rowId > this.#cursor && !known.has(rowId));
    this.#cursor = Math.max(this.#cursor, ...rows.map(({ rowId }) => rowId));
    this.#rows.push(...fresh);
    return fresh.length;
  }

  failLoad(): void {
    this.#loading = false;
    this.#behind = true;
  }

  /** Next row to send. */
  take(): OutboxRow | undefined {
    return this.#rows.shift();
  }

  /**
   * A row came back unsent. True when it is kept here; otherwise the store still has it for
   * later.
   */
  putBack(row: OutboxRow): boolean {
    if (row.rowId > this.#cursor) return false;
    const after = this.#rows.findIndex(({ rowId }) => rowId > row.rowId);
    this.#rows.splice(after === -1 ? this.#rows.length : after, 0, row);
    return true;
  }

  /** Forgets loaded rows, because the meter cannot take them now; they are loaded again later. */
  unload(): number {
    const [oldest] = this.#rows;
    if (oldest === undefined) return 0;
    const count = this.#rows.length;
    this.#rows = [];
    this.#cursor = oldest.rowId - 1;
    this.#behind = true;
    return count;
  }

  /** As `unload`, and looks at the store from the beginning: older rows may have come back. */
  rewind(): number {
    const count = this.#rows.length;
    this.#rows = [];
    this.#cursor = 0;
    this.#behind = true;
    this.#rewound = this.#loading;
    return count;
  }
}
