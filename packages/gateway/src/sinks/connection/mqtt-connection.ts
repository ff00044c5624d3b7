/**
 * One MQTT connection that is always there or coming back: MQTT 5 first, 3.1.1 where the server
 * wants it, clean start, our own pauses. Nothing is queued here: a publish without a connection is
 * refused at once, because the outbox is the queue.
 */
import type { Clock } from "@lectura/dlms-node";
import type { TlsSettings } from "../../registry/model.ts";
import { Backoff, type BackoffKind, type BackoffLimits, defaultBackoff } from "./backoff.ts";
import type { ConnectGate } from "./connect-gate.ts";
import { type MqttAddress, parseMqttUrl } from "./mqtt-address.ts";
import {
  looksTakenOver,
  type MqttProblem,
  nameProblem,
  refusesProtocol,
  type SessionEnding,
} from "./mqtt-problem.ts";
import {
  type MqttIdentity,
  type MqttLimits,
  MqttSession,
  type MqttVersion,
  type MqttWill,
} from "./mqtt-session.ts";
import { openMqttSocket, type OpenMqttSocket } from "./mqtt-socket.ts";
import type { PublishOutcome } from "./publish-ledger.ts";

export const defaultMqttLimits: MqttLimits = {
  connectTimeoutMs: 10_000,
  keepaliveS: 60,
  ackTimeoutMs: 10_000,
  windowMax: 100,
  packetOctetsMax: 1_048_576,
  ackGraceMs: 0,
};

/** A close this soon after CONNACK, several times, is the mark of a rival client. */
const takenOverSoonMs = 10_000;
const takenOverCloses = 3;

export interface MqttConnectionOptions {
  readonly url: string;
  readonly tls: TlsSettings | undefined;
  readonly identity: MqttIdentity;
  readonly will?: MqttWill;
  readonly limits?: Partial<MqttLimits>;
  readonly backoff?: Partial<BackoffLimits>;
  readonly clock: Clock;
  /** 0 <= x < 1, for jitter. */
  readonly random: () => number;
  /** Shared by connections to the same server. */
  readonly gate?: ConnectGate;
  readonly openSocket?: OpenMqttSocket;
  /** CONNACK 0 arrived: publish what every session needs. */
  readonly onConnected?: () => void;
  /** State, problem or window changed. */
  readonly onChange: () => void;
}

export type MqttConnectionState = "idle" | "connecting" | "connected" | "waiting" | "stopped";

