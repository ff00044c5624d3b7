import type { DeviceFaults } from "./faults.ts";
import type { StoredValue } from "./telemetry-json.ts";

/** One device of the fake tenant. */
export interface FakeDevice {
  readonly name: string;
  token: string;
  readonly isGateway: boolean;
  /** key to ts to value: the same ts again overwrites, as in ThingsBoard. */
  readonly telemetry: Map<string, Map<number, StoredValue>>;
  readonly clientAttributes: Map<string, StoredValue>;
  /** Every publish that arrived, duplicates and refused ones included, oldest first. */
  readonly publishes: ReceivedPublish[];
  readonly faults: DeviceFaults;
}

export interface ReceivedPublish {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  /** Number of the session it came on, counted from 1 per device. */
  readonly session: number;
}

/** One CONNECT and what became of it. */
export interface ConnectAttempt {
  readonly atMs: number;
  readonly version: 3 | 4 | 5;
  readonly clientId: string;
  readonly username: string | undefined;
  /** Return code (3.1.1) or reason code (5) of the CONNACK. */
  readonly code: number;
}
