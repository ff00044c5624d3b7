import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CachedScaler, EventSeverity, SinkCounts, StoredEvent } from "../store.ts";
import { Layouts } from "./layouts.ts";
import type {
  DeadLetterRow,
  JournalRow,
  OutboxPollRow,
  Read,
  ReadAnswers,
  WithLayouts,
} from "./protocol.ts";
import { parseLayout } from "./record-codec.ts";

const pollColumns = `p.id AS rowId, p.seq, p.meter_id AS meterId, p.measured_at AS measuredAt,
  p.received_at AS receivedAt, p.origin, p.layout_id AS layoutId, p.received, p.marks, p.vals,
  p.failures`;
const journalColumns = "measured_at AS measuredAt, layout_id AS layoutId, received, marks, vals";
const eventColumns = "id, at, severity, code, meter_id AS meterId, line_id AS lineId, message";
const range = "meter_id = ? AND measured_at >= ? AND measured_at <= ?";

function statements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    pending: prepare(`SELECT ${pollColumns}, o.attempts FROM outbox o
      JOIN outbox_polls p ON p.id = o.poll_id
      WHERE o.sink_id = ? AND o.poll_id > ? ORDER BY o.poll_id LIMIT ?`),
    pendingOfMeter: prepare(`SELECT ${pollColumns}, o.attempts
      FROM outbox o INDEXED BY outbox_by_meter JOIN outbox_polls p ON p.id = o.poll_id
      WHERE o.sink_id = ? AND o.meter_id = ? AND o.poll_id > ? ORDER BY o.poll_id LIMIT ?`),
    deadLetters: prepare(`SELECT ${pollColumns}, 0 AS attempts, d.reason, d.at FROM dead_letters d
      JOIN outbox_polls p ON p.id = d.poll_id
      WHERE d.sink_id = ? AND d.poll_id > ? ORDER BY d.poll_id LIMIT ?`),
    counts: prepare(`SELECT produced, acknowledged, pending, dead_lettered AS deadLettered, dropped
      FROM sink_counts WHERE sink_id = ?`),
    oldestPending: prepare(`SELECT p.measured_at AS at FROM outbox o
      JOIN outbox_polls p ON p.id = o.poll_id WHERE o.sink_id = ? ORDER BY o.poll_id LIMIT 1`),
    ascending: prepare(`SELECT ${journalColumns} FROM journal WHERE ${range} ORDER BY measured_at`),
    descending: prepare(
      `SELECT ${journalColumns} FROM journal WHERE ${range} ORDER BY measured_at DESC`,
    ),
    newest: prepare(
      `SELECT ${journalColumns} FROM journal WHERE meter_id = ? ORDER BY measured_at DESC LIMIT ?`,
    ),
    scalers: prepare(`SELECT class_id AS classId, logical_name AS logicalName, scaler, unit,
      read_at AS readAt FROM scalers WHERE meter_id = ?`),
    counter: prepare("SELECT reserved FROM invocation_counters WHERE name = ?"),
    recall: prepare("SELECT name, value FROM facts WHERE meter_id = ?"),
    newestEvents: prepare(`SELECT ${eventColumns} FROM events ORDER BY id DESC LIMIT ?`),
    newestEventsOfMeter: prepare(
      `SELECT ${eventColumns} FROM events WHERE meter_id = ? ORDER BY id DESC LIMIT ?`,
    ),
    eventsAfter: prepare(`SELECT ${eventColumns} FROM events WHERE id > ? ORDER BY id LIMIT ?`),
    eventsOfMeterAfter: prepare(
      `SELECT ${eventColumns} FROM events WHERE meter_id = ? AND id > ? ORDER BY id LIMIT ?`,
    ),
  };
}

type ReadOf<Op extends Read["op"]> = Extract<Read, { op: Op }>;

/** Answers questions about what is stored. Never writes. */
export class JournalReader {
  readonly #sql: ReturnType<typeof statements>;
  readonly #layouts: Layouts;

  constructor(database: DatabaseSync) {
    this.#sql = statements(database);
    this.#layouts = new Layouts(database);
  }

