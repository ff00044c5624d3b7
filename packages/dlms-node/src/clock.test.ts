import { expect, test } from "vitest";
import { ManualClock } from "@lectura/testkit";
import { sleepOn, systemClock } from "./clock.ts";

test("the system clock tells wall time and a time that never goes back", () => {
  expect(systemClock.nowMs()).toBeGreaterThan(Date.UTC(2025, 0, 1));
  const before = systemClock.monotonicMs();
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
});

test("a timer of the system clock fires, and not once it is disposed", async () => {
  let disposed = 0;
  const timer = systemClock.timer(0, () => void disposed++);
  timer[Symbol.dispose]();
  await new Promise<void>((resolve) => void systemClock.timer(0, resolve));
  await systemClock.sleep(0);
  expect(disposed).toBe(0);
});

test("a timer longer than Node can count does not fire at once", async () => {
  let fired = 0;
  const timer = systemClock.timer(2 ** 40, () => void fired++);
  await systemClock.sleep(2);
  timer[Symbol.dispose]();
  expect(fired).toBe(0);
});

test("a sleep ends with its signal, also with one that is aborted already", async () => {
  const clock = new ManualClock();
  const reason = new Error("enough");
  const controller = new AbortController();
  const sleep = sleepOn(clock, 1000, controller.signal);
  controller.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(sleepOn(clock, 1000, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(clock.pending).toBe(0);
});
