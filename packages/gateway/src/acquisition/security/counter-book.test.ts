import fc from "fast-check";
import { expect, test } from "vitest";
import { InvocationCounter } from "@lectura/dlms/security";
import { MemoryStore } from "../acquisition.fixture.ts";
import { CounterBook, counterJumpMax, isPlausible } from "./counter-book.ts";

test("no counter is used twice, whatever the restarts and however many meters share the key", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(30_000), { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      fc.nat(1000),
      async (lives, first) => {
        const store = new MemoryStore();
        let highest = -1;
        for (const life of lives) {
          const book = new CounterBook(store);
          for (const sent of life) {
            const counter = (await book.counter("key")) ?? (await book.begin("key", first));
            for (let apdu = 0; apdu < sent; apdu += 997) {
              await counter.reserve();
              const used = counter.take();
              expect(used).toBeGreaterThan(highest);
              expect(store.counters.get("key")).toBeGreaterThan(used);
              highest = used;
            }
          }
        }
      },
    ),
  );
});

test("a counter nobody knows is not invented", async () => {
  const store = new MemoryStore();
  expect(await new CounterBook(store).counter("key")).toBeUndefined();
  expect(store.counters.size).toBe(0);
});

test("what the meter says sets a counter forward and never back", async () => {
  const book = new CounterBook(new MemoryStore());
  const counter = await book.begin("key", 500);
  expect(counter.next).toBe(500);
  expect((await book.begin("key", 20)).next).toBe(500);
  expect((await book.begin("key", 70_000)).next).toBe(70_000);
  expect(await book.counter("key")).toBe(counter);
});

test("a counter that is far ahead is not believed", () => {
  const known = new InvocationCounter({ next: 1000 });
  expect(isPlausible(1000 + counterJumpMax, known)).toBe(true);
  expect(isPlausible(1001 + counterJumpMax, known)).toBe(false);
  expect(isPlausible(2 ** 31, undefined)).toBe(true);
  expect(isPlausible(0xffff_ffff, undefined)).toBe(false);
});

test("two processes under one key do not use the same counters: the later one begins again", async () => {
  const store = new MemoryStore();
  const [one, other] = [new CounterBook(store), new CounterBook(store)];
  const counter = await one.begin("key", 0);
  const taken = counter.take();
  const another = await other.counter("key");
  expect(another!.take()).toBeGreaterThan(taken);
  counter.advanceTo(9_500);
  await expect(one.counter("key")).rejects.toMatchObject({ code: "meter/counter-contended" });
  const again = await one.counter("key");
  expect(again!.take()).toBeGreaterThan(another!.next);
});
