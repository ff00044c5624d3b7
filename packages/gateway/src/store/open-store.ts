import type { Clock } from "@lectura/dlms-node";
import type { PollRecord, Reading } from "../readings/reading.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { OutboxLimits, StorageOptions, WithLayouts, Write } from "./sqlite/protocol.ts";
import {
  decodeReadings,
  decodeRecord,
  encodeRecord,
  type LayoutItem,
  parseLayout,
} from "./sqlite/record-codec.ts";
import { StorageThread } from "./storage-thread.ts";
import type {
  CachedScaler,
  CommitReceipt,
  DeadLetter,
  HistoryQuery,
  OutboxRow,
  SinkCounts,
  Store,
  StoredEvent,
} from "./store.ts";

/** Longest wait of a write for others to share its commit. */
const groupCommitMsDefault = 100;
/** Writes of one commit: some 10 ms of the storage thread. */
const writesPerCommitMax = 1000;
/** Writes that wait for the disk; beyond, `append` rejects with `store/overloaded`. */
const writesWaitingMax = 20_000;
/** Readings of one answer of `history`; rows of `pending` and the like are bounded by the same. */
const rowsMax = 100_000;
/** Polls `latest` looks back. */
const latestPolls = 256;
const maintainEveryMs = 60_000;
/** Between two slices of pruning while there is more to do. */
const maintainAgainMs = 250;

/** Roomy enough for weeks of a broker's absence: 50 million Readings, 10 million polls, 8 GiB. */
export const outboxLimitsDefault: OutboxLimits = {
  readingsMax: 50_000_000,
  rowsMax: 10_000_000,
  octetsMax: 8 * 1024 * 1024 * 1024,
  overflow: "refuse",
  deadLettersMax: 100_000,
};

export interface StoreOptions {
  /** Made when absent (0700). Holds `lectura.db`. */
  readonly directory: string;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs" | "timer">;
  /**
   * Takes the directory's lock (`store/locked` when a gateway has it), checks the file and prunes.
   * `false` is for tools beside a running gateway. Default true.
   */
  readonly exclusive?: boolean;
  readonly outbox?: Partial<OutboxLimits>;
  /** Days the journal keeps; 0 = for ever (default). */
  readonly retentionDays?: number;
  /** Bound of the database file in octets, `store/disk-full` beyond. Default: the disk. */
  readonly databaseOctetsMax?: number;
  /** Default 100 ms; 0 commits as fast as the disk can. */
  readonly groupCommitMs?: number;
  /** Events kept; the oldest are deleted. Default 100,000. */
  readonly eventsMax?: number;
}

