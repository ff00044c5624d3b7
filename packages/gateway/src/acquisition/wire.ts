import type { Port, Session, SessionOptions } from "@lectura/dlms-node";

/** Where a line's octets go. */
export interface PortRequest {
  readonly host: string;
  readonly port: number;
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
