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
