import type { OutboxRow } from "../store/store.ts";

/** How one delivery ended. A row leaves the outbox only on `acknowledged` or `poison`. */
export type DeliveryOutcome =
  | { readonly type: "acknowledged" }
  /** Not delivered, will be tried again when the sink is `ready`. */
  | { readonly type: "retry"; readonly code: string }
  /** Can never be accepted: goes to the dead letters with the reason. */
  | { readonly type: "poison"; readonly code: string; readonly reason: string };

export interface SinkHealth {
  readonly state: "starting" | "connected" | "reconnecting" | "paused" | "failed" | "stopped";
  /** Stable code of the last problem, e.g. `mqtt/refused`, `mqtt/not-authorised`. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly sinceMs: number;
}

/** A place readings go. It delivers rows and says how it went; the drain loop owns the outbox. */
export interface Sink extends AsyncDisposable {
  readonly sinkId: number;
  readonly name: string;
  /** Rows that may be under way at once; the drain loop never exceeds it. */
  readonly inFlightMax: number;
  health(): SinkHealth;
  /** Whether a row of this meter can be tried now (a device sink connects per meter). */
  ready(meterId: number): boolean;
  /** Resolves once the other side has acknowledged (PUBACK), never before; never rejects. */
  deliver(row: OutboxRow): Promise<DeliveryOutcome>;
  /** Called whenever readiness or health changed, so that the drain loop looks again. */
  onChange(listener: () => void): void;
  start(): void;
}
