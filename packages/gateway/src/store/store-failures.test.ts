import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openStore, type StoreOptions } from "./open-store.ts";
import { gatewayHolder } from "./sqlite/instance-lock.ts";
import { expectBalanced, readingOf, recordOf, startMs } from "./store.contract.ts";
import type { Store } from "./store.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-store-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const open = (options: Partial<StoreOptions> = {}): Promise<Store> =>
  openStore({ directory, clock: systemClock, groupCommitMs: 0, ...options });

const big = "x".repeat(20_000);
const bigRecord = (at: number) =>
  recordOf(1, at, [readingOf(1, "text", at, { kind: "text", text: big })]);

/** Appends until the store refuses; how many it took. */
async function fill(store: Store, code: string): Promise<number> {
  for (let count = 0; count < 10_000; count++) {
    try {
      await store.append(bigRecord(startMs + count), [1]);
    } catch (error) {
      expect(error).toMatchObject({ code });
      return count;
    }
  }
  throw new Error("the store never filled up");
}

const tools = { mount: "mount", unmount: "umount" };

/** A file system of our own, where the machine lets us mount one. */
function mounted(options: string): Disposable | undefined {
  const mount = join(directory, "mount");
  mkdirSync(mount, { recursive: true });
  try {
    execFileSync(tools.mount, ["-t", "tmpfs", "-o", options, "tmpfs", mount], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return {
    [Symbol.dispose]: () => {
      execFileSync(tools.unmount, [mount]);
    },
  };
}

test("a second gateway on the directory is refused and told who is there", async () => {
  {
    await using store = await open();
    await expect(open()).rejects.toMatchObject({
      code: "store/locked",
      recovery: "operator",
      params: { path: directory, pid: process.pid },
    });
    expect(gatewayHolder(directory)).toBe(process.pid);
    await using tool = await open({ exclusive: false });
    await store.append(recordOf(1, startMs), [1]);
    expect(await tool.counts(1)).toMatchObject({ pending: 2 });
  }
  expect(gatewayHolder(directory)).toBeUndefined();
  expect(existsSync(join(directory, "gateway.pid"))).toBe(false);
  await using again = await open();
  expect(await again.counts(1)).toMatchObject({ pending: 2 });
});

test("a directory nobody used has no holder", () => {
  expect(gatewayHolder(directory)).toBeUndefined();
});

test("a data directory that is a file cannot be opened", async () => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  await expect(open({ directory: file })).rejects.toMatchObject({ code: "store/cannot-open" });
});

test("a file system mounted read-only is named", async (context) => {
  const mount = join(directory, "mount");
  using fileSystem = mounted("size=4m");
  if (fileSystem === undefined) return context.skip("this machine does not let us mount");
  await (await open({ directory: mount }))[Symbol.asyncDispose]();
  execFileSync(tools.mount, ["-o", "remount,ro", mount]);
  await expect(open({ directory: mount })).rejects.toMatchObject({
    code: "store/read-only",
    params: { path: mount },
  });
});

test("a full disk refuses, loses nothing, and storing goes on once there is room", async (context) => {
  const mount = join(directory, "mount");
  using fileSystem = mounted("size=3m");
  if (fileSystem === undefined) return context.skip("this machine does not let us mount");
  const filler = join(mount, "filler");
  const file = openSync(filler, "w");
  writeSync(file, new Uint8Array(1024 * 1024));
  closeSync(file);
  {
    await using store = await open({ directory: mount });
    const stored = await fill(store, "store/disk-full");
    expect(stored).toBeGreaterThan(0);
    await expect(store.append(bigRecord(startMs - 1), [1])).rejects.toMatchObject({
      code: "store/disk-full",
      recovery: "pause",
    });
    expect(await store.counts(1)).toMatchObject({ produced: stored, pending: stored });
    rmSync(filler);
    const { seq } = await store.append(bigRecord(startMs - 1), [1]);
    expect(seq).toBe(stored + 1);
    expect(await store.history({ meterId: 1, limit: 10_000 })).toHaveLength(stored + 1);
    expectBalanced(await store.counts(1));
  }
  await using again = await open({ directory: mount });
  expect(await again.pending(1, 10_000)).toHaveLength((await again.counts(1)).pending);
});

test("a bound on the database works like a full disk, and deleting makes room", async () => {
  await using store = await open({ databaseOctetsMax: 1_000_000 });
  const stored = await fill(store, "store/disk-full");
  const rows = await store.pending(1, 10_000);
  expect(rows).toHaveLength(stored);
  await store.acknowledge(
    1,
    rows.slice(0, 5).map(({ rowId }) => rowId),
  );
  const { seq } = await store.append(recordOf(2, startMs), [1]);
  expect(seq).toBe(1);
  expectBalanced(await store.counts(1));
});

test("a damaged database is named, with the command that restores a backup", async () => {
  {
    await using store = await open();
    for (let step = 0; step < 20; step++) await store.append(bigRecord(startMs + step), [1]);
  }
  const path = join(directory, "lectura.db");
  const octets = readFileSync(path);
  octets.fill(0xa5, 8192, Math.min(octets.length, 120_000));
  writeFileSync(path, octets);
  await expect(open()).rejects.toMatchObject({
    code: "store/corrupt",
    message: expect.stringContaining("lectura restore"),
  });
  writeFileSync(path, "this is no database, it only has its name".repeat(50));
  await expect(open()).rejects.toMatchObject({ code: "store/corrupt" });
  expect(gatewayHolder(directory)).toBeUndefined();
});

test("a database of a newer Lectura is left alone", async () => {
  await (await open())[Symbol.asyncDispose]();
  const path = join(directory, "lectura.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 999");
  database.close();
  await expect(open()).rejects.toMatchObject({
    code: "store/newer",
    params: { path, found: 999 },
  });
});

test("an outbox that is full refuses by default, and the journal takes nothing either", async () => {
  await using store = await open({ outbox: { readingsMax: 5 } });
  await store.append(recordOf(1, startMs), [1, 2]);
  await store.append(recordOf(1, startMs + 1), [1]);
  await expect(store.append(recordOf(1, startMs + 2), [2, 1])).rejects.toMatchObject({
    code: "store/outbox-full",
    recovery: "pause",
    params: { sinkId: 1, limit: "readings" },
  });
  expect(await store.history({ meterId: 1, limit: 99 })).toHaveLength(4);
  expect((await store.append(recordOf(1, startMs + 3), [2])).seq).toBe(3);
  const [row] = await store.pending(1, 1);
  await store.acknowledge(1, [row!.rowId]);
  expect((await store.append(recordOf(1, startMs + 4), [1])).seq).toBe(4);
});

test("one refused poll does not take the others of its commit along", async () => {
  await using store = await open({ outbox: { rowsMax: 2 } });
  const outcomes = await Promise.allSettled(
    [0, 1, 2, 3].map((step) => store.append(recordOf(1, startMs + step), [1])),
  );
  expect(outcomes.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "rejected",
  ]);
  expect(await store.counts(1)).toMatchObject({ produced: 4, pending: 4 });
});

