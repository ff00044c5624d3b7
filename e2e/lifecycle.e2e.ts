/** Changes while the gateway runs, a broker that goes away, and a clean end. */
import { systemClock } from "@lectura/dlms-node";
import { FakeThingsBoard, until } from "@lectura/testkit";
import { expect, test } from "vitest";
import { controlOf, draftOf, nineKeys, prepare } from "./gateway-directory.ts";
import {
  endpointWords,
  type Item,
  lectura,
  LecturaProcess,
  type ReadyMeter,
  scratchDirectory,
  simulate,
} from "./lectura-process.ts";
import { missingPrograms, Mosquitto } from "./mosquitto-server.ts";
import { journalOf, judge } from "./received.ts";
import { Tap } from "./tap.ts";

const intervalMs = 200;
/** What INTERFACES section 2 gives a change to take effect. */
const effectMs = 1000;
const downMs = 1000 * Number(process.env["LECTURA_DOWN_SECONDS"] ?? 6);
const variables = { METER_PASSWORD: "22222222", TB_TOKEN: "token-of-one" };

function startRun(dataDirectory: string, more: Record<string, string> = {}): LecturaProcess {
  const words = ["run", "--json", "--api-port", "0", "--data-dir", dataDirectory];
  return new LecturaProcess(words, { variables: more });
}

const isReading =
  (meter: string) =>
  (item: Item): boolean =>
    item["type"] === "reading" && item["meter"] === meter;

/** Readings of one meter that were measured after an instant. */
function readingsSince(gateway: LecturaProcess, meter: string, sinceMs: number): readonly Item[] {
  return gateway.items.filter(
    (item) => isReading(meter)(item) && Number(item["measuredAt"]) > sinceMs,
  );
}

/** The words of `meter add` for a simulated meter. */
function addWords(meter: ReadyMeter): readonly string[] {
  const poll = ["--interval", `${intervalMs}ms`, "--plan", nineKeys.join(",")];
  const password = ["--password-env", "METER_PASSWORD"];
  return ["meter", "add", meter.name, ...endpointWords(meter), ...poll, ...password];
}

test("meters are added, edited, paused and resumed under a running gateway, within a second", async () => {
  using directory = scratchDirectory();
  await using simulator = await simulate(["--meters", "3", "--personality", "microstar"]);
  const [one, two, three] = simulator.meters;
  const data = ["--data-dir", directory.path];
  await prepare(directory.path, async (control) => {
    await control.addMeter(draftOf(one!, { intervalMs }));
  });
  const said = async (words: readonly string[]): Promise<number> => {
    const { code, stderr } = await lectura([...words, ...data, "--json"], { variables });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return Date.now();
  };
  {
    await using gateway = startRun(directory.path);
    await gateway.item(isReading(one!.name));

    const addedAt = await said(addWords(two!));
    const first = await gateway.item(isReading(two!.name));
    expect(Number(first["measuredAt"])).toBeLessThan(addedAt + effectMs);

    // Written into the registry by a process that does not ask the gateway.
    await prepare(directory.path, async (control) => {
      await control.addMeter(draftOf(three!, { intervalMs }));
    });
    const importedAt = Date.now();
    const foreign = await gateway.item(isReading(three!.name));
    expect(Number(foreign["measuredAt"])).toBeLessThan(importedAt + effectMs);

    const editedAt = await said(["meter", "edit", two!.name, "--plan", "frequency"]);
    await gateway.until(() => readingsSince(gateway, two!.name, editedAt + effectMs).length > 5);
    const keys = readingsSince(gateway, two!.name, editedAt + effectMs).map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(["frequency"]));

    const pausedAt = await said(["meter", "pause", one!.name]);
    await gateway.until(() => readingsSince(gateway, two!.name, pausedAt + effectMs).length > 5);
    expect(readingsSince(gateway, one!.name, pausedAt)).toEqual([]);
    const { code } = await lectura(["status", one!.name, "--json", ...data]);
    expect(code).toBe(0);
    await gateway.interrupt();
  }
  await using again = startRun(directory.path);
  await again.item(isReading(three!.name));
  await again.until(() => readingsSince(again, two!.name, 0).length > 5);
  expect(readingsSince(again, one!.name, 0)).toEqual([]);
  const resumedAt = await said(["meter", "resume", one!.name]);
  const resumed = await again.item(isReading(one!.name));
  expect(Number(resumed["measuredAt"])).toBeLessThan(resumedAt + effectMs);
});

/** RLRQ in its LLC, and the control octet of DISC with the poll bit. */
const releaseRequest = Buffer.from("e6e60062", "hex");
const disconnect = 0x53;

