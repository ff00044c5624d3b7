/** Something a session met and survived; for traces and counters, never for control flow. */
export type SessionEvent =
  | { readonly type: "unsolicited"; readonly apdu: Uint8Array }
  | { readonly type: "stale-ua" }
  | { readonly type: "foreign-frame" }
  | { readonly type: "late-reply"; readonly apdu: Uint8Array }
  | { readonly type: "retransmission" }
  | { readonly type: "discarded"; readonly octets: Uint8Array; readonly reason: string }
  | { readonly type: "phase"; readonly phase: SessionPhase };

/** Where a session is; also how far an opening got before it failed. */
export type SessionPhase =
  | "connecting"
  | "linking"
  | "associating"
  | "associated"
  | "releasing"
  | "closed";

/**
 * Sees every frame of a session (HDLC frames with flags, wrapper units with headers) as it passes.
 * Octets are views, valid during the call only. `sensitive` frames carry a password or a key: a
 * recorder masks them.
 */
export interface FrameObserver {
  frame?(direction: "tx" | "rx", octets: Uint8Array, atMs: number, sensitive: boolean): void;
  event?(event: SessionEvent): void;
}
