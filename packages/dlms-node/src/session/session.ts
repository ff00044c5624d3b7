import type { HdlcParameters, ServerAddress } from "@lectura/dlms/hdlc";
import type {
  Access,
  AccessOptions,
  AccessResult,
  AssociationOutcome,
  AttributeValue,
  GetOctetsResult,
  LongGet,
  MethodCall,
  ShortName,
  ShortNameMap,
  ShortNameValue,
} from "@lectura/dlms/client";
import type { Data } from "@lectura/dlms/axdr";
import type {
  ActionOutcome,
  AttributeDescriptor,
  DataAccessResult,
  GetDataResult,
  MethodDescriptor,
} from "@lectura/dlms/xdlms";

export type {
  Access,
  AccessOptions,
  AccessResult,
  AttributeValue,
  GetOctetsResult,
  LongGet,
  MethodCall,
  ShortName,
  ShortNameValue,
} from "@lectura/dlms/client";

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
  /** Request APDUs sent; a block transfer has one for each block, or acknowledgement of blocks. */
  readonly roundTrips: number;
  readonly retransmissions: number;
  readonly staleUa: number;
  readonly foreignFrames: number;
  readonly lateReplies: number;
  /** HDLC only: answers taken by the quirk `ignoreReceiveSequence`. */
  readonly unacknowledgedAnswers: number;
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

/** Options of a GET of one attribute. */
export interface GetOptions extends RequestOptions {
  /**
   * Goes on where a GET in blocks was interrupted: `LongGetInterrupted.resume`, in the association
   * it came from. A `RangeError` in any other.
   */
  readonly resume?: LongGet;
}

/** Options of an ACCESS. */
export interface AccessRequestOptions extends RequestOptions, AccessOptions {}

/**
 * An open link and association with one meter. Requests made at the same time are sent one after
 * the other, at most `requestsQueuedMax` waiting. What the meter refuses is a value; what breaks
 * is a `DlmsError` (`ProtocolError`, `DecodeError`, `SessionError`, `PortError`).
 *
 * Disposing releases, disconnects and closes what the session opened, within `timeouts.releaseMs`;
 * it is idempotent and never throws.
 */
export interface Session extends AsyncDisposable {
  readonly negotiated: SessionNegotiated;
  readonly counters: SessionCounters;
  /** True once nothing can be sent any more: disposed, failed or closed by the peer. */
  readonly closed: boolean;
  /**
   * Reads one attribute; long values by block transfer. Values are copies. A block that does not
   * come while the association lives is a `LongGetInterrupted`: see `GetOptions.resume`.
   */
  get(attribute: AttributeDescriptor, options?: GetOptions): Promise<GetDataResult>;
  /**
   * As `get`, with the value's octets as they came (A-XDR Data, not looked into): for values that
   * are read without an object per element, as `readProfileColumns` does.
   */
  getOctets(attribute: AttributeDescriptor, options?: RequestOptions): Promise<GetOctetsResult>;
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
  /**
   * Writes several attributes in one request; in several, one after the other, where it does not
   * fit the max PDU and the meter takes no blocks.
   */
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
  /**
   * Writes one attribute without an answer: resolves once the request has arrived, whatever the
   * meter makes of it. This and the next @throws {ProtocolError} xdlms/pdu-too-long: it has no
   * blocks;
   * @throws {TypeError} in an association with short names, which has `unconfirmedWrite`.
   */
  unconfirmedSet(
    attribute: AttributeDescriptor,
    data: Data,
    options?: RequestOptions,
  ): Promise<void>;
  /** Invokes one method without an answer. */
  unconfirmedAction(
    method: MethodDescriptor,
    parameters?: Data,
    options?: RequestOptions,
  ): Promise<void>;
  /** Invokes several methods in one request; in several as `setWithList`. */
  actionWithList(
    calls: readonly MethodCall[],
    options?: RequestOptions,
  ): Promise<readonly ActionOutcome[]>;
  /**
   * Any number of get, set and action in one round trip, in their order (ACCESS). Needs `"access"`
   * in the conformance of most meters. @throws {TypeError} in an association with short names.
   */
  access(
    accesses: readonly Access[],
    options?: AccessRequestOptions,
  ): Promise<readonly AccessResult[]>;
  /**
   * Reads variables by short name (READ), in as many requests as the max PDU asks for. This and the
   * following three @throws {TypeError} in an association with logical names.
   */
  read(
    variables: readonly ShortName[],
    options?: RequestOptions,
  ): Promise<readonly GetDataResult[]>;
  /** Writes variables by short name (WRITE); a method is called by writing its parameter. */
  write(
    values: readonly ShortNameValue[],
    options?: RequestOptions,
  ): Promise<readonly DataAccessResult[]>;
  /** Writes without an answer (UNCONFIRMED WRITE): resolves once the request has arrived. */
  unconfirmedWrite(values: readonly ShortNameValue[], options?: RequestOptions): Promise<void>;
  /**
   * The meter's short names: those of `SessionOptions.shortNames`, else its object list, read once.
   * Keep them for the next session. Requests by logical name read them by themselves.
   * @throws {SessionError} session/no-short-name: the meter does not give its object list
   */
  shortNames(options?: RequestOptions): Promise<ShortNameMap>;
}
