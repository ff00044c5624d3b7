/** What INTERFACES section 2 promises of every failure: code, cause, next step, exit code. */
import { expect } from "vitest";
import { lectura, type ProcessOptions } from "./lectura-process.ts";

export interface ExpectedProblem {
  /** Stable code, or several where the other side's choice decides. */
  readonly error: string | readonly string[];
  readonly exitCode: number;
  /** Words a person needs in the cause, e.g. the port. */
  readonly says?: readonly string[];
}

interface ToldProblem {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** `error[code]: sentence`, then `next: sentence`; remarks may stand before. */
function fromText(stderr: string): ToldProblem {
  const match = /^error\[(?<code>[^\]]+)\]: (?<message>.+)\nnext: (?<next>.+)\n$/m.exec(stderr);
  expect(match?.groups, stderr).toBeDefined();
  return match!.groups as unknown as ToldProblem;
}

function fromJson(stderr: string): ToldProblem {
  const { error } = JSON.parse(stderr) as { readonly error: ToldProblem };
  return error;
}

/** Runs a command for people and once more for scripts: both tell the same. */
export async function expectProblem(
  words: readonly string[],
  { error, exitCode, says = [] }: ExpectedProblem,
  options: ProcessOptions = {},
): Promise<void> {
  const forPeople = await lectura(words, options);
  const forScripts = await lectura([...words, "--json"], options);
  for (const told of [fromText(forPeople.stderr), fromJson(forScripts.stderr)]) {
    expect([error].flat(), told.message).toContain(told.code);
    expect(told.message.length).toBeGreaterThan(10);
    expect(told.next.length).toBeGreaterThan(10);
    // A sentence for people: no gap that nobody filled, no trace of the program.
    expect(told.message + told.next).not.toMatch(/\{|undefined|\n\s+at /);
    for (const word of says) expect(told.message).toContain(word);
  }
  expect([forPeople.code, forScripts.code]).toEqual([exitCode, exitCode]);
}

/** Several at a time; every one is through, whatever became of the others, before this rejects. */
export async function together(works: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}
