import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "./sqlite/database.ts";
import { JournalReader } from "./sqlite/journal-reader.ts";
import { JournalWriter } from "./sqlite/journal-writer.ts";
import type { StorageOptions, Write } from "./sqlite/protocol.ts";
import { encodeRecord } from "./sqlite/record-codec.ts";
import { outboxLimitsDefault } from "./open-store.ts";
import { recordOf, startMs } from "./store.contract.ts";

const dayMs = 86_400_000;
let directory = "";
let stack = new DisposableStack();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-maintain-"));
  stack = new DisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
});
afterEach(() => {
  stack.dispose();
});

function openWriter(options: Partial<StorageOptions>) {
  const database = stack.adopt(openDatabase({ directory }), (connection) => connection.close());
  const writer = new JournalWriter(database, {
    directory,
    exclusive: false,
    outbox: outboxLimitsDefault,
    databaseOctetsMax: undefined,
    retentionDays: 0,
    eventsMax: 1000,
    ...options,
  });
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  return { database, writer, reader: new JournalReader(database), count };
}

const append = (meterId: number, at: number, sinkIds: readonly number[] = []): Write => ({
  op: "append",
  record: encodeRecord(recordOf(meterId, at)),
  sinkIds,
});

test("the journal keeps everything unless a retention is set", () => {
  const { writer, count } = openWriter({});
  writer.commit([append(1, 0), append(1, startMs)]);
  expect(writer.maintain(startMs + 10_000 * dayMs)).toBe(false);
  expect(count("journal")).toBe(2);
});

test("a retention deletes in slices what is older, and nothing that a sink still needs", () => {
  const { writer, reader, count } = openWriter({ retentionDays: 1 });
  const old = Array.from({ length: 3000 }, (_, step) => append(1 + (step % 2), step, [7]));
  writer.commit([...old, append(1, startMs), append(2, startMs - dayMs + 1)]);
  expect(writer.maintain(startMs)).toBe(true);
  expect(count("journal")).toBe(1002);
  expect(writer.maintain(startMs)).toBe(false);
  expect(count("journal")).toBe(2);
  const rows = reader.answer({
    op: "pending",
    sinkId: 7,
    limit: 5000,
    afterRowId: 0,
    meterId: undefined,
  });
  expect(rows).toMatchObject({ rows: { length: 3000 } });
});

test("what a removed sink had pending or dead is dropped and counted", () => {
  const { database, writer, reader, count } = openWriter({});
  writer.commit(Array.from({ length: 5 }, (_, step) => append(1, startMs + step, [1, 2])));
  writer.commit([{ op: "dead-letter", sinkId: 1, rowId: 1, reason: "no", at: startMs }]);
  database.exec("INSERT INTO removed_sinks (sink_id) VALUES (1)");
  while (writer.maintain(startMs)) {
    // slice by slice
  }
  expect(reader.answer({ op: "counts", sinkId: 1 })).toMatchObject({
    produced: 10,
    pending: 0,
    deadLettered: 0,
    dropped: 10,
  });
  expect(reader.answer({ op: "counts", sinkId: 2 })).toMatchObject({ pending: 10 });
  expect(count("outbox_polls")).toBe(5);
  expect(count("removed_sinks")).toBe(0);
});

test("the event log keeps the newest", () => {
  const { writer, reader } = openWriter({ eventsMax: 3 });
  const event = (at: number): Write => ({
    op: "record-event",
    event: {
      at,
      severity: "info",
      code: "a/b",
      meterId: undefined,
      lineId: undefined,
      message: "x".repeat(5000),
    },
  });
  writer.commit([1, 2, 3, 4, 5].map(event));
  expect(writer.maintain(startMs)).toBe(false);
  const events = reader.answer({ op: "events", meterId: undefined, limit: 9, afterId: undefined });
  expect(events).toMatchObject([{ at: 3 }, { at: 4 }, { at: 5 }]);
  expect(events).toMatchObject([{ message: "x".repeat(2000) }, {}, {}]);
});

test("a layout of a rolled-back commit is not referred to later", () => {
  const { database, writer, count } = openWriter({});
  database.exec(
    "CREATE TRIGGER stop BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  expect(() => writer.commit([append(1, startMs)])).toThrow("no");
  database.exec("DROP TRIGGER stop");
  expect(count("layouts")).toBe(0);
  writer.commit([append(1, startMs)]);
  expect(count("layouts")).toBe(1);
  expect(count("layout_items")).toBe(2);
  expect(database.prepare("SELECT seq FROM meter_sequences").all()).toMatchObject([{ seq: 1 }]);
});
