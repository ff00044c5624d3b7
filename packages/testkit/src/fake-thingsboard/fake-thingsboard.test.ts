import { connect as connectTcp, type Socket } from "node:net";
import { generate, type IConnectPacket, type Packet, parser } from "mqtt-packet";
import { expect, test } from "vitest";
import { ManualClock } from "../manual-clock.ts";
import { until } from "../until.ts";
import { FakeThingsBoard, type FakeThingsBoardOptions } from "./fake-thingsboard.ts";
import { parseTelemetry } from "./telemetry-json.ts";

/** A bare MQTT client that shows every packet. */
class BareClient {
  readonly packets: Packet[] = [];
  /** ThingsBoard repeats the CONNACK code in a DISCONNECT, where MQTT 5 does not allow it. */
  illegalPackets = 0;
  isClosed = false;
  readonly #socket: Socket;
  readonly #version: 4 | 5;

  constructor(server: FakeThingsBoard, version: 4 | 5) {
    this.#version = version;
    this.#socket = connectTcp(server.port, "127.0.0.1");
    const packets = parser({ protocolVersion: version });
    packets.on("packet", (packet) => this.packets.push(packet));
    packets.on("error", () => {
      this.illegalPackets += 1;
    });
    this.#socket.on("data", (chunk: Buffer) => packets.parse(chunk));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.isClosed = true;
    });
  }

  send(packet: Packet): void {
    this.#socket.write(generate(packet, { protocolVersion: this.#version }));
  }

  connect(changes: Partial<IConnectPacket> = {}): void {
    this.send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: this.#version,
      clean: true,
      clientId: "c",
      keepalive: 60,
      ...changes,
    });
  }

  publish(topic: string, payload: string, qos: 0 | 1 | 2 = 1, messageId = 1): void {
    this.send({ cmd: "publish", topic, payload, qos, messageId, dup: false, retain: false });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** `cmd` and code of what came. */
  seen(): readonly string[] {
    return this.packets.map((packet) => {
      const code =
        packet.cmd === "connack" && this.#version === 4
          ? packet.returnCode
          : Reflect.get(packet, "reasonCode");
      return typeof code === "number" ? `${packet.cmd} 0x${code.toString(16)}` : packet.cmd;
    });
  }
}

const telemetry = "v1/devices/me/telemetry";

async function open(
  options: Omit<FakeThingsBoardOptions, "clock"> = {},
): Promise<{ server: FakeThingsBoard; clock: ManualClock } & AsyncDisposable> {
  const clock = new ManualClock();
  const server = new FakeThingsBoard({ clock, ...options });
  await server.listen();
  server.createDevice({ name: "M1", token: "T1" });
  return { server, clock, [Symbol.asyncDispose]: () => server.close() };
}

async function login(server: FakeThingsBoard, version: 4 | 5): Promise<BareClient> {
  const client = new BareClient(server, version);
  client.connect({ username: "T1" });
  await until(() => client.packets.length === 1);
  return client;
}

test.each([
  [4, { username: "wrong" }, ["connack 0x5"]],
  [4, {}, ["connack 0x2"]],
  [4, { clientId: "" }, ["connack 0x5"]],
  [5, { username: "wrong" }, ["connack 0x86"]],
  [5, {}, ["connack 0x85"]],
  [5, { clientId: "" }, ["connack 0x87", "disconnect 0x87"]],
] as const)("F1: refuses version %i with %o", async (version, changes, expected) => {
  await using rig = await open();
  const client = new BareClient(rig.server, version);
  client.connect(changes);
  await until(() => client.isClosed);
  expect(client.seen()).toEqual(expected);
  const isTold = expected.length > 1;
  expect(client.illegalPackets).toBe(version === 5 && !isTold ? 1 : 0);
});

