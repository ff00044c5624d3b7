import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openStore } from "./open-store.ts";
import { expectBalanced } from "./store.contract.ts";

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
async function writeAndKill(
  directory: string,
  round: number,
  lines: number,
): Promise<readonly string[]> {
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
async function inspect(directory: string, promised: Promised): Promise<void> {
  const database = new DatabaseSync(join(directory, "lectura.db"));
  expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  const rows = database.prepare("SELECT meter_id AS m, measured_at AS t FROM journal").all();
  const journal = new Set(rows.map(({ m, t }) => `${String(m)}@${String(t)}`));
  expect([...promised.stored.keys()].filter((key) => !journal.has(key))).toEqual([]);
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  expect(count("SELECT sum(readings) AS n FROM outbox WHERE sink_id = 2")).toBe(3 * rows.length);
  expect(count("SELECT sum(seq) AS n FROM meter_sequences")).toBe(rows.length);
  expect(
    count(`SELECT count(*) AS n FROM outbox_polls p
      LEFT JOIN (SELECT poll_id, count(*) AS rows FROM outbox GROUP BY poll_id) o
      ON o.poll_id = p.id WHERE p.refs <> coalesce(o.rows, 0)`),
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
  expect([...promised.stored].filter(([key, seq]) => pending.get(key) !== seq)).toEqual([]);
  const left = new Set((await store.pending(1, 100_000)).map(({ rowId }) => rowId));
  expect([...promised.acknowledged].filter((rowId) => left.has(rowId))).toEqual([]);
}

/**
 * Rounds of a writer that is killed after so many promises, on one directory; each round checks
 * that everything promised since the first is there, and that what is there fits together.
 */
export async function killWriters(
  directory: string,
  linesOfRound: readonly number[],
): Promise<number> {
  const promised: Promised = { stored: new Map(), acknowledged: new Set() };
  for (const [round, lines] of linesOfRound.entries()) {
    collect(await writeAndKill(directory, round, lines), promised);
    await inspect(directory, promised);
  }
  return promised.stored.size;
}
