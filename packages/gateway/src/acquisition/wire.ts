import type { Port, Session, SessionOptions } from "@lectura/dlms-node";
import type { LineEndpoint } from "../registry/line-endpoint.ts";

/** Where a line's octets go. */
export interface PortRequest {
  /** Name of the line, for what is told of it. */
  readonly line: string;
  readonly endpoint: LineEndpoint;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** One port for several sessions, one lease each. */
export interface SharedPort {
  lease(): Port;
}

/** Everything acquisition does to the outside: what tests replace. */
export interface Wire {
  openPort(request: PortRequest): Promise<Port>;
  sharePort(port: Port): SharedPort;
  openSession(options: SessionOptions): Promise<Session>;
}
