import type { DatabaseSync, StatementSync } from "node:sqlite";

interface Counters {
  produced: number;
  acknowledged: number;
  pending: number;
  deadLettered: number;
  dropped: number;
  pendingRows: number;
  pendingOctets: number;
  deadRows: number;
}

/**
 * Counters of Readings per sink, written in the transaction that moves the rows they count, so that
 * produced = acknowledged + pending + deadLettered + dropped holds after every crash (the table
 * checks it too). Read once and written once per transaction.
 */
export class SinkCounters {
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #touched = new Map<number, Counters>();

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(`
      SELECT produced, acknowledged, pending, dead_lettered AS deadLettered, dropped,
        pending_rows AS pendingRows, pending_octets AS pendingOctets, dead_rows AS deadRows
      FROM sink_counts WHERE sink_id = ?`);
    this.#upsert = database.prepare(`
      INSERT INTO sink_counts (sink_id, produced, acknowledged, pending, dead_lettered, dropped,
        pending_rows, pending_octets, dead_rows) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (sink_id) DO UPDATE SET produced = excluded.produced,
        acknowledged = excluded.acknowledged, pending = excluded.pending,
        dead_lettered = excluded.dead_lettered, dropped = excluded.dropped,
        pending_rows = excluded.pending_rows, pending_octets = excluded.pending_octets,
        dead_rows = excluded.dead_rows`);
  }

  /** The counters as this transaction sees them; change them in place. */
  of(sinkId: number): Counters {
    const touched = this.#touched.get(sinkId);
    if (touched !== undefined) return touched;
    const counters = this.#read(sinkId);
    this.#touched.set(sinkId, counters);
    return counters;
  }

  #read(sinkId: number): Counters {
    const row = this.#select.get(sinkId);
    const column = (name: keyof Counters): number => Number(row?.[name] ?? 0);
    return {
      produced: column("produced"),
      acknowledged: column("acknowledged"),
      pending: column("pending"),
      deadLettered: column("deadLettered"),
      dropped: column("dropped"),
      pendingRows: column("pendingRows"),
      pendingOctets: column("pendingOctets"),
      deadRows: column("deadRows"),
    };
  }

  /** Before COMMIT. */
  write(): void {
    for (const [sinkId, c] of this.#touched) {
      this.#upsert.run(
        sinkId,
        c.produced,
        c.acknowledged,
        c.pending,
        c.deadLettered,
        c.dropped,
        c.pendingRows,
        c.pendingOctets,
        c.deadRows,
      );
    }
  }

  /** After COMMIT or ROLLBACK: nothing is remembered from one transaction to the next. */
  forget(): void {
    this.#touched.clear();
  }
}
