/**
 * A ThingsBoard transport for tests: its device API on real TCP, with the behaviour a broker does
 * not have (fixed topics, tokens, takeover by device, typed values, PUBACK reasons). Derived from
 * ThingsBoard's sources as the project's notes tell them, not tried against a running one.
 */
import { createServer, type AddressInfo, type Server } from "node:net";
import type { Clock } from "@lectura/dlms-node";
import type { ConnectAttempt, FakeDevice, ReceivedPublish } from "./device.ts";
import { DeviceSession, type SessionHost } from "./device-session.ts";
import { type DeviceFaults, noFaults } from "./faults.ts";
import { thingsBoardProfiles, type ThingsBoardVersion } from "./profile.ts";
import type { StoredValue } from "./telemetry-json.ts";

export interface FakeThingsBoardOptions {
  readonly clock: Clock;
  /** Default "4.2.1.1". */
  readonly version?: ThingsBoardVersion;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** NETTY_MAX_PAYLOAD_SIZE, default 65536. */
  readonly payloadOctetsMax?: number;
  /** JSON_TYPE_CAST_ENABLED, default true. */
  readonly typeCast?: boolean;
}

export interface StoredPoint {
  readonly ts: number;
  readonly value: StoredValue;
}

export interface FakeDeviceOptions {
  readonly name: string;
  readonly token: string;
  readonly isGateway?: boolean;
}

/** The fake tenant: devices, what they sent, and everything that can be made to go wrong. */
export class FakeThingsBoard implements AsyncDisposable {
  /** Server-wide faults; a test sets them. */
  readonly faults: {
    /** CONNECT is refused with 3 / 0x88. */
    backendDown: boolean;
    connectDelayMs: number;
    /** Plays a server without MQTT 5. */
    refuseVersion5: "no" | "code" | "close";
  } = { backendDown: false, connectDelayMs: 0, refuseVersion5: "no" };
  /** Every CONNECT, oldest first. */
  readonly attempts: ConnectAttempt[] = [];
  readonly #options: FakeThingsBoardOptions;
  readonly #devices: Map<string, FakeDevice> = new Map();
  readonly #sessions: Set<DeviceSession> = new Set();
  readonly #owners: Map<FakeDevice, DeviceSession> = new Map();
  readonly #sessionCounts: Map<FakeDevice, number> = new Map();
  #server: Server | undefined;
  #port: number;

  constructor(options: FakeThingsBoardOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `mqtt://${this.#options.host ?? "127.0.0.1"}:${this.#port}`;
  }

  /** Listens. After `close` the same port is used again. */
  async listen(): Promise<void> {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      this.#sessions.add(new DeviceSession(this.#host(), socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, this.#options.host ?? "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Goes down: every connection breaks and the port refuses. Stored values stay. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const session of this.#sessions) session.drop();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  createDevice({ name, token, isGateway = false }: FakeDeviceOptions): void {
    this.#devices.set(name, {
      name,
      token,
      isGateway,
      telemetry: new Map(),
      clientAttributes: new Map(),
      publishes: [],
      faults: noFaults(),
    });
  }

  /** New credentials: the present session is closed with 0x98 (F27). */
  setToken(name: string, token: string): void {
    const device = this.#device(name);
    device.token = token;
    this.#owners.get(device)?.close(0x98);
  }

  /** Scripts for one device; change the fields. */
  faultsOf(name: string): DeviceFaults {
    return this.#device(name).faults;
  }

  /** Points of one key in order of time. */
  storedValues(name: string, key: string): readonly StoredPoint[] {
    return [...(this.#device(name).telemetry.get(key) ?? [])]
      .map(([ts, value]) => ({ ts, value }))
      .toSorted((a, b) => a.ts - b.ts);
  }

  clientAttributes(name: string): ReadonlyMap<string, StoredValue> {
    return this.#device(name).clientAttributes;
  }

  /** What the device published, on one topic where given, duplicates and refused ones included. */
  publishes(name: string, topic?: string): readonly ReceivedPublish[] {
    const { publishes } = this.#device(name);
    return topic === undefined ? publishes : publishes.filter((publish) => publish.topic === topic);
  }

  isConnected(name: string): boolean {
    return this.#owners.has(this.#device(name));
  }

  /** How many sessions the device has had. */
  sessionCount(name: string): number {
    return this.#sessionCounts.get(this.#device(name)) ?? 0;
  }

  /** Breaks the device's TCP connection. */
  dropTcp(name: string): void {
    this.#owners.get(this.#device(name))?.drop();
  }

  /** Leaves the device's TCP connection open and dead. */
  blackHole(name: string): void {
    this.#owners.get(this.#device(name))?.swallow();
  }

  /** What a second client with the same token does to the first. */
  takeOver(name: string): void {
    this.#owners.get(this.#device(name))?.close(0x8e);
  }

  #device(name: string): FakeDevice {
    const device = this.#devices.get(name);
    if (device === undefined) throw new RangeError(`no device ${name}`);
    return device;
  }

  #host(): SessionHost {
    const {
      clock,
      version = "4.2.1.1",
      payloadOctetsMax = 65_536,
      typeCast = true,
    } = this.#options;
    const { faults } = this;
    return {
      clock,
      profile: thingsBoardProfiles[version],
      typeCast,
      payloadOctetsMax,
      get backendDown() {
        return faults.backendDown;
      },
      get connectDelayMs() {
        return faults.connectDelayMs;
      },
      get refuseVersion5() {
        return faults.refuseVersion5;
      },
      deviceByToken: (token) => this.#devices.values().find((device) => device.token === token),
      adopt: (device, session) => this.#adopt(device, session),
      attempt: ({ protocolVersion, clientId, username }, code) => {
        const atMs = clock.monotonicMs();
        this.attempts.push({ atMs, version: protocolVersion ?? 4, clientId, username, code });
      },
      ended: (session) => {
        this.#sessions.delete(session);
        const { device } = session;
        if (device !== undefined && this.#owners.get(device) === session) {
          this.#owners.delete(device);
        }
      },
      gatewayPublish: () => false,
    };
  }

  #adopt(device: FakeDevice, session: DeviceSession): number {
    this.#owners.get(device)?.close(0x8e); // F5: the newest wins
    this.#owners.set(device, session);
    const count = (this.#sessionCounts.get(device) ?? 0) + 1;
    this.#sessionCounts.set(device, count);
    return count;
  }
}
