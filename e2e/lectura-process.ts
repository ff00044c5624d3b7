/**
 * `lectura` as people start it: a process of its own, spoken to by words, signals and what it
 * writes. Every process is bounded by a time limit and ended when its owner is disposed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SecurityMechanism } from "@lectura/dlms-node";

const program = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning"];
/** Longest life of a process a test starts; its end by this is a failure somewhere. */
const lifeMsDefault = 110_000;

/** A test that was cut short leaves its processes to this: they end with whoever started them. */
const ourEnd = new AbortController();
process.once("exit", () => ourEnd.abort());

/** One JSON object a line of a stream, or the one document of a command. */
export type Item = Readonly<Record<string, unknown>>;

/** A meter as the `ready` line of `simulate` and `demo` lists it. */
export interface ReadyMeter {
  readonly name: string;
  readonly tcp: string;
  readonly serverUpper: number;
  readonly serverLower: number;
  readonly addressSize: 1 | 2 | 4;
  readonly clientSap: number;
  readonly auth: SecurityMechanism;
  readonly suite?: 0 | 1 | 2;
  /** Hexadecimal, of meters that prove or cipher. */
  readonly testKeys?: Readonly<Record<string, string>>;
}

export interface SinkSummary {
  readonly acknowledged: number;
  readonly pending: number;
  readonly deadLettered: number;
  readonly dropped: number;
}

/** The last line of `run` and `demo`. */
export interface RunSummary {
  readonly scheduled: number;
  readonly journaled: number;
  readonly sinks: Readonly<Record<string, SinkSummary>>;
}

export interface ProcessOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Written to standard input, which is closed then. */
  readonly input?: string;
  readonly directory?: string;
  readonly lifeMs?: number;
  /** Lines for which false is answered are passed over: a stream may be too long to keep. */
  readonly keep?: (line: string) => boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process under way: what it has said so far, and how to end it. */
export class LecturaProcess implements AsyncDisposable {
  readonly items: Item[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #looking: Set<() => void> = new Set();
  #stderr = "";

  constructor(words: readonly string[], options: ProcessOptions = {}) {
    const { variables = {}, lifeMs = lifeMsDefault, keep = () => true, directory, input } = options;
    const child = spawn(process.execPath, [...flags, program, ...words], {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: { ...process.env, LANG: "C", LC_ALL: "C", NO_COLOR: "1", ...variables },
      timeout: lifeMs,
      killSignal: "SIGKILL",
      signal: ourEnd.signal,
      ...(directory === undefined ? {} : { cwd: directory }),
    });
    this.#child = child;
    child.stdin?.end(input);
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (!keep(line)) return;
      this.items.push(line.startsWith("{") ? (JSON.parse(line) as Item) : { text: line });
      this.#look();
    });
    child.stderr!.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString("utf8");
      this.#look();
    });
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve({ code, signal });
        this.#look();
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Events of a stream, by their code. */
  events(code: string): readonly Item[] {
    return this.items.filter((item) => item["type"] === "event" && item["code"] === code);
  }

  /** The first item that matches, now or later. Rejects when the process ends without one. */
  async item(matches: (item: Item) => boolean, from = 0): Promise<Item> {
    let seen = from;
    let found: Item | undefined;
    await this.until(() => {
      while (found === undefined && seen < this.items.length) {
        const item = this.items[seen++]!;
        if (matches(item)) found = item;
      }
      return found !== undefined;
    });
    return found!;
  }

  /** Waits for what its output brings about. Rejects when the process ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (!this.isRunning) {
        await this.ended;
        if (holds()) return;
        throw new Error(`the process ended before: ${this.#stderr}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#looking.add(resolve);
      await promise;
    }
  }

  /** The first line of `run`, `demo` and `simulate`. */
  ready(): Promise<Item> {
    return this.item(({ type }) => type === "ready");
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** SIGINT, and what it says at the end. */
  async interrupt(): Promise<RunSummary> {
    this.signal("SIGINT");
    const { code, signal } = await this.ended;
    if (code !== 0) throw new Error(`ended with ${code ?? signal}: ${this.#stderr}`);
    const last = this.items.at(-1);
    if (last?.["type"] !== "summary") throw new Error("no summary at the end");
    return last as unknown as RunSummary;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) this.signal("SIGKILL");
    await this.ended;
  }

  #look(): void {
    for (const resolve of this.#looking) resolve();
    this.#looking.clear();
  }
}

/** A command that ends by itself: its exit code and all it said. */
export async function lectura(
  words: readonly string[],
  options: ProcessOptions = {},
): Promise<{ readonly code: number | null; readonly items: readonly Item[]; stderr: string }> {
  await using started = new LecturaProcess(words, { lifeMs: 60_000, ...options });
  const { code } = await started.ended;
  return { code, items: started.items, stderr: started.stderr };
}

/** Meters of a simulator in a process of its own. */
export interface Simulator extends AsyncDisposable {
  readonly meters: readonly ReadyMeter[];
  readonly process: LecturaProcess;
}

export async function simulate(
  words: readonly string[],
  options: ProcessOptions = {},
): Promise<Simulator> {
  const started = new LecturaProcess(["simulate", "--json", ...words], options);
  const { meters } = (await started.ready()) as { meters?: readonly ReadyMeter[] };
  return {
    meters: meters!,
    process: started,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

/** How `read` and `meter add` are told where a meter is. */
export function endpointWords(meter: ReadyMeter): readonly string[] {
  const { tcp, clientSap, serverUpper, serverLower, addressSize } = meter;
  const server = `--server-upper ${serverUpper} --server-lower ${serverLower}`;
  return `--tcp ${tcp} --client-sap ${clientSap} ${server} --address-size ${addressSize}`.split(
    " ",
  );
}

/** A directory of its own that goes when disposed. */
export function scratchDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "lectura-e2e-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
