import {
  FakeBroker,
  type FakeBrokerOptions,
  ManualClock,
  seededRandom,
  until,
} from "@lectura/testkit";
import { Secret } from "@lectura/dlms/security";
import { expect, test } from "vitest";
import { decimal, MemoryOutbox, pollRecord, sinkContract, startMs } from "../sink.contract.ts";
import { testMeter } from "../meter.fixture.ts";
import { MqttSink, type MqttSinkOptions } from "./mqtt-sink.ts";

type Definition = MqttSinkOptions["definition"];

function definition(url: string, changes: Partial<Definition> = {}): Definition {
  return {
    id: 1,
    name: "broker",
    paused: false,
    kind: "mqtt",
    url,
    tls: undefined,
    username: undefined,
    hasPassword: false,
    clientId: undefined,
    topic: "meters/{meter}/telemetry",
    statusTopic: "lectura/status",
    format: "original",
    retain: false,
    ...changes,
  };
}

async function openBroker(
  clock: ManualClock,
  options: Omit<FakeBrokerOptions, "clock"> = {},
): Promise<FakeBroker> {
  const broker = new FakeBroker({ clock, ...options });
  await broker.listen();
  return broker;
}

function openSink(
  clock: ManualClock,
  broker: FakeBroker,
  changes: Partial<Definition> = {},
  password?: string,
): MqttSink {
  return new MqttSink({
    definition: definition(broker.url, changes),
    password: password === undefined ? undefined : Secret.fromText(password),
    meterOf: (meterId) => (meterId <= 2 ? testMeter(meterId, `meter ${meterId}`) : undefined),
    clock,
    random: seededRandom(1),
  });
}

sinkContract("mqtt", async (clock) => {
  const broker = await openBroker(clock);
  const sink = openSink(clock, broker);
  const topic = (meterId: number): string => `meters/meter ${meterId}/telemetry`;
  return {
    sink,
    received: (meterId) =>
      broker.publishes
        .filter((publish) => publish.topic === topic(meterId))
        .map(({ payload }) => payload),
    losePubacks: (_meterId, count) => {
      broker.faults.losePubacks = count;
    },
    delayPubacks: (afterMs) => {
      broker.faults.ackDelayMs = afterMs;
    },
    refuseKey: (key) => {
      broker.faults.poisonText = key;
    },
    refusePublishes: (_meterId, reason, count) => {
      broker.faults.refusals = { reason, count };
    },
    goDown: () => broker.close(),
    comeUp: () => broker.listen(),
    [Symbol.asyncDispose]: async () => {
      await sink[Symbol.asyncDispose]();
      await broker.close();
    },
  };
});

test("publishes the original payload on the meter's topic, QoS 1, not retained", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock);
  await using sink = openSink(clock, broker);
  sink.start();
  await until(() => sink.ready());
  const row = new MemoryOutbox().append(
    pollRecord(1, startMs, { voltage_l1: decimal(23_019, -2) }),
  );
  expect(await sink.deliver(row)).toEqual({ type: "acknowledged" });
  const [, publish] = broker.publishes;
  expect(publish).toMatchObject({
    topic: "meters/meter 1/telemetry",
    qos: 1,
    retain: false,
    dup: false,
  });
  expect(JSON.parse(publish!.payload)).toEqual({
    device_id: "meter 1",
    ts: startMs,
    seq: 1,
    measurements: {
      voltage_l1: {
        obis: "1.0.32.7.0.255",
        value: 230.19,
        unit_code: 35,
        raw_value: 23_019,
        description: "Voltage L1",
      },
    },
  });
});

test("says online retained, and offline retained before a clean end", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock);
  const sink = openSink(clock, broker);
  sink.start();
  await until(() => broker.retained.get("lectura/status") === "online");
  const stopped = sink.stop();
  await until(() => broker.retained.get("lectura/status") === "offline");
  await stopped;
  expect(broker.publishes.map(({ payload }) => payload)).toEqual(["online", "offline"]);
  expect(sink.health().state).toBe("stopped");
});

test("leaves the will behind when the connection breaks, and says online again", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock);
  await using sink = openSink(clock, broker);
  sink.start();
  await until(() => broker.retained.get("lectura/status") === "online");
  broker.dropClients();
  await until(() => broker.retained.get("lectura/status") === "offline" && !sink.ready());
  expect(sink.health()).toMatchObject({ state: "reconnecting", code: "mqtt/closed" });
  await clock.advance(1000);
  await until(() => broker.retained.get("lectura/status") === "online");
});

test("logs in with user and password, and names a wrong one without printing it", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock, { username: "lectura", password: "right" });
  await using good = openSink(clock, broker, { username: "lectura" }, "right");
  good.start();
  await until(() => good.ready());
  await using bad = openSink(clock, broker, { username: "lectura" }, "wrong-password");
  bad.start();
  await until(() => bad.health().code !== undefined);
  expect(bad.health()).toMatchObject({ state: "failed", code: "mqtt/bad-credentials" });
  expect(JSON.stringify(bad.health())).not.toContain("wrong-password");
});

test("keeps within the server's Receive Maximum, the status message included", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock, { receiveMaximum: 5 });
  await using sink = openSink(clock, broker);
  sink.start();
  await until(() => sink.ready());
  expect(sink.inFlightMax).toBe(4);
});

test("buries a row longer than the server's Maximum Packet Size", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock, { maximumPacketSize: 200 });
  await using sink = openSink(clock, broker);
  sink.start();
  await until(() => sink.ready());
  const text = { kind: "text", text: "x".repeat(300) } as const;
  const row = new MemoryOutbox().append(pollRecord(1, startMs, { note: text }));
  expect(await sink.deliver(row)).toMatchObject({
    type: "poison",
    code: "mqtt/packet-too-large",
  });
});

test("buries the rows of a meter that was removed", async () => {
  const clock = new ManualClock(startMs);
  await using broker = await openBroker(clock);
  await using sink = openSink(clock, broker);
  const row = new MemoryOutbox().append(pollRecord(9, startMs, {}));
  expect(await sink.deliver(row)).toMatchObject({ type: "poison", code: "sink/no-such-meter" });
});
