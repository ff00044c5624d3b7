/** Layer of the stack that detected a problem. */
export type Layer =
  | "hdlc"
  | "wrapper"
  | "mbus"
  | "iec62056-21"
  | "ber"
  | "acse"
  | "axdr"
  | "xdlms"
  | "cosem"
  | "security";

/** What a caller may do next: the only thing retry logic is allowed to look at. */
export type Recovery =
  | "retry-request"
  | "reopen-session"
  | "reopen-line"
  | "pause"
  | "hold-credential"
  | "park-object"
  | "operator";

/** Base of every error this library throws. Match on `code` or `recovery`, never on `message`. */
export abstract class DlmsError extends Error {
  /** Stable, documented in `docs/errors.md`, e.g. `hdlc/no-answer`. */
  abstract readonly code: `${string}/${string}`;
  abstract readonly recovery: Recovery;
}

/**
 * The peer sent octets that do not decode. `offset` counts octets from the start of the unit that
 * `layer` was given (frame, APDU, Data value).
 */
export class DecodeError extends DlmsError {
  override readonly name: string = "DecodeError";
  readonly code: `${Layer}/${string}`;
  readonly recovery = "reopen-session" as const;
  readonly layer: Layer;
  readonly field: string;
  readonly offset: number;
  readonly problem: string;

  constructor(layer: Layer, field: string, offset: number, problem: string, kind = "malformed") {
    super(`${layer}: ${field} at octet ${offset}: ${problem}`);
    this.code = `${layer}/${kind}`;
    this.layer = layer;
    this.field = field;
    this.offset = offset;
    this.problem = problem;
  }
}

/**
 * Recovery class of every protocol failure that is not a decoding problem. One table, one line
 * each.
 */
export const protocolErrors = {
  "hdlc/no-answer": "reopen-line",
  "hdlc/refused": "pause",
  "hdlc/disconnected": "reopen-session",
  "hdlc/frame-rejected": "reopen-session",
  "hdlc/sequence": "reopen-session",
  "hdlc/request-timeout": "reopen-session",
  "hdlc/flooded": "reopen-line",
  "hdlc/limit": "reopen-session",
  "wrapper/no-answer": "reopen-line",
  "iec62056-21/no-answer": "reopen-line",
  "iec62056-21/no-mode-e": "operator",
  "iec62056-21/checksum": "reopen-line",
  "iec62056-21/limit": "operator",
  "acse/no-answer": "reopen-session",
  "acse/rejected": "operator",
  "acse/rejected-transient": "pause",
  "acse/authentication-failed": "hold-credential",
  "acse/authentication-required": "operator",
  "acse/context-not-supported": "operator",
  "acse/mechanism-not-supported": "operator",
  "acse/initiate-refused": "operator",
  "acse/already-associated": "pause",
  "acse/unexpected": "reopen-session",
  "xdlms/exception": "reopen-session",
  "xdlms/service-not-supported": "park-object",
  "xdlms/pdu-too-long": "park-object",
  "xdlms/no-answer": "retry-request",
  "xdlms/unexpected": "reopen-session",
  "xdlms/invoke-id": "retry-request",
  "xdlms/block": "retry-request",
  "xdlms/limit": "park-object",
  "xdlms/long-get-interrupted": "retry-request",
  "xdlms/unknown-outcome": "operator",
  "security/policy": "operator",
  "security/tag": "operator",
  "security/replay": "operator",
  "security/window-full": "pause",
  "security/key-missing": "operator",
  "security/counter-exhausted": "operator",
} as const satisfies Readonly<Record<`${string}/${string}`, Recovery>>;

/** Stable code of a protocol failure; see `docs/errors.md`. */
export type ProtocolErrorCode = keyof typeof protocolErrors;

/** Something broke between us and the peer. The peer's plain "no" to one attribute is a value, not this. */
export class ProtocolError extends DlmsError {
  override readonly name: string = "ProtocolError";
  readonly code: ProtocolErrorCode;
  readonly recovery: Recovery;

  constructor(code: ProtocolErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.recovery = protocolErrors[code];
  }
}

/** We broke: a method was called in a state that does not allow it. A fault of the program. */
export class InvariantError extends Error {
  override readonly name: string = "InvariantError";
}
