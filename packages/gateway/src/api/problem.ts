import { DlmsError } from "@lectura/dlms/octets";
import { type ErrorParams, GatewayError } from "../errors.ts";

/** RFC 9457 problem details with our own members: `code`, `recovery`, `params`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly recovery: string;
  readonly params?: ErrorParams;
}

/** HTTP status by the part of the code, then by the code: the one place that maps. */
const statusOfPart: ReadonlyMap<string, number> = new Map([
  ["registry", 422],
  ["settings", 422],
  ["vault", 500],
  ["store", 503],
  ["line", 409],
  ["meter", 409],
  ["api", 400],
]);
const statusOfCode: ReadonlyMap<string, number> = new Map([
  ["api/forbidden-host", 403],
  ["api/not-found", 404],
  ["api/too-many-streams", 503],
  ["api/unauthorized", 401],
  ["line/queue-full", 503],
  ["registry/no-such-line", 404],
  ["registry/no-such-meter", 404],
  ["registry/no-such-sink", 404],
  ["registry/no-such-template", 404],
  ["registry/address-taken", 409],
  ["registry/endpoint-taken", 409],
  ["registry/framing-conflict", 409],
  ["registry/line-in-use", 409],
  ["registry/name-taken", 409],
]);

/** Any error as a problem. What is not a `DlmsError` is our bug: its text stays in the log. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof DlmsError)) return internal;
  const { code, recovery, message } = error;
  const part = code.slice(0, code.indexOf("/"));
  // What the wire or the meter did to us is a bad gateway.
  const gatewayStatus = statusOfPart.get(part) ?? 502;
  const status = statusOfCode.get(code) ?? (error instanceof GatewayError ? gatewayStatus : 502);
  return {
    type: `urn:lectura:error:${code}`,
    title: code,
    status,
    detail: message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message,
    code,
    recovery,
    ...(error instanceof GatewayError ? { params: error.params } : {}),
  };
}

const internal: Problem = {
  type: "urn:lectura:error:gateway/internal",
  title: "gateway/internal",
  status: 500,
  detail: "the gateway made a mistake; its log has the details",
  code: "gateway/internal",
  recovery: "operator",
};
