import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./migrate.ts";
import { problemOf, problems, StoreProblemError } from "./sqlite-problem.ts";

/** Beyond this size the check at start would keep a small computer busy for minutes. */
const quickCheckOctetsMax = 1024 * 1024 * 1024;
/** How long one writer waits for the other (storage thread, registry, a CLI command). */
const busyTimeoutMs = 10_000;
/** The WAL file is cut back to this after a checkpoint. */
const journalSizeLimitOctets = 64 * 1024 * 1024;

export interface DatabaseOptions {
  readonly directory: string;
  /** `PRAGMA quick_check` before anything else; databases above 1 GiB are not checked. */
  readonly check?: boolean;
  /** Upper bound of the database file; beyond it writes fail with `store/disk-full`. */
  readonly octetsMax?: number;
}

/** Where the database of a data directory lies. */
export function databasePath(directory: string): string {
  return join(directory, "lectura.db");
}

/** Makes the data directory (0700) and proves that it can be written. */
export function prepareDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StoreProblemError(problemOf(error, directory), { cause: error });
  }
}

/** Node says ENOENT where a parent is on a read-only file system: ask that parent for the cause. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    let parent = dirname(directory);
    while (!existsSync(parent) && parent !== dirname(parent)) parent = dirname(parent);
    accessSync(parent, constants.W_OK | constants.X_OK);
    throw error;
  }
}

/**
 * One more connection to `lectura.db`, in WAL mode with `synchronous=FULL`, migrated to the newest
 * schema. @throws {StoreProblemError}
 */
export function openDatabase(options: DatabaseOptions): DatabaseSync {
  const path = databasePath(options.directory);
  prepareDirectory(options.directory);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, {
      timeout: busyTimeoutMs,
      enableForeignKeyConstraints: true,
    });
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec(`PRAGMA journal_size_limit = ${journalSizeLimitOctets}`);
    database.exec("PRAGMA cache_size = -16000");
    if (options.check === true) quickCheck(database, path);
    migrate(database, path);
    if (options.octetsMax !== undefined) limitSize(database, options.octetsMax);
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw new StoreProblemError(problemOf(error, path), { cause: error });
  }
}

function quickCheck(database: DatabaseSync, path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > quickCheckOctetsMax) return;
  const row = database.prepare("PRAGMA quick_check(1)").get();
  const verdict = String(row?.["quick_check"] ?? "");
  if (verdict !== "ok") throw new StoreProblemError(problems.corrupt(path, verdict));
}

function limitSize(database: DatabaseSync, octetsMax: number): void {
  const pageSize = Number(database.prepare("PRAGMA page_size").get()?.["page_size"]);
  database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(octetsMax / pageSize))}`);
}

/**
 * Runs `work` in one write transaction: all of it is on disk afterwards, or none. The lock is taken
 * at BEGIN, so that nothing read inside can be stale.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  let result: T;
  try {
    result = work();
    database.exec("COMMIT");
  } catch (error) {
    // A full disk can have ended the transaction already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
  return result;
}
