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

/** Problems time alone does not cure. */
const operatorCodes = new Set([
  "mqtt/bad-credentials",
  "mqtt/not-authorised",
  "mqtt/tls",
  "mqtt/taken-over",
  "mqtt/qos-not-supported",
  "thingsboard/no-token",
]);

/** Many connections as one state; the message names the meters that have a problem. */
export function summariseHealth(
  devices: readonly DeviceHealth[],
  withoutToken: readonly string[],
  sinceMs: number,
): SinkHealth {
  const troubled = [
    ...devices.filter(({ code }) => code !== undefined),
    ...withoutToken.map((meter) => ({ meter, code: "thingsboard/no-token" })),
  ];
  const connected = devices.filter((device) => device.connected).length;
  const waiting = devices.length - connected;
  const [worst] = troubled.toSorted(
    (a, b) => Number(operatorCodes.has(b.code!)) - Number(operatorCodes.has(a.code!)),
  );
  const latest = Math.max(sinceMs, ...devices.map((device) => device.sinceMs));
  const hopeless = troubled.length > 0 && troubled.every(({ code }) => operatorCodes.has(code!));
  const state =
    connected === 0 && hopeless && troubled.length === devices.length + withoutToken.length
      ? "failed"
      : waiting === 0 && devices.length > 0
        ? "connected"
        : connected > 0 || troubled.length > 0
          ? "reconnecting"
          : "starting";
  return {
    state,
    code: worst?.code,
    message:
      worst === undefined ? undefined : messageOf(troubled, devices.length + withoutToken.length),
    sinceMs: latest,
  };
}

function messageOf(
  troubled: readonly { readonly meter: string; readonly code: string | undefined }[],
  total: number,
): string {
  const named = troubled.slice(0, namesMax).map(({ meter, code }) => `${meter} (${code})`);
  const more = troubled.length > namesMax ? ` and ${troubled.length - namesMax} more` : "";
  return `${troubled.length} of ${total} meters: ${named.join(", ")}${more}`;
}
