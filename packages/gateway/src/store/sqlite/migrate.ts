import type { DatabaseSync } from "node:sqlite";
import { foundation } from "./migrations/0001-foundation.ts";
import { invocationCounters } from "./migrations/0002-invocation-counters.ts";
import { lineEndpoints } from "./migrations/0003-line-endpoints.ts";
import { StoreProblemError } from "./sqlite-problem.ts";
import { views } from "./views.ts";

/** Forward only; the index + 1 is the schema version, kept in `PRAGMA user_version`. */
export const migrations: readonly string[] = [foundation, invocationCounters, lineEndpoints];

function version(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/**
 * Brings a database to the newest schema, in one transaction for all steps.
 * @throws {StoreProblemError} `store/newer`: a newer Lectura has written it.
 */
export function migrate(
  database: DatabaseSync,
  path: string,
  steps: readonly string[] = migrations,
): void {
  refuseNewer(version(database), steps.length, path);
  if (version(database) === steps.length && hasCurrentViews(database)) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have migrated while this one waited for the lock.
    const from = version(database);
    refuseNewer(from, steps.length, path);
    for (const step of steps.slice(from)) database.exec(step);
    if (!hasCurrentViews(database)) remakeViews(database);
    database.exec(`PRAGMA user_version = ${steps.length}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function refuseNewer(found: number, known: number, path: string): void {
  if (found <= known) return;
  throw new StoreProblemError({
    code: "store/newer",
    detail: `${path} has schema ${found}, this Lectura knows ${known}; install the newer Lectura`,
    params: { path, found, known },
  });
}

function hasCurrentViews(database: DatabaseSync): boolean {
  const find = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?");
  return Object.entries(views).every(([name, sql]) => find.get(name)?.["sql"] === sql.trim());
}

function remakeViews(database: DatabaseSync): void {
  for (const [name, sql] of Object.entries(views)) {
    database.exec(`DROP VIEW IF EXISTS ${name}`);
    database.exec(sql.trim());
  }
}
