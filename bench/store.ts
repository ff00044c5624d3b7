/**
 * The store beside the floor: polls of 9 values from 1000 meters, synchronous=FULL, group commit,
 * one sink, against node:sqlite alone writing the same values as compact rows of 1000 a transaction
 * (and as one row per value keyed meter, key, time), in the same run on the same disk.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ObisCode } from "@lectura/dlms/cosem";
import { systemClock } from "@lectura/dlms-node";
import { openStore } from "../packages/gateway/src/store/open-store.ts";
import type { PollRecord, Reading } from "../packages/gateway/src/readings/reading.ts";

const polls = 50_000;
const meters = 1000;
const values = 9;
const startMs = 1_760_000_000_000;
const keys = [
  ["voltage_l1", "1.0.32.7.0.255", 35, -2],
  ["voltage_l2", "1.0.52.7.0.255", 35, -2],
  ["voltage_l3", "1.0.72.7.0.255", 35, -2],
  ["current_l1", "1.0.31.7.0.255", 33, -3],
  ["current_l2", "1.0.51.7.0.255", 33, -3],
  ["current_l3", "1.0.71.7.0.255", 33, -3],
  ["frequency", "1.0.14.7.0.255", 44, -2],
  ["active_power", "1.0.1.7.0.255", 27, 0],
  ["active_energy", "1.0.1.8.0.255", 30, 0],
] as const;

interface Measured {
  readonly valuesPerSecond: number;
  readonly cpuMicrosPerValue: number;
  readonly octetsPerValue: number;
}

const atOf = (poll: number): number => startMs + Math.floor(poll / meters) * 2000;
const meterOf = (poll: number): number => 1 + (poll % meters);
const rawOf = (poll: number, index: number): number =>
  index === 8 ? 1_000_000 + poll : 23_000 + ((poll * 7 + index * 13) % 500);

function recordOf(poll: number): PollRecord {
  const measuredAt = atOf(poll);
  const meterId = meterOf(poll);
  const readings = keys.map(([key, obis, unit, scaler], index): Reading => ({
    meterId,
    key,
    obis: obis as ObisCode,
    value: { kind: "decimal", raw: BigInt(rawOf(poll, index)), scaler },
    unit,
    measuredAt,
    receivedAt: measuredAt + 12,
    origin: "poll",
    quality: [],
  }));
  const receivedAt = measuredAt + 12;
  return { meterId, measuredAt, receivedAt, origin: "poll", readings, failures: [] };
}

async function measure(
  run: (directory: string) => Promise<void> | void,
  count: number,
): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), "lectura-bench-"));
  try {
    const cpu = process.cpuUsage();
    const from = performance.now();
    await run(directory);
    const seconds = (performance.now() - from) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const octets = statSync(join(directory, "lectura.db")).size;
    return {
      valuesPerSecond: count / seconds,
      cpuMicrosPerValue: (user + system) / count,
      octetsPerValue: octets / count,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Journal, outbox and acknowledgement; up to 4000 polls wait at once, as with 1000 meters. */
async function store(directory: string): Promise<void> {
  await using journal = await openStore({ directory, clock: systemClock });
  const inFlightMax = 4000;
  for (let from = 0; from < polls; from += inFlightMax) {
    const chunk = Math.min(inFlightMax, polls - from);
    await Promise.all(
      Array.from({ length: chunk }, (_, index) => journal.append(recordOf(from + index), [1])),
    );
    const rows = await journal.pending(1, inFlightMax);
    await journal.acknowledge(
      1,
      rows.map(({ rowId }) => rowId),
    );
  }
}

async function journalOnly(directory: string): Promise<void> {
  await using journal = await openStore({ directory, clock: systemClock });
  for (let from = 0; from < polls; from += 4000) {
    const chunk = Math.min(4000, polls - from);
    await Promise.all(
      Array.from({ length: chunk }, (_, index) => journal.append(recordOf(from + index), [])),
    );
  }
}

function floor(schema: string): (directory: string) => void {
  return (directory) => {
    const database = new DatabaseSync(join(directory, "lectura.db"));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec(schema);
    const insert = database.prepare("INSERT INTO m VALUES (?, ?, ?, ?)");
    const total = polls * values;
    for (let row = 0; row < total;) {
      database.exec("BEGIN");
      for (let inBatch = 0; inBatch < 1000 && row < total; inBatch++, row++) {
        const poll = Math.floor(row / values);
        const index = row % values;
        insert.run(meterOf(poll), index, atOf(poll), rawOf(poll, index));
      }
      database.exec("COMMIT");
    }
    database.close();
  };
}

const columns = "meter_id INTEGER, name_id INTEGER, ts INTEGER, value INTEGER";
const appended = `CREATE TABLE m (${columns})`;
const keyed = `CREATE TABLE m (${columns}, PRIMARY KEY (meter_id, name_id, ts)) WITHOUT ROWID`;
const cases = [
  ["floor: node:sqlite, one row per value, keyed", floor(keyed)],
  ["floor: node:sqlite, one row per value, no key", floor(appended)],
  ["store: journal", journalOnly],
  ["store: journal + outbox + acknowledged", store],
] as const;

/** Rates with CPU of both threads and the size on disk, each with its ratio to the keyed floor. */
export async function benchStore(): Promise<void> {
  let floorRate = 0;
  for (const [name, run] of cases) {
    const result = await measure(run, polls * values);
    if (floorRate === 0) floorRate = result.valuesPerSecond;
    const rate = `${(result.valuesPerSecond / 1000).toFixed(0)} k values/s`;
    const cpu = `${result.cpuMicrosPerValue.toFixed(2)} us CPU/value`;
    const size = `${result.octetsPerValue.toFixed(1)} MB/M values`;
    const ratio = `ratio ${(result.valuesPerSecond / floorRate).toFixed(2)}`;
    process.stdout.write(
      `${name.padEnd(46)}${rate.padStart(16)}${cpu.padStart(20)}${size.padStart(20)}  ${ratio}\n`,
    );
  }
}
