/** Meters that prove and cipher, set up by words, with keys in the environment. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { openSession } from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { expect, test } from "vitest";
import { nineKeys } from "./gateway-directory.ts";
import {
  endpointWords,
  type Item,
  lectura,
  LecturaProcess,
  type ReadyMeter,
  scratchDirectory,
  type Simulator,
  simulate,
} from "./lectura-process.ts";
import { missingPrograms, Mosquitto } from "./mosquitto-server.ts";
import { expectProblem } from "./problems.ts";
import { judge } from "./received.ts";
import { Tap } from "./tap.ts";

/** The application context with ciphering (2.16.756.5.8.1.3), as every AARQ with keys has it. */
const cipheredContext = Buffer.from("60857405080103", "hex");
const wrongKey = "99".repeat(16);

function variablesOf({ testKeys }: ReadyMeter): Readonly<Record<string, string>> {
  const keys = Object.entries(testKeys ?? {});
  const named = keys.map(([name, hex]) => [name.toUpperCase(), hex] as const);
  return { ...Object.fromEntries(named), WRONG: wrongKey, PASSWORD: "22222222" };
}

const gmac = "--auth hls-gmac --guek env:GUEK --gak env:GAK".split(" ");
const wrongGmac = "--auth hls-gmac --guek env:WRONG --gak env:GAK".split(" ");

function runWords(directory: string): readonly string[] {
  return ["run", "--json", "--data-dir", directory, "--api-port", "0"];
}

