import type { Clock } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import type { Meter, SinkDefinition } from "../../registry/model.ts";
import type { OutboxRow } from "../../store/store.ts";
import { MqttConnection, type MqttConnectionOptions } from "../connection/mqtt-connection.ts";
import type { DeliveryOutcome, Sink, SinkHealth } from "../sink.ts";
import { outcomeOf } from "../publish-outcome.ts";
import { needsOperator } from "../sink-errors.ts";
import { type PayloadFormat, payloadFormats } from "./payload.ts";
import { topicTemplate, type TopicMeter } from "./topic-template.ts";

export interface MqttSinkOptions {
  readonly definition: Extract<SinkDefinition, { kind: "mqtt" }>;
  readonly password: Secret | undefined;
  /** The registry's present view; undefined for a meter that is gone. */
  readonly meterOf: (meterId: number) => Meter | undefined;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  /** Times, limits and the dialler, for tests and unusual servers. */
  readonly connection?: Partial<Pick<MqttConnectionOptions, "limits" | "backoff" | "openSocket">>;
}

/**
 * Any MQTT server. Rows are published QoS 1 in the chosen format; a retained status topic says
 * `online`, and the will says `offline` when the gateway is cut off.
 */
export class MqttSink implements Sink {
  readonly sinkId: number;
  readonly name: string;
  readonly #options: MqttSinkOptions;
  readonly #connection: MqttConnection;
  readonly #topicOf: (meter: TopicMeter) => string;
  readonly #payloadOf: PayloadFormat;
  readonly #listeners: Set<() => void> = new Set();

  /** @throws {RangeError} the URL or the topic template cannot be used. */
  constructor(options: MqttSinkOptions) {
    const { definition, clock, random } = options;
    this.#options = options;
    this.sinkId = definition.id;
    this.name = definition.name;
    this.#topicOf = topicTemplate(definition.topic);
    this.#payloadOf = payloadFormats[definition.format];
    const { statusTopic } = definition;
    if (statusTopic !== "") topicTemplate(statusTopic);
    this.#connection = new MqttConnection({
      ...options.connection,
      url: definition.url,
      tls: definition.tls,
      identity: {
        // Unique per process: two gateways with one identifier would push each other out for ever.
        clientId: definition.clientId ?? `lectura-${definition.id}-${randomHex(random)}`,
        username: definition.username,
        password: options.password,
      },
      ...(statusTopic === ""
        ? {}
        : { will: { topic: statusTopic, payload: "offline", retain: true } }),
      clock,
      random,
      onConnected: () => void this.#publishStatus("online"),
      onChange: () => this.#changed(),
    });
  }

  /** One place of the window stays free for the status message. */
  get inFlightMax(): number {
    return Math.max(1, this.#connection.windowMax - 1);
  }

  health(): SinkHealth {
    const { state, problem, sinceMs } = this.#connection;
    const fatal = problem !== undefined && needsOperator(problem.code);
    const word = (
      {
        idle: "starting",
        connecting: problem === undefined ? "starting" : "reconnecting",
        connected: "connected",
        waiting: fatal ? "failed" : "reconnecting",
        stopped: "stopped",
      } as const
    )[state];
    return { state: word, code: problem?.code, message: problem?.message, sinceMs };
  }

  ready(): boolean {
    return this.#connection.isConnected;
  }

  async deliver(row: OutboxRow): Promise<DeliveryOutcome> {
    const meter = this.#options.meterOf(row.record.meterId);
    if (meter === undefined) {
      return {
        type: "poison",
        code: "sink/no-such-meter",
        reason: `meter ${row.record.meterId} was removed before its readings were delivered`,
      };
    }
    const outcome = await this.#connection.publish(
      this.#topicOf(meter),
      this.#payloadOf(row, meter),
      { retain: this.#options.definition.retain },
    );
    return outcomeOf(outcome);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  start(): void {
    this.#connection.start();
  }

  /** Says `offline`, then DISCONNECT; bounded by `withinMs` each. */
  async stop(withinMs = 1000): Promise<void> {
    if (this.#connection.isConnected) {
      const gone = new AbortController();
      await Promise.race([
        this.#publishStatus("offline"),
        this.#options.clock.sleep(withinMs, gone.signal).catch(() => {}),
      ]);
      gone.abort();
    }
    await this.#connection.stop(withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #publishStatus(status: "online" | "offline"): Promise<void> {
    const { statusTopic } = this.#options.definition;
    if (statusTopic !== "") await this.#connection.publish(statusTopic, status, { retain: true });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function randomHex(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}
