import type { Row } from "./matrix.ts";
import type { PathResult } from "./product-path.ts";
import { operationNames } from "./operations.ts";
import { protectionName, rowName } from "./securities.ts";

/** A cell or a product path that was judged. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** "Peer cannot" is a skipped cell. */
export function count(rows: readonly Row[], paths: readonly PathResult[]): Counts {
  const outcomes = [
    ...rows.flatMap(({ cells }) => Object.values(cells)),
    ...paths.map(({ outcome }) => outcome),
  ];
  const of = (kind: string): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  return { passed: of("pass"), failed: of("fail"), skipped: of("peer cannot") };
}

/** The matrix for people, then every cell that did not pass with its error. */
export function table(rows: readonly Row[], paths: readonly PathResult[]): string {
  const head = ["", "peer", "framing", "auth", "protection", ...operationNames];
  const marks = { pass: "pass", "peer cannot": "cannot", fail: "FAIL" } as const;
  const body = rows.map((row) => [
    row.direction,
    row.peer,
    row.framing,
    row.security.mechanism,
    protectionName(row.security),
    ...operationNames.map((name) => {
      const outcome = row.cells[name];
      return outcome === undefined ? "" : marks[outcome.kind];
    }),
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => cells[column]!.length)),
  );
  const lines = [head, ...body].map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const ways = paths.map(
    ({ peer, framing, outcome }) =>
      `product path, ${peer}, ${framing}: ${outcome.kind}` +
      (outcome.kind === "pass" ? "" : `: ${outcome.error}`),
  );
  return [...lines, "", ...ways, ...remarks(rows)].join("\n");
}

/** What did not pass, cells of one row with one error together. */
function remarks(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ direction, peer, framing, security, cells }) => {
    const columns = new Map<string, string[]>();
    for (const name of operationNames) {
      const outcome = cells[name];
      if (outcome === undefined || outcome.kind === "pass") continue;
      const remark = `${outcome.kind}: ${outcome.error}`;
      columns.set(remark, [...(columns.get(remark) ?? []), name]);
    }
    const title = `${direction}, ${peer}, ${framing}, ${rowName(security)}`;
    return [...columns].map(([remark, names]) => `${title}, ${names.join(" ")}: ${remark}`);
  });
}
