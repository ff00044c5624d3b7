import {
  FakeThingsBoard,
  type FakeThingsBoardOptions,
  ManualClock,
  seededRandom,
  until,
} from "@lectura/testkit";
import { Secret } from "@lectura/dlms/security";
import { expect, test } from "vitest";
import type { Meter } from "../../registry/model.ts";
import {
  decimal,
  MemoryOutbox,
  pollRecord,
  sinkContract,
  type SinkHarness,
  startMs,
} from "../sink.contract.ts";
import { testMeter } from "../meter.fixture.ts";
import { ThingsBoardDeviceSink } from "./thingsboard-device-sink.ts";

const telemetryTopic = "v1/devices/me/telemetry";

async function openThingsBoard(
  clock: ManualClock,
  options: Omit<FakeThingsBoardOptions, "clock"> = {},
): Promise<FakeThingsBoard> {
  const server = new FakeThingsBoard({ clock, ...options });
  await server.listen();
  server.createDevice({ name: "M1", token: "token-1" });
  server.createDevice({ name: "M2", token: "token-2" });
  return server;
}

function openSink(
  clock: ManualClock,
  server: FakeThingsBoard,
  tokens: Map<number, string> = new Map([
    [1, "token-1"],
    [2, "token-2"],
  ]),
  meters: readonly Meter[] = [testMeter(1, "M1"), testMeter(2, "M2")],
): ThingsBoardDeviceSink {
  return new ThingsBoardDeviceSink({
    definition: {
      id: 1,
      name: "thingsboard",
      paused: false,
      kind: "thingsboard-device",
      url: server.url,
      tls: undefined,
    },
    meters: () => meters,
    tokenOf: (meterId) => {
      const token = tokens.get(meterId);
      return token === undefined ? undefined : Secret.fromText(token);
    },
    gatewayVersion: "0.1.0",
    clock,
    random: seededRandom(1),
  });
}

function harness(refuseVersion5: "no" | "code"): (clock: ManualClock) => Promise<SinkHarness> {
  return async (clock) => {
    const server = await openThingsBoard(clock);
    server.faults.refuseVersion5 = refuseVersion5;
    const sink = openSink(clock, server);
    const nameOf = (meterId: number): string => `M${meterId}`;
    return {
      sink,
      received: (meterId) =>
        server.publishes(nameOf(meterId), telemetryTopic).map(({ payload }) => payload),
      losePubacks: (meterId, count) => {
        server.faultsOf(nameOf(meterId)).losePubacks = count;
      },
      delayPubacks: (afterMs) => {
        for (const device of ["M1", "M2"]) server.faultsOf(device).ackDelayMs = afterMs;
      },
      refuseKey: (key) => {
        for (const device of ["M1", "M2"]) server.faultsOf(device).poisonKey = key;
      },
      refusePublishes: (meterId, reason, count) => {
        server.faultsOf(nameOf(meterId)).refusals = { reason, count };
      },
      goDown: () => server.close(),
      comeUp: () => server.listen(),
      [Symbol.asyncDispose]: async () => {
        await sink[Symbol.asyncDispose]();
        await server.close();
      },
    };
  };
}

sinkContract("thingsboard-device", harness("no"));
sinkContract("thingsboard-device on MQTT 3.1.1", harness("code"), { reasons: false });

test("stores exact typed values under the time of the measurement", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1));
  const row = new MemoryOutbox().append(
    pollRecord(1, startMs - 5000, {
      voltage_l1: decimal(23_000, -2),
      active_energy: decimal(9_007_199_254_740_993n, 0),
      serial: { kind: "text", text: "0012345678" },
    }),
  );
  expect(await sink.deliver(row)).toEqual({ type: "acknowledged" });
  const stored = (key: string) => server.storedValues("M1", key);
  expect(stored("voltage_l1")).toEqual([
    { ts: startMs - 5000, value: { type: "DOUBLE", value: 230 } },
  ]);
  expect(stored("active_energy")).toEqual([
    { ts: startMs - 5000, value: { type: "LONG", value: 9_007_199_254_740_993n } },
  ]);
  expect(stored("serial")).toEqual([
    { ts: startMs - 5000, value: { type: "STRING", value: "#0012345678" } },
  ]);
});

test("tells client attributes once per session and after a change", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(100);
  await until(() => server.clientAttributes("M1").size > 0);
  const attributes = () => server.publishes("M1", "v1/devices/me/attributes");
  expect(JSON.parse(attributes()[0]!.payload)).toEqual({
    gateway: "lectura",
    gateway_version: "0.1.0",
    measurements: {
      voltage_l1: {
        obis: "1.0.32.7.0.255",
        unit: "V",
        unit_code: 35,
        description: "Voltage L1",
      },
    },
  });
  const outbox = new MemoryOutbox();
  const values = { voltage_l1: decimal(2300, -1) };
  await sink.deliver(outbox.append(pollRecord(1, startMs, values)));
  await sink.deliver(outbox.append(pollRecord(1, startMs + 1000, values)));
  expect(attributes()).toHaveLength(1);
  server.dropTcp("M1");
  await until(() => !sink.ready(1));
  await clock.advance(1500);
  await until(() => attributes().length === 2);
  expect(server.sessionCount("M1")).toBe(2);
});

