import {
  FakeBroker,
  type FakeBrokerOptions,
  FakeThingsBoard,
  ManualClock,
  until,
} from "@lectura/testkit";
import { createServer, type AddressInfo } from "node:net";
import { Secret } from "@lectura/dlms/security";
import { expect, test } from "vitest";
import { MqttConnection, type MqttConnectionOptions } from "./mqtt-connection.ts";
import type { PublishOutcome } from "./publish-ledger.ts";

async function openBroker(
  clock: ManualClock,
  options: Omit<FakeBrokerOptions, "clock"> = {},
): Promise<FakeBroker> {
  const broker = new FakeBroker({ clock, ...options });
  await broker.listen();
  return broker;
}

type Opened = AsyncDisposable & { readonly connection: MqttConnection };

function connect(
  clock: ManualClock,
  url: string,
  options: Partial<MqttConnectionOptions> = {},
): Opened {
  const connection = new MqttConnection({
    url,
    tls: undefined,
    identity: { clientId: "test", username: undefined, password: undefined },
    clock,
    random: () => 0.5,
    onChange: () => {},
    ...options,
  });
  connection.start();
  return { connection, [Symbol.asyncDispose]: () => connection.stop() };
}

test("speaks MQTT 5 with a clean start and keepalive 60", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.isConnected);
  expect(broker.connects[0]).toMatchObject({ protocolVersion: 5, clean: true, keepalive: 60 });
});

test("refuses a publish at once while there is no connection", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  const outcome = await opened.connection.publish("t", "x");
  expect(outcome).toEqual({ type: "lost", code: "mqtt/not-connected" });
  await until(() => opened.connection.isConnected);
  await clock.settle();
  expect(broker.publishes).toEqual([]);
});

test.each(["code", "close"] as const)(
  "falls back to MQTT 3.1.1 when the server refuses 5 (%s), and remembers it",
  async (how) => {
    const clock = new ManualClock();
    await using server = new FakeThingsBoard({ clock });
    await server.listen();
    server.createDevice({ name: "M", token: "t" });
    server.faults.refuseVersion5 = how;
    const identity = { clientId: "c", username: Secret.fromText("t"), password: undefined };
    await using opened = connect(clock, server.url, { identity });
    await until(() => opened.connection.state !== "connecting" || opened.connection.isConnected);
    await clock.advance(1000);
    await until(() => opened.connection.isConnected);
    expect(opened.connection.version).toBe(4);
    const attempts = server.attempts.length;
    server.dropTcp("M");
    await until(() => !opened.connection.isConnected);
    await clock.advance(1000);
    await until(() => opened.connection.isConnected);
    expect(server.attempts.slice(attempts)).toMatchObject([{ version: 4, code: 0 }]);
  },
);

test.each([
  [0x86, "mqtt/bad-credentials"],
  [0x87, "mqtt/not-authorised"],
  [0x88, "mqtt/server-unavailable"],
  [0x85, "mqtt/refused"],
] as const)("names CONNACK 0x%s", async (reason, code) => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  broker.faults.connackReason = reason;
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.state === "waiting");
  expect(opened.connection.problem?.code).toBe(code);
});

test("names a closed port, a silent server and a server that is no MQTT server", async () => {
  const clock = new ManualClock();
  const broker = await openBroker(clock);
  await broker.close();
  await using refused = connect(clock, broker.url);
  await until(() => refused.connection.state === "waiting");
  expect(refused.connection.problem?.code).toBe("mqtt/unreachable");
  expect(refused.connection.problem?.message).toContain("ECONNREFUSED");

  await using deaf = await openBroker(clock);
  deaf.faults.deaf = true;
  await using silent = connect(clock, deaf.url);
  await until(() => deaf.clientCount === 1);
  await clock.advance(10_000);
  await until(() => silent.connection.state === "waiting");
  expect(silent.connection.problem).toMatchObject({ code: "mqtt/unreachable" });
  expect(silent.connection.problem?.message).toContain("no CONNACK in time");

  await using web = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  await using wrong = connect(clock, `mqtt://127.0.0.1:${port}`);
  await until(() => wrong.connection.state === "waiting");
  expect(wrong.connection.problem?.code).toBe("mqtt/unreachable");
});

