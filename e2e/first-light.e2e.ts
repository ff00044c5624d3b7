/** The whole path on real TCP: simulated meters, the gateway, an MQTT broker and a ThingsBoard. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gateway, startGateway, type StreamItem, valueText } from "@lectura/gateway";
import { systemClock } from "@lectura/dlms-node";
import { type Fleet, type FleetMeter, simulatorPassword, startFleet } from "@lectura/simulator";
import { FakeBroker, FakeThingsBoard, until } from "@lectura/testkit";
import { afterEach, expect, test } from "vitest";

const keys = ["voltage_l1", "voltage_l2", "current_l1", "frequency", "active_energy"] as const;
const intervalMs = 200;
const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lectura-e2e-"));
  directories.push(directory);
  return directory;
}

async function register(gateway: Gateway, meter: FleetMeter, token?: string): Promise<void> {
  const [host = "", port = ""] = meter.tcp.split(":");
  await gateway.control.addMeter({
    name: meter.name,
    endpoint: { kind: "tcp", host, port: Number(port) },
    address: { size: meter.addressSize, upper: meter.serverUpper, lower: meter.serverLower },
    clientSap: meter.clientSap,
    authentication: meter.auth,
    ...(meter.auth === "lls" ? { password: simulatorPassword } : {}),
    ...(token === undefined ? {} : { thingsBoardToken: token }),
    keys,
    intervalMs,
  });
}

/** Readings as they are journaled, and what went wrong. */
function follow(gateway: Gateway): { readonly readings: StreamItem[]; readonly events: string[] } {
  const seen = { readings: [] as StreamItem[], events: [] as string[] };
  gateway.control.subscribe((item) => {
    if (item.type === "reading") seen.readings.push(item);
    else seen.events.push(`${item.code} ${item.meter ?? ""}: ${item.message}`);
  });
  return seen;
}

function expectTruth(meter: FleetMeter, item: Extract<StreamItem, { type: "reading" }>): void {
  const key = item.key as (typeof keys)[number];
  const value = { kind: "decimal", raw: 0n, scaler: meter.scaler(key) } as const;
  // The meter's world may have moved on by the time of the way there: the value of a near instant.
  const near = Array.from({ length: 400 }, (_, back) => meter.truth(key, item.measuredAt - back));
  expect(near.map((raw) => valueText({ ...value, raw }))).toContain(item.value);
}

test("a meter's volts arrive, acknowledged, at a broker and at a ThingsBoard", async () => {
  await using fleet: Fleet = await startFleet({
    meters: 4,
    personality: ["generic-three-phase", "microstar", "seven-e", "segmented"],
    seed: 7,
  });
  await using broker = new FakeBroker({ clock: systemClock });
  await broker.listen();
  await using thingsBoard = new FakeThingsBoard({ clock: systemClock });
  await thingsBoard.listen();
  await using gateway = await startGateway({ dataDirectory: freshDirectory(), api: { port: 0 } });
  const seen = follow(gateway);
  await gateway.control.addSink({ kind: "mqtt", name: "broker", url: broker.url });
  const { url } = thingsBoard;
  await gateway.control.addSink({ kind: "thingsboard-device", name: "thingsboard", url });
  for (const meter of fleet.meters) {
    thingsBoard.createDevice({ name: meter.name, token: `token-${meter.name}` });
    await register(gateway, meter, `token-${meter.name}`);
  }
  await until(() => seen.readings.length >= fleet.meters.length * keys.length * 5);
  const summary = await gateway.stop();
  expect(seen.events).toEqual([]);
  expect(summary.journaled).toBe(summary.scheduled);
  for (const name of ["broker", "thingsboard"]) {
    expect(summary.sinks[name]).toEqual({
      acknowledged: summary.journaled,
      pending: 0,
      deadLettered: 0,
      dropped: 0,
    });
  }
  for (const meter of fleet.meters) {
    const own = seen.readings.filter((item) => item.meter === meter.name);
    expect(new Set(own.flatMap((item) => (item.type === "reading" ? [item.key] : [])))).toEqual(
      new Set(keys),
    );
    for (const item of own) if (item.type === "reading") expectTruth(meter, item);
  }
});

test("a meter behind a wrong password, one behind a closed port and one that is fine", async () => {
  await using fleet = await startFleet({ meters: 2, personality: "microstar" });
  const [fine, wrong] = fleet.meters;
  await using gateway = await startGateway({ dataDirectory: freshDirectory(), api: { port: 0 } });
  const seen = follow(gateway);
  await register(gateway, fine!);
  await register(gateway, wrong!);
  await gateway.control.editMeter(wrong!.name, { password: "11111111" });
  const closed = { kind: "tcp", host: "127.0.0.1", port: 9 } as const;
  await gateway.control.addMeter({ name: "closed", endpoint: closed, keys, intervalMs });
  await until(() => seen.readings.length >= 10 * keys.length);
  const status = await gateway.control.status();
  const stateOf = (name: string): unknown =>
    status.meters
      .filter(({ meter }) => meter.name === name)
      .map(({ state, code }) => ({ state, code }))[0];
  expect(stateOf("closed")).toEqual({ state: "failing", code: "tcp/refused" });
  expect(stateOf(wrong!.name)).toMatchObject({ state: "held" });
  const { cycles } = await gateway.control.meterStatus(fine!.name);
  expect(cycles.failed).toBe(0);
  await gateway.control.editMeter(wrong!.name, { password: simulatorPassword });
  const before = seen.readings.length;
  await until(() => seen.readings.slice(before).some((item) => item.meter === wrong!.name));
});

