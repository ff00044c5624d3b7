import type { ServerResponse } from "node:http";
import { GatewayError } from "../errors.ts";

/** A JSON object. @throws {GatewayError} `api/bad-request` */
export function objectBody(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw badRequest("body", "must be a JSON object");
}

/** An integer of the query string within its bounds. @throws {GatewayError} `api/bad-request` */
export function queryInteger(
  field: string,
  text: string | undefined,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw badRequest(field, `must be an integer from ${bounds.min} to ${bounds.max}`);
}

/** Milliseconds since 1970 UTC, as a number or as an ISO date-time. */
export function queryInstant(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw badRequest(field, "must be UTC milliseconds or an ISO date-time");
}

/** Aborted when the asker leaves before the answer. */
export function signalOf(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) left.abort(new DOMException("the asker left", "AbortError"));
  });
  return left.signal;
}

export function badRequest(field: string, problem: string): GatewayError {
  return new GatewayError("api/bad-request", `${field} ${problem}`, { params: { field, problem } });
}
