/** What the storage thread is asked and answers. Everything survives a structured clone. */
import type { CachedScaler, SinkCounts, StoredEvent } from "../store.ts";
import type { EncodedReadings, EncodedRecord } from "./record-codec.ts";
import type { StoreProblem } from "./sqlite-problem.ts";

/** Bounds of one sink's outbox. Full = `store/outbox-full`, or the oldest polls are dropped. */
export interface OutboxLimits {
  /** Readings pending for one sink. */
  readonly readingsMax: number;
  /** Polls pending for one sink. */
  readonly rowsMax: number;
  /** Octets of payload pending for one sink, counted per sink though sinks share payloads. */
  readonly octetsMax: number;
  /**
   * `refuse`: `append` rejects with `store/outbox-full` and nothing of the poll is stored.
   * `drop-oldest`: the oldest polls of that sink give way and are counted as dropped.
   */
  readonly overflow: "refuse" | "drop-oldest";
  /** Dead letters kept per sink; the oldest give way and are counted as dropped. */
  readonly deadLettersMax: number;
}

/** What the storage thread is started with. */
export interface StorageOptions {
  readonly directory: string;
  /** Takes the directory's lock: one gateway per data directory. */
  readonly exclusive: boolean;
  readonly outbox: OutboxLimits;
  /** Bound of the database file in octets; undefined = the disk is the limit. */
  readonly databaseOctetsMax: number | undefined;
  /** Days the journal keeps; 0 = for ever. */
  readonly retentionDays: number;
  /** Events kept; the oldest are deleted. */
  readonly eventsMax: number;
}

export type Write =
  | { readonly op: "append"; readonly record: EncodedRecord; readonly sinkIds: readonly number[] }
  | { readonly op: "acknowledge"; readonly sinkId: number; readonly rowIds: readonly number[] }
  | { readonly op: "attempted"; readonly sinkId: number; readonly rowIds: readonly number[] }
  | {
      readonly op: "dead-letter";
      readonly sinkId: number;
      readonly rowId: number;
      readonly reason: string;
      readonly at: number;
    }
  | {
      readonly op: "republish";
      readonly sinkId: number;
      readonly rowIds: readonly number[] | undefined;
    }
  | {
      readonly op: "save-scalers";
      readonly meterId: number;
      readonly scalers: readonly CachedScaler[];
    }
  | { readonly op: "clear-scalers"; readonly meterId: number }
  | {
      readonly op: "remember";
      readonly meterId: number;
      readonly name: string;
      readonly value: string;
    }
  | {
      readonly op: "reserve-counter";
      readonly name: string;
      /** What must be stored for it; undefined: nothing yet. */
      readonly from: number | undefined;
      readonly limit: number;
    }
  | { readonly op: "record-event"; readonly event: Omit<StoredEvent, "id"> };

/**
 * Outcome of one write of a committed batch: `seq` of an append, 1 for a counter reserved, else 0;
 * or why it was refused.
 */
export type WriteResult = { readonly seq: number } | { readonly refused: StoreProblem };

export type Read =
  | {
      readonly op: "pending";
      readonly sinkId: number;
      readonly limit: number;
      readonly afterRowId: number;
      readonly meterId: number | undefined;
    }
  | {
      readonly op: "dead-letters";
      readonly sinkId: number;
      readonly limit: number;
      readonly afterRowId: number;
    }
  | { readonly op: "counts"; readonly sinkId: number }
  | {
      readonly op: "history";
      readonly meterId: number;
      readonly key: string | undefined;
      readonly fromMs: number;
      readonly toMs: number;
      readonly limit: number;
      readonly newestFirst: boolean;
    }
  | { readonly op: "latest"; readonly meterId: number; readonly polls: number }
  | { readonly op: "scalers"; readonly meterId: number }
  | { readonly op: "recall"; readonly meterId: number }
  | { readonly op: "counter"; readonly name: string }
  | {
      readonly op: "events";
      readonly meterId: number | undefined;
      readonly limit: number;
      readonly afterId: number | undefined;
    };

/** Rows name layouts by id; the definitions of those that occur come along once. */
export interface WithLayouts<Row> {
  readonly rows: readonly Row[];
  readonly layouts: readonly (readonly [number, string])[];
}

export interface JournalRow extends EncodedReadings {
  readonly measuredAt: number;
  readonly layoutId: number;
}

export interface OutboxPollRow extends EncodedReadings {
  readonly rowId: number;
  readonly seq: number;
  readonly attempts: number;
  readonly meterId: number;
  readonly measuredAt: number;
  readonly receivedAt: number;
  readonly origin: number;
  readonly layoutId: number;
  readonly failures: string | null;
}

export interface DeadLetterRow extends OutboxPollRow {
  readonly reason: string;
  readonly at: number;
}

export interface ReadAnswers {
  readonly pending: WithLayouts<OutboxPollRow>;
  readonly "dead-letters": WithLayouts<DeadLetterRow>;
  readonly counts: SinkCounts;
  readonly history: WithLayouts<JournalRow>;
  readonly latest: WithLayouts<JournalRow>;
  readonly scalers: readonly CachedScaler[];
  readonly recall: ReadonlyMap<string, string>;
  readonly counter: number | undefined;
  readonly events: readonly StoredEvent[];
}

export type Job =
  | { readonly type: "commit"; readonly writes: readonly Write[] }
  | { readonly type: "read"; readonly read: Read }
  /** One bounded slice of pruning; answers whether there is more to do. */
  | { readonly type: "maintain"; readonly nowMs: number }
  | { readonly type: "close" };

export interface Request {
  readonly id: number;
  readonly job: Job;
}

/** The first answer has id 0: the database is open, or why not. */
export type Response =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly problem: StoreProblem };