export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  readonly #address: MqttAddress;
  readonly #limits: MqttLimits;
  readonly #backoff: Backoff;
  #state: MqttConnectionState = "idle";
  #sinceMs: number;
  #problem: MqttProblem | undefined;
  #version: MqttVersion = 5;
  #session: MqttSession | undefined;
  #gateTicket: Disposable | undefined;
  #pause: Disposable | undefined;
  #suspiciousCloses = 0;
  #stopped: (() => void) | undefined;

  /** @throws {RangeError} the URL is no MQTT address. */
  constructor(options: MqttConnectionOptions) {
    this.#options = options;
    this.#address = parseMqttUrl(options.url);
    this.#limits = { ...defaultMqttLimits, ...options.limits };
    this.#backoff = new Backoff({ ...defaultBackoff, ...options.backoff }, options.random);
    this.#sinceMs = options.clock.nowMs();
  }

  get state(): MqttConnectionState {
    return this.#state;
  }

  /** UTC ms of the last change of state. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Why there is no connection; undefined while there is one. */
  get problem(): MqttProblem | undefined {
    return this.#problem;
  }

  get isConnected(): boolean {
    return this.#session?.isConnected === true;
  }

  /** Version of the next or present session. */
  get version(): MqttVersion {
    return this.#version;
  }

  /** Publishes whose outcome is open. */
  get openCount(): number {
    return this.#session?.openCount ?? 0;
  }

  /** Publishes that may be under way at once: ours, or less where the server says so. */
  get windowMax(): number {
    return this.#session?.windowMax ?? this.#limits.windowMax;
  }

  /** Dials. Idempotent. */
  start(): void {
    if (this.#state !== "idle") return;
    this.#dial();
  }

  /** Dials now if a pause is running: something changed that may help (a new token). */
  retryNow(): void {
    if (this.#state !== "waiting") return;
    this.#backoff.reset();
    this.#pause?.[Symbol.dispose]();
    this.#dial();
  }

  /** QoS 1. Settles on PUBACK, on the loss of the connection or at once; never rejects. */
  publish(
    topic: string,
    payload: string,
    options: { readonly retain?: boolean } = {},
  ): Promise<PublishOutcome> {
    const session = this.#session;
    if (session === undefined) {
      return Promise.resolve({ type: "lost", code: "mqtt/not-connected" });
    }
    return session.publish(topic, payload, options.retain ?? false);
  }

  /** DISCONNECT and close within `withinMs`; open publishes are lost. Idempotent. */
  async stop(withinMs = 1000): Promise<void> {
    if (this.#state === "stopped") return;
    this.#pause?.[Symbol.dispose]();
    this.#gateTicket?.[Symbol.dispose]();
    this.#become("stopped", undefined);
    const session = this.#session;
    if (session === undefined) return;
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      session.end(withinMs);
    });
  }

  #dial(): void {
    this.#become("connecting", this.#problem);
    const { gate } = this.#options;
    if (gate === undefined) void this.#connect();
    else this.#gateTicket = gate.enter(() => void this.#connect());
  }

  async #connect(): Promise<void> {
    const { tls, clock, identity, will } = this.#options;
    try {
      const socket = await (this.#options.openSocket ?? openMqttSocket)(this.#address, tls);
      if (this.#state !== "connecting") {
        socket.socket.destroy();
        return;
      }
      this.#session = new MqttSession({
        socket,
        version: this.#version,
        identity,
        will,
        limits: this.#limits,
        clock,
        connected: () => this.#connected(),
        ended: (ending) => this.#ended(ending),
      });
    } catch (error) {
      // A certificate file that is not there, a key that does not fit.
      this.#ended({
        livedMs: undefined,
        connackReason: undefined,
        disconnectReason: undefined,
        error: error instanceof Error ? error : new Error(String(error)),
        established: false,
        publishesLost: 0,
        ours: undefined,
      });
    }
  }

  #connected(): void {
    if (this.#state !== "connecting") return;
    this.#gateTicket?.[Symbol.dispose]();
    this.#become("connected", undefined);
    this.#options.onConnected?.();
  }

  #ended(ending: SessionEnding): void {
    this.#session = undefined;
    this.#gateTicket?.[Symbol.dispose]();
    this.#stopped?.();
    if (this.#state === "stopped") return;
    this.#backoff.lived(ending.livedMs);
    if (refusesProtocol(ending) && this.#version === 5) {
      this.#version = 4;
      this.#dial();
      return;
    }
    // Old servers close at an MQTT 5 CONNECT without a word; a server that is going down does too,
    // so the versions take turns until one of them gets a CONNACK, and that one is remembered.
    const silent = ending.livedMs === undefined && ending.connackReason === undefined;
    if (silent && ending.established && ending.ours === undefined) {
      this.#version = this.#version === 5 ? 4 : 5;
    }
    const problem = this.#name(ending);
    this.#become("waiting", problem);
    const pauseMs = this.#backoff.next(pauseKind(problem));
    this.#pause = this.#options.clock.timer(pauseMs, () => this.#dial());
  }

  #name(ending: SessionEnding): MqttProblem {
    const named = nameProblem(ending, this.#options.url, this.#address.tls);
    const rival = looksTakenOver(ending, takenOverSoonMs);
    if (rival === "maybe") this.#suspiciousCloses += 1;
    else if ((ending.livedMs ?? 0) >= takenOverSoonMs) this.#suspiciousCloses = 0;
    if (rival !== "certain" && (rival === "no" || this.#suspiciousCloses < takenOverCloses)) {
      return named;
    }
    return {
      code: "mqtt/taken-over",
      message: `${this.#options.url}: another client uses the same identity and pushes us out`,
    };
  }

  #become(state: MqttConnectionState, problem: MqttProblem | undefined): void {
    this.#state = state;
    this.#problem = problem;
    this.#sinceMs = this.#options.clock.nowMs();
    this.#options.onChange();
  }
}

function pauseKind({ code }: MqttProblem): BackoffKind {
  if (code === "mqtt/taken-over") return "taken-over";
  if (code === "mqtt/bad-credentials" || code === "mqtt/not-authorised") return "credentials";
  return "ordinary";
}
