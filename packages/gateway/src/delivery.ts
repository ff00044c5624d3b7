import type { Secret } from "@lectura/dlms/security";
import { equalOctets } from "@lectura/dlms/octets";
import type { Clock } from "@lectura/dlms-node";
import type { SinkStatus } from "./control/gateway-control.ts";
import type { Happening } from "./observe/event-book.ts";
import type { Meter, SinkDefinition } from "./registry/model.ts";
import { Drain, type DrainEvent } from "./sinks/drain.ts";
import { MqttSink } from "./sinks/mqtt/mqtt-sink.ts";
import type { Sink, SinkHealth } from "./sinks/sink.ts";
import { ThingsBoardDeviceSink } from "./sinks/thingsboard-device/thingsboard-device-sink.ts";
import type { Settings } from "./settings/settings.ts";
import type { SinkCounts, Store } from "./store/store.ts";

export interface DeliveryParts {
  /** False: sinks are known and counted, nothing is sent. */
  readonly delivers: boolean;
  readonly store: Pick<Store, "pending" | "acknowledge" | "attempted" | "deadLetter" | "counts">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly gatewayVersion: string;
  /** For every MQTT connection. */
  readonly mqtt: Settings["mqtt"];
  readonly meters: () => readonly Meter[];
  readonly meterOf: (meterId: number) => Meter | undefined;
  readonly sinkPassword: (sinkId: number) => Secret | undefined;
  readonly thingsBoardToken: (meterId: number) => Secret | undefined;
  readonly tell: (happening: Happening) => void;
}

/** How long a sink that is edited or removed may take to end its publishes. */
const replaceMs = 2_000;

interface Running {
  readonly definition: SinkDefinition;
  readonly password: Secret | undefined;
  readonly sink: Sink;
  readonly drain: Drain;
}

