import pc from "picocolors";
import type { Environment } from "./environment.ts";
import { describeProblem, type Problem } from "./problem.ts";
import type { Language } from "./texts/language.ts";
import { textsFor } from "./texts/texts.ts";
import type { Texts } from "./texts/vocabulary.ts";

type Colours = ReturnType<typeof pc.createColors>;

/** Where a command says what it found: JSON for scripts, tables and colour for people. */
export class Output {
  readonly json: boolean;
  readonly language: Language;
  readonly texts: Texts;
  readonly colour: Colours;
  readonly columns: number;
  readonly #environment: Environment;

  constructor(environment: Environment, options: { json: boolean; language: Language }) {
    this.#environment = environment;
    this.json = options.json;
    this.language = options.language;
    this.texts = textsFor(options.language);
    this.columns = environment.columns;
    const plain = environment.variables["NO_COLOR"] !== undefined;
    const forced = environment.variables["FORCE_COLOR"] !== undefined;
    this.colour = pc.createColors(!plain && (forced || environment.stdoutIsTerminal));
  }

  /** One line for people; nothing with `--json`. */
  line(text = ""): void {
    if (!this.json) this.#environment.stdout(`${text}\n`);
  }

  /** Raw text in both modes: CSV, exported YAML. */
  raw(text: string): void {
    this.#environment.stdout(text);
  }

  /** One JSON document, or one object of a stream; nothing for people. */
  document(value: unknown): void {
    if (this.json) this.#environment.stdout(`${JSON.stringify(value)}\n`);
  }

  /** Progress and remarks: never mixed into what a script reads. */
  note(text: string): void {
    if (!this.json) this.#environment.stderr(`${text}\n`);
  }

  /** @returns the exit code the problem means. */
  problem(error: unknown): number {
    const problem: Problem = describeProblem(error, this.language);
    if (this.json) {
      const { code, message, next } = problem;
      this.#environment.stderr(`${JSON.stringify({ error: { code, message, next } })}\n`);
    } else {
      this.#environment.stderr(
        `${this.colour.red(`error[${problem.code}]`)}: ${problem.message}\n` +
          `${this.colour.cyan("next")}: ${problem.next}\n`,
      );
    }
    return problem.exitCode;
  }

  /** Left-aligned columns; numbers in `right` are right-aligned. The first row is the heading. */
  table(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): void {
    if (this.json) return;
    const widths: number[] = [];
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
      }
    }
    for (const [index, row] of rows.entries()) {
      const cells = row.map((cell, column) => {
        const gap = " ".repeat((widths[column] ?? 0) - visibleLength(cell));
        return right.has(column) ? gap + cell : cell + gap;
      });
      const text = cells.join("  ").trimEnd();
      this.line(index === 0 ? this.colour.bold(text) : text);
    }
  }
}

const escapeSequence = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, "g");

/** Columns a text takes, colour sequences not counted. */
export function visibleLength(text: string): number {
  return Array.from(text.replaceAll(escapeSequence, "")).length;
}
