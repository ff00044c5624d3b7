/** One value of a series, with the time it is of, as text. */
export interface PlotPoint {
  readonly time: string;
  readonly value: number;
}

export interface PlotStyle {
  /** Columns of the whole plot, scale included. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: (text: string) => string;
  readonly scaleText: (value: number) => string;
}

const eighths = [
  " ",
  "\u2581",
  "\u2582",
  "\u2583",
  "\u2584",
  "\u2585",
  "\u2586",
  "\u2587",
  "\u2588",
];
const cellLevels = eighths.length - 1;

/**
 * A series as filled columns, from its least value to its greatest; several points in one column
 * are their mean. For the eye: values are rounded to what a cell can show. Empty without points.
 */
export function plotLines(points: readonly PlotPoint[], style: PlotStyle): readonly string[] {
  if (points.length === 0) return [];
  const min = points.reduce((least, { value }) => Math.min(least, value), Infinity);
  const max = points.reduce((most, { value }) => Math.max(most, value), -Infinity);
  const [top, bottom] = [style.scaleText(max), style.scaleText(min)];
  const scaleColumns = Math.max(top.length, bottom.length);
  const width = Math.max(8, style.columns - scaleColumns - 2);
  const levels = levelsOf(points, { width, min, max, rows: style.rows });
  const lines = Array.from({ length: style.rows }, (_, row) => {
    const label = row === 0 ? top : row === style.rows - 1 ? bottom : "";
    const edge = label === "" ? "\u2502" : "\u2524";
    const base = (style.rows - 1 - row) * cellLevels;
    const cells = levels.map((level) => eighths[Math.min(cellLevels, Math.max(0, level - base))]);
    return `${label.padStart(scaleColumns)} ${edge}${style.paint(cells.join(""))}`;
  });
  return [...lines, timeLine(points, scaleColumns + 2, levels.length)];
}

/** Height of each column in eighths of a cell, one at least: the least value is seen too. */
function levelsOf(
  points: readonly PlotPoint[],
  { width, min, max, rows }: { width: number; min: number; max: number; rows: number },
): readonly number[] {
  const columns = Math.min(
    width,
    Math.max(points.length, Math.floor(width / points.length) * points.length),
  );
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * points.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * points.length) / columns));
    const inColumn = points.slice(from, to);
    const mean = inColumn.reduce((sum, { value }) => sum + value, 0) / inColumn.length;
    const share = max === min ? 0.5 : (mean - min) / (max - min);
    return 1 + Math.round(share * (rows * cellLevels - 1));
  });
}

function timeLine(points: readonly PlotPoint[], indent: number, width: number): string {
  const [first, last] = [points[0]?.time ?? "", points.at(-1)?.time ?? ""];
  const gap = Math.max(1, width - first.length - last.length);
  return `${" ".repeat(indent)}${first}${" ".repeat(gap)}${last}`;
}
