import fc from "fast-check";
import { expect, test } from "vitest";
import { plotLines, type PlotStyle } from "./terminal-plot.ts";

const style: PlotStyle = { columns: 20, rows: 2, paint: (text) => text, scaleText: String };
const pointsOf = (values: readonly number[]) =>
  values.map((value, at) => ({ time: `t${at}`, value }));

test("a series is drawn from its least to its greatest value", () => {
  expect(plotLines(pointsOf([0, 1, 2, 3]), style)).toEqual([
    "3 \u2524        \u2583\u2583\u2583\u2583\u2588\u2588\u2588\u2588",
    "0 \u2524\u2581\u2581\u2581\u2581\u2586\u2586\u2586\u2586\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588",
    "   t0            t3",
  ]);
  expect(plotLines([], style)).toEqual([]);
});

test("any series keeps within the terminal", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (numbers) => {
      const scaleText = (value: number): string => value.toPrecision(3);
      const lines = plotLines(pointsOf(numbers), { ...style, columns: 40, scaleText });
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(40);
    }),
  );
});
