import { Worker } from "node:worker_threads";
import { GatewayError } from "../errors.ts";
import type {
  Job,
  Read,
  ReadAnswers,
  Response,
  StorageOptions,
  Write,
  WriteResult,
} from "./sqlite/protocol.ts";
import type { StoreProblem } from "./sqlite/sqlite-problem.ts";

interface Asker {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: GatewayError) => void;
}

/** Answers that are awaited at once; beyond, `store/overloaded`. */
const questionsMax = 10_000;
/** The answer of the start itself. */
const startId = 0;

/** From sources the thread runs the source; from `dist` the built file beside this one. */
function workerFile(): URL {
  const name = import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js";
  return new URL(`./sqlite/${name}`, import.meta.url);
}

const flagsWithValue = ["--conditions", "-C", "--disable-warning"];

/**
 * The flags of this process that the thread needs too: how packages resolve (`--conditions=source`
 * where the sources run unbuilt) and which warnings are silent. Others may not pass: `--input-type`
 * and `--eval` would stop the thread.
 */
export function threadFlags(execArgv: readonly string[]): readonly string[] {
  const flags: string[] = [];
  for (const [index, flag] of execArgv.entries()) {
    const name = flag.split("=", 1)[0] ?? flag;
    const value = execArgv[index + 1];
    if (!flagsWithValue.includes(name)) continue;
    if (flag.includes("=")) flags.push(flag);
    else if (value !== undefined) flags.push(flag, value);
  }
  return flags;
}

/** What a thread says went wrong, as the error its asker gets. */
export function toError(problem: StoreProblem): GatewayError {
  return new GatewayError(problem.code, problem.detail, { params: problem.params });
}

/** The asker's end of the storage thread: questions go out in order, answers come back by id. */
export class StorageThread {
  readonly #worker: Worker;
  readonly #askers = new Map<number, Asker>();
  #nextId = startId + 1;
  /** Why nothing can be asked (any more). */
  #ended: GatewayError | undefined;

  private constructor(options: StorageOptions) {
    this.#worker = new Worker(workerFile(), {
      workerData: options,
      name: "lectura-store",
      execArgv: [...threadFlags(process.execArgv)],
    });
    this.#worker.on("message", (response: Response) => {
      this.#answered(response);
    });
    this.#worker.on("error", (error) => {
      this.#end(failed(error));
    });
    this.#worker.on("exit", (code) => {
      this.#end(failed(`the storage thread ended (${code})`));
    });
  }

  /** Opens the database on its thread. @throws {GatewayError} `store/...` why it cannot be used. */
  static async start(options: StorageOptions): Promise<StorageThread> {
    const thread = new StorageThread(options);
    await thread.#expect(startId);
    return thread;
  }

  commit(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    return this.#ask({ type: "commit", writes }) as Promise<readonly WriteResult[]>;
  }

  read<Op extends Read["op"]>(read: Extract<Read, { op: Op }>): Promise<ReadAnswers[Op]> {
    return this.#ask({ type: "read", read }) as Promise<ReadAnswers[Op]>;
  }

  /** @returns whether there is more to prune. */
  maintain(nowMs: number): Promise<boolean> {
    return this.#ask({ type: "maintain", nowMs }) as Promise<boolean>;
  }

  /** Closes the database after everything asked before; resolves when the thread has ended. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = new Promise<void>((resolve) => {
      this.#worker.once("exit", () => {
        resolve();
      });
    });
    const closing = this.#ask({ type: "close" });
    this.#ended = new GatewayError("store/closed", "the store is closed");
    await closing;
    await exited;
  }

  async #ask(job: Job): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#askers.size >= questionsMax) throw overloaded(questionsMax);
    const id = this.#nextId++;
    const answer = this.#expect(id);
    this.#worker.postMessage({ id, job }, []);
    return answer;
  }

  #expect(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#askers.set(id, { resolve, reject });
    });
  }

  #answered(response: Response): void {
    const asker = this.#askers.get(response.id);
    this.#askers.delete(response.id);
    if (response.ok) asker?.resolve(response.value);
    else asker?.reject(toError(response.problem));
  }

  #end(error: GatewayError): void {
    this.#ended ??= error;
    for (const asker of this.#askers.values()) asker.reject(error);
    this.#askers.clear();
  }
}

function failed(cause: unknown): GatewayError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new GatewayError("store/failed", `${problem}; restart the gateway and report this`, {
    cause,
    params: { problem },
  });
}

/** More is asked of the store than it can take: the asker shall wait. */
export function overloaded(limit: number): GatewayError {
  return new GatewayError("store/overloaded", `${limit} writes wait for the disk already`, {
    params: { limit },
  });
}
