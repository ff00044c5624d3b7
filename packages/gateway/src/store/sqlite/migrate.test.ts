import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { migrate, migrations } from "./migrate.ts";

const version = (database: DatabaseSync): unknown =>
  database.prepare("PRAGMA user_version").get()?.["user_version"];

test("a database goes forward step by step and is not migrated twice", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "db");
  expect(version(database)).toBe(migrations.length);
  database.exec("INSERT INTO facts VALUES (1, 'a', 'b')");
  const next = [...migrations, "ALTER TABLE facts ADD COLUMN at INTEGER"];
  migrate(database, "db", next);
  migrate(database, "db", next);
  expect(version(database)).toBe(next.length);
  expect({ ...database.prepare("SELECT * FROM facts").get() }).toEqual({
    meter_id: 1,
    name: "a",
    value: "b",
    at: null,
  });
});

test("a step that fails takes the steps before it along", () => {
  using database = new DatabaseSync(":memory:");
  migrate(database, "db");
  const steps = [...migrations, "CREATE TABLE extra (id INTEGER)", "this is no SQL"];
  expect(() => migrate(database, "db", steps)).toThrow();
  expect(version(database)).toBe(migrations.length);
  expect(() => database.prepare("SELECT * FROM extra")).toThrow();
});

test("a newer database is refused", () => {
  using database = new DatabaseSync(":memory:");
  database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  expect(() => migrate(database, "db")).toThrowError(
    expect.objectContaining({ problem: expect.objectContaining({ code: "store/newer" }) }),
  );
});

test("lines of schema 2 keep their numbers, meters and place; their last number is not used again", () => {
  using database = new DatabaseSync(":memory:", { enableForeignKeyConstraints: true });
  migrate(database, "db", migrations.slice(0, 2));
  const line = `INSERT INTO registry_lines
    (id, name, host, port, framing, gap_ms, connect_timeout_ms, response_timeout_ms) VALUES`;
  database.exec(`${line} (3, 'a', '10.0.0.7', 4059, 'hdlc', 0, 5000, 5000),
    (4, 'b', 'fe80::1', 4060, 'wrapper', 5, 6000, 7000), (9, 'c', 'h', 1, 'hdlc', 0, 1, 1)`);
  database.exec(`INSERT INTO registry_meters (name, line_id, address_size, upper, lower, association,
    plan, created_at, updated_at) VALUES ('m', 4, 'auto', 1, 0, '{}', '{}', 1, 1)`);
  database.exec("DELETE FROM registry_lines WHERE id = 9");
  migrate(database, "db");
  const rows = database.prepare("SELECT * FROM registry_lines ORDER BY id").all();
  expect(
    rows.map((row) => ({ ...row, endpoint: JSON.parse(String(row["endpoint"])) })),
  ).toMatchObject([
    { id: 3, name: "a", endpoint: { kind: "tcp", host: "10.0.0.7", port: 4059 }, gap_ms: 0 },
    { id: 4, name: "b", endpoint_key: "tcp:[fe80::1]:4060", framing: "wrapper", gap_ms: 5 },
  ]);
  expect(database.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  expect(() => database.exec("DELETE FROM registry_lines WHERE id = 4")).toThrow(/FOREIGN KEY/);
  expect(database.prepare("SELECT ip_address, port FROM meters").get()).toMatchObject({
    ip_address: "fe80::1",
    port: 4060,
  });
  database.exec(`INSERT INTO registry_lines (name, endpoint, endpoint_key, framing, gap_ms,
    connect_timeout_ms, response_timeout_ms) VALUES ('d', '{}', 'k', 'hdlc', 0, 1, 1)`);
  expect(database.prepare("SELECT max(id) AS id FROM registry_lines").get()).toMatchObject({
    id: 10,
  });
});