test.each([
  [4, ["connack 0x3"]],
  [5, ["connack 0x88"]],
] as const)("F2: is unavailable to version %i while the backend is down", async (version, seen) => {
  await using rig = await open();
  rig.server.faults.backendDown = true;
  const client = new BareClient(rig.server, version);
  client.connect({ username: "T1" });
  await until(() => client.isClosed);
  expect(client.seen()).toEqual(seen);
});

test("F3: says that a session is present whenever one was asked for", async () => {
  await using rig = await open();
  const client = new BareClient(rig.server, 4);
  client.connect({ username: "T1", clean: false });
  await until(() => client.packets.length === 1);
  expect(client.packets[0]).toMatchObject({ sessionPresent: true });
  client.destroy();
});

test.each([
  ["4.2.1.1", 5, ["connack 0x0", "disconnect 0x8e"]],
  ["3.6", 5, ["connack 0x0"]],
  ["4.2.1.1", 4, ["connack 0x0"]],
] as const)("F5: %s lets the newest session of version %i win", async (release, version, seen) => {
  await using rig = await open({ version: release });
  const first = await login(rig.server, version);
  const second = await login(rig.server, version);
  await until(() => first.isClosed);
  expect(first.seen()).toEqual(seen);
  expect(second.isClosed).toBe(false);
  expect(rig.server.sessionCount("M1")).toBe(2);
  second.destroy();
});

test("F6: queues 100 packets before CONNACK and closes at the next", async () => {
  await using rig = await open();
  rig.server.faults.connectDelayMs = 1000;
  const patient = new BareClient(rig.server, 5);
  patient.connect({ username: "T1" });
  for (let id = 1; id <= 100; id++) patient.publish(telemetry, `{"k":${id}}`, 1, id);
  await rig.clock.settle();
  await rig.clock.advance(1000);
  await until(() => patient.packets.length === 101);
  patient.destroy();
  const hasty = new BareClient(rig.server, 5);
  hasty.connect({ username: "T1" });
  for (let id = 1; id <= 101; id++) hasty.publish(telemetry, `{"k":${id}}`, 1, id);
  await until(() => hasty.isClosed);
  expect(hasty.seen()).toEqual(["disconnect 0x97"]);
});

test("F7: grants exact topics at QoS 1 at most and refuses others", async () => {
  await using rig = await open();
  for (const [version, refused] of [
    [4, 0x80],
    [5, 0x8f],
  ] as const) {
    const client = await login(rig.server, version);
    const subscriptions = [
      { topic: "v1/devices/me/attributes", qos: 2 },
      { topic: "v1/devices/+/telemetry", qos: 1 },
    ] as const;
    client.send({ cmd: "subscribe", messageId: 3, subscriptions: [...subscriptions] });
    await until(() => client.packets.length === 2);
    expect(client.packets[1]).toMatchObject({ cmd: "suback", granted: [1, refused] });
    client.destroy();
  }
});

test("F9: types values by their literal", () => {
  const typesOf = (values: string, typeCast = true): Record<string, unknown> => {
    const batches = parseTelemetry(`{"ts":5,"values":${values}}`, typeCast);
    return Object.fromEntries(
      batches.flatMap(({ values: typed }) =>
        [...typed].map(([key, { type, value }]) => [key, `${type} ${value}`]),
      ),
    );
  };
  expect(
    typesOf('{"a":230,"b":230.0,"c":1e3,"d":1e21,"e":9223372036854775808,"f":true,"g":null}'),
  ).toEqual({
    a: "LONG 230",
    b: "DOUBLE 230",
    c: "LONG 1000",
    d: "STRING 1000000000000000000000",
    e: "STRING 9223372036854775808",
    f: "BOOLEAN true",
  });
  expect(
    typesOf('{"a":0.07200000000000001,"b":"0012345678","c":"1.10","d":"x","e":{"k":1}}'),
  ).toEqual({
    a: "STRING 0.07200000000000001",
    b: "LONG 12345678",
    c: "DOUBLE 1.1",
    d: "STRING x",
    e: 'JSON {"k":1}',
  });
  expect(typesOf('{"b":"0012345678"}', false)).toEqual({ b: "STRING 0012345678" });
});

