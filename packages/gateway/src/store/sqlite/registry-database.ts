import type { DatabaseSync } from "node:sqlite";
import { units } from "@lectura/dlms/cosem";
import { GatewayError } from "../../errors.ts";
import { databasePath, inTransaction, openDatabase } from "./database.ts";
import { problemOf } from "./sqlite-problem.ts";

/** `store/...` as the `GatewayError` that people see. */
export function storeError(error: unknown, path: string): GatewayError {
  if (error instanceof GatewayError) return error;
  const problem = problemOf(error, path);
  return new GatewayError(problem.code, problem.detail, { cause: error, params: problem.params });
}

/** A connection for the calling thread, beside the storage thread's. @throws {GatewayError} */
export function openRegistryDatabase(directory: string): DatabaseSync {
  try {
    const database = openDatabase({ directory });
    nameUnits(database);
    return database;
  } catch (error) {
    throw storeError(error, databasePath(directory));
  }
}

/** Symbols for the views; written only when this release names units differently. */
function nameUnits(database: DatabaseSync): void {
  const known = [...units.values()].map(({ code, symbol }) => ({ code, symbol }));
  const stored = database.prepare("SELECT code, symbol FROM units ORDER BY code").all();
  if (JSON.stringify(known.toSorted((a, b) => a.code - b.code)) === JSON.stringify(stored)) return;
  inTransaction(database, () => {
    database.exec("DELETE FROM units");
    const insert = database.prepare("INSERT INTO units (code, symbol) VALUES (?, ?)");
    for (const { code, symbol } of known) insert.run(code, symbol);
  });
}
