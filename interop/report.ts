import { styleText } from "node:util";
import type { Outcome, Row } from "./matrix.ts";
import { type ColumnName, columnNames } from "./operations.ts";
import type { PathResult } from "./product-path.ts";
import { protectionName, rowName } from "./securities.ts";

/** A cell or a product path that was judged. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

type Kind = Outcome["kind"];
type Cells = readonly { readonly text: string; readonly kind?: Kind }[];

const marks: Readonly<Record<Kind, string>> = {
  pass: "pass",
  "peer cannot": "cannot",
  fail: "FAIL",
};
const colours = { pass: "green", "peer cannot": "yellow", fail: "red" } as const;

const legend =
  "pass: done and compared. cannot: the peer cannot, reasons below and in docs/interop.md. " +
  "FAIL: neither.";

/** Different errors of one reason. */
const errorsShown = 2;

/** "Peer cannot" is a skipped cell. */
export function count(rows: readonly Row[], paths: readonly PathResult[]): Counts {
  const outcomes = [
    ...rows.flatMap(({ cells }) => Object.values(cells)),
    ...paths.map(({ outcome }) => outcome),
  ];
  const of = (kind: Kind): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  return { passed: of("pass"), failed: of("fail"), skipped: of("peer cannot") };
}

/**
 * The matrix for people: a block for each direction, peer and framing, then what was not passed and
 * why, then the sums by peer. Colours where the output is a terminal that has them.
 */
export function table(rows: readonly Row[], paths: readonly PathResult[]): string {
  const head = ["auth", "protection", ...columnNames].map((text) => ({ text }));
  const body = rows.map((row): Cells => [
    { text: row.security.mechanism },
    { text: protectionName(row.security) },
    ...columnNames.map((name) => cellOf(row.cells[name])),
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => cells[column]!.text.length)),
  );
  const lines: string[] = [];
  let block = "";
  for (const [index, row] of rows.entries()) {
    if (blockName(row) !== block) {
      block = blockName(row);
      lines.push("", styleText("bold", block), lineOf(head, widths));
    }
    lines.push(lineOf(body[index]!, widths));
  }
  return [...lines, "", legend, "", ...pathLines(paths), ...reasons(rows), ...sums(rows)].join(
    "\n",
  );
}

function blockName(row: Row): string {
  return `${pairName(row)}, ${row.framing}`;
}

function pairName({ direction, peer }: Row): string {
  return direction === "our client" ? `our client > ${peer} server` : `${peer} client > our server`;
}

function cellOf(outcome: Outcome | undefined): Cells[number] {
  return outcome === undefined ? { text: "" } : { text: marks[outcome.kind], kind: outcome.kind };
}

function lineOf(cells: Cells, widths: readonly number[]): string {
  return cells
    .map(({ text, kind }, column) => {
      const padded = text.padEnd(widths[column]!);
      return kind === undefined ? padded : styleText(colours[kind], padded);
    })
    .join("  ")
    .trimEnd();
}

function pathLines(paths: readonly PathResult[]): readonly string[] {
  const lines = paths.map(
    ({ peer, framing, outcome }) =>
      `product path, ${peer}, ${framing}: ${outcome.kind}` +
      (outcome.kind === "pass" ? "" : `: ${outcome.error}`),
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

interface Reason {
  readonly errors: Set<string>;
  /** Columns, by row. */
  readonly cells: Map<string, ColumnName[]>;
  count: number;
}

/** What did not pass: each reason once, those with most cells first, failures before all. */
function reasons(rows: readonly Row[]): readonly string[] {
  const found = new Map<string, Reason>();
  for (const row of rows) {
    for (const name of columnNames) {
      const outcome = row.cells[name];
      if (outcome === undefined || outcome.kind === "pass") continue;
      const error = withoutPort(outcome.error);
      const why = outcome.kind === "fail" ? error : outcome.why;
      const title = `${outcome.kind}, ${pairName(row)}: ${why}`;
      const reason = found.get(title) ?? { errors: new Set(), cells: new Map(), count: 0 };
      found.set(title, reason);
      if (outcome.kind !== "fail") reason.errors.add(error);
      reason.count++;
      const place = `${row.framing} ${rowName(row.security)}`;
      reason.cells.set(place, [...(reason.cells.get(place) ?? []), name]);
    }
  }
  return [...found]
    .toSorted(([a, { count: ofA }], [b, { count: ofB }]) => rank(a) - rank(b) || ofB - ofA)
    .flatMap(([title, { errors, cells, count: sum }]) => [
      `${title} (${sum} ${sum === 1 ? "cell" : "cells"})`,
      ...[...errors].slice(0, errorsShown).map((error) => `    ends in: ${error}`),
      ...whereabouts(cells),
      "",
    ]);
}

function rank(title: string): number {
  return title.startsWith("fail") ? 0 : 1;
}

function whereabouts(cells: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const byColumns = new Map<string, string[]>();
  for (const [row, columns] of cells) {
    const text = columns.length >= columnNames.length - 1 ? "all" : columns.join(" ");
    byColumns.set(text, [...(byColumns.get(text) ?? []), row]);
  }
  return [...byColumns].map(([columns, names]) => `    ${names.join("; ")}: ${columns}`);
}

/** Ports differ from run to run, reasons do not. */
function withoutPort(error: string): string {
  return error.replaceAll(/127\.0\.0\.1:\d+: /g, "");
}

function sums(rows: readonly Row[]): readonly string[] {
  const blocks = Map.groupBy(rows, blockName);
  return [...blocks].map(([name, ofBlock]) => {
    const { passed, failed, skipped } = count(ofBlock, []);
    return `${name}: ${passed} pass, ${skipped} cannot, ${failed} fail`;
  });
}
