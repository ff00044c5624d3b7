/**
 * An MQTT server for tests of a publisher: takes QoS 1, keeps retained messages and wills, and
 * can be told to misbehave. It routes nothing.
 */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
  parser,
} from "mqtt-packet";
import type { Clock } from "@lectura/dlms-node";

export interface FakeBrokerOptions {
  readonly clock: Clock;
  /** Absent: everybody may connect. */
  readonly username?: string;
  readonly password?: string;
  /** MQTT 5 CONNACK properties. */
  readonly receiveMaximum?: number;
  readonly maximumPacketSize?: number;
}

export interface BrokerPublish {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
}

interface Client {
  readonly socket: Socket;
  version: 3 | 4 | 5;
  connect: IConnectPacket | undefined;
  unacknowledged: number;
  silent: boolean;
}

export class FakeBroker implements AsyncDisposable {
  /** Scripts; counts are of publishes whose topic is not the status topic of a will. */
  readonly faults: {
    losePubacks: number;
    refusals: { reason: number; count: number };
    ackDelayMs: number;
    /** Payloads that hold this text are refused with 0x99. */
    poisonText: string | undefined;
    /** CONNECT is refused with this reason. */
    connackReason: number;
    /** Accepts TCP and never answers. */
    deaf: boolean;
  } = {
    losePubacks: 0,
    refusals: { reason: 0, count: 0 },
    ackDelayMs: 0,
    poisonText: undefined,
    connackReason: 0,
    deaf: false,
  };
  readonly publishes: BrokerPublish[] = [];
  readonly retained: Map<string, string> = new Map();
  readonly connects: IConnectPacket[] = [];
  /** Most publishes one client had without PUBACK. */
  unacknowledgedMax = 0;
  readonly #options: FakeBrokerOptions;
  readonly #clients: Set<Client> = new Set();
  #server: Server | undefined;
  #port = 0;

  constructor(options: FakeBrokerOptions) {
    this.#options = options;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Listens; the second time on the same port as the first. */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Breaks every connection and refuses new ones. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.dropClients();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  dropClients(): void {
    for (const { socket } of this.#clients) socket.resetAndDestroy();
  }

  /** Keeps connections open and dead. */
  blackHole(): void {
    for (const client of this.#clients) client.silent = true;
  }

  /** MQTT 5: DISCONNECT with a reason and close; 3.1.1: close. */
  disconnectClients(reasonCode: number): void {
    for (const client of this.#clients) {
      if (client.version === 5) this.#send(client, { cmd: "disconnect", reasonCode });
      client.socket.destroySoon();
    }
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    const silent = this.faults.deaf;
    const client: Client = { socket, version: 4, connect: undefined, unacknowledged: 0, silent };
    this.#clients.add(client);
    const packets = parser();
    packets.on("packet", (packet) => this.#receive(client, packet));
    packets.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      if (!client.silent) packets.parse(chunk);
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#clients.delete(client);
      const will = client.connect?.will;
      if (will?.retain === true) this.retained.set(will.topic, will.payload.toString());
    });
  }

  #receive(client: Client, packet: Packet): void {
    if (packet.cmd === "connect") this.#connect(client, packet);
    else if (packet.cmd === "publish") this.#publish(client, packet);
    else if (packet.cmd === "pingreq") this.#send(client, { cmd: "pingresp" });
    else if (packet.cmd === "disconnect") {
      client.connect = undefined; // a clean end cancels the will
      client.socket.end();
    }
  }

  #connect(client: Client, packet: IConnectPacket): void {
    this.connects.push(packet);
    client.version = packet.protocolVersion ?? 4;
    const { username, password, receiveMaximum, maximumPacketSize } = this.#options;
    const isFive = client.version === 5;
    const known =
      username === undefined ||
      (packet.username === username && packet.password?.toString() === password);
    const reason = known ? this.faults.connackReason : isFive ? 0x86 : 4;
    const properties = {
      ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
      ...(maximumPacketSize === undefined ? {} : { maximumPacketSize }),
    };
    this.#send(client, {
      cmd: "connack",
      sessionPresent: false,
      ...(isFive ? { reasonCode: reason, properties } : { returnCode: reason }),
    });
    if (reason === 0) client.connect = packet;
    else client.socket.end();
  }

  #publish(client: Client, packet: IPublishPacket): void {
    const { topic, qos, dup, retain } = packet;
    const payload = packet.payload.toString();
    this.publishes.push({ topic, payload, retain, qos, dup });
    if (retain) this.retained.set(topic, payload);
    if (qos === 0) return;
    client.unacknowledged += 1;
    this.unacknowledgedMax = Math.max(this.unacknowledgedMax, client.unacknowledged);
    const reason = topic === client.connect?.will?.topic ? 0 : this.#verdict(payload);
    if (reason === undefined) return;
    const answer = (): void => {
      client.unacknowledged -= 1;
      this.#send(client, {
        cmd: "puback",
        messageId: packet.messageId!,
        ...(client.version === 5 ? { reasonCode: reason } : {}),
      });
    };
    if (this.faults.ackDelayMs === 0) answer();
    else this.#options.clock.timer(this.faults.ackDelayMs, answer);
  }

  /** Reason of the PUBACK; undefined for none. */
  #verdict(payload: string): number | undefined {
    const { faults } = this;
    if (faults.losePubacks > 0) {
      faults.losePubacks -= 1;
      return undefined;
    }
    if (faults.refusals.count > 0) {
      faults.refusals.count -= 1;
      return faults.refusals.reason;
    }
    const poison = faults.poisonText;
    return poison !== undefined && payload.includes(poison) ? 0x99 : 0;
  }

  #send(client: Client, packet: Packet): void {
    if (client.silent || client.socket.destroyed) return;
    client.socket.write(generate(packet, { protocolVersion: client.version }));
  }
}
