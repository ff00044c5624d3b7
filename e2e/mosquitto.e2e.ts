/** The plain MQTT sink against a real Mosquitto: what it publishes arrives, whatever happens. */
import { systemClock } from "@lectura/dlms-node";
import { Secret } from "@lectura/dlms/security";
import { until } from "@lectura/testkit";
import { expect, test as vitestTest } from "vitest";
import { Drain } from "../packages/gateway/src/sinks/drain.ts";
import { MqttSink, type MqttSinkOptions } from "../packages/gateway/src/sinks/mqtt/mqtt-sink.ts";
import { decimal, MemoryOutbox, pollRecord } from "../packages/gateway/src/sinks/sink.contract.ts";
import { testMeter } from "../packages/gateway/src/sinks/meter.fixture.ts";
import { missingPrograms, Mosquitto } from "./mosquitto-server.ts";

if (missingPrograms.length > 0) {
  process.stderr.write(`skipped: Mosquitto tests; missing: ${missingPrograms.join(", ")}\n`);
}
const test = vitestTest.skipIf(missingPrograms.length > 0);

type Definition = MqttSinkOptions["definition"];

function openSink(url: string, changes: Partial<Definition> = {}, password?: string): MqttSink {
  return new MqttSink({
    definition: {
      id: 1,
      name: "mosquitto",
      paused: false,
      kind: "mqtt",
      url,
      tls: undefined,
      username: undefined,
      hasPassword: password !== undefined,
      clientId: undefined,
      topic: "meters/{meter}/telemetry",
      statusTopic: "lectura/status",
      format: "original",
      retain: false,
      ...changes,
    },
    password: password === undefined ? undefined : Secret.fromText(password),
    meterOf: (meterId) => testMeter(meterId, `medidor-${meterId}`),
    clock: systemClock,
    random: Math.random,
    connection: { backoff: { firstMs: 50, maxMs: 200 } },
  });
}

/** A sink with its drain; rows are appended by `poll`. */
function openPath(sink: MqttSink) {
  const outbox = new MemoryOutbox();
  const drain = new Drain({ sink, store: outbox, clock: systemClock });
  sink.start();
  drain.start();
  let count = 0;
  const poll = (meterId: number): void => {
    count += 1;
    const values = { voltage_l1: decimal(23_000 + count, -2) };
    outbox.append(pollRecord(meterId, 1_767_225_600_000 + count, values));
    drain.notify();
  };
  const stop = async (): Promise<void> => {
    await drain.stop(5000);
    await sink.stop();
  };
  return { outbox, drain, poll, [Symbol.asyncDispose]: stop };
}

test("delivers to a plain server and says online and offline", async () => {
  await using server = await Mosquitto.start();
  const received = await server.subscribe("#");
  const path = openPath(openSink(server.url));
  for (let index = 0; index < 500; index++) path.poll(1 + (index % 10));
  await until(() => path.outbox.rows.size === 0);
  await path[Symbol.asyncDispose]();
  await until(() => received.at(-1) === "lectura/status offline");
  expect(received[0]).toBe("lectura/status online");
  expect(received).toHaveLength(502);
  const first = received.find((line) => line.startsWith("meters/medidor-1/telemetry "))!;
  expect(JSON.parse(first.slice(first.indexOf("{")))).toMatchObject({
    device_id: "medidor-1",
    seq: 1,
    measurements: { voltage_l1: { value: 230.01, raw_value: 23_001, unit_code: 35 } },
  });
});

test("loses nothing over kill -9 of the server under load", async () => {
  await using server = await Mosquitto.start();
  await using path = openPath(openSink(server.url));
  const seen = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const received = await server.subscribe("meters/#");
    for (let index = 0; index < 300; index++) path.poll(1 + (index % 7));
    await until(() => received.length >= 50);
    await server.kill();
    for (let index = 0; index < 100; index++) path.poll(1 + (index % 7));
    for (const line of received) seen.add(line);
    await server.start();
  }
  // What was acknowledged while the subscriber was away is Mosquitto's to lose, not counted here.
  await until(() => path.outbox.rows.size === 0);
  await path.drain.settled();
  expect(path.drain.counters).toMatchObject({ acknowledged: 2000, deadLettered: 0, inFlight: 0 });
  expect(seen.size).toBeGreaterThanOrEqual(250);
});

test("logs in with user and password, and names a wrong password", async () => {
  const user = { name: "lectura", password: "correct horse" };
  await using server = await Mosquitto.start({ user });
  const received = await server.subscribe("meters/#");
  await using path = openPath(openSink(server.url, { username: user.name }, user.password));
  path.poll(1);
  await until(() => received.length === 1);
  await using wrong = openSink(server.url, { username: user.name }, "wrong");
  wrong.start();
  await until(() => wrong.health().code !== undefined);
  expect(["mqtt/bad-credentials", "mqtt/not-authorised"]).toContain(wrong.health().code);
});

test("speaks TLS with a private authority and refuses an unknown one", async () => {
  await using server = await Mosquitto.start({ tls: "server" });
  const received = await server.subscribe("meters/#");
  const tls = { caFile: server.file("ca.pem") };
  await using path = openPath(openSink(server.url, { tls }));
  path.poll(1);
  await until(() => received.length === 1);
  await using stranger = openSink(server.url);
  stranger.start();
  await until(() => stranger.health().code !== undefined);
  expect(stranger.health()).toMatchObject({ state: "failed", code: "mqtt/tls" });
  const misnamed = { ...tls, serverName: "elsewhere.example" };
  await using wrongName = openSink(server.url, { tls: misnamed });
  wrongName.start();
  await until(() => wrongName.health().code !== undefined);
  expect(wrongName.health()).toMatchObject({ state: "failed", code: "mqtt/tls" });
});

test("shows a client certificate where the server demands one", async () => {
  await using server = await Mosquitto.start({ tls: "client" });
  const received = await server.subscribe("meters/#");
  const tls = {
    caFile: server.file("ca.pem"),
    certificateFile: server.file("client.pem"),
    keyFile: server.file("client.key"),
  };
  await using path = openPath(openSink(server.url, { tls }));
  path.poll(1);
  await until(() => received.length === 1);
});

test("keeps within a small Receive Maximum and a small Maximum Packet Size", async () => {
  await using server = await Mosquitto.start({
    settings: ["max_inflight_messages 3", "max_packet_size 2000"],
  });
  const received = await server.subscribe("meters/#");
  await using path = openPath(openSink(server.url));
  for (let index = 0; index < 200; index++) path.poll(1 + (index % 3));
  const text = { kind: "text", text: "x".repeat(3000) } as const;
  path.outbox.append(pollRecord(1, 1, { note: text }));
  path.poll(2);
  await until(() => path.outbox.rows.size === 0);
  await until(() => received.length === 201);
  expect(path.outbox.deadLetters).toMatchObject([
    { reason: expect.stringContaining("mqtt/packet-too-large") },
  ]);
});
