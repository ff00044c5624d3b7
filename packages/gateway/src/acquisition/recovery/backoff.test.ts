import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, backoffMsMax, backoffMsMin, ReconnectBudget } from "./backoff.ts";

test("a wait is between one second and five minutes, and may be anything up to its step", () => {
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, x) => {
        const waitMs = backoffMs(n, x);
        expect(waitMs).toBeGreaterThanOrEqual(backoffMsMin);
        expect(waitMs).toBeLessThan(backoffMsMax);
      },
    ),
  );
  expect(backoffMs(4, 0.999)).toBeGreaterThan(backoffMs(1, 0.999));
});

test("however attempts are spaced, no hour has more than nine after the first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(900_000), { minLength: 1, maxLength: 200 }), (gapsMs) => {
      const budget = new ReconnectBudget(0);
      const taken: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const atMs = budget.availableAt(nowMs);
        if (budget.take(nowMs)) {
          expect(atMs).toBe(nowMs);
          taken.push(nowMs);
        } else expect(atMs).toBeGreaterThan(nowMs);
      }
      for (const from of taken) {
        expect(taken.filter((at) => at >= from && at < from + 3_600_000).length).toBeLessThan(10);
      }
    }),
  );
});

test("a spent budget gives one attempt every ten minutes", () => {
  const budget = new ReconnectBudget(0);
  expect([budget.take(0), budget.take(0), budget.take(0), budget.take(0)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(budget.availableAt(0)).toBe(600_000);
  expect(budget.take(599_999)).toBe(false);
  expect(budget.take(600_000)).toBe(true);
  expect(budget.take(600_000)).toBe(false);
});
