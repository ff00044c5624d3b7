import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openStore } from "./open-store.ts";
import { expectBalanced } from "./store.contract.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-crash-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Appends for ever on 8 meters for 2 sinks, acknowledges some, says each promise that was kept. */
const writer = `
  import { writeSync } from "node:fs";
  import { openStore } from ${JSON.stringify(new URL("./open-store.ts", import.meta.url).href)};
  import { systemClock } from "@lectura/dlms-node";
  const [directory, round] = process.argv.slice(1);
  const store = await openStore({ directory, clock: systemClock, groupCommitMs: 2 });
  const record = (meterId, at) => ({
    meterId, measuredAt: at, receivedAt: at, origin: "poll", failures: [],
    readings: ["a", "b", "c"].map((key) => ({
      meterId, key, obis: "1.0.1.8.0.255", value: { kind: "decimal", raw: BigInt(at), scaler: 0 },
      unit: 30, measuredAt: at, receivedAt: at, origin: "poll", quality: [],
    })),
  });
  async function write(meterId) {
    for (let step = 0; ; step++) {
      const at = Number(round) * 1_000_000 + step;
      const { seq } = await store.append(record(meterId, at), [1, 2]);
      writeSync(1, "stored " + meterId + " " + at + " " + seq + "\\n");
      if (step % 3 === 0) {
        const [row] = await store.pending(1, 1, { meterId });
        await store.acknowledge(1, [row.rowId]);
        writeSync(1, "acknowledged 1 " + row.rowId + "\\n");
      }
    }
  }
  for (let meterId = 1; meterId <= 8; meterId++) void write(meterId);
`;

/** Runs the writer until it has said `lines` things, kills it, gives back what it said. */
async function writeAndKill(round: number, lines: number): Promise<readonly string[]> {
  const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(
    process.execPath,
    [...flags, "--input-type=module", "--eval", writer, directory, String(round)],
    { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname },
  );
  const said: string[] = [];
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill("SIGKILL");
  }
  await exited;
  return said;
}

interface Promised {
  readonly stored: Map<string, number>;
  readonly acknowledged: Set<number>;
}

function collect(said: readonly string[], promised: Promised): void {
  for (const line of said) {
    const [kind, first, second, third] = line.split(" ");
    if (kind === "stored") promised.stored.set(`${first}@${second}`, Number(third));
    else promised.acknowledged.add(Number(second));
  }
}

/** Everything promised is there, and what is there fits together. */
async function inspect(promised: Promised): Promise<void> {
  const database = new DatabaseSync(join(directory, "lectura.db"));
  expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  const rows = database.prepare("SELECT meter_id AS m, measured_at AS t FROM journal").all();
  const journal = new Set(rows.map(({ m, t }) => `${String(m)}@${String(t)}`));
  for (const key of promised.stored.keys()) expect(journal).toContain(key);
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  expect(count("SELECT sum(readings) AS n FROM outbox WHERE sink_id = 2")).toBe(3 * rows.length);
  expect(count("SELECT sum(seq) AS n FROM meter_sequences")).toBe(rows.length);
  expect(
    count(`SELECT count(*) AS n FROM outbox_polls p WHERE refs <>
      (SELECT count(*) FROM outbox o WHERE o.poll_id = p.id)`),
  ).toBe(0);
  database.close();
  await using store = await openStore({ directory, clock: systemClock });
  for (const sinkId of [1, 2]) {
    const counts = await store.counts(sinkId);
    expectBalanced(counts);
    expect(counts.produced).toBe(3 * rows.length);
  }
  const pending = new Map(
    (await store.pending(2, 100_000)).map(({ record, seq }) => [
      `${record.meterId}@${record.measuredAt}`,
      seq,
    ]),
  );
  for (const [key, seq] of promised.stored) expect(pending.get(key)).toBe(seq);
  const left = new Set((await store.pending(1, 100_000)).map(({ rowId }) => rowId));
  for (const rowId of promised.acknowledged) expect(left).not.toContain(rowId);
}

test("a process killed while it writes loses nothing it had promised", async () => {
  const promised: Promised = { stored: new Map(), acknowledged: new Set() };
  for (const [round, lines] of [5, 61, 240].entries()) {
    collect(await writeAndKill(round, lines), promised);
    await inspect(promised);
  }
}, 60_000);
