import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/** Recovery class of everything that happens to a port. One table, one line each. */
export const portErrors = {
  "tcp/refused": "reopen-line",
  "tcp/unreachable": "reopen-line",
  "tcp/timeout": "reopen-line",
  "tcp/dns-failed": "reopen-line",
  "tcp/closed": "reopen-line",
  "tcp/reset": "reopen-line",
  "tcp/tls-failed": "operator",
  "tcp/address-in-use": "operator",
  "tcp/not-permitted": "operator",
  "tcp/flooded": "reopen-line",
  "tcp/failed": "reopen-line",
  "serial/module-missing": "operator",
  "serial/not-found": "reopen-line",
  "serial/not-permitted": "operator",
  "serial/busy": "reopen-line",
  "serial/settings-refused": "operator",
  "serial/closed": "reopen-line",
  "serial/flooded": "reopen-line",
  "serial/failed": "reopen-line",
} as const satisfies Readonly<Record<`${"tcp" | "serial"}/${string}`, Recovery>>;

/** Stable code of a port that could not be opened or broke; see `docs/errors.md`. */
export type PortErrorCode = keyof typeof portErrors;

/** A stream could not be opened, or it broke. `cause` is what the operating system said. */
export class PortError extends DlmsError {
  override readonly name: string = "PortError";
  readonly code: PortErrorCode;
  readonly recovery: Recovery;
  /** Which port: `"192.0.2.7:4059"`. */
  readonly label: string;

  constructor(code: PortErrorCode, label: string, detail: string, options?: ErrorOptions) {
    super(`${code}: ${label}: ${detail}`, options);
    this.code = code;
    this.recovery = portErrors[code];
    this.label = label;
  }
}

const codeOfErrno: ReadonlyMap<string, PortErrorCode> = new Map([
  ["ECONNREFUSED", "tcp/refused"],
  ["EHOSTUNREACH", "tcp/unreachable"],
  ["EHOSTDOWN", "tcp/unreachable"],
  ["ENETUNREACH", "tcp/unreachable"],
  ["ENETDOWN", "tcp/unreachable"],
  ["EADDRNOTAVAIL", "tcp/unreachable"],
  ["ETIMEDOUT", "tcp/timeout"],
  ["ENOTFOUND", "tcp/dns-failed"],
  ["EAI_AGAIN", "tcp/dns-failed"],
  ["EAI_FAIL", "tcp/dns-failed"],
  ["EAI_NODATA", "tcp/dns-failed"],
  ["ECONNRESET", "tcp/reset"],
  ["ECONNABORTED", "tcp/reset"],
  ["EPIPE", "tcp/reset"],
  ["EADDRINUSE", "tcp/address-in-use"],
  ["EACCES", "tcp/not-permitted"],
  ["EPERM", "tcp/not-permitted"],
]);

/** An error of `node:net`, `node:tls` or `node:dgram` as ours: the one place that knows errno. */
export function portErrorFrom(error: unknown, label: string): PortError {
  if (error instanceof PortError) return error;
  const cause = firstOf(error);
  const errno = errnoOf(cause);
  const detail = errno ?? (cause instanceof Error ? cause.message : String(cause));
  return new PortError(codeOf(errno), label, detail, { cause: error });
}

function codeOf(errno: string | undefined): PortErrorCode {
  if (errno === undefined) return "tcp/failed";
  const code = codeOfErrno.get(errno);
  if (code !== undefined) return code;
  // OpenSSL and certificate checks: ERR_TLS_..., ERR_SSL_..., CERT_..., UNABLE_TO_..., ..._CERT.
  return /TLS|SSL|CERT|UNABLE_TO_|SIGNED|EPROTO/.test(errno) ? "tcp/tls-failed" : "tcp/failed";
}

/** Connecting to several addresses of one name fails with all their errors: the first counts. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0
    ? (error.errors as readonly unknown[])[0]
    : error;
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