  answer(read: Read): ReadAnswers[Read["op"]] {
    switch (read.op) {
      case "pending":
        return this.#pending(read);
      case "dead-letters":
        return this.#withLayouts(
          this.#sql.deadLetters.all(
            read.sinkId,
            read.afterRowId,
            read.limit,
          ) as unknown as DeadLetterRow[],
        );
      case "counts":
        return this.#counts(read.sinkId);
      case "history":
        return this.#history(read);
      case "latest":
        return this.#withLayouts(
          this.#sql.newest.all(read.meterId, read.polls) as unknown as JournalRow[],
        );
      case "scalers":
        return this.#sql.scalers.all(read.meterId) as unknown as CachedScaler[];
      case "recall":
        return new Map(
          this.#sql.recall
            .all(read.meterId)
            .map((row) => [String(row["name"]), String(row["value"])]),
        );
      case "counter": {
        const reserved = this.#sql.counter.get(read.name)?.["reserved"];
        return typeof reserved === "number" ? reserved : undefined;
      }
      case "events":
        return this.#events(read);
    }
  }

  #withLayouts<Row extends { readonly layoutId: number }>(rows: readonly Row[]): WithLayouts<Row> {
    return { rows, layouts: this.#layouts.of(rows) };
  }

  #pending({ sinkId, meterId, afterRowId, limit }: ReadOf<"pending">): WithLayouts<OutboxPollRow> {
    const rows =
      meterId === undefined
        ? this.#sql.pending.all(sinkId, afterRowId, limit)
        : this.#sql.pendingOfMeter.all(sinkId, meterId, afterRowId, limit);
    return this.#withLayouts(rows as unknown as OutboxPollRow[]);
  }

  #counts(sinkId: number): SinkCounts {
    const row = this.#sql.counts.get(sinkId);
    const oldest = this.#sql.oldestPending.get(sinkId)?.["at"];
    return {
      produced: Number(row?.["produced"] ?? 0),
      acknowledged: Number(row?.["acknowledged"] ?? 0),
      pending: Number(row?.["pending"] ?? 0),
      deadLettered: Number(row?.["deadLettered"] ?? 0),
      dropped: Number(row?.["dropped"] ?? 0),
      oldestPendingAt: typeof oldest === "number" ? oldest : undefined,
    };
  }

  /** Whole rows until they hold `limit` Readings that match; the caller cuts the last one. */
  #history(read: ReadOf<"history">): WithLayouts<JournalRow> {
    const statement = read.newestFirst ? this.#sql.descending : this.#sql.ascending;
    const rows: JournalRow[] = [];
    const matches = new Map<number, number>();
    let readings = 0;
    for (const found of statement.iterate(read.meterId, read.fromMs, read.toMs)) {
      if (readings >= read.limit) break;
      const row = found as unknown as JournalRow;
      const matching = matches.get(row.layoutId) ?? this.#matching(row.layoutId, read.key);
      matches.set(row.layoutId, matching);
      if (matching === 0) continue;
      readings += matching;
      rows.push(row);
    }
    return this.#withLayouts(rows);
  }

  #matching(layoutId: number, key: string | undefined): number {
    const layout = parseLayout(this.#layouts.specOf(layoutId));
    return key === undefined ? layout.length : layout.filter(([name]) => name === key).length;
  }

  #events({ meterId, limit, afterId }: ReadOf<"events">): readonly StoredEvent[] {
    const sql = this.#sql;
    const newest = (): Record<string, unknown>[] =>
      (meterId === undefined
        ? sql.newestEvents.all(limit)
        : sql.newestEventsOfMeter.all(meterId, limit)
      ).toReversed();
    const after = (id: number): Record<string, unknown>[] =>
      meterId === undefined
        ? sql.eventsAfter.all(id, limit)
        : sql.eventsOfMeterAfter.all(meterId, id, limit);
    return (afterId === undefined ? newest() : after(afterId)).map((row) => ({
      id: Number(row["id"]),
      at: Number(row["at"]),
      severity: String(row["severity"]) as EventSeverity,
      code: String(row["code"]),
      meterId: typeof row["meterId"] === "number" ? row["meterId"] : undefined,
      lineId: typeof row["lineId"] === "number" ? row["lineId"] : undefined,
      message: String(row["message"]),
    }));
  }
}
