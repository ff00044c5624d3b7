import type { Clock } from "@lectura/dlms-node";
import type { Store } from "../store/store.ts";
import type { Sink } from "./sink.ts";

/** Sizes in outbox rows, times in milliseconds. */
export interface DrainLimits {
  /** Rows asked of the store at once. */
  readonly batchRows: number;
  /** Rows in memory that are not under way, all meters together; beyond it nothing is loaded. */
  readonly loadedRowsMax: number;
  /** The same for one meter. */
  readonly laneRowsMax: number;
  /** Rows of one meter under way at once. */
  readonly laneInFlightMax: number;
  /** Acknowledged rows the store has not removed yet; beyond it nothing is sent. */
  readonly unremovedRowsMax: number;
  /** Pause of a meter after its second failure in a row; doubles up to `retryMaxMs`. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

export const defaultDrainLimits: DrainLimits = {
  batchRows: 256,
  loadedRowsMax: 2048,
  laneRowsMax: 64,
  laneInFlightMax: 16,
  unremovedRowsMax: 10_000,
  retryFirstMs: 500,
  retryMaxMs: 60_000,
};

export interface DrainOptions {
  readonly sink: Sink;
  readonly store: Pick<Store, "pending" | "acknowledge" | "attempted" | "deadLetter">;
  readonly clock: Clock;
  readonly limits?: Partial<DrainLimits>;
  /** A row was dead-lettered, or the store refused something: for the event log. */
  readonly onEvent?: (event: DrainEvent) => void;
}

export type DrainEvent =
  | {
      readonly type: "dead-letter";
      readonly meterId: number;
      readonly rowId: number;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly type: "store-failed"; readonly error: unknown };

/** Of this process, in Readings; the store has the totals. */
export interface DrainCounters {
  readonly acknowledged: number;
  readonly deadLettered: number;
  /** Deliveries that ended with "try again". */
  readonly retried: number;
  readonly inFlight: number;
}
