import type { PortError } from "./port-error.ts";

/**
 * One open stream of octets to the far end of a line: TCP, UDP, a pipe in tests. Made open by its
 * constructor function, closed by disposing; every implementation passes `port.contract.ts`.
 */
export interface Port extends AsyncDisposable {
  /** For people: `"192.0.2.7:4059"`. */
  readonly label: string;
  /** Copies or writes the octets before returning. Ignored once the port is closed. */
  send(octets: Uint8Array): void;
  /**
   * Sets the one receiver, in place of the one before. Octets that came while there was none are
   * dropped; a close that came while there was none is told at once.
   */
  listen(receiver: PortReceiver): void;
}

/** Who takes what comes in on a port: one at a time. */
export interface PortReceiver {
  /** View, valid during the call only. Never called again after `closed`. */
  receive(octets: Uint8Array): void;
  /**
   * The stream has ended, told once. `undefined` when it was disposed on this side; `tcp/closed`
   * when the peer ended it in order.
   */
  closed(error: PortError | undefined): void;
}