test("SIGINT releases every association and ends within five seconds", async () => {
  using directory = scratchDirectory();
  await using simulator = await simulate(["--meters", "4", "--personality", "microstar,segmented"]);
  await using taps = new AsyncDisposableStack();
  const opened: Tap[] = [];
  for (const { tcp } of simulator.meters) opened.push(taps.use(await Tap.open(tcp)));
  await prepare(directory.path, async (control) => {
    for (const [index, { tcp }] of opened.entries()) {
      await control.addMeter(draftOf({ ...simulator.meters[index]!, tcp }, { intervalMs }));
    }
  });
  await using gateway = startRun(directory.path);
  for (const { name } of simulator.meters) await gateway.item(isReading(name));
  const startedMs = performance.now();
  const { scheduled, journaled } = await gateway.interrupt();
  expect(performance.now() - startedMs).toBeLessThan(5000);
  expect(journaled).toBe(scheduled);
  for (const tap of opened) {
    expect(tap.sent(releaseRequest)).toBe(1);
    const last = lastFrame(tap.connections.at(-1)!.sent);
    // No information: the control octet stands before the FCS.
    expect(last.at(-4)).toBe(disconnect);
  }
});

/** The last frame of a client, cut by the length field of each: 7E may stand inside. */
function lastFrame(octets: Buffer): Buffer {
  let frame = octets;
  for (let at = 0; at < octets.length;) {
    const length = octets.readUInt16BE(at + 1) & 0x7ff;
    frame = octets.subarray(at, at + length + 2);
    at += length + 2;
  }
  return frame;
}

test.skipIf(missingPrograms.length > 0)(
  "a broker that is down for a while misses nothing, each meter's order kept",
  async () => {
    using directory = scratchDirectory();
    await using server = await Mosquitto.start({
      settings: ["persistence true", "max_queued_messages 0", "max_inflight_messages 0"],
    });
    const received = await server.subscribe("meters/#", { keepSession: true });
    await using simulator = await simulate(["--meters", "5"]);
    await prepare(directory.path, async (control) => {
      await control.addSink({ kind: "mqtt", name: "broker", url: server.url });
      for (const meter of simulator.meters) await control.addMeter(draftOf(meter, { intervalMs }));
    });
    await using gateway = startRun(directory.path, { LECTURA_MQTT_RECONNECT_MS_MAX: "2000" });
    await until(() => received.length > 20);
    await server.stop();
    const downAt = Date.now();
    await gateway.item(({ code }) => code === "mqtt/unreachable" || code === "mqtt/closed");
    const [{ name }] = simulator.meters as readonly [ReadyMeter];
    await gateway.until(() => readingsSince(gateway, name, downAt + downMs).length > 0);
    const control = await controlOf(directory.path);
    const { counts } = await control.sink("broker");
    expect(counts.pending).toBeGreaterThanOrEqual(nineKeys.length * (downMs / intervalMs));
    await server.start();
    await gateway.item(({ code }) => code === "sink/connected");
    const backAt = Date.now();
    await gateway.until(() => readingsSince(gateway, name, backAt).length > 0);
    const summary = await gateway.interrupt();
    expect(summary.sinks["broker"]).toEqual({
      acknowledged: summary.journaled,
      pending: 0,
      deadLettered: 0,
      dropped: 0,
    });
    await until(() => received.length * nineKeys.length >= journalOf(directory.path).size);
    const { repeated: _again, readings, ...faults } = judge(directory.path, received);
    expect(faults).toEqual({ lost: [], invented: [], changed: [], disordered: [] });
    expect(readings).toBe(summary.journaled);
  },
);

test("a ThingsBoard stores every value with the meter's time and its exact number", async () => {
  using directory = scratchDirectory();
  await using board = new FakeThingsBoard({ clock: systemClock });
  await board.listen();
  board.createDevice({ name: "one", token: variables.TB_TOKEN });
  await using simulator = await simulate(["--personality", "generic-three-phase"]);
  const data = ["--data-dir", directory.path];
  const [meter] = simulator.meters;
  const sink = ["sink", "add", "tb", "--kind", "thingsboard-device", "--url", board.url];
  expect((await lectura([...sink, ...data])).code).toBe(0);
  const words = [...addWords(meter!), "--tb-token-env", "TB_TOKEN", ...data];
  expect((await lectura(words, { variables })).code).toBe(0);
  await using gateway = startRun(directory.path);
  await until(() => board.storedValues("one", "active_energy").length >= 10);
  const summary = await gateway.interrupt();
  expect(summary.sinks["tb"]).toMatchObject({ acknowledged: summary.journaled, pending: 0 });
  const journal = journalOf(directory.path);
  const stored = nineKeys.flatMap((key) =>
    board
      .storedValues("one", key)
      .map(({ ts, value }) => [`${meter!.name} ${key} ${ts}`, Number(value.value)] as const),
  );
  expect(new Map(stored)).toEqual(journal);
  const texts = board.publishes("one", "v1/devices/me/telemetry").map(({ payload }) => payload);
  const exact = gateway.items.filter(isReading(meter!.name)).slice(0, 50);
  for (const { key, value, measuredAt } of exact) {
    const payload = texts.find((text) => text.includes(`"ts":${String(measuredAt)}`))!;
    // The shortest literal of the same number: trailing zeros of the text are not in JSON.
    const literal = String(value)
      .replace(/(\.\d*?)0+$/, "$1")
      .replace(/\.$/, "");
    expect(payload).toContain(`"${String(key)}":${literal}`);
  }
});
