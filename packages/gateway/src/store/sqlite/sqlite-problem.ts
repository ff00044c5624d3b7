import type { ErrorParams, GatewayErrorCode } from "../../errors.ts";

/** A failure as plain data: it crosses the thread boundary and becomes a `GatewayError` there. */
export interface StoreProblem {
  readonly code: Extract<GatewayErrorCode, `store/${string}`>;
  readonly detail: string;
  readonly params: ErrorParams;
}

/** Thrown inside the storage thread with a problem that is already understood. */
export class StoreProblemError extends Error {
  override readonly name: string = "StoreProblemError";
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
  }
}

/** Primary result codes of SQLite (low octet of the extended code). */
const sqlite = { busy: 5, locked: 6, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14 };
const notADatabase = 26;
/** SQLITE_IOERR_SHMSIZE and SQLITE_IOERR_SHMOPEN: the WAL index found no room. */
const noRoomForIndex: readonly number[] = [10 | (19 << 8), 10 | (18 << 8)];

function hasCode<K extends string>(error: unknown, key: K): error is Record<K, unknown> {
  return typeof error === "object" && error !== null && key in error;
}

/** One sentence with the next step for each thing a disk can do to us. */
export const problems: {
  readonly [Name in "busy" | "readOnly" | "diskFull" | "corrupt" | "cannotOpen" | "io"]: (
    path: string,
    problem: string,
  ) => StoreProblem;
} = {
  busy: (path) => ({
    code: "store/busy",
    detail: `${path} is being written by another program; try again when it has finished`,
    params: { path },
  }),
  readOnly: (path) => ({
    code: "store/read-only",
    detail: `${path} cannot be written; mount it writable or choose another data directory`,
    params: { path },
  }),
  diskFull: (path) => ({
    code: "store/disk-full",
    detail: `no room left for ${path}; free space, storing goes on by itself`,
    params: { path },
  }),
  corrupt: (path, problem) => ({
    code: "store/corrupt",
    detail: `${path} is damaged (${problem}); restore the last backup: lectura restore FILE`,
    params: { path, problem },
  }),
  cannotOpen: (path, problem) => ({
    code: "store/cannot-open",
    detail: `${path} cannot be opened (${problem}); check that it is a directory you may use`,
    params: { path, problem },
  }),
  io: (path, problem) => ({
    code: "store/io",
    detail: `the disk under ${path} failed (${problem}); check it`,
    params: { path, problem },
  }),
};

/** What an error of `node:sqlite` or the file system means for whoever stores at `path`. */
export function problemOf(error: unknown, path: string): StoreProblem {
  if (error instanceof StoreProblemError) return error.problem;
  const text = error instanceof Error ? error.message : String(error);
  const systemCode = hasCode(error, "code") ? error.code : undefined;
  if (systemCode === "EROFS" || systemCode === "EACCES" || systemCode === "EPERM") {
    return problems.readOnly(path, text);
  }
  if (systemCode === "ENOSPC" || systemCode === "EDQUOT") return problems.diskFull(path, text);
  if (systemCode === "EIO") return problems.io(path, text);
  if (!hasCode(error, "errcode") || typeof error.errcode !== "number") {
    return typeof systemCode === "string" && systemCode.startsWith("E") && !text.includes("SQL")
      ? problems.cannotOpen(path, text)
      : { code: "store/failed", detail: text, params: { problem: text } };
  }
  if (noRoomForIndex.includes(error.errcode)) return problems.diskFull(path, text);
  switch (error.errcode & 0xff) {
    case sqlite.busy:
    case sqlite.locked:
      return problems.busy(path, text);
    case sqlite.readOnly:
      return problems.readOnly(path, text);
    case sqlite.full:
      return problems.diskFull(path, text);
    case sqlite.corrupt:
    case notADatabase:
      return problems.corrupt(path, text);
    case sqlite.cannotOpen:
      return problems.cannotOpen(path, text);
    case sqlite.io:
      return problems.io(path, text);
    default:
      return { code: "store/failed", detail: text, params: { problem: text } };
  }
}
