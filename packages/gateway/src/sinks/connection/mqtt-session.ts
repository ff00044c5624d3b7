/**
 * One network connection from the first octet to the close, over MQTT.js. The library gets no
 * chance to queue, to re-send or to reconnect: a session is thrown away with its connection, and
 * what had no PUBACK is reported lost, because the outbox keeps the rows.
 */
import { type IClientOptions, type IConnackPacket, MqttClient } from "mqtt";
import type { Clock } from "@lectura/dlms-node";
import type { Secret } from "@lectura/dlms/security";
import type { SessionEnding } from "./mqtt-problem.ts";
import type { MqttSocket } from "./mqtt-socket.ts";
import { type PublishOutcome, PublishLedger } from "./publish-ledger.ts";

export type MqttVersion = 4 | 5;

export interface MqttIdentity {
  readonly clientId: string;
  /** A plain user name, or a token in its place (ThingsBoard). */
  readonly username: string | Secret | undefined;
  readonly password: Secret | undefined;
}

export interface MqttWill {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** Times in milliseconds unless named otherwise. */
export interface MqttLimits {
  readonly connectTimeoutMs: number;
  readonly keepaliveS: number;
  readonly ackTimeoutMs: number;
  /** Publishes without PUBACK at once; the server's Receive Maximum lowers it. */
  readonly windowMax: number;
  /** Largest PUBLISH we send; the server's Maximum Packet Size lowers it. */
  readonly packetOctetsMax: number;
  /** MQTT 3.1.1 only: how long a connection must outlive a PUBACK for it to count. */
  readonly ackGraceMs: number;
}

export interface SessionOptions {
  readonly socket: MqttSocket;
  readonly version: MqttVersion;
  readonly identity: MqttIdentity;
  readonly will: MqttWill | undefined;
  readonly limits: MqttLimits;
  readonly clock: Clock;
  readonly connected: () => void;
  readonly ended: (ending: SessionEnding) => void;
}

/** Fixed header, topic length, packet identifier and an empty property list, generously. */
const publishOverheadOctets = 16;

export class MqttSession {
  readonly #options: SessionOptions;
  readonly #client: MqttClient;
  readonly #ledger: PublishLedger;
  readonly #connectTimer: Disposable;
  #connectedAtMs: number | undefined;
  #windowMax: number;
  #packetOctetsMax: number;
  #retainAvailable = true;
  #ending: Omit<SessionEnding, "livedMs" | "established" | "publishesLost"> = {
    connackReason: undefined,
    disconnectReason: undefined,
    error: undefined,
    ours: undefined,
  };
  #over = false;