test("F9: takes flat keys, timed values and lists, with the server's time where none is given", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  client.publish(telemetry, '[{"a":1},{"ts":7,"values":{"a":2}},{"values":{"a":3}}]');
  await until(() => client.packets.length === 2);
  expect(rig.server.storedValues("M1", "a")).toEqual([
    { ts: 7, value: { type: "LONG", value: 2n } },
    { ts: rig.clock.nowMs(), value: { type: "LONG", value: 1n } },
  ]);
  expect(rig.server.storedValues("M1", "values")).toMatchObject([{ value: { type: "JSON" } }]);
  client.destroy();
});

test("F10: never acknowledges an empty list", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  client.publish(telemetry, "[]", 1, 1);
  client.publish(telemetry, '{"a":1}', 1, 2);
  await until(() => client.packets.length === 2);
  expect(client.packets[1]).toMatchObject({ cmd: "puback", messageId: 2 });
  client.destroy();
});

test.each([
  [4, "{", [], true],
  [5, "{", ["puback 0x99"], false],
  [5, '{"ts":1,"values":3}', ["puback 0x99"], false],
  [4, '{"ts":"x","values":{}}', [], true],
  [5, '{"ts":"x","values":{}}', ["disconnect 0x8b"], true],
] as const)("F11: answers version %i sending %s", async (version, payload, seen, closes) => {
  await using rig = await open();
  const client = await login(rig.server, version);
  client.publish(telemetry, payload);
  await until(() => client.isClosed || client.packets.length > 1);
  if (closes) await until(() => client.isClosed);
  expect(client.seen().slice(1)).toEqual(seen);
  client.destroy();
});

test("F11: acknowledges an unknown topic, with a reason on MQTT 5 only", async () => {
  await using rig = await open();
  for (const [version, seen] of [
    [4, "puback"],
    [5, "puback 0x90"],
  ] as const) {
    const client = await login(rig.server, version);
    client.publish("nowhere", "{}");
    await until(() => client.packets.length === 2);
    expect(client.seen()[1]).toBe(seen);
    client.destroy();
  }
});

test("F13: answers QoS 2 with PUBACK and QoS 0 with nothing", async () => {
  await using rig = await open();
  const client = await login(rig.server, 4);
  client.publish(telemetry, '{"a":1}', 0, 0);
  client.publish(telemetry, '{"a":2}', 2, 9);
  await until(() => client.packets.length === 2);
  expect(client.packets[1]).toMatchObject({ cmd: "puback", messageId: 9 });
  client.destroy();
});

test("F15: closes at more octets than it takes", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  client.publish(telemetry, `{"a":"${"x".repeat(65_536)}"}`);
  await until(() => client.isClosed);
  expect(client.seen()[1]).toBe("disconnect 0x81");
});

test("F16: ignores gateway topics of a device that is no gateway", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  client.publish("v1/gateway/telemetry", '{"M":[{"a":1}]}', 1, 1);
  client.publish(telemetry, '{"a":1}', 1, 2);
  await until(() => client.packets.length === 2);
  expect(client.packets[1]).toMatchObject({ messageId: 2 });
  client.destroy();
});

test("F27: closes the session when the token changes", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  rig.server.setToken("M1", "T2");
  await until(() => client.isClosed);
  expect(client.seen()[1]).toBe("disconnect 0x98");
});

test("F28: answers PINGREQ, demands none and closes on DISCONNECT", async () => {
  await using rig = await open();
  const client = await login(rig.server, 5);
  await rig.clock.advance(600_000);
  client.send({ cmd: "pingreq" });
  await until(() => client.packets.length === 2);
  expect(client.seen()[1]).toBe("pingresp");
  client.send({ cmd: "disconnect", reasonCode: 0 });
  await until(() => client.isClosed && !rig.server.isConnected("M1"));
});
