import type { Environment } from "./environment.ts";
import { runCommand } from "./program.ts";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command as a person would, without a process: what it wrote and how it ended. */
export async function runAs(
  words: readonly string[],
  given: {
    readonly input?: string;
    /** What is typed at a prompt; absent: there is no terminal. */
    readonly typed?: string;
    /** What is answered to a question; absent: there is no terminal. */
    readonly answered?: string;
    /** Width of the terminal; absent: the output is no terminal. */
    readonly columns?: number;
    readonly variables?: Environment["variables"];
    readonly interrupted?: AbortSignal;
    /** Told each piece of standard output as it is written. */
    readonly onStdout?: (text: string) => void;
    readonly nowMs?: number;
  } = {},
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const input = given.input ?? "";
  const exitCode = await runCommand(
    {
      variables: { LANG: "C", ...given.variables },
      stdout: (text) => {
        stdout += text;
        given.onStdout?.(text);
      },
      stderr: (text) => {
        stderr += text;
      },
      stdoutIsTerminal: given.columns !== undefined,
      stderrIsTerminal: false,
      columns: given.columns ?? 100,
      ask: () => Promise.resolve(given.answered),
      readInput: () => Promise.resolve(input),
      readSecret: () => Promise.resolve(given.typed),
      async *inputLines() {
        yield* input.split("\n");
      },
      interrupted: given.interrupted ?? new AbortController().signal,
      nowMs: () => given.nowMs ?? 1_800_000_000_000,
    },
    words,
  );
  return { exitCode, stdout, stderr };
}
