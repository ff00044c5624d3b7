import fc from "fast-check";
import { expect, test } from "vitest";
import { DueHeap } from "./due-heap.ts";

test("entries leave by instant, equal instants in the order they came", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (dues) => {
      const heap = new DueHeap();
      const left: string[] = [];
      for (const [order, dueMs] of dues.entries()) {
        heap.push({ dueMs, fire: () => left.push(`${dueMs}:${order}`) });
      }
      for (let entry = heap.pop(); entry !== undefined; entry = heap.pop()) entry.fire();
      const expected = [...dues.entries()].toSorted(([a, x], [b, y]) => x - y || a - b);
      expect(left).toEqual(expected.map(([order, dueMs]) => `${dueMs}:${order}`));
      expect(heap.size).toBe(0);
    }),
  );
});
