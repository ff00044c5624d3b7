/**
 * One MQTT connection to the fake: MqttTransportHandler of ThingsBoard, for devices. Cases
 * F1..F28 of the project's ThingsBoard notes, section 4.2, are named where they are played.
 */
import type { Socket } from "node:net";
import type { Clock } from "@lectura/dlms-node";
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscribePacket,
  type Packet,
  parser,
} from "mqtt-packet";
import type { FakeDevice } from "./device.ts";
import type { ThingsBoardProfile } from "./profile.ts";
import {
  AdaptorError,
  parseAttributes,
  parseTelemetry,
  type TimedValues,
} from "./telemetry-json.ts";

/** What a session asks of its server. */
export interface SessionHost {
  readonly clock: Clock;
  readonly profile: ThingsBoardProfile;
  readonly typeCast: boolean;
  readonly payloadOctetsMax: number;
  /** Reads no token at all while true: the backend is starting (F2). */
  readonly backendDown: boolean;
  /** CONNECT is answered this late, and packets queue up meanwhile (F6). */
  readonly connectDelayMs: number;
  readonly refuseVersion5: "no" | "code" | "close";
  deviceByToken(token: string): FakeDevice | undefined;
  /** The session becomes the device's; the one before is closed (F5). Returns its number. */
  adopt(device: FakeDevice, session: DeviceSession): number;
  attempt(packet: IConnectPacket, code: number): void;
  ended(session: DeviceSession): void;
  /** Gateway topics; the gateway API plugs in here. False: not handled. */
  gatewayPublish(session: DeviceSession, packet: IPublishPacket): boolean;
}

type Version = 3 | 4 | 5;

/** MQTT_MSG_QUEUE_SIZE_PER_DEVICE_LIMIT. */
const earlyPacketsMax = 100;

const telemetryTopics = new Set(["v1/devices/me/telemetry", "v2/t", "v2/t/j"]);
const attributesTopics = new Set(["v1/devices/me/attributes", "v2/a", "v2/a/j"]);
/** Exact strings; anything else is refused (F7). */
const subscribable = new Set([
  "v1/devices/me/attributes",
  "v1/devices/me/attributes/response/+",
  "v1/devices/me/rpc/request/+",
  "v1/devices/me/rpc/response/+",
  "v1/gateway/attributes",
  "v1/gateway/attributes/response",
  "v1/gateway/rpc",
]);

export class DeviceSession {
  readonly #host: SessionHost;
  readonly #socket: Socket;
  #version: Version = 4;
  readonly #early: Packet[] = [];
  #device: FakeDevice | undefined;
  #number = 0;
  #phase: "new" | "connecting" | "open" | "closed" = "new";
  #blackHole = false;

  constructor(host: SessionHost, socket: Socket) {
    this.#host = host;
    this.#socket = socket;
    const packets = parser();
    packets.on("packet", (packet) => this.#receive(packet));
    packets.on("error", () => this.close(0x81));
    socket.on("data", (chunk: Buffer) => {
      if (!this.#blackHole) packets.parse(chunk);
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#phase = "closed";
      host.ended(this);
    });
  }

  get device(): FakeDevice | undefined {
    return this.#device;
  }

  /** Closes; MQTT 5 clients of servers since 3.7 are told the reason first. */
  close(reason: number): void {
    if (this.#phase === "closed") return;
    if (this.#version === 5 && this.#host.profile.disconnectReasons) {
      this.#send({ cmd: "disconnect", reasonCode: reason });
    }
    this.#phase = "closed";
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** Breaks TCP without a word. */
  drop(): void {
    this.#phase = "closed";
    this.#socket.resetAndDestroy();
  }

  /** Keeps TCP open and neither reads nor answers from now on. */
  swallow(): void {
    this.#blackHole = true;
  }

  #receive(packet: Packet): void {
    if (this.#phase === "closed") return;
    if ((packet.length ?? 0) > this.#host.payloadOctetsMax) {
      this.close(0x81); // F15
    } else if (packet.cmd === "connect") void this.#connect(packet);
    else if (this.#phase === "open") this.#handle(packet);
    else if (this.#phase === "connecting" && this.#early.length < earlyPacketsMax) {
      this.#early.push(packet);
    } else this.close(0x97); // F6
  }

  async #connect(packet: IConnectPacket): Promise<void> {
    const host = this.#host;
    const version = packet.protocolVersion ?? 4;
    this.#version = version;
    if (version === 5 && host.refuseVersion5 !== "no") {
      // Brokers without MQTT 5; ThingsBoard itself speaks it.
      this.#version = 4;
      if (host.refuseVersion5 === "code") this.#connack(packet, 1, 0x84);
      else this.drop();
      return;
    }
    this.#phase = "connecting";
    if (host.connectDelayMs > 0) await host.clock.sleep(host.connectDelayMs);
    if (this.#isClosed()) return;
    if (host.backendDown) {
      this.#connack(packet, 3, 0x88);
      return;
    }
    const { username, clientId } = packet;
    const device = username === undefined ? undefined : host.deviceByToken(username);
    if (device === undefined) {
      // F1: wrong token; nothing but a client identifier; nothing at all.
      if (username !== undefined) this.#connack(packet, 5, 0x86);
      else if (clientId.trim() !== "") this.#connack(packet, 2, 0x85);
      else this.#connack(packet, 5, 0x87);
      return;
    }
    this.#device = device;
    this.#number = host.adopt(device, this);
    this.#phase = "open";
    this.#connack(packet, 0, 0);
    for (const early of this.#early.splice(0)) this.#handle(early);
  }

  #connack(packet: IConnectPacket, code: number, reason: number): void {
    const isFive = this.#version === 5;
    this.#host.attempt(packet, isFive ? reason : code);
    this.#send({
      cmd: "connack",
      // F3: always the opposite of "clean", though nothing is kept.
      sessionPresent: code === 0 && packet.clean === false,
      ...(isFive ? { reasonCode: reason } : { returnCode: code }),
    });
    if (code !== 0) this.close(reason);
  }

  #handle(packet: Packet): void {
    if (this.#isClosed()) return;
    if (packet.cmd === "publish") this.#publish(packet);
    else if (packet.cmd === "subscribe") this.#subscribe(packet);
    else if (packet.cmd === "unsubscribe") {
      this.#send({ cmd: "unsuback", messageId: packet.messageId!, granted: [0] });
    } else if (packet.cmd === "pingreq") {
      this.#send({ cmd: "pingresp" }); // F28: answered, never demanded
    } else if (packet.cmd === "disconnect") {
      this.#phase = "closed";
      this.#socket.end();
    }
  }

  #subscribe(packet: ISubscribePacket): void {
    const refused = this.#version === 5 ? 0x8f : 0x80;
    this.#send({
      cmd: "suback",
      messageId: packet.messageId!,
      granted: packet.subscriptions.map(({ topic, qos }) =>
        subscribable.has(topic) ? Math.min(1, qos) : refused,
      ),
    });
  }

