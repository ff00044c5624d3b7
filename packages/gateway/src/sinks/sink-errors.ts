import type { Recovery } from "@lectura/dlms/octets";
import type { MqttProblemCode } from "./connection/mqtt-problem.ts";
import type { PublishLoss } from "./connection/publish-ledger.ts";

/** Codes of deliveries that failed for another reason than the connection. */
type DeliveryCode =
  | "mqtt/packet-too-large"
  | "sink/invalid"
  | "sink/no-such-meter"
  | "thingsboard/no-token";

export type SinkErrorCode = MqttProblemCode | PublishLoss | DeliveryCode;

/**
 * Recovery class of everything a sink reports. None of it costs a reading: rows wait in the outbox,
 * or lie in the dead letters with their reason. `operator` problems are tried again as well, ever more
 * slowly, because a server's settings may change behind our back. A refusing PUBACK has the code
 * `mqtt/puback-0xNN` with the reason of MQTT 5 section 3.4.2.1.
 */
export const sinkErrors: Readonly<Record<SinkErrorCode, Recovery>> = {
  "mqtt/bad-credentials": "operator",
  "mqtt/closed": "pause",
  "mqtt/keepalive": "pause",
  "mqtt/no-ack": "pause",
  "mqtt/not-authorised": "operator",
  "mqtt/not-connected": "pause",
  "mqtt/packet-too-large": "operator",
  "mqtt/qos-not-supported": "operator",
  "mqtt/refused": "operator",
  "mqtt/server-unavailable": "pause",
  "mqtt/taken-over": "operator",
  "mqtt/tls": "operator",
  "mqtt/unreachable": "pause",
  "mqtt/window-full": "pause",
  "sink/invalid": "operator",
  "sink/no-such-meter": "operator",
  "thingsboard/no-token": "operator",
};

/** Whether time alone does not cure it: a person must change something. */
export function needsOperator(code: string): boolean {
  return Object.hasOwn(sinkErrors, code) && sinkErrors[code as SinkErrorCode] === "operator";
}
