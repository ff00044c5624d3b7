import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { valueText } from "../readings/value-text.ts";
import type { ReadingValue } from "../readings/reading.ts";
import { openRegistry } from "../registry/registry.ts";
import { openVault } from "../vault/vault.ts";
import { openStore } from "./open-store.ts";
import { readingOf, recordOf, startMs } from "./store.contract.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-views-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function query(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(directory, "lectura.db"), { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

function fillRegistry(): void {
  using vault = openVault(directory);
  using registry = openRegistry({ directory, vault, clock: systemClock });
  const endpoint = { kind: "tcp", host: "10.0.0.7", port: 3333 } as const;
  registry.addMeter({ name: "Board", endpoint, password: "hunter2", template: "microstar" });
  registry.pauseMeter("Board");
}

test("the queries of the original's documents work on the views", async () => {
  fillRegistry();
  await using store = await openStore({ directory, clock: systemClock });
  await store.append(recordOf(1, startMs), []);
  await store.append(recordOf(1, startMs + 1000), []);
  expect(
    query(`SELECT timestamp, measurement_name, value, unit FROM metrics WHERE meter_id = 1
      ORDER BY timestamp DESC LIMIT 2`),
  ).toEqual([
    {
      timestamp: "2025-10-09 08:53:21.000",
      measurement_name: "voltage_l1",
      value: 230.12,
      unit: "V",
    },
    {
      timestamp: "2025-10-09 08:53:21.000",
      measurement_name: "voltage_l2",
      value: 229.99,
      unit: "V",
    },
  ]);
  expect(
    query(`SELECT AVG(value) AS mean FROM metrics WHERE meter_id = 1
      AND measurement_name = 'voltage_l1' AND timestamp > '2025-10-09 08:00:00'`),
  ).toEqual([{ mean: 230.12 }]);
  expect(query("SELECT timestamp, severity, message, resolved FROM alarms")).toEqual([]);
});

test("every value is exact as text", async () => {
  await using store = await openStore({ directory, clock: systemClock, groupCommitMs: 0 });
  const values: ReadingValue[] = [
    { kind: "decimal", raw: 0n, scaler: 3 },
    { kind: "decimal", raw: 0n, scaler: -2 },
    { kind: "decimal", raw: -7n, scaler: -3 },
    { kind: "decimal", raw: 2n ** 64n - 1n, scaler: -20 },
    { kind: "decimal", raw: -(2n ** 63n), scaler: 4 },
    { kind: "text", text: "SN 17" },
    { kind: "octets", octets: Uint8Array.of(1, 0xfe) },
    { kind: "boolean", value: true },
  ];
  const arbitrary = fc.sample(
    fc.record({
      kind: fc.constant("decimal" as const),
      raw: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      scaler: fc.integer({ min: -128, max: 127 }),
    }),
    { numRuns: 300, seed: 1 },
  );
  const all = [...values, ...arbitrary];
  const readings = all.map((value, index) => readingOf(1, `k${index}`, startMs, value));
  await store.append(recordOf(1, startMs, readings), []);
  const rows = query("SELECT measurement_name AS key, value_text AS text, value FROM metrics");
  expect(rows.map(({ text }) => text)).toEqual(all.map(valueText));
  expect(rows[2]?.["value"]).toBe(-0.007);
  expect(rows[5]?.["value"]).toBeNull();
  expect(rows[7]?.["value"]).toBe(1);
});

test("floats are numbers, what is no number is NULL", async () => {
  await using store = await openStore({ directory, clock: systemClock });
  const readings = [
    readingOf(1, "plain", startMs, { kind: "float", width: 32, bits: 0x4366_0000n, scaler: -1 }),
    readingOf(1, "nan", startMs, { kind: "float", width: 32, bits: 0x7fc0_0000n, scaler: 0 }),
  ];
  await store.append(recordOf(1, startMs, readings), []);
  expect(query("SELECT value FROM metrics")).toEqual([{ value: 23 }, { value: null }]);
});

test("meters and diagnostics show what people asked the original for, and no secret", async () => {
  fillRegistry();
  await using store = await openStore({ directory, clock: systemClock });
  await store.append(recordOf(1, startMs), []);
  await store.recordEvent({
    at: startMs,
    severity: "error",
    code: "hdlc/no-answer",
    meterId: 1,
    lineId: 1,
    message: "no answer",
  });
  const [meter] = query("SELECT * FROM meters");
  expect(meter).toMatchObject({
    id: 1,
    name: "Board",
    ip_address: "10.0.0.7",
    port: 3333,
    client_id: 1,
    server_id: 1,
    status: "paused",
    last_seen: "2025-10-09 08:53:20.000",
  });
  expect(JSON.stringify(meter)).not.toContain("hunter2");
  expect(Object.keys(meter!).filter((column) => /password|token|secret/.test(column))).toEqual([]);
  expect(query("SELECT * FROM dlms_diagnostics")).toEqual([
    {
      id: 1,
      meter_id: 1,
      timestamp: "2025-10-09 08:53:20.000",
      severity: "error",
      category: "hdlc",
      message: "no answer",
      raw_frame: null,
      code: "hdlc/no-answer",
    },
  ]);
});

test("only the promised names are views, and no table has one of them", async () => {
  await (await openStore({ directory, clock: systemClock }))[Symbol.asyncDispose]();
  expect(query("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")).toEqual(
    ["alarms", "dlms_diagnostics", "meters", "metrics"].map((name) => ({ name })),
  );
});

test("a release with other views replaces them", async () => {
  await (await openStore({ directory, clock: systemClock }))[Symbol.asyncDispose]();
  const database = new DatabaseSync(join(directory, "lectura.db"));
  database.exec("DROP VIEW metrics; CREATE VIEW metrics AS SELECT 1 AS one");
  database.close();
  await (await openStore({ directory, clock: systemClock }))[Symbol.asyncDispose]();
  expect(query("SELECT measurement_name FROM metrics")).toEqual([]);
});
