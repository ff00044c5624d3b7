import type { PollRecord, Reading } from "../readings/reading.ts";

/** What a commit made durable. Promises of `append` resolve after fsync. */
export interface CommitReceipt {
  /** Persistent, gapless per meter, the same in every re-send. */
  readonly seq: number;
  readonly readings: number;
}

/** One poll of one meter that one sink has not acknowledged yet. */
export interface OutboxRow {
  readonly rowId: number;
  readonly sinkId: number;
  readonly seq: number;
  readonly attempts: number;
  readonly record: PollRecord;
}

/** A poll that a sink can never accept, with what it said. */
export interface DeadLetter {
  readonly rowId: number;
  readonly sinkId: number;
  readonly seq: number;
  readonly reason: string;
  /** UTC ms. */
  readonly at: number;
  readonly record: PollRecord;
}

/** Counters are of Readings: produced = acknowledged + pending + deadLettered + dropped, always. */
export interface SinkCounts {
  readonly produced: number;
  readonly acknowledged: number;
  readonly pending: number;
  readonly deadLettered: number;
  readonly dropped: number;
  /** UTC ms of the oldest pending record, undefined when nothing is pending. */
  readonly oldestPendingAt: number | undefined;
}

export interface HistoryQuery {
  readonly meterId: number;
  readonly key?: string;
  /** Bounds of `measuredAt`, UTC ms, both inclusive. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** At most 100,000. Newest first when `newestFirst`. */
  readonly limit: number;
  readonly newestFirst?: boolean;
}

export interface CachedScaler {
  readonly classId: number;
  readonly logicalName: string;
  readonly scaler: number;
  readonly unit: number;
  readonly readAt: number;
}

export type EventSeverity = "info" | "warning" | "error" | "critical";
export interface StoredEvent {
  readonly id: number;
  readonly at: number;
  readonly severity: EventSeverity;
  readonly code: string;
  readonly meterId: number | undefined;
  readonly lineId: number | undefined;
  readonly message: string;
}

/**
 * Journal, outbox, caches and events, on a thread of their own. `append` groups commits
 * (<= 100 ms, `synchronous=FULL`): when the promise resolves the record and its outbox rows are on
 * disk, together or not at all. Full disk and read-only disk reject with `store/disk-full` and
 * `store/read-only`; nothing already committed is lost and appends work again once there is room.
 */
export interface Store extends AsyncDisposable {
  append(record: PollRecord, sinkIds: readonly number[]): Promise<CommitReceipt>;
  /** Oldest pending rows of a sink (and of one meter, where given), in commit order. */
  pending(
    sinkId: number,
    limit: number,
    options?: { afterRowId?: number; meterId?: number },
  ): Promise<readonly OutboxRow[]>;
  /** Idempotent: a row that is not pending (any more) is passed over. */
  acknowledge(sinkId: number, rowIds: readonly number[]): Promise<void>;
  /** Counts one delivery that was tried and not acknowledged (`OutboxRow.attempts`). */
  attempted(sinkId: number, rowIds: readonly number[]): Promise<void>;
  deadLetter(sinkId: number, rowId: number, reason: string): Promise<void>;
  /** Oldest first. */
  deadLetters(
    sinkId: number,
    limit: number,
    options?: { afterRowId?: number },
  ): Promise<readonly DeadLetter[]>;
  /** Puts dead letters back into the outbox, all of the sink's when `rowIds` is absent. */
  republish(sinkId: number, rowIds?: readonly number[]): Promise<void>;
  counts(sinkId: number): Promise<SinkCounts>;
  history(query: HistoryQuery): Promise<readonly Reading[]>;
  /** The newest Reading of each key, of the last 256 polls. */
  latest(meterId: number): Promise<readonly Reading[]>;
  scalers(meterId: number): Promise<readonly CachedScaler[]>;
  saveScalers(meterId: number, scalers: readonly CachedScaler[]): Promise<void>;
  clearScalers(meterId: number): Promise<void>;
  /** Small facts that must survive a restart, e.g. `with-list` support or a resolved address size. */
  remember(meterId: number, name: string, value: string): Promise<void>;
  recall(meterId: number): Promise<ReadonlyMap<string, string>>;
  /** First invocation counter never handed out, 0..2^32; undefined: nothing known of that name. */
  invocationCounter(name: string): Promise<number | undefined>;
  /**
   * Reserves counters below `limit`, durably, where exactly those below `from` are reserved so far
   * (`undefined`: none). False: somebody else reserved some meanwhile, and nothing has changed.
   */
  reserveInvocationCounters(
    name: string,
    from: number | undefined,
    limit: number,
  ): Promise<boolean>;
  recordEvent(event: Omit<StoredEvent, "id">): Promise<void>;
  /** The last `limit` events in order of time, or the first `limit` after `afterId`. */
  events(query: {
    meterId?: number;
    limit: number;
    afterId?: number;
  }): Promise<readonly StoredEvent[]>;
}