  constructor(options: SessionOptions) {
    const { limits, clock } = options;
    this.#options = options;
    this.#windowMax = limits.windowMax;
    this.#packetOctetsMax = limits.packetOctetsMax;
    this.#ledger = new PublishLedger({
      clock,
      ackTimeoutMs: limits.ackTimeoutMs,
      graceMs: options.version === 4 ? limits.ackGraceMs : 0,
      timedOut: () => this.#abandon("no-ack"),
    });
    this.#connectTimer = clock.timer(limits.connectTimeoutMs, () =>
      this.#abandon("connect-timeout"),
    );
    this.#client = new MqttClient(() => options.socket.socket, clientOptions(options));
    // The library's ping watchdog, whose error could not be told from others.
    this.#client.onKeepaliveTimeout = () => this.#abandon("keepalive");
    this.#client.on("packetreceive", (packet) => {
      if (packet.cmd === "connack") this.#connack(packet);
    });
    this.#client.on("connect", () => this.#connected());
    this.#client.on("disconnect", ({ reasonCode }) => {
      this.#ending = { ...this.#ending, disconnectReason: reasonCode ?? 0 };
    });
    this.#client.on("error", (error) => this.#failed(error));
    this.#client.on("close", () => this.#closed());
  }

  get version(): MqttVersion {
    return this.#options.version;
  }

  get isConnected(): boolean {
    return this.#connectedAtMs !== undefined && !this.#over;
  }

  /** Publishes that may be without PUBACK at once. */
  get windowMax(): number {
    return this.#windowMax;
  }

  /** Publishes whose outcome is open, those in their grace included. */
  get openCount(): number {
    return this.#ledger.openCount;
  }

  /** Settles as `PublishOutcome` says; never rejects. */
  publish(topic: string, payload: string, retain: boolean): Promise<PublishOutcome> {
    if (!this.isConnected) return lost("mqtt/not-connected");
    if (this.#ledger.waitingCount >= this.#windowMax) return lost("mqtt/window-full");
    const octets = Buffer.byteLength(payload) + Buffer.byteLength(topic) + publishOverheadOctets;
    if (octets > this.#packetOctetsMax) {
      return Promise.resolve({ type: "too-large", octetsMax: this.#packetOctetsMax });
    }
    return new Promise((resolve) => {
      const answered = this.#ledger.open(resolve);
      const options = { qos: 1, retain: retain && this.#retainAvailable } as const;
      this.#client.publish(topic, payload, options, (error) => {
        // An error without a reason code is the library's "connection closed": `lose` covers it.
        const reason = error instanceof Error ? reasonOf(error) : 0;
        if (reason !== undefined) answered(reason);
      });
    });
  }

  /** Resolves when every publish has settled. */
  drained(): Promise<void> {
    return this.#ledger.drained();
  }

  /** DISCONNECT and close, by force after `withinMs`. */
  end(withinMs: number): void {
    if (this.#over) return;
    if (!this.isConnected || this.#ledger.waitingCount > 0) {
      this.#abandon("stopped");
      return;
    }
    this.#ending = { ...this.#ending, ours: "stopped" };
    const force = this.#options.clock.timer(withinMs, () => this.#options.socket.socket.destroy());
    this.#client.once("close", () => force[Symbol.dispose]());
    this.#client.end(false);
  }

  #connack(packet: IConnackPacket): void {
    const reason = this.#options.version === 5 ? packet.reasonCode : packet.returnCode;
    if (reason !== undefined && reason !== 0) {
      this.#ending = { ...this.#ending, connackReason: reason };
      return;
    }
    const { receiveMaximum, maximumPacketSize, retainAvailable, maximumQoS } =
      packet.properties ?? {};
    this.#windowMax = Math.min(this.#windowMax, receiveMaximum ?? this.#windowMax);
    this.#packetOctetsMax = Math.min(
      this.#packetOctetsMax,
      maximumPacketSize ?? this.#packetOctetsMax,
    );
    this.#retainAvailable = retainAvailable ?? true;
    if (maximumQoS === 0) this.#abandon("no-qos");
  }

  #connected(): void {
    if (this.#over || this.#ending.ours !== undefined) return;
    this.#connectTimer[Symbol.dispose]();
    this.#connectedAtMs = this.#options.clock.monotonicMs();
    this.#options.connected();
  }

  #failed(error: Error): void {
    this.#ending = { ...this.#ending, error: this.#ending.error ?? error };
    // A packet that does not parse leaves the library's connection open, deaf.
    this.#options.socket.socket.destroy();
  }

  #abandon(ours: NonNullable<SessionEnding["ours"]>): void {
    if (this.#over) return;
    this.#ending = { ...this.#ending, ours };
    // A black-holed connection never answers a FIN, so there is no polite end.
    this.#client.end(true);
  }

  #closed(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connectTimer[Symbol.dispose]();
    const { clock, socket } = this.#options;
    const publishesLost = this.#ledger.openCount;
    this.#ledger.lose(this.#ending.ours === "no-ack" ? "mqtt/no-ack" : "mqtt/closed");
    this.#options.ended({
      ...this.#ending,
      livedMs:
        this.#connectedAtMs === undefined ? undefined : clock.monotonicMs() - this.#connectedAtMs,
      established: socket.established(),
      publishesLost,
    });
  }
}

function lost(code: "mqtt/not-connected" | "mqtt/window-full"): Promise<PublishOutcome> {
  return Promise.resolve({ type: "lost", code });
}

function reasonOf(error: Error): number | undefined {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "number" ? code : undefined;
}

function clientOptions(options: SessionOptions): IClientOptions {
  const { identity, will, limits, version, clock } = options;
  const username =
    typeof identity.username === "object"
      ? Buffer.from(identity.username.reveal()).toString("utf8")
      : identity.username;
  return {
    protocolId: "MQTT",
    protocolVersion: version,
    clean: true,
    clientId: identity.clientId,
    keepalive: limits.keepaliveS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // Ours runs on the passed clock and is shorter; this one must only not be in its way.
    connectTimeout: limits.connectTimeoutMs * 2,
    timerVariant: clockIntervals(clock),
    log: () => {},
    ...(username === undefined ? {} : { username }),
    ...(identity.password === undefined
      ? {}
      : { password: Buffer.from(identity.password.reveal()) }),
    ...(will === undefined
      ? {}
      : { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const } }),
  };
}

/** MQTT.js's keepalive on the passed clock. */
function clockIntervals(clock: Clock): NonNullable<IClientOptions["timerVariant"]> {
  const running = new Map<number, Disposable>();
  let lastId = 0;
  const arm = (id: number, everyMs: number, fire: () => void): void => {
    running.set(
      id,
      clock.timer(everyMs, () => {
        arm(id, everyMs, fire);
        fire();
      }),
    );
  };
  return {
    set: (fire: () => void, everyMs = 0) => {
      lastId += 1;
      arm(lastId, everyMs, fire);
      return lastId;
    },
    clear: (id: number) => {
      running.get(id)?.[Symbol.dispose]();
      running.delete(id);
    },
  };
}
