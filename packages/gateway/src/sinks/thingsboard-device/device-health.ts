import { needsOperator } from "../sink-errors.ts";
import type { SinkHealth } from "../sink.ts";

/** State of one meter's connection. */
export interface DeviceHealth {
  readonly meter: string;
  readonly connected: boolean;
  /** What is wrong, if anything. */
  readonly code: string | undefined;
  readonly sinceMs: number;
}

/** Names in a message; the rest are counted. */
const namesMax = 5;

/** Many connections as one state; the message names the meters that have a problem. */
export function summariseHealth(
  devices: readonly DeviceHealth[],
  withoutToken: readonly string[],
  sinceMs: number,
): SinkHealth {
  const troubled: Trouble[] = withoutToken.map((meter) => ({
    meter,
    code: "thingsboard/no-token",
  }));
  for (const { meter, code } of devices) if (code !== undefined) troubled.push({ meter, code });
  const worst = troubled.find(({ code }) => needsOperator(code)) ?? troubled[0];
  const total = devices.length + withoutToken.length;
  return {
    state: stateOf(devices, troubled, total),
    code: worst?.code,
    message: worst === undefined ? undefined : messageOf(troubled, total),
    sinceMs: devices.reduce((latest, device) => Math.max(latest, device.sinceMs), sinceMs),
  };
}

interface Trouble {
  readonly meter: string;
  readonly code: string;
}

function stateOf(
  devices: readonly DeviceHealth[],
  troubled: readonly Trouble[],
  total: number,
): SinkHealth["state"] {
  const connected = devices.filter((device) => device.connected).length;
  if (devices.length > 0 && connected === devices.length) return "connected";
  const hopeless = troubled.length === total && troubled.every(({ code }) => needsOperator(code));
  if (connected === 0 && total > 0 && hopeless) return "failed";
  return connected > 0 || troubled.length > 0 ? "reconnecting" : "starting";
}

function messageOf(troubled: readonly Trouble[], total: number): string {
  const named = troubled.slice(0, namesMax).map(({ meter, code }) => `${meter} (${code})`);
  const more = troubled.length > namesMax ? ` and ${troubled.length - namesMax} more` : "";
  return `${troubled.length} of ${total} meters: ${named.join(", ")}${more}`;
}
