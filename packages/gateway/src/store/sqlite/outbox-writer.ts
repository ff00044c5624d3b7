import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EncodedRecord } from "./record-codec.ts";
import type { OutboxLimits } from "./protocol.ts";
import type { SinkCounters } from "./sink-counters.ts";
import type { StoreProblem } from "./sqlite-problem.ts";

/** Columns of a payload that do not lie in its two lists and two texts. */
const fixedOctets = 48;
/** Rows dropped at a time when the oldest give way. */
const dropSlice = 64;

function statements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    insertPoll: prepare(`
      INSERT INTO outbox_polls (meter_id, seq, measured_at, received_at, origin, layout_id,
        received, marks, vals, failures, refs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertRow: prepare(`
      INSERT INTO outbox (sink_id, poll_id, meter_id, readings, octets) VALUES (?, ?, ?, ?, ?)`),
    takeRow: prepare(`
      DELETE FROM outbox WHERE sink_id = ? AND poll_id = ?
      RETURNING meter_id AS meterId, readings, octets`),
    oldest: prepare(`
      SELECT poll_id AS pollId FROM outbox WHERE sink_id = ? ORDER BY poll_id LIMIT ?`),
    attempt: prepare(`
      UPDATE outbox SET attempts = attempts + 1 WHERE sink_id = ? AND poll_id = ?`),
    releaseLast: prepare("DELETE FROM outbox_polls WHERE id = ? AND refs <= 1"),
    release: prepare("UPDATE outbox_polls SET refs = refs - 1 WHERE id = ?"),
    insertDead: prepare(`
      INSERT INTO dead_letters (sink_id, poll_id, meter_id, readings, octets, reason, at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    takeDead: prepare(`
      DELETE FROM dead_letters WHERE sink_id = ? AND poll_id = ?
      RETURNING meter_id AS meterId, readings, octets`),
    oldestDead: prepare(`
      SELECT poll_id AS pollId FROM dead_letters WHERE sink_id = ? ORDER BY poll_id LIMIT ?`),
    allDead: prepare("SELECT poll_id AS pollId FROM dead_letters WHERE sink_id = ?"),
  };
}

interface TakenRow {
  readonly meterId: number;
  readonly readings: number;
  readonly octets: number;
}

/** Moves polls between outbox, dead letters and nowhere, and counts every move. */
export class OutboxWriter {
  readonly #sql: ReturnType<typeof statements>;
  readonly #counters: SinkCounters;
  readonly #limits: OutboxLimits;

  constructor(database: DatabaseSync, counters: SinkCounters, limits: OutboxLimits) {
    this.#sql = statements(database);
    this.#counters = counters;
    this.#limits = limits;
  }

  static octetsOf(record: EncodedRecord): number {
    const list = typeof record.received === "string" ? record.received.length : 0;
    return fixedOctets + list + record.vals.length + (record.failures?.length ?? 0);
  }

