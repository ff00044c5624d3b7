import type { ProtocolError } from "../error.ts";

/**
 * What a link machine asks of its owner. Every octet view is valid during the call only. Calls come
 * from inside the machine's own methods; from `information`, `opened` and `unnumbered` the owner may
 * call `send` and `disconnect`, from `transmit` it must not call back.
 */
export interface LinkOutput {
  /** Put these octets on the line. */
  transmit(octets: Uint8Array): void;
  /** Call `deadline` after this time unless disarmed; replaces a deadline armed before. */
  arm(afterMs: number): void;
  disarm(): void;
  /** The link is open: `send` is allowed. A server link says so again when its client starts anew. */
  opened(): void;
  /** One whole unit, reassembled; LLC included on HDLC, the bare APDU on the wrapper. */
  information(unit: Uint8Array): void;
  /** As `information`, and in its place where it is defined: the unit is `octets[start..end)`. */
  informationAt?(octets: Uint8Array, start: number, end: number): void;
  /** Unit of a UI frame: comes unasked, opened or not. */
  unnumbered(unit: Uint8Array): void;
  /** The link is closed, by request of either side. */
  closed(): void;
  /** The link is lost and disconnected. Nothing follows until it is connected again. */
  failed(error: ProtocolError): void;
  /** A unit sent with `answered: false` has arrived. */
  acknowledged?(): void;
  /**
   * The answer has not come: on a link that repeats nothing by itself, or from a meter that has
   * the request and has been polled for long. True: the owner goes on, and may send again at once;
   * the link stays open. Absent or false: it fails.
   */
  silent?(): boolean;
  /** Octets that are no frame: text of a converter, noise. */
  text(octets: Uint8Array): void;
  /** For traces: each valid frame as it came, with flags, before anything is done with it. */
  received?(frame: Uint8Array): void;
}

/** Where a link stands. */
export type LinkState = "disconnected" | "connecting" | "connected" | "disconnecting";

/** Counts since the machine was made; live, only the machine writes. */
export interface LinkCounters {
  readonly framesSent: number;
  readonly framesReceived: number;
  /** Frames sent again because an answer did not come in time. */
  readonly retransmissions: number;
  /** UA and DM that came where an I frame was awaited. */
  readonly staleUa: number;
  /** Frames of another address pair: another meter's, another client's. */
  readonly foreignFrames: number;
  /** Our own frames, come back from an optical head or a two-wire line. */
  readonly echoedFrames: number;
  /** I frames received again. */
  readonly duplicateFrames: number;
  /** I frames that came where an earlier one was missing. */
  readonly gaps: number;
  /** Frames with a wrong format, length or check sequence. */
  readonly damagedFrames: number;
  /** Answers taken although they do not acknowledge their request, by `ignoreReceiveSequence`. */
  readonly unacknowledgedAnswers: number;
  /** All octets that were not part of a valid frame. */
  readonly discardedOctets: number;
}

/** A client's link, HDLC or wrapper: sessions treat both alike. */
export interface ClientLink {
  readonly state: LinkState;
  readonly counters: LinkCounters;
  /** True while `send` must wait: a unit is not acknowledged or not answered yet. */
  readonly busy: boolean;
  /** What `send` expects before the APDU: the LLC header, or nothing. */
  readonly prefix: Uint8Array;
  /** What stands before the APDU in a unit received: the LLC header, or nothing. */
  readonly responsePrefix: Uint8Array;
  /** Opens the link; ends in `opened` or `failed`. @throws {InvariantError} not disconnected. */
  connect(): void;
  /**
   * Sends one whole unit, copied before this returns. `answered: false` is for an unconfirmed
   * service: nothing is awaited but the acknowledgement. @throws {InvariantError} not open, or
   * busy.
   */
  send(unit: Uint8Array, answered?: boolean): void;
  /**
   * What has come is not all: waits for one more unit, as after `send`, and polls a meter that has
   * handed over the turn. For a peer that streams. @throws {InvariantError} not open, or busy.
   */
  awaitMore(): void;
  /** Sends one unit that is never answered nor repeated. @throws {RangeError} too long. */
  sendUnnumbered(unit: Uint8Array): void;
  /**
   * Closes the link from any state; ends in `closed` or `failed`. Also after a failure, so that the
   * meter is free for the next client.
   */
  disconnect(): void;
  /** Octets of the line, cut anywhere. Never throws on their account. */
  receive(chunk: Uint8Array): void;
  /** The armed time is over. */
  deadline(): void;
  /** Forgets everything but the counters; says nothing to the meter. */
  reset(): void;
}
