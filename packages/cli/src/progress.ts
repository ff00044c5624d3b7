import { systemClock } from "@lectura/dlms-node";
import type { Context } from "./context.ts";

const cells = 20;
const tenths = 10;
/** Between two looks of a person; what comes sooner is not written. */
const redrawMs = 80;
const clearLine = "\r\u001B[2K";

/**
 * How far a long work is, on the error output: one line over itself on a terminal, a line for each
 * tenth elsewhere, nothing with `--json`. Disposing leaves no trace on a terminal.
 */
export class Progress implements Disposable {
  readonly #context: Context;
  #shown = "";
  #shownMs = -Infinity;
  #tenth = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** `total` undefined: nobody knows how much there is. */
  show(done: number, total: number | undefined, text: string): void {
    const { output, environment } = this.#context;
    if (output.json) return;
    const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
    if (!environment.stderrIsTerminal) {
      const tenth = share === undefined ? -1 : Math.floor(share * tenths);
      if (tenth <= this.#tenth) return;
      this.#tenth = tenth;
      environment.stderr(`${tenth * tenths} %  ${text}\n`);
      return;
    }
    const nowMs = systemClock.monotonicMs();
    if (nowMs - this.#shownMs < redrawMs) return;
    this.#shownMs = nowMs;
    const line = share === undefined ? text : `${bar(share)} ${text}`;
    const shown = Array.from(line)
      .slice(0, output.columns - 1)
      .join("");
    if (shown === this.#shown) return;
    this.#shown = shown;
    environment.stderr(`${clearLine}${shown}`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.#shown === "") return;
    this.#shown = "";
    this.#context.environment.stderr(clearLine);
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

function bar(share: number): string {
  const full = Math.round(share * cells);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${"\u2588".repeat(full)}${"\u2591".repeat(cells - full)}${percent}`;
}
