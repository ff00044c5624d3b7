import { createHash, timingSafeEqual } from "node:crypto";
import { GatewayError } from "../errors.ts";

/** What a guard looks at. */
export interface GuardedRequest {
  readonly method: string;
  readonly headers: {
    readonly host?: string | undefined;
    readonly authorization?: string | undefined;
  };
}

const loopbackNames: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * The API is for this machine. A page of another site that rebinds its name to 127.0.0.1 still
 * sends its own name as the host: refused. Changes need the key of `gateway.json`, which only the user of
 * the data directory can read.
 */
export function guard(request: GuardedRequest, key: string): void {
  const host = request.headers.host ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (!loopbackNames.has(name)) {
    throw new GatewayError("api/forbidden-host", "this API answers to loopback names only", {
      params: { host: name.slice(0, 100) },
    });
  }
  if (readingMethods.has(request.method)) return;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given !== undefined && isSame(given, key)) return;
  throw new GatewayError("api/unauthorized", "changes need the key that gateway.json holds");
}

/** Digests have one length, so that the comparison takes one time. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