  #publish(packet: IPublishPacket): void {
    const device = this.#device!;
    const payload = packet.payload.toString();
    const { topic, qos, dup } = packet;
    device.publishes.push({ topic, payload, qos, dup, session: this.#number });
    if (topic.startsWith("v1/gateway/")) {
      // F16: a device that is no gateway gets no answer.
      if (device.isGateway) this.#host.gatewayPublish(this, packet);
      return;
    }
    if (this.#playFault(packet)) return;
    try {
      if (telemetryTopics.has(topic)) this.#telemetry(packet, payload);
      else if (attributesTopics.has(topic)) this.#attributes(packet, payload);
      else this.#acknowledge(packet, 0x90);
    } catch (error) {
      if (error instanceof AdaptorError) this.#refuse(packet, 0x99);
      else this.close(0x8b);
    }
  }

  /** Scripted misbehaviour; true when the publish is dealt with. */
  #playFault(packet: IPublishPacket): boolean {
    const { faults } = this.#device!;
    if (faults.ignorePublishes > 0) {
      faults.ignorePublishes -= 1;
      return true;
    }
    if (faults.rateLimited > 0) {
      faults.rateLimited -= 1;
      this.close(0x83);
      return true;
    }
    if (faults.acksThenClose > 0) {
      faults.acksThenClose -= 1;
      this.#acknowledge(packet, 0x97);
      this.close(0x97);
      return true;
    }
    if (faults.refusals.count > 0) {
      faults.refusals.count -= 1;
      this.#refuse(packet, faults.refusals.reason);
      return true;
    }
    return false;
  }

  #telemetry(packet: IPublishPacket, payload: string): void {
    const device = this.#device!;
    const batches = parseTelemetry(payload, this.#host.typeCast);
    const { poisonKey } = device.faults;
    if (poisonKey !== undefined && batches.some(({ values }) => values.has(poisonKey))) {
      throw new AdaptorError("scripted");
    }
    for (const batch of batches) this.#store(device, batch);
    // F10: the callback waits for as many answers as there are messages, and none never comes.
    if (batches.every(({ values }) => values.size === 0)) return;
    this.#acknowledge(packet, 0);
  }

  #store(device: FakeDevice, { ts, values }: TimedValues): void {
    for (const [key, value] of values) {
      const series = device.telemetry.get(key) ?? new Map<number, typeof value>();
      series.set(ts ?? this.#host.clock.nowMs(), value);
      device.telemetry.set(key, series);
    }
  }

  #attributes(packet: IPublishPacket, payload: string): void {
    for (const [key, value] of parseAttributes(payload, this.#host.typeCast)) {
      this.#device!.clientAttributes.set(key, value);
    }
    this.#acknowledge(packet, 0);
  }

  /** F11: a refusal has a reason on MQTT 5 only; 3.1.1 is closed. */
  #refuse(packet: IPublishPacket, reason: number): void {
    if (this.#version === 5) this.#acknowledge(packet, reason);
    else this.close(reason);
  }

  /** F13: QoS 2 is answered with PUBACK, QoS 0 with nothing. */
  #acknowledge({ qos, messageId }: IPublishPacket, reason: number): void {
    const { faults } = this.#device!;
    if (qos === 0) return;
    if (faults.losePubacks > 0) {
      faults.losePubacks -= 1;
      return;
    }
    const answer = (): void => {
      const isFive = this.#version === 5;
      this.#send({
        cmd: "puback",
        messageId: messageId!,
        ...(isFive ? { reasonCode: reason } : {}),
      });
    };
    if (faults.ackDelayMs === 0) answer();
    else this.#host.clock.timer(faults.ackDelayMs, answer);
  }

  #send(packet: Packet): void {
    if (this.#blackHole || this.#phase === "closed") return;
    this.#socket.write(generate(packet, { protocolVersion: this.#version }));
  }

  #isClosed(): boolean {
    return this.#phase === "closed";
  }
}