test("scalers are read once: a poll in steady state is one round trip, or one for each value", async () => {
  await using fleet = await startFleet({
    meters: 2,
    personality: ["generic-three-phase", "microstar"],
  });
  const dataDirectory = freshDirectory();
  await using gateway = await startGateway({ dataDirectory, api: { port: 0 } });
  const seen = follow(gateway);
  for (const meter of fleet.meters) await register(gateway, meter);
  await until(() => seen.readings.length >= fleet.meters.length * keys.length * 3);
  for (const [index, meter] of fleet.meters.entries()) {
    const before = await gateway.control.meterStatus(meter.name);
    const cyclesBefore = before.cycles.ok;
    const polls = (): number => seen.readings.filter((item) => item.meter === meter.name).length;
    const target = polls() + 5 * keys.length;
    await until(() => polls() >= target);
    const after = await gateway.control.meterStatus(meter.name);
    const requests = after.requests - before.requests;
    const cycles = after.cycles.ok - cyclesBefore;
    const perPoll = index === 0 ? 1 : keys.length;
    expect(requests).toBeLessThanOrEqual((cycles + 1) * perPoll);
    expect(requests).toBeGreaterThanOrEqual(cycles * perPoll - perPoll);
  }
});

test("meters on one line share it; a read on demand goes between", async () => {
  await using fleet = await startFleet({ meters: 3, perLine: 3, personality: "microstar" });
  await using gateway = await startGateway({ dataDirectory: freshDirectory(), api: { port: 0 } });
  const seen = follow(gateway);
  for (const meter of fleet.meters) await register(gateway, meter);
  expect(await gateway.control.lines()).toHaveLength(1);
  await until(() => seen.readings.length >= 3 * keys.length * 4);
  const report = await gateway.control.readNow(fleet.meters[1]!.name);
  expect(report.outcomes.every(({ ok }) => ok)).toBe(true);
  const tested = await gateway.control.testMeter(fleet.meters[2]!.name);
  expect(tested).toMatchObject({ ok: true });
  await gateway.control.pauseMeter(fleet.meters[0]!.name);
  const pausedAt = systemClock.nowMs();
  const before = seen.readings.length;
  await until(() => seen.readings.length >= before + 10 * keys.length);
  const late = seen.readings.filter(
    (item) =>
      item.type === "reading" && item.meter === fleet.meters[0]!.name && item.measuredAt > pausedAt,
  );
  expect(late).toEqual([]);
  expect(seen.events).toEqual([]);
});

test("scalers and refusals survive a restart: the first poll asks for values only", async () => {
  await using fleet = await startFleet({ meters: 1, personality: "microstar" });
  const [meter] = fleet.meters;
  const dataDirectory = freshDirectory();
  const polls = 5;
  const run = async (isFirst: boolean): Promise<number> => {
    await using gateway = await startGateway({ dataDirectory, api: { port: 0 } });
    const seen = follow(gateway);
    if (isFirst) await register(gateway, meter!);
    await until(() => seen.readings.length >= polls * keys.length);
    await gateway.control.pauseMeter(meter!.name);
    const { requests, cycles } = await gateway.control.meterStatus(meter!.name);
    await gateway.control.resumeMeter(meter!.name);
    return requests - cycles.scheduled * keys.length;
  };
  // Once for each scaler and the logical device name; then the name alone. A poll that the pause
  // cut short is not a cycle any more but did ask.
  expect(await run(true)).toBeGreaterThanOrEqual(keys.length + 1);
  expect(await run(false)).toBeLessThanOrEqual(keys.length);
});

test("a full disk stops polling and nothing else; what is stored stays readable", async () => {
  await using fleet = await startFleet({ meters: 30 });
  await using gateway = await startGateway({
    dataDirectory: freshDirectory(),
    api: { port: 0 },
    variables: { LECTURA_STORE_DATABASE_OCTETS_MAX: "250000" },
  });
  const seen = follow(gateway);
  await gateway.control.addSink({ kind: "mqtt", name: "away", url: "mqtt://127.0.0.1:9" });
  for (const meter of fleet.meters) await register(gateway, meter);
  await until(() => seen.events.some((event) => event.startsWith("store/disk-full")));
  const { scheduled, journaled } = await gateway.control.summary();
  expect(journaled).toBeGreaterThan(0);
  expect(scheduled).toBeGreaterThan(journaled);
  const ready = await fetch(`${gateway.api!.url}/health/ready`);
  expect(ready.status).toBe(503);
  let stored = 0;
  for (const { name } of fleet.meters) {
    stored += (await gateway.control.history(name, { limit: 100_000 })).length;
  }
  // A record may still have found room between the two.
  expect(stored).toBeGreaterThanOrEqual(journaled);
  expect(stored).toBeLessThanOrEqual((await gateway.control.summary()).journaled);
  expect(seen.events.filter((event) => event.startsWith("store/")).length).toBe(1);
});
