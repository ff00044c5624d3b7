import type { DlmsError } from "@lectura/dlms/octets";
import type { ApduCiphering } from "@lectura/dlms/security";
import type { PushLink, PushTiming, Unasked } from "@lectura/dlms/server";
import type { Clock } from "../clock.ts";
import type { Port } from "../ports/port.ts";

/** Where pushes go: a connection of their own, or a port that is open, such as a serial line. */
export type PushTarget =
  | { readonly transport: "tcp" | "udp"; readonly host: string; readonly portNumber: number }
  | { readonly port: Port };

/** Where to push, and in which frame. */
export interface PushSenderOptions {
  readonly to: PushTarget;
  readonly link: PushLink;
  /**
   * Protects what goes and opens what comes back, such as an `ApduCiphering` of the meter with form
   * "general" and the client's title as its peer. Absent: plain.
   */
  readonly ciphering?: Pick<ApduCiphering, "protect" | "unprotect" | "reserve">;
  /** Longest APDU sent whole, octets; a longer one goes in general blocks. Absent = 65535. */
  readonly apduOctetsMax?: number;
  /** As the push setup says, `ServedPushSetup.timing`. Absent: at once, and once. */
  readonly timing?: PushTiming;
  /** Wait for the confirmation of a confirmed DataNotification. Absent = 5 s. */
  readonly confirmTimeoutMs?: number;
  /** Absent = 5 s. */
  readonly connectTimeoutMs?: number;
  /** Pushes that wait or are under way; a further one is dropped, and told so. Absent = 16. */
  readonly pendingMax?: number;
  /** 0 to below 1, for the randomisation. Absent: the platform's. */
  readonly random?: () => number;
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** An attempt that failed, counted from 1. Never throws back. */
  readonly onFailure?: (error: DlmsError, attempt: number) => void;
}

/** What became of one push. */
export interface PushOutcome {
  /**
   * - `sent`: handed to the transport; nothing confirms it.
   * - `confirmed`: the client has it.
   * - `failed`: every attempt has failed; `error` is that of the last one.
   * - `dropped`: too many pushes wait already; it was never tried.
   * - `cancelled`: the sender was disposed.
   */
  readonly result: "sent" | "confirmed" | "failed" | "dropped" | "cancelled";
  readonly attempts: number;
  readonly error?: DlmsError;
}

/** Sends pushes one after the other. Disposing gives up what waits and closes the connection. */
export interface PushSender extends AsyncDisposable {
  /** Pushes that wait or are under way. */
  readonly pending: number;
  /** Never rejects for what happens on the way. */
  send(apdu: Unasked): Promise<PushOutcome>;
}
