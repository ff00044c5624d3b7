import { DlmsError, type Recovery } from "@lectura/dlms/octets";

/**
 * Recovery class of every failure of the gateway's own parts, sorted by part. The names in the
 * comments are the keys of `params`, which the texts for people are filled with.
 */
export const gatewayErrors = {
  /** field, problem */
  "api/bad-request": "operator",
  /** host, problem */
  "api/cannot-listen": "operator",
  /** host: the name in the request is not one of this machine's loopback names */
  "api/forbidden-host": "operator",
  /** path */
  "api/not-found": "operator",
  /** status (HTTP), url */
  "api/refused": "operator",
  /** port */
  "api/port-taken": "operator",
  /** limit */
  "api/too-many-streams": "pause",
  /** A change was asked for without the key of `gateway.json`. */
  "api/unauthorized": "operator",
  /** url, problem */
  "api/unreachable": "pause",
  /** name, endpoint: the meter has not dialled in, or its connection is in use no more */
  "line/not-dialled-in": "reopen-line",
  /** name */
  "line/paused": "operator",
  /** name */
  "line/queue-full": "pause",
  /** name */
  "line/stopped": "operator",
  /** file, problem: a certificate, key or authority of the line cannot be read */
  "line/tls-file": "operator",
  /** name, cause (code): down, with the next attempt still to come */
  "line/waiting": "reopen-line",
  /** name, cause (code), seconds */
  "meter/backing-off": "pause",
  /** Another process has taken counters of the same key. */
  "meter/counter-contended": "reopen-session",
  /** name, counter (what the meter says) */
  "meter/counter-implausible": "operator",
  /** name: the invocation counter is not known, and the meter does not tell it */
  "meter/counter-unknown": "operator",
  /** name, cause (code) */
  "meter/credential-held": "operator",
  /** name: a password is needed and none is stored */
  "meter/password-missing": "operator",
  /** name, kind (`line`, `meter`, `sink`, `template`) */
  "registry/bad-name": "operator",
  /** line, upper, lower, meter (the one that has the address) */
  "registry/address-taken": "operator",
  /** file, line, problem */
  "registry/bad-file": "operator",
  /** key */
  "registry/duplicate-key": "operator",
  /** endpoint, line (the one that has it), setting (what differs) */
  "registry/endpoint-conflict": "operator",
  /** endpoint, line (the one that has it) */
  "registry/endpoint-taken": "operator",
  /** endpoint, line, framing (what the line has), wanted */
  "registry/framing-conflict": "operator",
  /** rows, failed */
  "registry/import-refused": "operator",
  /** field, problem */
  "registry/invalid": "operator",
  /** line, meters (how many) */
  "registry/line-in-use": "operator",
  /** kind, name */
  "registry/name-taken": "operator",
  /** name, nearest (comma-separated, may be empty) */
  "registry/no-such-line": "operator",
  "registry/no-such-meter": "operator",
  "registry/no-such-sink": "operator",
  "registry/no-such-template": "operator",
  /** name */
  "registry/template-built-in": "operator",
  /** name, meters (how many) */
  "registry/template-in-use": "operator",
  /** key, nearest (comma-separated, may be empty) */
  "registry/unknown-key": "operator",
  /** file, line, path, problem, nearest (may be empty) */
  "settings/invalid": "operator",
  /** file, problem */
  "settings/unreadable": "operator",
  /** path */
  "store/busy": "pause",
  /** path, problem */
  "store/cannot-open": "operator",
  "store/closed": "operator",
  /** path, problem */
  "store/corrupt": "operator",
  /** path */
  "store/disk-full": "pause",
  /** problem: the storage thread itself ended */
  "store/failed": "operator",
  /** path, problem */
  "store/io": "pause",
  /** path, pid (0 when unknown) */
  "store/locked": "operator",
  /** path, found, known (schema versions) */
  "store/newer": "operator",
  /** sinkId, limit (what is full: `readings`, `rows` or `octets`) */
  "store/outbox-full": "pause",
  /** limit */
  "store/overloaded": "pause",
  /** path */
  "store/read-only": "operator",
  /** path */
  "vault/key-malformed": "operator",
  /** path */
  "vault/key-missing": "operator",
  /** path, mode (octal digits) */
  "vault/key-permissions": "operator",
  /** path, problem */
  "vault/key-unreadable": "operator",
  /** limit (octets) */
  "vault/too-long": "operator",
  /** owner, field: sealed with another key, or altered */
  "vault/tampered": "operator",
} as const satisfies Readonly<Record<`${string}/${string}`, Recovery>>;

export type GatewayErrorCode = keyof typeof gatewayErrors;

/** Facts a text for people is filled with. Never a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** Something of the gateway's own went wrong: storage, secrets, registry, settings, sinks. */
export class GatewayError extends DlmsError {
  override readonly name: string = "GatewayError";
  readonly code: GatewayErrorCode;
  readonly recovery: Recovery;
  readonly params: ErrorParams;

  /** `detail` is one English sentence: what is wrong and, after a semicolon, what to do next. */
  constructor(
    code: GatewayErrorCode,
    detail: string,
    options?: ErrorOptions & { readonly params?: ErrorParams },
  ) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.recovery = gatewayErrors[code];
    this.params = options?.params ?? {};
  }
}
