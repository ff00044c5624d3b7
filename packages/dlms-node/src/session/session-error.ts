import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/** Recovery class of everything that goes wrong between the stream and the protocol. */
export const sessionErrors = {
  "line/busy": "pause",
  "line/idle-closed": "reopen-line",
  "line/not-dlms": "operator",
  "line/silent": "reopen-line",
  "session/closed": "reopen-session",
  "session/no-short-name": "park-object",
  "session/queue-full": "retry-request",
  "session/requests-exhausted": "reopen-session",
} as const;

/** Stable code of a session used wrongly or ended; see `docs/errors.md`. */
export type SessionErrorCode = keyof typeof sessionErrors;

/** The stream is there, but what stands behind it is not (or no longer) a meter in dialogue. */
export class SessionError extends DlmsError {
  override readonly name: string = "SessionError";
  readonly code: SessionErrorCode;
  readonly recovery: Recovery;
  /** What the peer sent instead of DLMS: printable ASCII, at most 80 characters. */
  readonly peerText: string | undefined;

  constructor(
    code: SessionErrorCode,
    detail: string,
    options?: ErrorOptions & { readonly peerText?: string },
  ) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.recovery = sessionErrors[code];
    this.peerText = options?.peerText;
  }
}
