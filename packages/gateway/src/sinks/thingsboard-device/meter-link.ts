import type { Meter } from "../../registry/model.ts";
import type { OutboxRow } from "../../store/store.ts";
import type { PublishOutcome } from "../connection/publish-ledger.ts";
import { outcomeOf, refusalCode } from "../publish-outcome.ts";
import type { DeliveryOutcome } from "../sink.ts";
import { attributesPayload, MeterFacts } from "./attributes.ts";
import {
  splitValues,
  telemetryPayload,
  telemetryValues,
  type TelemetryValue,
} from "./telemetry.ts";

const telemetryTopic = "v1/devices/me/telemetry";
const attributesTopic = "v1/devices/me/attributes";

/**
 * ThingsBoard closes at more than 65,536 octets of remaining length (NETTY_MAX_PAYLOAD_SIZE); a
 * fifth stays free for servers that were set a little lower, and for the envelope.
 */
export const payloadOctetsMax = 52_000;

/** The part of a connection a device needs. */
export interface DevicePublisher {
  publish(topic: string, payload: string): Promise<PublishOutcome>;
}

/** One meter as a ThingsBoard device: what is said on its connection, and how answers are read. */
export class MeterLink {
  readonly #publisher: DevicePublisher;
  readonly #gatewayVersion: string;
  readonly #facts: MeterFacts = new MeterFacts();
  #meter: Meter;
  #attributesSent: string | undefined;
  #refusal: string | undefined;

  constructor(publisher: DevicePublisher, meter: Meter, gatewayVersion: string) {
    this.#publisher = publisher;
    this.#meter = meter;
    this.#gatewayVersion = gatewayVersion;
  }

  get meter(): Meter {
    return this.#meter;
  }

  /** Code of the last refused publish, until one is accepted. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** A session begins: the server forgot nothing, but may have missed the last change. */
  connected(): void {
    this.#attributesSent = undefined;
    void this.#sendAttributes();
  }

  /** The registry changed. */
  update(meter: Meter): void {
    this.#meter = meter;
    if (this.#attributesSent !== undefined) void this.#sendAttributes();
  }

  /** A row without any value is done: there is nothing ThingsBoard could acknowledge. */
  async deliver(row: OutboxRow): Promise<DeliveryOutcome> {
    const { record } = row;
    if (this.#facts.learn(record)) void this.#sendAttributes();
    const refused: string[] = [];
    let verdict: DeliveryOutcome = { type: "acknowledged" };
    for (const values of splitValues(telemetryValues(record), payloadOctetsMax)) {
      const outcome = await this.#publishValues(record.measuredAt, values, refused);
      if (outcome.type === "retry") return outcome;
      if (outcome.type === "poison") verdict = outcome;
    }
    if (verdict.type !== "poison") return verdict;
    return { ...verdict, reason: `${verdict.reason} (${refused.join(", ")})` };
  }

  /**
   * Publishes values of one instant. When the server will never take them, halves are tried until
   * the values it refuses stand alone, so that one bad value does not cost the others. `refused`
   * gets their keys.
   */
  async #publishValues(
    measuredAt: number,
    values: readonly TelemetryValue[],
    refused: string[],
  ): Promise<DeliveryOutcome> {
    const payload = telemetryPayload(measuredAt, values);
    const published = await this.#publisher.publish(telemetryTopic, payload);
    this.#refusal = published.type === "refused" ? refusalCode(published.reason) : undefined;
    const outcome = outcomeOf(published);
    // 0x90 is about the topic: halving would not change it.
    const aboutTopic = published.type === "refused" && published.reason === 0x90;
    if (outcome.type !== "poison" || aboutTopic || values.length === 1) {
      if (outcome.type === "poison") refused.push(...values.map(({ key }) => key));
      return outcome;
    }
    const middle = values.length >> 1;
    const first = await this.#publishValues(measuredAt, values.slice(0, middle), refused);
    if (first.type === "retry") return first;
    const second = await this.#publishValues(measuredAt, values.slice(middle), refused);
    return second.type === "acknowledged" ? first : second;
  }

  /**
   * Once per session and after a change; a lost publish means a new session, which says it again.
   */
  async #sendAttributes(): Promise<void> {
    const payload = attributesPayload(this.#meter, this.#facts, this.#gatewayVersion);
    if (payload === this.#attributesSent) return;
    this.#attributesSent = payload;
    const { type } = await this.#publisher.publish(attributesTopic, payload);
    if (type === "lost" && this.#attributesSent === payload) this.#attributesSent = undefined;
  }
}
