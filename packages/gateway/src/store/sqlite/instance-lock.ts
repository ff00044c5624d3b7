import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { problemOf, StoreProblemError } from "./sqlite-problem.ts";

/**
 * One gateway per data directory. The lock is SQLite's own exclusive file lock on an empty database
 * beside the data: the kernel drops it when the process ends, however it ends, and no stale pid can
 * hold it. Never open `gateway.lock` by other means in the same process: closing any descriptor of
 * it would drop the lock (POSIX fcntl). `gateway.pid` only tells people who it is.
 */
export class InstanceLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #pidFile: string;

  private constructor(database: DatabaseSync, pidFile: string) {
    this.#database = database;
    this.#pidFile = pidFile;
  }

  /** @throws {StoreProblemError} `store/locked` with the holder's pid, `store/read-only`, ... */
  static take(directory: string, pid: number): InstanceLock {
    const pidFile = join(directory, "gateway.pid");
    const database = openLock(directory);
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      const problem = problemOf(error, directory);
      if (problem.code !== "store/busy") throw error;
      const holder = readPid(pidFile);
      const who = holder === 0 ? "another process" : `process ${holder}`;
      throw new StoreProblemError(
        {
          code: "store/locked",
          detail: `${directory} belongs to a running gateway (${who}); stop it or use another one`,
          params: { path: directory, pid: holder },
        },
        { cause: error },
      );
    }
    try {
      writeFileSync(pidFile, `${pid}\n`, { mode: 0o600 });
    } catch (error) {
      database.close();
      throw error;
    }
    return new InstanceLock(database, pidFile);
  }

  [Symbol.dispose](): void {
    if (!this.#database.isOpen) return;
    rmSync(this.#pidFile, { force: true });
    this.#database.close();
  }
}

/** `gatewayHolder` of another process holds a shared lock for a moment: wait that long. */
function openLock(directory: string): DatabaseSync {
  return new DatabaseSync(join(directory, "gateway.lock"), { timeout: 300 });
}

function readPid(pidFile: string): number {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : 0;
  } catch {
    return 0;
  }
}

/**
 * Pid of the gateway that holds `directory` (0 when it has not said yet), or undefined when none
 * does. Asks the kernel, not the pid file.
 */
export function gatewayHolder(directory: string): number | undefined {
  if (!existsSync(join(directory, "gateway.lock"))) return undefined;
  const database = new DatabaseSync(join(directory, "gateway.lock"), {
    timeout: 0,
    readOnly: true,
  });
  try {
    // An exclusive holder lets nobody read.
    database.exec("SELECT count(*) FROM sqlite_schema");
    return undefined;
  } catch (error) {
    if (problemOf(error, directory).code !== "store/busy") throw error;
    return readPid(join(directory, "gateway.pid"));
  } finally {
    database.close();
  }
}
