/**
 * Why an MQTT connection is not there, by name. MQTT 3.1.1 has six return codes and silence, MQTT 5
 * has reason codes; both end in the same few codes, because the cure is the same.
 */

/** Codes of connection problems, as `SinkHealth.code` and `DeliveryOutcome.code` carry them. */
export type MqttProblemCode =
  /** The server knows the user and says no (ACL, ThingsBoard token unknown on 3.1.1). */
  | "mqtt/not-authorised"
  /** User name, password or token are wrong. */
  | "mqtt/bad-credentials"
  /** CONNECT refused for another reason: client identifier, protocol, packet. */
  | "mqtt/refused"
  /** No TCP connection, no name, no answer, or closed before CONNACK. */
  | "mqtt/unreachable"
  /** Certificate, key, authority or handshake. */
  | "mqtt/tls"
  /** Another client uses the same identity and pushes us out. */
  | "mqtt/taken-over"
  /** The server is there and says "not now": starting up, busy, over quota. */
  | "mqtt/server-unavailable"
  /** A publish stayed without PUBACK; the connection was given up. */
  | "mqtt/no-ack"
  /** PINGREQ stayed without PINGRESP. */
  | "mqtt/keepalive"
  /** The connection stood and was closed by the other side. */
  | "mqtt/closed"
  /** The server grants no QoS 1, so it can never acknowledge. */
  | "mqtt/qos-not-supported";

export interface MqttProblem {
  readonly code: MqttProblemCode;
  /** One sentence for people; never holds a secret. */
  readonly message: string;
}

/** How one network connection ended, as the session saw it. */
export interface SessionEnding {
  /** Milliseconds between CONNACK 0 and the end; undefined when there was no CONNACK 0. */
  readonly livedMs: number | undefined;
  /** Return code (3.1.1) or reason code (5) of a refusing CONNACK. */
  readonly connackReason: number | undefined;
  /** Reason code of the server's DISCONNECT (5 only). */
  readonly disconnectReason: number | undefined;
  readonly error: Error | undefined;
  /** Whether TCP (and TLS, where wanted) stood. */
  readonly established: boolean;
  /** Publishes that got no PUBACK. */
  readonly publishesLost: number;
  /** Why we closed it ourselves, when we did. */
  readonly ours: "connect-timeout" | "no-ack" | "keepalive" | "no-qos" | "stopped" | undefined;
}

/** MQTT 5 section 2.4 and MQTT 3.1.1 table 3.1, refusing CONNACKs only. */
const connackProblems: Readonly<Record<number, MqttProblemCode>> = {
  1: "mqtt/refused",
  2: "mqtt/refused",
  3: "mqtt/server-unavailable",
  4: "mqtt/bad-credentials",
  5: "mqtt/not-authorised",
  0x86: "mqtt/bad-credentials",
  0x87: "mqtt/not-authorised",
  0x88: "mqtt/server-unavailable",
  0x89: "mqtt/server-unavailable",
  0x8a: "mqtt/not-authorised",
  0x8c: "mqtt/bad-credentials",
  0x97: "mqtt/server-unavailable",
  0x9f: "mqtt/server-unavailable",
};

/** DISCONNECT reasons that mean more than "closed". */
const disconnectProblems: Readonly<Record<number, MqttProblemCode>> = {
  0x87: "mqtt/not-authorised",
  0x89: "mqtt/server-unavailable",
  0x8b: "mqtt/server-unavailable",
  0x8d: "mqtt/keepalive",
  0x8e: "mqtt/taken-over",
  0x96: "mqtt/server-unavailable",
  0x97: "mqtt/server-unavailable",
};

/** System errors that speak of the network, with TLS or without. */
const networkErrors = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
]);

/** The server speaks no MQTT 5 and says so: 3.1.1's code 1, MQTT 5's 0x84. */
export function refusesProtocol(ending: SessionEnding): boolean {
  return ending.connackReason === 1 || ending.connackReason === 0x84;
}

/**
 * Whether the end looks like another client with our identity: the server says so (0x8E), or it
 * closes soon after CONNACK without a reason and without a publish that could be the cause.
 * ThingsBoard before 3.7, and every 3.1.1 server, gives no reason.
 */
export function looksTakenOver(ending: SessionEnding, soonMs: number): "certain" | "maybe" | "no" {
  if (ending.disconnectReason === 0x8e) return "certain";
  const soon = ending.livedMs !== undefined && ending.livedMs < soonMs;
  const unexplained = ending.disconnectReason === undefined && ending.ours === undefined;
  return soon && unexplained && ending.publishesLost === 0 ? "maybe" : "no";
}

/** Names the end of a connection. `tls` is whether the address asked for TLS. */
export function nameProblem(ending: SessionEnding, endpoint: string, tls: boolean): MqttProblem {
  const at = (code: MqttProblemCode, what: string): MqttProblem => ({
    code,
    message: `${endpoint}: ${what}`,
  });
  if (ending.ours === "no-ack") return at("mqtt/no-ack", "a publish was not acknowledged in time");
  if (ending.ours === "keepalive") return at("mqtt/keepalive", "no answer to PINGREQ");
  if (ending.ours === "no-qos") return at("mqtt/qos-not-supported", "the server grants no QoS 1");
  if (ending.ours === "connect-timeout") return at("mqtt/unreachable", "no CONNACK in time");
  if (ending.connackReason !== undefined) {
    const code = connackProblems[ending.connackReason] ?? "mqtt/refused";
    return at(code, `CONNECT refused with ${reasonText(ending.connackReason)}`);
  }
  if (ending.disconnectReason !== undefined) {
    const code = disconnectProblems[ending.disconnectReason] ?? "mqtt/closed";
    return at(code, `the server disconnected with ${reasonText(ending.disconnectReason)}`);
  }
  if (ending.livedMs !== undefined) {
    return at("mqtt/closed", `connection closed${causeText(ending.error)}`);
  }
  const network = networkErrors.has(errorCode(ending.error) ?? "");
  if (tls && !ending.established && !network) {
    return at("mqtt/tls", `TLS handshake failed${causeText(ending.error)}`);
  }
  return ending.established
    ? at(
        "mqtt/unreachable",
        "closed before CONNACK; is this an MQTT port, with the right TLS mode?",
      )
    : at("mqtt/unreachable", `no connection${causeText(ending.error)}`);
}

function reasonText(reason: number): string {
  return `0x${reason.toString(16).padStart(2, "0")}`;
}

function errorCode(error: Error | undefined): string | undefined {
  const code: unknown = error === undefined ? undefined : Reflect.get(error, "code");
  return typeof code === "string" ? code : undefined;
}

function causeText(error: Error | undefined): string {
  if (error === undefined) return "";
  const code = errorCode(error);
  // An AggregateError (several addresses tried) has an empty message of its own.
  return `: ${error.message === "" ? (code ?? error.name) : error.message}`;
}
