import type { Line, Meter, SinkDefinition } from "../registry/model.ts";
import type { Reading } from "../readings/reading.ts";
import type { EventSeverity, SinkCounts } from "../store/store.ts";
import type { SinkHealth } from "../sinks/sink.ts";

/** Live state of one meter, as `status` shows it. */
export interface MeterStatus {
  readonly meter: Meter;
  readonly line: Line;
  readonly state: "idle" | "reading" | "waiting" | "paused" | "held" | "failing";
  /** Stable code of what is wrong, undefined when nothing is. */
  readonly code: string | undefined;
  readonly cycles: { readonly scheduled: number; readonly ok: number; readonly failed: number };
  readonly readings: { readonly scheduled: number; readonly journaled: number };
  readonly requests: number;
  readonly reconnects: number;
  readonly upSinceMs: number | undefined;
  readonly lastReadingAt: number | undefined;
  readonly nextAttemptAt: number | undefined;
  readonly latest: readonly Reading[];
}

export interface GatewayStatus {
  readonly pid: number;
  readonly startedAt: number;
  readonly meters: readonly MeterStatus[];
  readonly sinks: readonly {
    readonly sink: SinkDefinition;
    readonly health: SinkHealth;
    readonly counts: SinkCounts;
  }[];
}

/** What `follow` and the dashboard's stream carry, one JSON object a line. */
export type StreamItem =
  | {
      readonly type: "reading";
      readonly meter: string;
      readonly key: string;
      readonly obis: string;
      readonly value: string;
      readonly unit: string;
      readonly measuredAt: number;
      readonly receivedAt: number;
      readonly origin: string;
      readonly quality: readonly string[];
    }
  | {
      readonly type: "event";
      readonly code: string;
      readonly severity: EventSeverity;
      readonly meter?: string;
      readonly line?: string;
      readonly message: string;
      readonly at: number;
    };
