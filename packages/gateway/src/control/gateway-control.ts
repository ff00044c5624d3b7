import type { ObisCode } from "@lectura/dlms/cosem";
import type {
  LineDraft,
  LineEdit,
  MeterDraft,
  MeterEdit,
  Reference,
  SinkDraft,
  SinkEdit,
} from "../registry/draft.ts";
import type { Line, Meter, SinkDefinition, Template } from "../registry/model.ts";
import type { Reading } from "../readings/reading.ts";
import type { HistoryQuery, SinkCounts, StoredEvent } from "../store/store.ts";
import type { ChangedKeyName } from "../vault/key-change-store.ts";
import type { GatewayStatus, MeterStatus, StreamItem } from "./control.ts";

/** One attribute to read on demand. `key` labels the Reading; the logical name when absent. */
export interface ReadItem {
  readonly key?: string;
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

export type ReadOutcome =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly key: string; readonly obis: ObisCode; readonly code: string };

/** An on-demand read: not journaled, through the line's owner. */
export interface ReadReport {
  readonly meter: string;
  readonly elapsedMs: number;
  readonly roundTrips: number;
  readonly outcomes: readonly ReadOutcome[];
}

/** `test METER`: TCP, link, association, one read, with times. Stops at the first stage that fails. */
export interface TestReport {
  readonly meter: string;
  readonly ok: boolean;
  readonly stages: readonly {
    readonly stage: "tcp" | "session" | "read";
    readonly ok: boolean;
    readonly ms: number;
    /** Stable code when it failed. */
    readonly code?: string;
    readonly detail: string;
  }[];
}

/** New keys for a meter; write-only, as all keys are. */
export interface KeyChangeRequest {
  /** Hexadecimal, by name. */
  readonly keys?: Readonly<Partial<Record<ChangedKeyName, string>>>;
  /** Keys to make fresh, which nobody but the vault will know. */
  readonly generate?: readonly ChangedKeyName[];
  /** Class 64 object of the meter. Absent: 0.0.43.0.0.255. */
  readonly securitySetup?: ObisCode;
}

/** How a key change ended: proved by an association, either way. */
export interface KeyChangeReport {
  readonly meter: string;
  readonly names: readonly ChangedKeyName[];
  /** "unchanged": the meter uses the old keys, which are active here too. */
  readonly outcome: "changed" | "unchanged";
}

export interface SinkStatus {
  readonly sink: SinkDefinition;
  readonly health: GatewayStatus["sinks"][number]["health"];
  readonly counts: SinkCounts;
}

/** Counts of Readings since the gateway started: the last line of `run` and `demo`. */
export interface GatewaySummary {
  readonly scheduled: number;
  readonly journaled: number;
  readonly sinks: Readonly<
    Record<
      string,
      {
        readonly acknowledged: number;
        readonly pending: number;
        readonly deadLettered: number;
        readonly dropped: number;
      }
    >
  >;
}

/**
 * Everything the API and the CLI can ask of a gateway. Methods reject with `GatewayError`
 * (`registry/no-such-meter`, `registry/name-taken`, ...) or the `DlmsError` of the wire.
 */
export interface GatewayControl {
  status(): Promise<GatewayStatus>;
  meterStatus(meter: Reference): Promise<MeterStatus>;
  summary(): Promise<GatewaySummary>;
  /** Live readings and events from now on; the listener must not throw. Dispose to stop. */
  subscribe(listener: (item: StreamItem) => void): Disposable;

  lines(): Promise<readonly Line[]>;
  line(line: Reference): Promise<Line>;
  addLine(draft: LineDraft): Promise<Line>;
  editLine(line: Reference, edit: LineEdit): Promise<Line>;
  removeLine(line: Reference): Promise<void>;
  pauseLine(line: Reference): Promise<Line>;
  resumeLine(line: Reference): Promise<Line>;

  templates(): Promise<readonly Template[]>;
  meters(): Promise<readonly Meter[]>;
  meter(meter: Reference): Promise<Meter>;
  addMeter(draft: MeterDraft): Promise<Meter>;
  editMeter(meter: Reference, edit: MeterEdit): Promise<Meter>;
  removeMeter(meter: Reference): Promise<void>;
  /** No request leaves for this meter once it resolves; the association is being released. */
  pauseMeter(meter: Reference): Promise<Meter>;
  /** Also opens the credential latch: a person asked for it. */
  resumeMeter(meter: Reference): Promise<Meter>;
  /** Fresh session, fresh scalers, parked objects and credential latch open, polled at once. */
  restartMeter(meter: Reference): Promise<void>;
  /** The plan's items when none are given. Pre-empts the schedule. */
  readNow(
    meter: Reference,
    items?: readonly ReadItem[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<ReadReport>;
  /**
   * Gives the meter new keys under its master key, and proves them. Rejects where the meter
   * refuses, or where its answer is lost: both sets of keys are kept then, and the next association
   * settles it.
   */
  changeKeys(
    meter: Reference,
    change: KeyChangeRequest,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KeyChangeReport>;
  testMeter(meter: Reference, options?: { readonly signal?: AbortSignal }): Promise<TestReport>;

  sinks(): Promise<readonly SinkStatus[]>;
  sink(sink: Reference): Promise<SinkStatus>;
  addSink(draft: SinkDraft): Promise<SinkDefinition>;
  editSink(sink: Reference, edit: SinkEdit): Promise<SinkDefinition>;
  removeSink(sink: Reference): Promise<void>;
  pauseSink(sink: Reference): Promise<SinkDefinition>;
  resumeSink(sink: Reference): Promise<SinkDefinition>;

  /** Journal of one meter; `meter` instead of the query's id. */
  history(meter: Reference, query: Omit<HistoryQuery, "meterId">): Promise<readonly Reading[]>;
  /** The log of what happened, newest last; of one meter where given. */
  events(query: {
    readonly meter?: Reference;
    readonly limit: number;
    readonly afterId?: number;
  }): Promise<readonly StoredEvent[]>;
}
