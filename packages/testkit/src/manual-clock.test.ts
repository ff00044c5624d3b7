import { expect, test } from "vitest";
import { ManualClock } from "./manual-clock.ts";

test("fires timers in order of their due times, also those started on the way", async () => {
  const clock = new ManualClock(0);
  const fired: string[] = [];
  const note = (name: string): void => void fired.push(`${name}@${clock.monotonicMs()}`);
  clock.timer(300, () => note("late"));
  clock.timer(100, () => {
    note("early");
    clock.timer(50, () => note("nested"));
  });
  clock.timer(200, () => note("disposed"))[Symbol.dispose]();
  await clock.advance(250);
  expect(fired).toEqual(["early@100", "nested@150"]);
  expect(clock.nowMs()).toBe(250);
  await clock.advance(50);
  expect(fired.at(-1)).toBe("late@300");
  expect(clock.pending).toBe(0);
});

test("takes a sleeper that registers only after pending work has settled", async () => {
  const clock = new ManualClock();
  let woken = false;
  void (async () => {
    await Promise.resolve();
    await clock.sleep(100);
    woken = true;
  })();
  await clock.advance(100);
  expect(woken).toBe(true);
});

test("jumps the wall clock without touching timers", async () => {
  const clock = new ManualClock(1000);
  let fired = false;
  clock.timer(100, () => void (fired = true));
  clock.jump(3_600_000);
  await clock.settle();
  expect(fired).toBe(false);
  expect(clock.nowMs()).toBe(3_601_000);
  expect(clock.monotonicMs()).toBe(0);
});
