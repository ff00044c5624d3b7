import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../errors.ts";
import { databasePath, openDatabase } from "./database.ts";
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
    return openDatabase({ directory });
  } catch (error) {
    throw storeError(error, databasePath(directory));
  }
}
