/**
 * ThingsBoard, one connection per meter: a device token is a session of its own, and a second
 * session with the same token ends the first, so connections cannot be shared.
 */
import type { Clock } from "@lectura/dlms-node";
import { equalOctets } from "@lectura/dlms/octets";
import type { Secret } from "@lectura/dlms/security";
import type { Meter, SinkDefinition } from "../../registry/model.ts";
import type { OutboxRow } from "../../store/store.ts";
import {
  ConnectGate,
  type ConnectGateLimits,
  defaultConnectGate,
} from "../connection/connect-gate.ts";
import { parseMqttUrl } from "../connection/mqtt-address.ts";
import { MqttConnection, type MqttConnectionOptions } from "../connection/mqtt-connection.ts";
import type { DeliveryOutcome, Sink, SinkHealth } from "../sink.ts";
import { summariseHealth } from "./device-health.ts";
import { MeterLink } from "./meter-link.ts";

export interface ThingsBoardDeviceSinkOptions {
  readonly definition: Extract<SinkDefinition, { kind: "thingsboard-device" }>;
  /** The registry's present view; `refresh()` says when it changed. */
  readonly meters: () => readonly Meter[];
  readonly tokenOf: (meterId: number) => Secret | undefined;
  /** Told to ThingsBoard as a client attribute. */
  readonly gatewayVersion: string;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly gate?: ConnectGateLimits;
  readonly connection?: Partial<Pick<MqttConnectionOptions, "limits" | "backoff" | "openSocket">>;
}

/** Unacknowledged publishes of one device; ThingsBoard queues 100 per session and closes at 101. */
const deviceWindowMax = 20;
/** On MQTT 3.1.1 a refused publish is acknowledged too, and the close follows at once. */
const ackGraceMs = 1000;
/** Rows under way, all meters together. */
const rowsMax = 1000;

interface Device {
  readonly token: Secret;
  readonly connection: MqttConnection;
  readonly link: MeterLink;
}

export class ThingsBoardDeviceSink implements Sink {
  readonly sinkId: number;
  readonly name: string;
  readonly inFlightMax: number = rowsMax;
  readonly #options: ThingsBoardDeviceSinkOptions;
  readonly #gate: ConnectGate;
  readonly #devices: Map<number, Device> = new Map();
  /** Names of meters that cannot be delivered for want of a token. */
  #withoutToken: readonly string[] = [];
  readonly #listeners: Set<() => void> = new Set();
  #state: "new" | "running" | "stopped" = "new";
  #sinceMs: number;

  /** @throws {RangeError} the URL is no MQTT address. */
  constructor(options: ThingsBoardDeviceSinkOptions) {
    this.#options = options;
    this.sinkId = options.definition.id;
    this.name = options.definition.name;
    this.#gate = new ConnectGate(options.clock, options.gate ?? defaultConnectGate);
    this.#sinceMs = options.clock.nowMs();
    // Fails here and not at the first meter when the address is wrong.
    parseMqttUrl(options.definition.url);
  }

  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.refresh();
  }

  /** Meters or tokens changed: opens, renews and closes connections. */
  refresh(): void {
    if (this.#state !== "running") return;
    const meters = this.#options.meters();
    const withoutToken: string[] = [];
    const present = new Set<number>();
    for (const meter of meters) {
      const token = this.#options.tokenOf(meter.id);
      if (token === undefined) withoutToken.push(meter.name);
      else {
        present.add(meter.id);
        this.#setDevice(meter, token);
      }
    }
    for (const [meterId, device] of this.#devices) {
      if (!present.has(meterId)) this.#drop(meterId, device);
    }
    this.#withoutToken = withoutToken;
    this.#changed();
  }

  health(): SinkHealth {
    if (this.#state === "stopped") {
      return { state: "stopped", code: undefined, message: undefined, sinceMs: this.#sinceMs };
    }
    const devices = [...this.#devices.values()].map(({ connection, link }) => ({
      meter: link.meter.name,
      connected: connection.isConnected,
      code: connection.problem?.code ?? link.refusal,
      sinceMs: connection.sinceMs,
    }));
    return summariseHealth(devices, this.#withoutToken, this.#sinceMs);
  }

  ready(meterId: number): boolean {
    return this.#devices.get(meterId)?.connection.isConnected === true;
  }

  deliver(row: OutboxRow): Promise<DeliveryOutcome> {
    const device = this.#devices.get(row.record.meterId);
    if (device === undefined) {
      return Promise.resolve({ type: "retry", code: "thingsboard/no-token" });
    }
    return device.link.deliver(row);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Closes all connections politely, at once. */
  async stop(withinMs = 1000): Promise<void> {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#sinceMs = this.#options.clock.nowMs();
    const devices = [...this.#devices.values()];
    await Promise.all(devices.map(({ connection }) => connection.stop(withinMs)));
    this.#changed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #setDevice(meter: Meter, token: Secret): void {
    const known = this.#devices.get(meter.id);
    if (known !== undefined && equalOctets(known.token.reveal(), token.reveal())) {
      known.link.update(meter);
      return;
    }
    if (known !== undefined) this.#drop(meter.id, known);
    const connection = this.#connectionFor(meter, token, () => link.connected());
    const link = new MeterLink(connection, meter, this.#options.gatewayVersion);
    this.#devices.set(meter.id, { token, connection, link });
    connection.start();
  }

  #connectionFor(
    { id }: Pick<Meter, "id">,
    token: Secret,
    onConnected: () => void,
  ): MqttConnection {
    const { definition, clock, random, connection } = this.#options;
    return new MqttConnection({
      ...connection,
      url: definition.url,
      tls: definition.tls,
      identity: {
        // ThingsBoard knows a device by its token alone; the identifier only helps its logs.
        clientId: `lectura-${definition.id}-${id}`,
        username: token,
        password: undefined,
      },
      limits: { windowMax: deviceWindowMax, ackGraceMs, ...connection?.limits },
      clock,
      random,
      gate: this.#gate,
      onConnected,
      onChange: () => this.#changed(),
    });
  }

  #drop(meterId: number, { connection }: Device): void {
    this.#devices.delete(meterId);
    void connection.stop();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