test("names a TLS handshake with a server that speaks none, and a missing authority file", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  const url = broker.url.replace("mqtt:", "mqtts:");
  await using opened = connect(clock, url);
  await until(() => opened.connection.state === "waiting");
  expect(opened.connection.problem?.code).toBe("mqtt/tls");
  await using missing = connect(clock, url, { tls: { caFile: "no/such/file.pem" } });
  await until(() => missing.connection.state === "waiting");
  expect(missing.connection.problem?.code).toBe("mqtt/tls");
  expect(missing.connection.problem?.message).toContain("no/such/file.pem");
});

test("gives up a connection whose PUBACK does not come within 10 s", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.isConnected);
  broker.blackHole();
  const outcome = opened.connection.publish("t", "x");
  await clock.advance(10_000);
  expect(await outcome).toEqual({ type: "lost", code: "mqtt/no-ack" });
  expect(opened.connection.problem?.code).toBe("mqtt/no-ack");
  await clock.advance(1000);
  await until(() => opened.connection.isConnected);
});

test("gives up a connection whose PINGRESP does not come", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.isConnected);
  await clock.advance(600_000);
  expect(opened.connection.isConnected).toBe(true);
  broker.blackHole();
  await clock.advance(90_000);
  expect(opened.connection.problem?.code).toBe("mqtt/keepalive");
});

test("takes three quick closes without a reason for a rival client", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  const codes: (string | undefined)[] = [];
  for (let close = 0; close < 3; close++) {
    await until(() => opened.connection.isConnected);
    await clock.advance(500);
    broker.dropClients();
    await until(() => opened.connection.state === "waiting");
    codes.push(opened.connection.problem?.code);
    if (close < 2) await clock.advance(5000);
  }
  expect(codes).toEqual(["mqtt/closed", "mqtt/closed", "mqtt/taken-over"]);
  await clock.advance(14_000);
  expect(opened.connection.state).toBe("waiting");
});

test("does not take a close that a publish may have caused for a rival", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  broker.faults.ackDelayMs = 60_000;
  await using opened = connect(clock, broker.url);
  for (let close = 0; close < 4; close++) {
    await until(() => opened.connection.isConnected);
    const outcome = opened.connection.publish("t", "x");
    await until(() => broker.publishes.length === close + 1);
    broker.dropClients();
    expect(await outcome).toEqual({ type: "lost", code: "mqtt/closed" });
    expect(opened.connection.problem?.code).toBe("mqtt/closed");
    await clock.advance(60_000);
  }
});

test("names the server's DISCONNECT", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.isConnected);
  broker.disconnectClients(0x8e);
  await until(() => opened.connection.state === "waiting");
  expect(opened.connection.problem?.code).toBe("mqtt/taken-over");
});

test("keeps to its window and to the server's", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock, { receiveMaximum: 3 });
  broker.faults.ackDelayMs = 1000;
  await using opened = connect(clock, broker.url);
  await until(() => opened.connection.isConnected);
  const outcomes: Promise<PublishOutcome>[] = [];
  for (let index = 0; index < 5; index++) outcomes.push(opened.connection.publish("t", "x"));
  await until(() => broker.publishes.length === 3);
  await clock.advance(1000);
  const types = (await Promise.all(outcomes)).map(({ type }) => type);
  expect(types).toEqual(["acknowledged", "acknowledged", "acknowledged", "lost", "lost"]);
  expect(broker.unacknowledgedMax).toBe(3);
});

test("stops in the middle of connecting, of waiting and of a dead connection", async () => {
  const clock = new ManualClock();
  await using broker = await openBroker(clock);
  const connecting = connect(clock, broker.url);
  await connecting.connection.stop();
  const waiting = connect(clock, "mqtt://127.0.0.1:1");
  await until(() => waiting.connection.state === "waiting");
  await waiting.connection.stop();
  const dead = connect(clock, broker.url);
  await until(() => dead.connection.isConnected);
  broker.blackHole();
  const stopped = dead.connection.stop(1000);
  await clock.advance(1000);
  await stopped;
  await until(() => broker.clientCount === 0);
  expect(clock.pending).toBe(0);
});