test("acknowledges a row without values, because ThingsBoard never would", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1));
  const row = new MemoryOutbox().append(pollRecord(1, startMs, {}));
  expect(await sink.deliver(row)).toEqual({ type: "acknowledged" });
  expect(server.publishes("M1", telemetryTopic)).toEqual([]);
});

test("delivers the good values of a row of which one is refused for ever", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1));
  server.faultsOf("M1").poisonKey = "k3";
  const values = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`k${index}`, decimal(index, 0)]),
  );
  const row = new MemoryOutbox().append(pollRecord(1, startMs, values));
  const outcome = await sink.deliver(row);
  expect(outcome).toMatchObject({ type: "poison", code: "mqtt/puback-0x99" });
  expect(outcome).toMatchObject({ reason: expect.stringMatching(/\(k3\)$/) });
  for (const key of ["k0", "k1", "k2", "k4", "k5", "k6", "k7"]) {
    expect(server.storedValues("M1", key)).toHaveLength(1);
  }
});

test("a wrong token holds up its own meter only, is named and retried ever more slowly", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  const tokens = new Map([
    [1, "token-1"],
    [2, "wrong-token"],
  ]);
  await using sink = openSink(clock, server, tokens);
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1) && server.attempts.length === 2);
  await clock.settle();
  expect(sink.ready(2)).toBe(false);
  expect(sink.health()).toMatchObject({
    state: "reconnecting",
    code: "mqtt/bad-credentials",
    message: "1 of 2 meters: M2 (mqtt/bad-credentials)",
  });
  const refusals = () => server.attempts.filter(({ code }) => code !== 0).map(({ atMs }) => atMs);
  await clock.advance(120_000);
  const times = refusals();
  const gaps = times.slice(1).map((atMs, index) => atMs - times[index]!);
  expect(gaps.length).toBeGreaterThan(2);
  expect(gaps.length).toBeLessThan(8);
  expect(gaps[2]).toBeGreaterThan(gaps[0] ?? 0);
  tokens.set(2, "token-2");
  sink.refresh();
  await clock.advance(100);
  await until(() => sink.ready(2));
  expect(sink.health()).toMatchObject({ state: "connected", code: undefined });
});

test("a meter without a token is not ready and is named", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server, new Map([[1, "token-1"]]));
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1));
  expect(sink.ready(2)).toBe(false);
  expect(sink.health()).toMatchObject({
    code: "thingsboard/no-token",
    message: "1 of 2 meters: M2 (thingsboard/no-token)",
  });
});

test("on MQTT 3.1.1 an acknowledgement followed by a close does not count", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  server.faults.refuseVersion5 = "code";
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(200);
  await until(() => sink.ready(1));
  expect(server.attempts.at(-1)).toMatchObject({ version: 4, code: 0 });
  server.faultsOf("M1").acksThenClose = 1;
  const outbox = new MemoryOutbox();
  const lost = sink.deliver(outbox.append(pollRecord(1, startMs, { v: decimal(1, 0) })));
  expect(await lost).toEqual({ type: "retry", code: "mqtt/closed" });
  await clock.advance(2000);
  await until(() => sink.ready(1));
  const kept = sink.deliver(outbox.append(pollRecord(1, startMs, { v: decimal(1, 0) })));
  await until(() => server.storedValues("M1", "v").length === 1);
  await clock.advance(1000);
  expect(await kept).toEqual({ type: "acknowledged" });
});

test("a rival with the same token is named and not fought", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  await using sink = openSink(clock, server);
  sink.start();
  await clock.advance(100);
  await until(() => sink.ready(1) && sink.ready(2));
  server.takeOver("M1");
  await until(() => !sink.ready(1));
  expect(sink.health()).toMatchObject({
    code: "mqtt/taken-over",
    message: "1 of 2 meters: M1 (mqtt/taken-over)",
  });
  await clock.advance(14_000);
  expect(server.sessionCount("M1")).toBe(1);
  await clock.advance(20_000);
  await until(() => sink.ready(1));
});

test("many meters connect one after the other", async () => {
  const clock = new ManualClock(startMs);
  await using server = await openThingsBoard(clock);
  const meters: Meter[] = [];
  const tokens = new Map<number, string>();
  for (let id = 1; id <= 100; id++) {
    meters.push(testMeter(id, `N${id}`));
    tokens.set(id, `many-${id}`);
    server.createDevice({ name: `N${id}`, token: `many-${id}` });
  }
  await using sink = openSink(clock, server, tokens, meters);
  sink.start();
  await clock.settle();
  expect(server.attempts.length).toBeLessThanOrEqual(1);
  await clock.advance(1000);
  expect(server.attempts.length).toBeLessThanOrEqual(51);
  await clock.advance(1100);
  await until(() => meters.every(({ id }) => sink.ready(id)));
});
