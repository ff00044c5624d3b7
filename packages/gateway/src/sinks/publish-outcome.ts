import type { PublishOutcome } from "./connection/publish-ledger.ts";
import type { DeliveryOutcome } from "./sink.ts";

/**
 * MQTT 5 PUBACK reasons (section 3.4.2.1) of which a re-send of the same octets never gets rid:
 * topic name invalid, payload format invalid, and 0x83, with which ThingsBoard answers a payload it
 * cannot process.
 */
const poisonReasons: Readonly<Record<number, string>> = {
  0x83: "the server cannot process the payload",
  0x90: "the server does not accept the topic",
  0x99: "the server does not accept the payload format",
};

/** What a publish means for its outbox row. */
export function outcomeOf(outcome: PublishOutcome): DeliveryOutcome {
  switch (outcome.type) {
    case "acknowledged":
      return { type: "acknowledged" };
    case "lost":
      return { type: "retry", code: outcome.code };
    case "too-large":
      return {
        type: "poison",
        code: "mqtt/packet-too-large",
        reason: `longer than the ${outcome.octetsMax} octets the server accepts`,
      };
    case "refused": {
      const code = refusalCode(outcome.reason);
      const reason = poisonReasons[outcome.reason];
      return reason === undefined ? { type: "retry", code } : { type: "poison", code, reason };
    }
  }
}

/** Stable code of a refusing PUBACK, e.g. `mqtt/puback-0x97`. */
export function refusalCode(reason: number): string {
  return `mqtt/puback-0x${reason.toString(16)}`;
}
