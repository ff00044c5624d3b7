import type { Context } from "./context.ts";
import { visibleLength } from "./output.ts";

/** One column of a table. */
export interface TableColumn {
  readonly heading: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** Gives way where the terminal is too narrow; the widest such column first. */
  readonly flexible?: boolean;
  /** What does not fit goes on below instead of being cut. */
  readonly wrap?: boolean;
  readonly paint?: (text: string) => string;
}

const gap = 2;
const narrowest = 8;

/** A table as wide as the terminal at most; where the output is none, nothing is cut. */
export function writeTable(
  { output, environment }: Context,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): void {
  if (output.json) return;
  const widths = columns.map(({ heading }, column) =>
    rows.reduce(
      (width, row) => Math.max(width, visibleLength(row[column] ?? "")),
      visibleLength(heading),
    ),
  );
  if (environment.stdoutIsTerminal) narrow(columns, widths, output.columns);
  const right = new Set(columns.flatMap((column, index) => (column.right === true ? [index] : [])));
  const painted = rows.flatMap((row) => {
    const cells = columns.map(({ wrap }, index) => {
      const [text, width] = [row[index] ?? "", widths[index] ?? 0];
      return wrap === true ? wrapText(text, width) : [cutText(text, width)];
    });
    const height = cells.reduce((most, lines) => Math.max(most, lines.length), 1);
    return Array.from({ length: height }, (_, line) =>
      columns.map(({ paint }, index) => {
        const text = cells[index]?.[line] ?? "";
        return paint === undefined || text === "" ? text : paint(text);
      }),
    );
  });
  const headings = columns.map(({ heading }, index) => cutText(heading, widths[index] ?? 0));
  output.table([headings, ...painted], right);
}

/** Takes from the widest column that gives way, until all fit or all are narrow. */
function narrow(columns: readonly TableColumn[], widths: number[], room: number): void {
  const flexible = widths.flatMap((_, index) => (columns[index]?.flexible === true ? [index] : []));
  let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - room;
  while (excess > 0) {
    const widest = flexible.reduce(
      (most, index) => ((widths[index] ?? 0) > (widths[most] ?? 0) ? index : most),
      flexible[0] ?? -1,
    );
    const width = widths[widest] ?? 0;
    if (width <= narrowest) return;
    widths[widest] = width - 1;
    excess--;
  }
}

/** At most so many characters; what is cut off ends in an ellipsis. */
export function cutText(text: string, columns: number): string {
  const characters = Array.from(text);
  if (characters.length <= columns) return text;
  return `${characters.slice(0, Math.max(0, columns - 1)).join("")}\u2026`;
}

/** Lines of whole words, of so many characters at most; a longer word is cut. */
function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(cutText(word, columns));
  }
  return lines;
}
