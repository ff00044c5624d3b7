import type { Clock, Port } from "@lectura/dlms-node";
import type { GatewayControl, GatewaySummary } from "./control/gateway-control.ts";

/** What `startGateway` needs. Everything a test wants to replace is an option. */
export interface GatewayOptions {
  /** Made when absent, 0700. Holds the database, the key file and `gateway.json`. */
  readonly dataDirectory: string;
  /**
   * `full` acquires, delivers and serves; `control` opens registry and store only and touches a wire
   * when `readNow` or `testMeter` asks: what the CLI uses when no gateway runs. Default `full`.
   */
  readonly mode?: "full" | "control";
  readonly clock?: Clock;
  /** 0 <= x < 1, for jitter. */
  readonly random?: () => number;
  readonly openPort?: (endpoint: {
    readonly host: string;
    readonly port: number;
    readonly connectTimeoutMs: number;
    readonly signal: AbortSignal;
  }) => Promise<Port>;
}

/** A running gateway. Disposing it is `stop()`. */
export interface Gateway extends AsyncDisposable {
  readonly control: GatewayControl;
  /** Where the API listens; undefined when it is off. */
  readonly api: { readonly url: string; readonly key: string } | undefined;
  /** Notices for people, e.g. the default API port was taken and another one is used. */
  readonly notices: readonly string[];
  /** Releases associations, drains sinks, closes the store: within 5 s. Idempotent. */
  stop(): Promise<GatewaySummary>;
}