/**
 * Every sink of the registry with the drain of its outbox. A paused sink has neither: its rows wait
 * in the outbox. A sink that cannot be built is told and waits for an edit.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #running = new Map<number, Running>();
  readonly #failed = new Map<
    number,
    { readonly definition: SinkDefinition; readonly why: string }
  >();
  readonly #told = new Map<number, string>();
  /** Sinks being closed; what replaces them begins after that, or rows would be sent twice. */
  readonly #ending = new Map<number, Promise<void>>();
  #definitions: readonly SinkDefinition[] = [];
  #stopped = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  get definitions(): readonly SinkDefinition[] {
    return this.#definitions;
  }

  /** Sinks that are to get a meter's readings, paused ones too. */
  sinksOf(meter: Meter | undefined): readonly number[] {
    return this.#definitions
      .filter(({ kind }) => kind !== "thingsboard-device" || meter?.hasThingsBoardToken === true)
      .map(({ id }) => id);
  }

  /** Makes the running sinks what the registry says. */
  apply(definitions: readonly SinkDefinition[]): void {
    if (this.#stopped) return;
    this.#definitions = definitions;
    if (!this.#parts.delivers) return;
    const wanted = new Map(definitions.map((definition) => [definition.id, definition]));
    for (const [id, running] of this.#running) {
      const definition = wanted.get(id);
      if (definition !== undefined && !this.#isOther(running, definition)) {
        if (running.sink instanceof ThingsBoardDeviceSink) running.sink.refresh();
        continue;
      }
      this.#running.delete(id);
      this.#end(running);
    }
    for (const definition of definitions) {
      const { id, paused } = definition;
      if (paused || this.#running.has(id) || this.#ending.has(id)) continue;
      this.#begin(definition);
    }
    for (const id of this.#failed.keys()) if (!wanted.has(id)) this.#failed.delete(id);
  }

  /** Rows were committed. */
  notify(): void {
    for (const { drain } of this.#running.values()) drain.notify();
  }

  async statuses(): Promise<readonly SinkStatus[]> {
    return Promise.all(this.#definitions.map((definition) => this.status(definition)));
  }

  async status(sink: SinkDefinition): Promise<SinkStatus> {
    const counts: SinkCounts = await this.#parts.store.counts(sink.id);
    return { sink, health: this.#health(sink), counts };
  }

  /** Delivers what it can, then closes every sink. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all([
      ...running.map((one) => this.#close(one, deadlineMs)),
      ...this.#ending.values(),
    ]);
  }

  #begin(definition: SinkDefinition): void {
    const { id, name } = definition;
    const failed = this.#failed.get(id);
    if (failed?.definition === definition) return;
    this.#failed.delete(id);
    const password = this.#parts.sinkPassword(id);
    try {
      const sink = this.#build(definition, password);
      const { store, clock } = this.#parts;
      const drain = new Drain({
        sink,
        store,
        clock,
        onEvent: (event) => this.#tellDrain(name, event),
      });
      sink.onChange(() => this.#tellHealth(sink));
      this.#running.set(id, { definition, password, sink, drain });
      sink.start();
      drain.start();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#failed.set(id, { definition, why: error.message });
      const message = `sink ${name} cannot be used: ${error.message}`;
      this.#parts.tell({ code: "sink/invalid", severity: "error", message });
    }
  }

  #build(definition: SinkDefinition, password: Secret | undefined): Sink {
    const { clock, random, meters, meterOf, gatewayVersion, mqtt } = this.#parts;
    const backoff = { firstMs: mqtt.reconnectMsMin, maxMs: mqtt.reconnectMsMax };
    const { connectTimeoutMs, keepAliveSeconds: keepaliveS } = mqtt;
    const limits = { connectTimeoutMs, keepaliveS };
    if (definition.kind === "thingsboard-device") {
      const tokenOf = this.#parts.thingsBoardToken;
      const connection = { backoff, limits };
      const what = { definition, meters, tokenOf, gatewayVersion, connection };
      return new ThingsBoardDeviceSink({ ...what, clock, random });
    }
    const connection = { backoff, limits: { ...limits, windowMax: mqtt.inFlightMax } };
    // A sink without a user of its own takes the one of the settings, password and all.
    const isOwn = definition.username !== undefined || mqtt.username === "";
    return new MqttSink({
      definition: isOwn ? definition : { ...definition, username: mqtt.username },
      password: isOwn ? password : mqtt.password,
      meterOf,
      clock,
      random,
      connection,
    });
  }

  #isOther(running: Running, definition: SinkDefinition): boolean {
    if (definition.paused) return true;
    if (JSON.stringify(running.definition) !== JSON.stringify(definition)) return true;
    const password = this.#parts.sinkPassword(definition.id);
    if (password === undefined || running.password === undefined) {
      return password !== running.password;
    }
    return !equalOctets(password.reveal(), running.password.reveal());
  }

  #end(running: Running): void {
    const { id } = running.definition;
    const ended = this.#close(running, replaceMs).then(() => {
      this.#ending.delete(id);
      this.apply(this.#definitions);
    });
    this.#ending.set(id, ended);
  }

  async #close({ sink, drain }: Running, deadlineMs: number): Promise<void> {
    await drain.stop(deadlineMs);
    await sink[Symbol.asyncDispose]();
  }

  #health(sink: SinkDefinition): SinkHealth {
    const running = this.#running.get(sink.id);
    if (running !== undefined) return running.sink.health();
    const failed = this.#failed.get(sink.id);
    const sinceMs = this.#parts.clock.nowMs();
    if (failed !== undefined) {
      return { state: "failed", code: "sink/invalid", message: failed.why, sinceMs };
    }
    const state = sink.paused ? "paused" : "stopped";
    return { state, code: undefined, message: undefined, sinceMs };
  }

  /** Each new trouble of a sink once, and its end. */
  #tellHealth(sink: Sink): void {
    if (this.#stopped) return;
    const { state, code, message } = sink.health();
    const now = state === "connected" ? "connected" : (code ?? "");
    const before = this.#told.get(sink.sinkId);
    if (now === "" || now === before) return;
    this.#told.set(sink.sinkId, now);
    if (state === "connected") {
      if (before === undefined) return;
      this.#parts.tell({
        code: "sink/connected",
        severity: "info",
        message: `sink ${sink.name} is connected`,
      });
    } else {
      const text = `sink ${sink.name}: ${message ?? now}; its readings wait in the outbox`;
      this.#parts.tell({ code: now, severity: "warning", message: text });
    }
  }

  #tellDrain(name: string, event: DrainEvent): void {
    if (event.type === "store-failed") return;
    const { meterId, code, reason } = event;
    const message = `sink ${name} can never accept a record (${reason}); it is a dead letter now`;
    this.#parts.tell({ code, severity: "error", meterId, message });
  }
}
