import type { HdlcParameters, ServerAddress } from "@lectura/dlms/hdlc";
import type { AssociationOutcome, AttributeValue, MethodCall } from "@lectura/dlms/client";
import type { Data } from "@lectura/dlms/axdr";
import type {
  ActionOutcome,
  AttributeDescriptor,
  DataAccessResult,
  GetDataResult,
  MethodDescriptor,
} from "@lectura/dlms/xdlms";

export type { AttributeValue, MethodCall } from "@lectura/dlms/client";

/** What link and association agreed on. */
export interface SessionNegotiated extends AssociationOutcome {
  readonly framing: "hdlc" | "wrapper";
  /** HDLC only: the server address in use, found by probing when the size was "auto". */
  readonly address?: ServerAddress;
  /** HDLC only. */
  readonly hdlc?: HdlcParameters;
}

/** Counts since the session was opened; a snapshot. */
export interface SessionCounters {
  /** Services asked for: one GET, one list, one block transfer each count once. */
  readonly requests: number;
  /** Request APDUs sent; a block transfer has one for each block. */
  readonly roundTrips: number;
  readonly retransmissions: number;
  readonly staleUa: number;
  readonly foreignFrames: number;
  readonly lateReplies: number;
  readonly discardedOctets: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

/** Options of one request. */
export interface RequestOptions {
  /**
   * Cancels the request. The promise rejects at once with the signal's reason; the session stays
   * usable, the answer under way is awaited and dropped before the next request.
   */
  readonly signal?: AbortSignal;
  /** Called after each block of a block transfer with the octets received (GET) or sent (SET). */
  readonly onProgress?: (octets: number) => void;
}

/**
 * An open link and association with one meter. Requests made at the same time are sent one after
 * the other, at most `requestsQueuedMax` waiting. What the meter refuses is a value; what breaks is a
 * `DlmsError` (`ProtocolError`, `DecodeError`, `SessionError`, `PortError`).
 *
 * Disposing releases, disconnects and closes what the session opened, within `timeouts.releaseMs`;
 * it is idempotent and never throws.
 */
export interface Session extends AsyncDisposable {
  readonly negotiated: SessionNegotiated;
  readonly counters: SessionCounters;
  /** True once nothing can be sent any more: disposed, failed or closed by the peer. */
  readonly closed: boolean;
  /** Reads one attribute; long values by block transfer. Values are copies. */
  get(attribute: AttributeDescriptor, options?: RequestOptions): Promise<GetDataResult>;
  /** Reads several attributes, in one round trip unless the request exceeds the max PDU. */
  getWithList(
    attributes: readonly AttributeDescriptor[],
    options?: RequestOptions,
  ): Promise<readonly GetDataResult[]>;
  /** Writes one attribute. A lost response is `xdlms/unknown-outcome`, never repeated by itself. */
  set(
    attribute: AttributeDescriptor,
    data: Data,
    options?: RequestOptions,
  ): Promise<DataAccessResult>;
  /** Writes several attributes in one request. */
  setWithList(
    values: readonly AttributeValue[],
    options?: RequestOptions,
  ): Promise<readonly DataAccessResult[]>;
  /** Invokes one method. A lost response is `xdlms/unknown-outcome`, never repeated by itself. */
  action(
    method: MethodDescriptor,
    parameters?: Data,
    options?: RequestOptions,
  ): Promise<ActionOutcome>;
  /** Invokes several methods in one request. */
  actionWithList(
    calls: readonly MethodCall[],
    options?: RequestOptions,
  ): Promise<readonly ActionOutcome[]>;
}