/**
 * Opens the SQLite store of a data directory on a thread of its own.
 * @throws {GatewayError} `store/locked`, `store/read-only`, `store/corrupt`, `store/newer`, ...
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const storage: StorageOptions = {
    directory: options.directory,
    exclusive: options.exclusive ?? true,
    outbox: { ...outboxLimitsDefault, ...options.outbox },
    databaseOctetsMax: options.databaseOctetsMax,
    retentionDays: options.retentionDays ?? 0,
    eventsMax: options.eventsMax ?? 100_000,
  };
  return new SqliteStore(await StorageThread.start(storage), options);
}

class SqliteStore implements Store {
  readonly #thread: StorageThread;
  readonly #queue: CommitQueue;
  readonly #clock: StoreOptions["clock"];
  #maintenance: Disposable | undefined;
  #disposal: Promise<void> | undefined;

  constructor(thread: StorageThread, options: StoreOptions) {
    this.#thread = thread;
    this.#clock = options.clock;
    this.#queue = new CommitQueue({
      clock: options.clock,
      windowMs: options.groupCommitMs ?? groupCommitMsDefault,
      writesMax: writesPerCommitMax,
      waitingMax: writesWaitingMax,
      commit: (writes) => thread.commit(writes),
    });
    if (options.exclusive ?? true) this.#maintainAfter(maintainEveryMs);
  }

  async append(record: PollRecord, sinkIds: readonly number[]): Promise<CommitReceipt> {
    const encoded = encodeRecord(record);
    const seq = await this.#queue.add({ op: "append", record: encoded, sinkIds });
    return { seq, readings: record.readings.length };
  }

  async pending(
    sinkId: number,
    limit: number,
    options: { afterRowId?: number; meterId?: number } = {},
  ): Promise<readonly OutboxRow[]> {
    const { afterRowId = 0, meterId } = options;
    const answer = await this.#thread.read<"pending">({
      op: "pending",
      sinkId,
      limit: bounded(limit),
      afterRowId,
      meterId,
    });
    const layouts = layoutsOf(answer);
    return answer.rows.map((row) => ({
      rowId: row.rowId,
      sinkId,
      seq: row.seq,
      attempts: row.attempts,
      record: decodeRecord(row, layouts.get(row.layoutId) ?? []),
    }));
  }

  acknowledge(sinkId: number, rowIds: readonly number[]): Promise<void> {
    return rowIds.length === 0
      ? Promise.resolve()
      : this.#write({ op: "acknowledge", sinkId, rowIds });
  }

  attempted(sinkId: number, rowIds: readonly number[]): Promise<void> {
    return rowIds.length === 0
      ? Promise.resolve()
      : this.#write({ op: "attempted", sinkId, rowIds });
  }

  deadLetter(sinkId: number, rowId: number, reason: string): Promise<void> {
    return this.#write({ op: "dead-letter", sinkId, rowId, reason, at: this.#clock.nowMs() });
  }

  async deadLetters(
    sinkId: number,
    limit: number,
    options: { afterRowId?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const answer = await this.#thread.read<"dead-letters">({
      op: "dead-letters",
      sinkId,
      limit: bounded(limit),
      afterRowId: options.afterRowId ?? 0,
    });
    const layouts = layoutsOf(answer);
    return answer.rows.map((row) => ({
      rowId: row.rowId,
      sinkId,
      seq: row.seq,
      reason: row.reason,
      at: row.at,
      record: decodeRecord(row, layouts.get(row.layoutId) ?? []),
    }));
  }

  republish(sinkId: number, rowIds?: readonly number[]): Promise<void> {
    return this.#write({ op: "republish", sinkId, rowIds });
  }

  counts(sinkId: number): Promise<SinkCounts> {
    return this.#thread.read<"counts">({ op: "counts", sinkId });
  }

  async history(query: HistoryQuery): Promise<readonly Reading[]> {
    const limit = bounded(query.limit);
    const answer = await this.#thread.read<"history">({
      op: "history",
      meterId: query.meterId,
      key: query.key,
      fromMs: query.fromMs ?? Number.MIN_SAFE_INTEGER,
      toMs: query.toMs ?? Number.MAX_SAFE_INTEGER,
      limit,
      newestFirst: query.newestFirst ?? false,
    });
    const layouts = layoutsOf(answer);
    const readings: Reading[] = [];
    for (const row of answer.rows) {
      const layout = layouts.get(row.layoutId) ?? [];
      for (const reading of decodeReadings(query.meterId, row.measuredAt, layout, row)) {
        if (query.key === undefined || reading.key === query.key) readings.push(reading);
      }
    }
    return readings.slice(0, limit);
  }

  async latest(meterId: number): Promise<readonly Reading[]> {
    const answer = await this.#thread.read<"latest">({
      op: "latest",
      meterId,
      polls: latestPolls,
    });
    const layouts = layoutsOf(answer);
    const newest = new Map<string, Reading>();
    for (const row of answer.rows) {
      const layout = layouts.get(row.layoutId) ?? [];
      for (const reading of decodeReadings(meterId, row.measuredAt, layout, row)) {
        if (!newest.has(reading.key)) newest.set(reading.key, reading);
      }
    }
    return [...newest.values()];
  }

  scalers(meterId: number): Promise<readonly CachedScaler[]> {
    return this.#thread.read<"scalers">({ op: "scalers", meterId });
  }

  saveScalers(meterId: number, scalers: readonly CachedScaler[]): Promise<void> {
    return this.#write({ op: "save-scalers", meterId, scalers });
  }

  clearScalers(meterId: number): Promise<void> {
    return this.#write({ op: "clear-scalers", meterId });
  }

  remember(meterId: number, name: string, value: string): Promise<void> {
    return this.#write({ op: "remember", meterId, name, value });
  }

  recall(meterId: number): Promise<ReadonlyMap<string, string>> {
    return this.#thread.read<"recall">({ op: "recall", meterId });
  }

  invocationCounter(name: string): Promise<number | undefined> {
    return this.#thread.read<"counter">({ op: "counter", name });
  }

  async reserveInvocationCounters(
    name: string,
    from: number | undefined,
    limit: number,
  ): Promise<boolean> {
    return (await this.#queue.add({ op: "reserve-counter", name, from, limit })) === 1;
  }

  recordEvent(event: Omit<StoredEvent, "id">): Promise<void> {
    return this.#write({ op: "record-event", event });
  }

  events(query: {
    meterId?: number;
    limit: number;
    afterId?: number;
  }): Promise<readonly StoredEvent[]> {
    return this.#thread.read<"events">({
      op: "events",
      meterId: query.meterId,
      limit: bounded(query.limit),
      afterId: query.afterId,
    });
  }

  /** Commits what waits, closes the database, ends the thread, gives the directory free. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  async #close(): Promise<void> {
    this.#maintenance?.[Symbol.dispose]();
    this.#maintenance = undefined;
    await this.#queue.drain();
    await this.#thread.close();
  }

  async #write(write: Write): Promise<void> {
    await this.#queue.add(write);
  }

  #maintainAfter(waitMs: number): void {
    this.#maintenance = this.#clock.timer(waitMs, () => {
      this.#maintenance = undefined;
      void this.#maintain();
    });
  }

  /** A slice that fails (full disk, busy) costs nothing: the next one comes in a minute. */
  async #maintain(): Promise<void> {
    const more = await this.#thread.maintain(this.#clock.nowMs()).catch(() => false);
    if (this.#disposal === undefined) {
      this.#maintainAfter(more ? maintainAgainMs : maintainEveryMs);
    }
  }
}

function bounded(limit: number): number {
  return Math.max(0, Math.min(Math.floor(limit), rowsMax));
}

function layoutsOf(answer: WithLayouts<unknown>): ReadonlyMap<number, readonly LayoutItem[]> {
  return new Map(answer.layouts.map(([id, spec]) => [id, parseLayout(spec)] as const));
}
