/** The gateway killed at random moments under load: what it has stored arrives, all of it. */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { controlOf, draftOf, nineKeys, prepare } from "./gateway-directory.ts";
import {
  lectura,
  LecturaProcess,
  scratchDirectory,
  simulate,
  type Item,
} from "./lectura-process.ts";
import { missingPrograms, Mosquitto } from "./mosquitto-server.ts";
import { journalOf, judge } from "./received.ts";

const kills = Number(process.env["LECTURA_KILLS"] ?? 8);
const meters = 20;
const intervalMs = 200;
/** One life in four ends before the gateway has said that it is ready. */
const startupShare = 0.25;
const startupMsMax = 1000;
const runningMsMax = 1200;

/** The database as the kill left it, looked at in a copy: recovery is the gateway's own. */
function expectIntact(dataDirectory: string, copyDirectory: string): void {
  for (const name of ["lectura.db", "lectura.db-wal"]) {
    const from = join(dataDirectory, name);
    // Killed between closing one writer and the first write of the next, there is no log.
    if (existsSync(from)) cpSync(from, join(copyDirectory, name), { force: true });
    else rmSync(join(copyDirectory, name), { force: true });
  }
  const database = new DatabaseSync(join(copyDirectory, "lectura.db"));
  expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  const counts = database.prepare("SELECT * FROM sink_counts").get();
  const count = (name: string): number => Number(counts?.[name] ?? 0);
  const { readings } = database
    .prepare("SELECT coalesce(sum(readings), 0) AS readings FROM outbox")
    .get() as { readings: number };
  expect(count("produced")).toBe(
    count("acknowledged") + count("pending") + count("dead_lettered") + count("dropped"),
  );
  expect(count("pending")).toBe(readings);
  database.close();
}

/** Runs the gateway for a random while, kills it; what it had said was stored by then. */
async function liveAndDie(dataDirectory: string): Promise<readonly Item[]> {
  const words = ["run", "--json", "--data-dir", dataDirectory, "--api-port", "0"];
  await using gateway = new LecturaProcess(words);
  if (Math.random() < startupShare) {
    await sleep(Math.random() * startupMsMax);
  } else {
    await gateway.item(({ type }) => type === "reading");
    await sleep(Math.random() * runningMsMax);
  }
  await gateway.kill();
  return gateway.items.filter(({ type }) => type === "reading");
}

test.skipIf(missingPrograms.length > 0)(
  `${kills} times killed under load, the gateway loses nothing it had stored`,
  async () => {
    using directory = scratchDirectory();
    using copy = scratchDirectory();
    await using server = await Mosquitto.start({
      settings: ["max_queued_messages 0", "max_inflight_messages 0"],
    });
    const received = await server.subscribe("meters/#");
    await using simulator = await simulate(["--meters", String(meters)], { lifeMs: 3_600_000 });
    await prepare(directory.path, async (control) => {
      await control.addSink({ kind: "mqtt", name: "broker", url: server.url });
      for (const meter of simulator.meters) await control.addMeter(draftOf(meter, { intervalMs }));
    });
    const said = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      for (const { meter, key, measuredAt } of await liveAndDie(directory.path)) {
        said.add(`${String(meter)} ${String(key)} ${String(measuredAt)}`);
      }
      expectIntact(directory.path, copy.path);
    }
    await deliverTheRest(directory.path);
    const { items } = await lectura(["status", "--json", "--data-dir", directory.path]);
    const [{ sinks }] = items as unknown as readonly [{ sinks: readonly { counts: object }[] }];
    const journal = journalOf(directory.path);
    expect(sinks[0]!.counts).toEqual({
      produced: journal.size,
      acknowledged: journal.size,
      pending: 0,
      deadLettered: 0,
      dropped: 0,
    });
    const { repeated, readings, ...faults } = judge(directory.path, received);
    expect(faults).toEqual({ lost: [], invented: [], changed: [], disordered: [] });
    expect([...said].filter((name) => !journal.has(name))).toEqual([]);
    expect(readings).toBeGreaterThan(kills * nineKeys.length);
    process.stdout.write(
      `${kills} kills: ${readings} readings stored and delivered, ` +
        `${repeated} of ${received.length} messages came again\n`,
    );
  },
  Math.max(120_000, kills * 10_000),
);

/** One more life in which nothing is read: the outbox empties. */
async function deliverTheRest(dataDirectory: string): Promise<void> {
  await prepare(dataDirectory, async (control) => {
    for (const { name } of await control.meters()) await control.pauseMeter(name);
  });
  const words = ["run", "--json", "--data-dir", dataDirectory, "--api-port", "0"];
  await using gateway = new LecturaProcess(words);
  await gateway.ready();
  const control = await controlOf(dataDirectory);
  while ((await control.sink("broker")).counts.pending > 0) await sleep(20);
  await gateway.interrupt();
}
