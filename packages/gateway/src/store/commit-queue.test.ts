import { expect, test } from "vitest";
import { CommitQueue } from "./commit-queue.ts";
import type { Write, WriteResult } from "./sqlite/protocol.ts";

/** A queue over a disk that answers when the test says so, and a clock the test moves. */
function bench(options: { windowMs?: number; writesMax?: number; waitingMax?: number } = {}) {
  const state = {
    now: 0,
    timers: [] as { at: number; fire: () => void }[],
    batches: [] as {
      writes: readonly Write[];
      answer: (results: readonly WriteResult[]) => void;
      fail: (error: Error) => void;
    }[],
  };
  const queue = new CommitQueue({
    clock: {
      monotonicMs: () => state.now,
      timer: (afterMs, fire) => {
        const timer = { at: state.now + afterMs, fire };
        state.timers.push(timer);
        return {
          [Symbol.dispose]: () => {
            state.timers = state.timers.filter((other) => other !== timer);
          },
        };
      },
    },
    windowMs: options.windowMs ?? 100,
    writesMax: options.writesMax ?? 4,
    waitingMax: options.waitingMax ?? 10,
    commit: (writes) =>
      new Promise((answer, fail) => {
        state.batches.push({ writes, answer, fail });
      }),
  });
  const advance = (ms: number): void => {
    state.now += ms;
    const due = state.timers.filter(({ at }) => at <= state.now);
    state.timers = state.timers.filter(({ at }) => at > state.now);
    for (const { fire } of due) fire();
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const done = (count: number): readonly WriteResult[] =>
    Array.from({ length: count }, (_, seq) => ({ seq: seq + 1 }));
  return { queue, state, advance, settle, done };
}

const write = (value: string): Write => ({ op: "remember", meterId: 1, name: "n", value });

test("an idle queue commits at once, with everything of the same turn", async () => {
  const { queue, state, settle, done } = bench();
  const both = Promise.all([queue.add(write("a")), queue.add(write("b"))]);
  await settle();
  expect(state.batches.map(({ writes }) => writes.length)).toEqual([2]);
  state.batches[0]?.answer(done(2));
  expect(await both).toEqual([1, 2]);
});

test("a busy queue commits once per window", async () => {
  const { queue, state, advance, settle, done } = bench();
  void queue.add(write("a"));
  await settle();
  void queue.add(write("b"));
  advance(30);
  state.batches[0]?.answer(done(1));
  await settle();
  void queue.add(write("c"));
  await settle();
  expect(state.batches).toHaveLength(1);
  advance(69);
  expect(state.batches).toHaveLength(1);
  advance(1);
  expect(state.batches[1]?.writes).toHaveLength(2);
  expect(state.timers).toHaveLength(0);
});

test("a full batch does not wait for the window, and never grows beyond its bound", async () => {
  const { queue, state, settle, done } = bench({ writesMax: 2 });
  void queue.add(write("a"));
  await settle();
  state.batches[0]?.answer(done(1));
  await settle();
  for (const value of ["b", "c", "d"]) void queue.add(write(value));
  await settle();
  expect(state.batches[1]?.writes).toHaveLength(2);
  state.batches[1]?.answer(done(2));
  await settle();
  expect(state.batches).toHaveLength(2);
});

test("one commit at a time; a failed one rejects its writes and no others", async () => {
  const { queue, state, advance, settle, done } = bench();
  const first = queue.add(write("a"));
  await settle();
  const second = queue.add(write("b"));
  advance(1000);
  await settle();
  expect(state.batches).toHaveLength(1);
  state.batches[0]?.fail(new Error("disk"));
  await expect(first).rejects.toThrow("disk");
  await settle();
  state.batches[1]?.answer(done(1));
  expect(await second).toBe(1);
});

test("a write that was refused rejects alone", async () => {
  const { queue, state, settle } = bench();
  const outcomes = Promise.allSettled([queue.add(write("a")), queue.add(write("b"))]);
  await settle();
  const refused = { code: "store/outbox-full", detail: "full", params: { sinkId: 1 } } as const;
  state.batches[0]?.answer([{ refused }, { seq: 9 }]);
  const [a, b] = await outcomes;
  expect(a).toMatchObject({ status: "rejected", reason: { code: "store/outbox-full" } });
  expect(b).toEqual({ status: "fulfilled", value: 9 });
});

test("a queue that is full refuses", async () => {
  const { queue, settle } = bench({ waitingMax: 2, writesMax: 9 });
  void queue.add(write("a"));
  await settle();
  void queue.add(write("b"));
  void queue.add(write("c"));
  await expect(queue.add(write("d"))).rejects.toMatchObject({ code: "store/overloaded" });
});

test("draining commits the rest without a pause and takes no more", async () => {
  const { queue, state, settle, done } = bench({ writesMax: 2 });
  const adds = ["a", "b", "c"].map((value) => queue.add(write(value)));
  let drained = false;
  void queue.drain().then(() => {
    drained = true;
  });
  await expect(queue.add(write("late"))).rejects.toMatchObject({ code: "store/closed" });
  await settle();
  state.batches[0]?.answer(done(2));
  await settle();
  expect(drained).toBe(false);
  state.batches[1]?.answer(done(1));
  await settle();
  expect(drained).toBe(true);
  expect(await Promise.all(adds)).toEqual([1, 2, 1]);
});
