import { expect, test } from "vitest";
import { ManualClock } from "@lectura/testkit";
import { Deadline } from "./deadline.ts";

function setup(): { clock: ManualClock; deadline: Deadline; passedAtMs: number[] } {
  const clock = new ManualClock();
  const passedAtMs: number[] = [];
  const deadline = new Deadline(clock, () => void passedAtMs.push(clock.monotonicMs()));
  return { clock, deadline, passedAtMs };
}

test("passes once, when it is due", async () => {
  const { clock, deadline, passedAtMs } = setup();
  deadline.arm(100);
  await clock.advance(99);
  expect(deadline.armed).toBe(true);
  await clock.advance(500);
  expect(passedAtMs).toEqual([100]);
  expect(deadline.armed).toBe(false);
});

test("moves later without another timer, and still passes on time", async () => {
  const { clock, deadline, passedAtMs } = setup();
  for (let round = 0; round < 10; round++) {
    deadline.arm(100);
    expect(clock.pending).toBe(1);
    await clock.advance(50);
  }
  await clock.advance(1000);
  expect(passedAtMs).toEqual([550]);
});

test("moves earlier", async () => {
  const { clock, deadline, passedAtMs } = setup();
  deadline.arm(1000);
  deadline.arm(10);
  await clock.advance(2000);
  expect(passedAtMs).toEqual([10]);
});

test("does not pass when disarmed, and passes when armed again", async () => {
  const { clock, deadline, passedAtMs } = setup();
  deadline.arm(100);
  deadline.disarm();
  await clock.advance(60);
  deadline.arm(100);
  await clock.advance(1000);
  expect(passedAtMs).toEqual([160]);
});

test("leaves no timer once closed", async () => {
  const { clock, deadline, passedAtMs } = setup();
  deadline.arm(100);
  deadline.close();
  expect(clock.pending).toBe(0);
  await clock.advance(1000);
  expect(passedAtMs).toEqual([]);
});
