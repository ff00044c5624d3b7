import type { DatabaseSync, StatementSync } from "node:sqlite";
import { inTransaction } from "./database.ts";
import { Layouts } from "./layouts.ts";
import { OutboxWriter } from "./outbox-writer.ts";
import type { StorageOptions, Write, WriteResult } from "./protocol.ts";
import { type EncodedRecord, mergeReadings, type UniformOrList } from "./record-codec.ts";
import { SinkCounters } from "./sink-counters.ts";

/** Characters of an event's text; longer ones are cut. */
const messageMax = 2000;
/** Rows one slice of pruning deletes, so that a commit never waits long for it. */
const sliceRows = 2000;
const dayMs = 86_400_000;

function statements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    nextSeq: prepare(`
      INSERT INTO meter_sequences (meter_id, seq) VALUES (?, 1)
      ON CONFLICT (meter_id) DO UPDATE SET seq = seq + 1 RETURNING seq`),
    insert: prepare(`
      INSERT INTO journal (meter_id, measured_at, layout_id, received, marks, vals)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    find: prepare(`
      SELECT layout_id AS layoutId, received, marks, vals FROM journal
      WHERE meter_id = ? AND measured_at = ?`),
    replace: prepare(`
      UPDATE journal SET layout_id = ?, received = ?, marks = ?, vals = ?
      WHERE meter_id = ? AND measured_at = ?`),
    saveScaler: prepare(`
      INSERT OR REPLACE INTO scalers (meter_id, class_id, logical_name, scaler, unit, read_at)
      VALUES (?, ?, ?, ?, ?, ?)`),
    clearScalers: prepare("DELETE FROM scalers WHERE meter_id = ?"),
    remember: prepare("INSERT OR REPLACE INTO facts (meter_id, name, value) VALUES (?, ?, ?)"),
    firstCounter: prepare(`
      INSERT INTO invocation_counters (name, reserved) VALUES (?, ?) ON CONFLICT DO NOTHING`),
    moveCounter: prepare(`
      UPDATE invocation_counters SET reserved = ?2 WHERE name = ?1 AND reserved = ?3`),
    event: prepare(`
      INSERT INTO events (at, severity, code, meter_id, line_id, message)
      VALUES (?, ?, ?, ?, ?, ?)`),
    pruneEvents: prepare(`
      DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT
        min(?, max(0, (SELECT count(*) FROM events) - ?)))`),
    meters: prepare("SELECT meter_id AS meterId FROM meter_sequences ORDER BY meter_id"),
    pruneJournal: prepare(`
      DELETE FROM journal WHERE meter_id = ?1 AND measured_at IN (
        SELECT measured_at FROM journal WHERE meter_id = ?1 AND measured_at < ?2
        ORDER BY measured_at LIMIT ?3)`),
    removedSink: prepare("SELECT sink_id AS sinkId FROM removed_sinks LIMIT 1"),
    forgetSink: prepare("DELETE FROM removed_sinks WHERE sink_id = ?"),
  };
}

/** The one who writes readings: journal and outbox together, batch by batch. */
export class JournalWriter {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statements>;
  readonly #layouts: Layouts;
  readonly #counters: SinkCounters;
  readonly #outbox: OutboxWriter;
  readonly #options: StorageOptions;

  constructor(database: DatabaseSync, options: StorageOptions) {
    this.#database = database;
    this.#options = options;
    this.#sql = statements(database);
    this.#layouts = new Layouts(database);
    this.#counters = new SinkCounters(database);
    this.#outbox = new OutboxWriter(database, this.#counters, options.outbox);
  }

  /** All in one transaction. A refused write leaves no trace and does not stop the others. */
  commit(writes: readonly Write[]): readonly WriteResult[] {
    return this.#transaction(() => writes.map((write) => this.#perform(write)));
  }

  #transaction<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, () => {
        const result = work();
        this.#counters.write();
        return result;
      });
    } catch (error) {
      this.#layouts.forget();
      throw error;
    } finally {
      this.#counters.forget();
    }
  }

  #perform(write: Write): WriteResult {
    switch (write.op) {
      case "append":
        return this.#append(write.record, write.sinkIds);
      case "acknowledge":
        this.#outbox.acknowledge(write.sinkId, write.rowIds);
        break;
      case "attempted":
        this.#outbox.attempted(write.sinkId, write.rowIds);
        break;
      case "dead-letter":
        this.#outbox.deadLetter(write.sinkId, write.rowId, write.reason, write.at);
        break;
      case "republish":
        this.#outbox.republish(write.sinkId, write.rowIds);
        break;
      case "save-scalers":
        for (const { classId, logicalName, scaler, unit, readAt } of write.scalers) {
          this.#sql.saveScaler.run(write.meterId, classId, logicalName, scaler, unit, readAt);
        }
        break;
      case "clear-scalers":
        this.#sql.clearScalers.run(write.meterId);
        break;
      case "remember":
        this.#sql.remember.run(write.meterId, write.name, write.value);
        break;
      case "reserve-counter": {
        const { name, from, limit } = write;
        const { firstCounter, moveCounter } = this.#sql;
        const { changes } =
          from === undefined ? firstCounter.run(name, limit) : moveCounter.run(name, limit, from);
        return { seq: Number(changes) };
      }
      case "record-event": {
        const { at, severity, code, meterId, lineId, message } = write.event;
        const text = message.slice(0, messageMax);
        this.#sql.event.run(at, severity, code, meterId ?? null, lineId ?? null, text);
        break;
      }
    }
    return { seq: 0 };
  }

  #append(record: EncodedRecord, sinkIds: readonly number[]): WriteResult {
    const refused = this.#outbox.admit(record, sinkIds);
    if (refused !== undefined) return { refused };
    const seq = Number(this.#sql.nextSeq.get(record.meterId)?.["seq"]);
    const layoutId = this.#layouts.idOf(record.layout);
    if (record.readings > 0) this.#journal(record, layoutId);
    this.#outbox.add(record, seq, layoutId, sinkIds);
    return { seq };
  }

  #journal(record: EncodedRecord, layoutId: number): void {
    const { meterId, measuredAt, received, marks, vals } = record;
    const { changes } = this.#sql.insert.run(meterId, measuredAt, layoutId, received, marks, vals);
    if (changes !== 0) return;
    const older = this.#sql.find.get(meterId, measuredAt) as {
      layoutId: number;
      received: UniformOrList;
      marks: UniformOrList;
      vals: string;
    };
    const merged = mergeReadings(
      { ...older, layout: this.#layouts.specOf(older.layoutId) },
      record,
    );
    this.#sql.replace.run(
      this.#layouts.idOf(merged.layout),
      merged.received,
      merged.marks,
      merged.vals,
      meterId,
      measuredAt,
    );
  }

  /** One slice of pruning in one short transaction. @returns whether there is more to do. */
  maintain(nowMs: number): boolean {
    return this.#transaction(() => {
      const deleted = this.#pruneJournal(nowMs) + this.#pruneEvents() + this.#dropRemovedSink();
      return deleted >= sliceRows;
    });
  }

  #pruneJournal(nowMs: number): number {
    const { retentionDays } = this.#options;
    if (retentionDays === 0) return 0;
    const before = nowMs - retentionDays * dayMs;
    let left = sliceRows;
    for (const { meterId } of this.#sql.meters.all()) {
      if (left <= 0) break;
      left -= Number(this.#sql.pruneJournal.run(Number(meterId), before, left).changes);
    }
    return sliceRows - left;
  }

  #pruneEvents(): number {
    return Number(this.#sql.pruneEvents.run(sliceRows, this.#options.eventsMax).changes);
  }

  /** The registry names a removed sink; what it still had pending is dropped, and counted. */
  #dropRemovedSink(): number {
    const sinkId = this.#sql.removedSink.get()?.["sinkId"];
    if (typeof sinkId !== "number") return 0;
    const dropped =
      this.#outbox.dropOldest(sinkId, sliceRows) + this.#outbox.dropDeadLetters(sinkId, sliceRows);
    if (dropped === 0) this.#sql.forgetSink.run(sinkId);
    // Even an empty one counts as a slice: the next removed sink follows at once.
    return sliceRows;
  }
}
