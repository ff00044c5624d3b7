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
    readonly variables?: Environment["variables"];
    readonly interrupted?: AbortSignal;
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
      },
      stderr: (text) => {
        stderr += text;
      },
      stdoutIsTerminal: false,
      columns: 100,
      readInput: () => Promise.resolve(input),
      readSecret: () => Promise.resolve(given.typed),
      async *inputLines() {
        yield* input.split("\n");
      },
      interrupted: given.interrupted ?? new AbortController().signal,
      nowMs: () => 1_800_000_000_000,
    },
    words,
  );
  return { exitCode, stdout, stderr };
}
