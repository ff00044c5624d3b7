import { expect, test } from "vitest";
import { Bench, intervalMs, meter } from "./acquisition.fixture.ts";
import { staggerMs } from "./schedule/schedule.ts";

test("the k-th poll begins k intervals after the first, however long answers take", async () => {
  const bench = new Bench();
  bench.meter.answerMs = 300;
  await bench.start();
  await bench.clock.advance(3_600_000);
  const begun = bench.pollsAtMs();
  expect(begun.length).toBe(1800);
  const offsetMs = staggerMs("meter", intervalMs);
  for (const [k, atMs] of begun.entries()) {
    // The first poll opens the association before it asks; the cadence does not move for that.
    const openingMs = k === 0 ? 300 : 0;
    expect(atMs).toBe(offsetMs + k * intervalMs + openingMs);
  }
  expect(bench.meter.openedAtMs.length).toBe(1);
});

test("jumps of the wall clock do not move polls", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(10_000);
  bench.clock.jump(-86_400_000);
  await bench.clock.advance(10_000);
  bench.clock.jump(2 * 86_400_000);
  await bench.clock.advance(10_000);
  const begun = bench.pollsAtMs();
  expect(begun.length).toBe(15);
  for (let k = 2; k < begun.length; k++) expect(begun[k]! - begun[k - 1]!).toBe(intervalMs);
});

test("a poll longer than its interval skips cycles and counts them, without a burst after", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(20_000);
  bench.meter.answerMs = 7_000;
  await bench.clock.advance(7_000);
  bench.meter.answerMs = 10;
  await bench.clock.advance(60_000);
  const begun = bench.pollsAtMs();
  const gaps = begun.slice(1).map((atMs, k) => atMs - begun[k]!);
  expect(Math.min(...gaps.slice(1))).toBe(intervalMs);
  const { cycles, overruns } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(overruns).toBe(3);
  expect(cycles.failed).toBe(3);
  expect(cycles.ok + cycles.failed).toBe(cycles.scheduled);
  expect(bench.codes()).toContain("meter/overrun");
});

test("meters of one interval are spread over it, the same in every run", () => {
  const offsets = Array.from({ length: 1000 }, (_, id) => staggerMs(`meter ${id}`, 60_000));
  expect(offsets).toEqual(
    Array.from({ length: 1000 }, (_, id) => staggerMs(`meter ${id}`, 60_000)),
  );
  const perTenth = Array.from({ length: 10 }, () => 0);
  for (const offset of offsets) perTenth[Math.floor(offset / 6_000)]!++;
  for (const count of perTenth) expect(count).toBeGreaterThan(60);
});

test("a meter with a long interval is read once soon after the start", async () => {
  const bench = new Bench();
  const quarterHour = { intervalMs: 900_000, items: meter().plan.items };
  await bench.start({ meters: [meter({ plan: quarterHour })] });
  await bench.clock.advance(10_000);
  expect(bench.records.length).toBe(1);
  await bench.clock.advance(3_600_000);
  expect(bench.records.length).toBe(5);
  expect(bench.endpoint.isConnected).toBe(false);
  expect(bench.meter.released).toBe(5);
});

test("an edit of other things leaves the place within the interval", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(10_500);
  bench.acquisition.apply({ lines: [bench.acquisition.agent(1)!.line.line], meters: [] });
  await bench.clock.advance(777);
  await bench.start({ meters: [meter({ updatedAt: 1 })] });
  await bench.clock.advance(10_000);
  const offsetMs = staggerMs("meter", intervalMs);
  for (const atMs of bench.pollsAtMs().slice(-3)) expect((atMs - offsetMs) % intervalMs).toBe(0);
});

test("what a poll brought before its meter was paused counts as scheduled and as journaled", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  await bench.start();
  await bench.clock.advance(10_000);
  bench.meter.answerMs = 400;
  const before = bench.records.length;
  await bench.clock.advance(staggerMs("meter", intervalMs) + 500);
  await bench.start({ meters: [meter({ paused: true, updatedAt: 1 })] });
  await bench.clock.advance(1_000);
  expect(bench.records.slice(before).map(({ readings }) => readings.length)).toEqual([1]);
  const { readings, cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(readings.journaled).toBe(readings.scheduled);
  expect(cycles).toMatchObject({ failed: 0 });
});