test("drop-oldest makes room and counts what it dropped", async () => {
  await using store = await open({ outbox: { rowsMax: 100, overflow: "drop-oldest" } });
  await Promise.all(
    Array.from({ length: 150 }, (_, step) => store.append(recordOf(1, startMs + step), [1])),
  );
  const counts = await store.counts(1);
  expectBalanced(counts);
  expect(counts.produced).toBe(300);
  expect(counts.dropped).toBeGreaterThanOrEqual(100);
  const rows = await store.pending(1, 1000);
  expect(rows.length * 2).toBe(counts.pending);
  expect(rows.at(-1)?.record.measuredAt).toBe(startMs + 149);
  expect(await store.history({ meterId: 1, limit: 1000 })).toHaveLength(300);
});

test("a payload that no limit can hold is refused even by drop-oldest", async () => {
  await using store = await open({ outbox: { octetsMax: 1000, overflow: "drop-oldest" } });
  await expect(store.append(bigRecord(startMs), [1])).rejects.toMatchObject({
    code: "store/outbox-full",
    params: { limit: "octets" },
  });
});

test("dead letters have a limit, the oldest become dropped", async () => {
  await using store = await open({ outbox: { deadLettersMax: 2 } });
  for (let step = 0; step < 4; step++) await store.append(recordOf(1, startMs + step), [1]);
  for (const { rowId } of await store.pending(1, 9)) await store.deadLetter(1, rowId, "no");
  expect(await store.counts(1)).toMatchObject({ deadLettered: 4, dropped: 4, pending: 0 });
  expect((await store.deadLetters(1, 9)).map(({ seq }) => seq)).toEqual([3, 4]);
  expectBalanced(await store.counts(1));
});

test("more writes than may wait are refused", async () => {
  await using store = await open({ groupCommitMs: 60_000 });
  await store.append(recordOf(1, startMs), []);
  const many = Array.from({ length: 30_000 }, (_, step) =>
    store.remember(1, "fact", String(step)).then(
      () => "stored",
      (error: { code: string }) => error.code,
    ),
  );
  expect(new Set(await Promise.all(many))).toEqual(new Set(["stored", "store/overloaded"]));
});
