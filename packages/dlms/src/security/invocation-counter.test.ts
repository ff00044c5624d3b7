import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError, ProtocolError } from "../error.ts";
import {
  type CounterStore,
  InvocationCounter,
  invocationCounterMax,
} from "./invocation-counter.ts";

/** A store that remembers, and can lose power. */
function memory(): CounterStore & { limit: number } {
  return {
    limit: 0,
    reserve(limit: number): undefined {
      this.limit = limit;
    },
  };
}

test("no counter is used twice, whatever the restarts", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 })), fc.integer({ min: 1, max: 9 }), (lives, ahead) => {
      const store = memory();
      const used = new Set<number>();
      for (const count of lives) {
        const counter = new InvocationCounter({ next: store.limit, store, ahead });
        for (let taken = 0; taken < count; taken++) {
          const value = counter.take();
          expect(used.has(value)).toBe(false);
          expect(value).toBeLessThan(store.limit);
          used.add(value);
        }
      }
    }),
  );
});

test("a counter is taken only after its reservation is stored", async () => {
  const stored = Promise.withResolvers<void>();
  const counter = new InvocationCounter({
    next: 5,
    ahead: 2,
    store: { reserve: () => stored.promise },
  });
  const reserved = counter.reserve();
  expect(() => counter.take()).toThrow(InvariantError);
  stored.resolve();
  await reserved;
  expect([counter.take(), counter.take()]).toEqual([5, 6]);
  expect(() => counter.take()).toThrow(InvariantError);
});

test("the last counter is legal, behind it the key is exhausted", () => {
  const store = memory();
  const counter = new InvocationCounter({ next: invocationCounterMax, store });
  expect(counter.reserve(4)).toBeUndefined();
  expect(counter.take()).toBe(invocationCounterMax);
  expect(store.limit).toBe(2 ** 32);
  for (const use of [() => counter.take(), () => counter.reserve()]) {
    expect(use).toThrow(ProtocolError);
    expect(use).toThrow(/counter-exhausted/);
  }
});

test("it jumps forward and never back", () => {
  const counter = new InvocationCounter({ next: 10 });
  counter.advanceTo(100);
  counter.advanceTo(50);
  expect(counter.take()).toBe(100);
  expect(() => new InvocationCounter({ next: -1 })).toThrow(RangeError);
  expect(() => new InvocationCounter({ next: 2 ** 32 + 1 })).toThrow(RangeError);
  expect(() => new InvocationCounter({ next: 0, ahead: 0 })).toThrow(RangeError);
});