async function done(
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<readonly Item[]> {
  const { code, items, stderr } = await lectura(words, { variables });
  expect(code, stderr).toBe(0);
  return items;
}

async function oneMeter(words: readonly string[]): Promise<[Simulator, ReadyMeter]> {
  const simulator = await simulate(words);
  return [simulator, simulator.meters[0]!];
}

test.skipIf(missingPrograms.length > 0)(
  "a secured meter is added by words, polled, and delivered to Mosquitto",
  async () => {
    using directory = scratchDirectory();
    await using server = await Mosquitto.start();
    const received = await server.subscribe("meters/#");
    const [simulator, meter] = await oneMeter(["--personality", "secured"]);
    await using _simulator = simulator;
    const variables = variablesOf(meter);
    const data = ["--data-dir", directory.path];
    const plan = ["--plan", nineKeys.join(","), "--interval", "200ms"];
    await done(["meter", "add", "main", ...endpointWords(meter), ...gmac, ...plan, ...data], {
      ...variables,
    });
    await done(["sink", "add", "broker", "--kind", "mqtt", "--url", server.url, ...data], {});
    await using gateway = new LecturaProcess(runWords(directory.path));
    await gateway.until(() => gateway.items.filter(({ type }) => type === "reading").length > 100);
    const summary = await gateway.interrupt();
    expect(summary.sinks["broker"]).toMatchObject({ pending: 0, deadLettered: 0, dropped: 0 });
    const { readings, repeated, ...faults } = judge(directory.path, received);
    expect(faults).toEqual({ lost: [], invented: [], changed: [], disordered: [] });
    expect([readings > 90, repeated]).toEqual([true, 0]);
    const codes = codesIn(directory.path);
    expect(codes.filter((code) => code === "meter/counter-read")).toHaveLength(1);
    // Neither the stream nor an export has a key in it.
    const [shown] = await done(["meter", "show", "main", "--json", ...data], {});
    expect(shown).toMatchObject({ hasKeys: ["guek", "gak"], auth: "hls-gmac" });
    const said = JSON.stringify([gateway.items, shown]).toLowerCase();
    for (const key of Object.values(meter.testKeys ?? {})) expect(said).not.toContain(key);
  },
);

test("a wrong key goes out once, over restarts too, and a right one opens the latch", async () => {
  using directory = scratchDirectory();
  const [simulator, meter] = await oneMeter(["--personality", "secured"]);
  await using _simulator = simulator;
  await using tap = await Tap.open(meter.tcp);
  const variables = variablesOf(meter);
  const data = ["--data-dir", directory.path];
  const where = endpointWords({ ...meter, tcp: tap.tcp });
  const add = ["meter", "add", "main", ...where, ...wrongGmac, "--interval", "200ms"];
  await done([...add, ...data], variables);
  for (const life of ["first", "second"]) {
    await using gateway = new LecturaProcess(runWords(directory.path));
    await gateway.ready();
    while (tap.sent(cipheredContext) === 0) await sleep(20);
    await sleep(1_000);
    const { code, items } = await lectura(["status", "main", "--json", ...data]);
    expect(code).toBe(4);
    expect(JSON.stringify(items)).toMatch(/"state":"held".*"code":"security\/tag"/);
    const held = { error: "meter/credential-held", exitCode: 1 };
    await expectProblem(["read", "main", ...data], held);
    expect(tap.sent(cipheredContext)).toBe(1);
    if (life === "second") {
      await done(["meter", "edit", "main", "--guek", "env:GUEK", ...data], variables);
      await gateway.item(({ type }) => type === "reading");
    }
    await gateway.interrupt();
  }
});

test("a raw read says in both languages that keys do not fit, after one attempt", async () => {
  const [simulator, meter] = await oneMeter(["--personality", "secured"]);
  await using _simulator = simulator;
  await using tap = await Tap.open(meter.tcp);
  const variables = variablesOf(meter);
  const words = ["read", ...endpointWords({ ...meter, tcp: tap.tcp }), "voltage_l1"];
  const problem = { error: "security/tag", exitCode: 1, says: [] };
  await expectProblem([...words, ...wrongGmac], problem, { variables });
  await expectProblem([...words, ...wrongGmac, "--lang", "es"], problem, { variables });
  expect(tap.sent(cipheredContext)).toBe(4);
  const usage = { exitCode: 2 };
  await expectProblem([...words, "--auth", "hls-gmac"], {
    ...usage,
    error: "security/key-absent",
  });
  await expectProblem([...words, "--auth", "hls-gmac", "--guek", wrongKey], {
    ...usage,
    error: "usage/key-source",
  });
  expect(tap.sent(cipheredContext)).toBe(4);
});

const ways: readonly (readonly [settings: string, words: string])[] = [
  ["auth=lls,protection=both", "--auth lls --password-env PASSWORD --protection both"],
  ["suite=1,auth=hls-gmac", "--auth hls-gmac --suite 1 --dedicated"],
  ["suite=2,auth=hls-gmac,protection=authenticated", "--auth hls-gmac --suite 2 --general"],
  ["auth=hls-sha256,protection=encrypted", "--auth hls-sha256 --password-env PASSWORD"],
  ["auth=hls-md5", "--auth hls-md5 --password-env PASSWORD"],
  [
    "suite=1,auth=hls-ecdsa,protection=both",
    "--auth hls-ecdsa --signing-key env:SIGNINGKEY --server-signing-key env:SERVERSIGNINGKEY --suite 1",
  ],
];

test.each(ways)("a meter of %s is read with %s", async (settings, words) => {
  const [simulator, meter] = await oneMeter(["--security", settings]);
  await using _simulator = simulator;
  const protection = /protection=([a-z]+)/.exec(settings)?.[1];
  const more = protection === undefined ? [] : ["--protection", protection];
  const keys = meter.testKeys === undefined ? [] : ["--guek", "env:GUEK", "--gak", "env:GAK"];
  const where = endpointWords(meter);
  const read = ["read", ...where, ...words.split(" "), ...more, ...keys, "voltage_l1", "--json"];
  const [reading] = await done(read, variablesOf(meter));
  expect(reading).toMatchObject({ type: "reading", key: "voltage_l1", unit: "V" });
});

const kills = 6;

test(`${kills} times killed, the gateway uses no invocation counter twice`, async () => {
  using directory = scratchDirectory();
  const [simulator, meter] = await oneMeter(["--personality", "secured"]);
  await using _simulator = simulator;
  const data = ["--data-dir", directory.path];
  const add = ["meter", "add", "main", ...endpointWords(meter), ...gmac, "--interval", "100ms"];
  await done([...add, ...data], variablesOf(meter));
  for (let kill = 0; kill < kills; kill++) {
    await using gateway = new LecturaProcess(runWords(directory.path));
    await gateway.item(({ type }) => type === "reading");
    await sleep(Math.random() * 500);
    await gateway.kill();
    // The meter refuses what is not above this: whatever it has seen is reserved on disk.
    expect(reservedIn(directory.path)).toBeGreaterThan(await lastCounterOf(meter));
  }
  const codes = codesIn(directory.path);
  expect(codes.filter((code) => code === "meter/counter-read")).toHaveLength(1);
  expect(codes.filter((code) => code.startsWith("security/"))).toEqual([]);
}, 60_000);

/** Codes of all that happened, as the gateway has stored it. */
function codesIn(dataDirectory: string): readonly string[] {
  const database = new DatabaseSync(join(dataDirectory, "lectura.db"), { readOnly: true });
  const rows = database.prepare("SELECT code FROM events ORDER BY id").all();
  database.close();
  return rows.map(({ code }) => String(code));
}

function reservedIn(dataDirectory: string): number {
  const database = new DatabaseSync(join(dataDirectory, "lectura.db"), { readOnly: true });
  const row = database.prepare("SELECT reserved FROM invocation_counters").get();
  database.close();
  return Number(row?.["reserved"]);
}

async function lastCounterOf({ tcp, serverUpper, addressSize }: ReadyMeter): Promise<number> {
  await using session = await openSession({
    tcp,
    clientSap: 16,
    server: { size: addressSize, upper: serverUpper },
  });
  const logicalName = obis("0.0.43.1.0.255");
  const result = await session.get({ classId: 1, logicalName, attributeId: 2 });
  return result.ok ? Number(result.value.value) : Number.NaN;
}
