import { createInterface } from "node:readline/promises";
import type { Language } from "./texts/language.ts";

/** Everything a command may know of the process it runs in. Tests pass their own. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  /** Width of the terminal in columns. */
  readonly columns: number;
  /** Whole standard input as text, at most `octetsMax` octets. */
  readonly readInput: (octetsMax: number) => Promise<string>;
  /** Whether progress can be written over itself. */
  readonly stderrIsTerminal: boolean;
  /** What a person answers; undefined without a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** What a person types after the question, unseen; undefined without a terminal. */
  readonly readSecret: (question: string) => Promise<string | undefined>;
  /** Lines of standard input as they come. */
  readonly inputLines: () => AsyncIterable<string>;
  /** Aborted by SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
  readonly nowMs: () => number;
}

async function readAll(octetsMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > octetsMax) throw new RangeError(`standard input exceeds ${octetsMax} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** One line from the terminal in raw mode, so that nothing of it is shown. */
async function readUnseen(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const take = (chunk: string): void => {
        for (const character of chunk) {
          if (character === "\r" || character === "\n" || character === "\u0004") {
            stdin.off("data", take);
            resolve(typed);
            return;
          }
          if (character === "\u0003") {
            stdin.off("data", take);
            reject(new Error("interrupted"));
            return;
          }
          typed = character === "\u007f" ? typed.slice(0, -1) : typed + character;
        }
      };
      stdin.on("data", take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

/** One line the terminal itself edits, so that Ctrl-C stays a signal. */
async function readAnswer(question: string, signal: AbortSignal): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
}

/** The real process. A second signal ends it at once. */
export function processEnvironment(): Environment {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  // A reader that went away (`| head`) ends the command quietly.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    variables: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY,
    columns: process.stdout.columns ?? 100,
    stderrIsTerminal: process.stderr.isTTY,
    ask: (question) => readAnswer(question, interruption.signal),
    readInput: readAll,
    readSecret: readUnseen,
    inputLines: () => createInterface({ input: process.stdin, crlfDelay: Infinity }),
    interrupted: interruption.signal,
    nowMs: () => Date.now(),
  };
}

/** `--lang`, else LECTURA_LANG, else the POSIX locale variables, else English. */
export function chooseLanguage(
  option: string | undefined,
  variables: Environment["variables"],
): Language {
  const wish =
    option ??
    variables["LECTURA_LANG"] ??
    variables["LC_ALL"] ??
    variables["LC_MESSAGES"] ??
    variables["LANG"] ??
    "en";
  return wish.toLowerCase().startsWith("es") ? "es" : "en";
}
