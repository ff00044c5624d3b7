/** A peer as a process: lines in, lines out, every wait bounded, ended by its own process id. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

const notedLinesMax = 100;
/** A JVM on a busy machine takes its time. */
const readyWithinMs = 20_000;

/** Where a server peer listens, from its first line `ready PORT`; NaN when it did not say it. */
export async function portOf(server: PeerProcess): Promise<number> {
  const ready = await server.line(readyWithinMs);
  return Number(ready?.match(/^ready (\d+)$/)?.[1]);
}

export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #notes: string[] = [];
  #wanted: ((line: string | undefined) => void) | undefined;
  #ended = false;

  constructor({ program, args }: Command) {
    const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
    this.#child = spawn(program, args, { stdio });
    this.#child.on("error", () => this.#end());
    this.#child.on("exit", () => this.#end());
    this.#child.stdin.on("error", () => this.#end());
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    createInterface({ input: this.#child.stderr }).on("line", (line) => this.#note(line));
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The next line; undefined when none came in time or the process is gone. */
  async line(withinMs: number): Promise<string | undefined> {
    const ready = this.#lines.shift();
    if (ready !== undefined || this.#ended) return ready;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#wanted = resolve;
    const timer = setTimeout(() => this.#take(undefined), withinMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What it said beside its answers since the last call, oldest first, a hundred at most. */
  notes(): readonly string[] {
    return this.#notes.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }

  #take(line: string | undefined): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted !== undefined) wanted(line);
    else if (line !== undefined) this.#lines.push(line);
  }

  #note(line: string): void {
    this.#notes.push(line);
    if (this.#notes.length > notedLinesMax) this.#notes.shift();
  }

  #end(): void {
    this.#ended = true;
    this.#take(undefined);
  }
}