  /** Why a sink cannot take this poll, or undefined. Drops the oldest where that is the policy. */
  admit(record: EncodedRecord, sinkIds: readonly number[]): StoreProblem | undefined {
    const octets = OutboxWriter.octetsOf(record);
    for (const sinkId of sinkIds) {
      const full = this.#fullBy(sinkId, record.readings, octets);
      if (full === undefined) continue;
      if (this.#limits.overflow === "refuse") return outboxFull(sinkId, full);
      while (this.#fullBy(sinkId, record.readings, octets) !== undefined) {
        if (this.dropOldest(sinkId, dropSlice) === 0) return outboxFull(sinkId, full);
      }
    }
    return undefined;
  }

  #fullBy(sinkId: number, readings: number, octets: number): string | undefined {
    const { pending, pendingRows, pendingOctets } = this.#counters.of(sinkId);
    if (pending + readings > this.#limits.readingsMax) return "readings";
    if (pendingRows + 1 > this.#limits.rowsMax) return "rows";
    return pendingOctets + octets > this.#limits.octetsMax ? "octets" : undefined;
  }

  /** One payload for all sinks, one row for each. */
  add(record: EncodedRecord, seq: number, layoutId: number, sinkIds: readonly number[]): void {
    if (sinkIds.length === 0) return;
    const pollId = Number(
      this.#sql.insertPoll.run(
        record.meterId,
        seq,
        record.measuredAt,
        record.receivedAt,
        record.origin,
        layoutId,
        record.received,
        record.marks,
        record.vals,
        record.failures,
        sinkIds.length,
      ).lastInsertRowid,
    );
    const octets = OutboxWriter.octetsOf(record);
    for (const sinkId of sinkIds) {
      this.#sql.insertRow.run(sinkId, pollId, record.meterId, record.readings, octets);
      const counters = this.#counters.of(sinkId);
      counters.produced += record.readings;
      counters.pending += record.readings;
      counters.pendingRows += 1;
      counters.pendingOctets += octets;
    }
  }

  acknowledge(sinkId: number, rowIds: readonly number[]): void {
    for (const pollId of rowIds) {
      const row = this.#take(sinkId, pollId);
      if (row === undefined) continue;
      this.#counters.of(sinkId).acknowledged += row.readings;
      this.#release(pollId);
    }
  }

  attempted(sinkId: number, rowIds: readonly number[]): void {
    for (const pollId of rowIds) this.#sql.attempt.run(sinkId, pollId);
  }

  deadLetter(sinkId: number, pollId: number, reason: string, at: number): void {
    const row = this.#take(sinkId, pollId);
    if (row === undefined) return;
    const { meterId, readings, octets } = row;
    this.#sql.insertDead.run(sinkId, pollId, meterId, readings, octets, reason, at);
    const counters = this.#counters.of(sinkId);
    counters.deadLettered += readings;
    counters.deadRows += 1;
    const excess = counters.deadRows - this.#limits.deadLettersMax;
    if (excess > 0) this.dropDeadLetters(sinkId, excess);
  }

  republish(sinkId: number, rowIds: readonly number[] | undefined): void {
    const chosen = rowIds ?? this.#sql.allDead.all(sinkId).map((row) => Number(row["pollId"]));
    for (const pollId of chosen) {
      const row = this.#takeDead(sinkId, pollId);
      if (row === undefined) continue;
      this.#sql.insertRow.run(sinkId, pollId, row.meterId, row.readings, row.octets);
      const counters = this.#counters.of(sinkId);
      counters.pending += row.readings;
      counters.pendingRows += 1;
      counters.pendingOctets += row.octets;
    }
  }

  /** Drops up to `limit` of the sink's oldest polls; how many there were. */
  dropOldest(sinkId: number, limit: number): number {
    const rows = this.#sql.oldest.all(sinkId, limit);
    for (const { pollId } of rows) {
      const row = this.#take(sinkId, Number(pollId));
      if (row === undefined) continue;
      this.#counters.of(sinkId).dropped += row.readings;
      this.#release(Number(pollId));
    }
    return rows.length;
  }

  dropDeadLetters(sinkId: number, limit: number): number {
    const rows = this.#sql.oldestDead.all(sinkId, limit);
    for (const { pollId } of rows) {
      const row = this.#takeDead(sinkId, Number(pollId));
      if (row === undefined) continue;
      this.#counters.of(sinkId).dropped += row.readings;
      this.#release(Number(pollId));
    }
    return rows.length;
  }

  #take(sinkId: number, pollId: number): TakenRow | undefined {
    const row = this.#sql.takeRow.get(sinkId, pollId) as TakenRow | undefined;
    if (row === undefined) return undefined;
    const counters = this.#counters.of(sinkId);
    counters.pending -= row.readings;
    counters.pendingRows -= 1;
    counters.pendingOctets -= row.octets;
    return row;
  }

  #takeDead(sinkId: number, pollId: number): TakenRow | undefined {
    const row = this.#sql.takeDead.get(sinkId, pollId) as TakenRow | undefined;
    if (row === undefined) return undefined;
    const counters = this.#counters.of(sinkId);
    counters.deadLettered -= row.readings;
    counters.deadRows -= 1;
    return row;
  }

  /** The payload goes with its last reference. */
  #release(pollId: number): void {
    if (this.#sql.releaseLast.run(pollId).changes === 0) this.#sql.release.run(pollId);
  }
}

function outboxFull(sinkId: number, limit: string): StoreProblem {
  return {
    code: "store/outbox-full",
    detail: `the outbox of sink ${sinkId} is full (${limit}); bring the sink back or raise the limit`,
    params: { sinkId, limit },
  };
}
