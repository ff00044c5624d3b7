import { expect, test } from "vitest";
import { ProtocolError } from "@lectura/dlms/octets";
import { Bench, intervalMs, line, meter, ScriptedMeter } from "./acquisition.fixture.ts";

const hourMs = 3_600_000;

/** The most instants in any hour. */
function worstHour(instantsMs: readonly number[]): number {
  return Math.max(
    0,
    ...instantsMs.map(
      (from) => instantsMs.filter((atMs) => atMs >= from && atMs < from + hourMs).length,
    ),
  );
}

const rejected = (): ProtocolError =>
  new ProtocolError("acse/authentication-failed", "wrong password");
const silent = (): ProtocolError => new ProtocolError("hdlc/no-answer", "no UA");

test("a rejected credential is tried once and held through restarts", async () => {
  const bench = new Bench();
  bench.meter.refuses = rejected;
  await bench.start();
  await bench.clock.advance(hourMs);
  expect(bench.meter.openedAtMs.length).toBe(1);
  expect(bench.codes()).toEqual(["meter/credential-held"]);
  expect(bench.acquisition.agent(1)!.snapshot).toMatchObject({
    state: "held",
    code: "acse/authentication-failed",
    nextAttemptAt: undefined,
  });
  await bench.restart();
  await bench.restart();
  await bench.clock.advance(hourMs);
  expect(bench.meter.openedAtMs.length).toBe(1);
  await expect(
    bench.acquisition.agent(1)!.readNow(meter().plan.items, new AbortController().signal),
  ).rejects.toMatchObject({ code: "meter/credential-held" });
});

test("a person opens the credential latch for exactly one more attempt", async () => {
  const bench = new Bench();
  bench.meter.refuses = rejected;
  await bench.start();
  await bench.clock.advance(hourMs);
  await bench.acquisition.agent(1)!.forgive();
  await bench.clock.advance(hourMs);
  expect(bench.meter.openedAtMs.length).toBe(2);
  bench.meter.refuses = () => undefined;
  await bench.acquisition.agent(1)!.forgive();
  await bench.clock.advance(10_000);
  expect(bench.records.length).toBeGreaterThan(3);
  await bench.restart();
  bench.records.length = 0;
  await bench.clock.advance(10_000);
  expect(bench.records.length).toBeGreaterThan(3);
});

test("an endpoint that refuses sees at most ten connections an hour", async () => {
  const bench = new Bench();
  bench.endpoint.refuses = "tcp/refused";
  await bench.start();
  for (const random of [0, 0.3, 0.999]) {
    bench.random = random;
    await bench.clock.advance(2 * hourMs);
  }
  expect(worstHour(bench.endpoint.connectedAtMs)).toBeLessThanOrEqual(10);
  expect(bench.endpoint.connectedAtMs.length).toBeGreaterThan(30);
  expect(bench.codes()).toEqual(["tcp/refused", "line/breaker-open"]);
  expect(bench.acquisition.agent(1)!.snapshot).toMatchObject({
    state: "failing",
    code: "tcp/refused",
  });
});

test("an endpoint that connects and stays silent sees at most ten connections an hour", async () => {
  const bench = new Bench();
  bench.meter.refuses = silent;
  await bench.start();
  await bench.clock.advance(5 * hourMs);
  expect(worstHour(bench.endpoint.connectedAtMs)).toBeLessThanOrEqual(10);
  expect(bench.endpoint.connectedAtMs.length).toBeGreaterThan(25);
});

test("a meter that associates and breaks every time sees at most ten associations an hour", async () => {
  const bench = new Bench();
  bench.meter.breaks = () => new ProtocolError("hdlc/sequence", "out of step");
  await bench.start();
  await bench.clock.advance(5 * hourMs);
  expect(worstHour(bench.meter.openedAtMs)).toBeLessThanOrEqual(10);
  expect(bench.meter.openedAtMs.length).toBeGreaterThan(25);
});

test("a line that comes back is read again at its next attempt, and says so", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(10_000);
  bench.endpoint.refuses = "tcp/unreachable";
  bench.endpoint.hangUp();
  await bench.clock.advance(20_000);
  bench.endpoint.refuses = undefined;
  await bench.clock.advance(120_000);
  expect(bench.codes()).toEqual(["line/idle-closed", "tcp/unreachable", "line/recovered"]);
  expect(bench.acquisition.agent(1)!.snapshot.state).toBe("idle");
});

test("an idle stream closed by a converter is no failure; later polls release in time", async () => {
  const bench = new Bench();
  const items = meter().plan.items;
  await bench.start({ meters: [meter({ plan: { intervalMs: 15_000, items } })] });
  await bench.clock.advance(40_000);
  bench.endpoint.hangUp();
  await bench.clock.advance(60_000);
  expect(bench.codes()).toEqual(["line/idle-closed"]);
  expect(bench.meter.released).toBeGreaterThan(2);
  const { cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(cycles.failed).toBe(0);
});

test("a dead meter costs its siblings one probe for each of its waits", async () => {
  const bench = new Bench();
  const dead = new ScriptedMeter();
  dead.answerMs = 5_000;
  dead.refuses = silent;
  bench.endpoint.meters.set(2, dead);
  const meters = [meter(), meter({ id: 2, name: "dead" })];
  await bench.start({ meters });
  await bench.clock.advance(hourMs);
  expect(worstHour(dead.openedAtMs)).toBeLessThanOrEqual(10);
  // After the first failure each frame goes out once: a probe costs one response timeout.
  expect(dead.attempts.slice(1).every((attempts) => attempts === 1)).toBe(true);
  const { cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  // Each probe of five seconds may cost the sibling two or three cycles of two seconds.
  expect(cycles.failed).toBeLessThanOrEqual(3 * dead.openedAtMs.length);
  expect(bench.endpoint.connectedAtMs.length).toBe(1);
  expect(bench.meter.openedAtMs.length).toBe(1);
  expect(bench.acquisition.agent(2)!.snapshot.state).toBe("failing");
});

test("a line whose meters are all silent is reopened, and every meter gets its chance", async () => {
  const bench = new Bench();
  const second = new ScriptedMeter();
  bench.endpoint.meters.set(2, second);
  await bench.start({ meters: [meter(), meter({ id: 2, name: "second" })] });
  await bench.clock.advance(10_000);
  for (const scripted of [bench.meter, second]) {
    scripted.refuses = silent;
    scripted.breaks = silent;
  }
  await bench.clock.advance(hourMs);
  expect(worstHour(bench.endpoint.connectedAtMs)).toBeLessThanOrEqual(10);
  second.refuses = () => undefined;
  second.breaks = () => undefined;
  await bench.clock.advance(hourMs);
  expect(bench.acquisition.agent(2)!.snapshot.state).toBe("idle");
  expect(bench.acquisition.agent(1)!.snapshot.state).toBe("failing");
});

test("a pause stops requests at once, also in the middle of an answer", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  bench.meter.answerMs = 200;
  await bench.start();
  await bench.clock.advance(10_000);
  while (bench.meter.requests.at(-1)!.atMs < bench.clock.monotonicMs() - 150) {
    await bench.clock.advance(50);
  }
  await bench.start({ meters: [meter({ paused: true, updatedAt: 1 })] });
  const pausedAtMs = bench.clock.monotonicMs();
  await bench.clock.advance(60_000);
  expect(bench.meter.requests.at(-1)!.atMs).toBeLessThanOrEqual(pausedAtMs);
  expect(bench.meter.released).toBe(1);
  expect(bench.endpoint.isConnected).toBe(false);
  expect(bench.acquisition.agent(1)!.snapshot.state).toBe("paused");
  const { cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(cycles.ok).toBe(cycles.scheduled);
  await bench.start({ meters: [meter({ updatedAt: 2 })] });
  await bench.clock.advance(10_000);
  expect(bench.meter.requests.at(-1)!.atMs).toBeGreaterThan(pausedAtMs);
});

test("a paused line pauses its meters and comes back with them", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(10_000);
  await bench.start({ lines: [line({ paused: true })] });
  bench.meter.requests.length = 0;
  await bench.clock.advance(60_000);
  expect(bench.meter.requests).toEqual([]);
  await bench.start({ lines: [line()] });
  await bench.clock.advance(intervalMs);
  expect(bench.meter.requests.length).toBeGreaterThan(0);
});

test("a read on demand goes between two exchanges of a poll under way", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  bench.meter.answerMs = 300;
  await bench.start();
  await bench.clock.advance(12_000);
  while (bench.acquisition.agent(1)!.snapshot.state !== "reading") await bench.clock.advance(10);
  const askedAtMs = bench.clock.monotonicMs();
  const [item] = meter().plan.items;
  const reading = bench.acquisition.agent(1)!.readNow([item!], new AbortController().signal);
  let answeredAtMs = Infinity;
  void reading.then(() => (answeredAtMs = bench.clock.monotonicMs()));
  await bench.clock.advance(5_000);
  // One exchange of the schedule, then its own.
  expect(answeredAtMs - askedAtMs).toBeLessThanOrEqual(600);
  expect((await reading).digest.readings.length).toBe(1);
  expect((await reading).reused).toBe(true);
});

test("a store that takes nothing stops polling; what waited goes on by itself", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(10_000);
  bench.accepting = false;
  bench.meter.requests.length = 0;
  await bench.clock.advance(60_000);
  expect(bench.meter.requests).toEqual([]);
  bench.accepting = true;
  bench.acquisition.kick();
  await bench.clock.advance(intervalMs);
  expect(bench.meter.requests.length).toBeGreaterThan(0);
  const { cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(cycles.failed).toBeGreaterThan(25);
});

test("a stop lets polls under way end, then releases every association", async () => {
  const bench = new Bench();
  bench.meter.answerMs = 500;
  await bench.start();
  await bench.clock.advance(12_000);
  while (bench.acquisition.agent(1)!.snapshot.state !== "reading") await bench.clock.advance(10);
  const before = bench.records.length;
  const finishing = bench.acquisition.finish(1_500);
  await bench.clock.advance(600);
  await finishing;
  expect(bench.records.length).toBe(before + 1);
  await bench.stop();
  expect(bench.meter.released).toBe(1);
  expect(bench.endpoint.isConnected).toBe(false);
  const { cycles } = bench.acquisition.agent(1)!.stats.snapshot();
  expect(cycles.ok).toBe(cycles.scheduled);
  expect(bench.internal).toEqual([]);
});

test("a poll that breaks midway and is retried in its cycle never counts above what was due", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  await bench.start();
  await bench.clock.advance(2 * intervalMs);
  let broken = 0;
  bench.meter.breaks = ({ attributes }) => {
    const isLast = attributes[0]?.logicalName === "1.0.1.8.0.255";
    return isLast && broken++ === 0 ? new ProtocolError("hdlc/sequence", "lost") : undefined;
  };
  await bench.clock.advance(20 * intervalMs);
  expect(broken).toBeGreaterThan(1);
  const { cycles, readings } = bench.acquisition.agent(1)!.stats.snapshot();
  const journaled = bench.records.reduce((sum, record) => sum + record.readings.length, 0);
  expect(readings.journaled).toBe(journaled);
  expect(readings.scheduled).toBeGreaterThanOrEqual(readings.journaled);
  expect(readings.scheduled - readings.journaled).toBeLessThanOrEqual(3 * cycles.failed + 3);
  // The part that came before the break is kept, and so counts as asked for.
  expect(bench.records.some((record) => record.readings.length < 3)).toBe(true);
});

test("keys that just worked are proved wrong by a fresh session, keys that never did at once", async () => {
  const wrong = (): ProtocolError => new ProtocolError("security/tag", "the tag is wrong");
  const never = new Bench();
  never.meter.refuses = wrong;
  await never.start();
  await never.clock.advance(hourMs);
  expect(never.meter.openedAtMs.length).toBe(1);
  expect(never.codes()).toEqual(["meter/credential-held"]);
  const changed = new Bench();
  await changed.start();
  await changed.clock.advance(2 * intervalMs);
  changed.meter.breaks = wrong;
  changed.meter.refuses = wrong;
  await changed.clock.advance(hourMs);
  expect(changed.meter.openedAtMs.length).toBe(2);
  expect(changed.acquisition.agent(1)!.snapshot).toMatchObject({ state: "held" });
});

test("a test of a meter tells where it went, what was agreed and what it says", async () => {
  const bench = new Bench();
  await bench.start();
  const told: string[] = [];
  const agent = bench.acquisition.agent(1)!;
  const reading = agent.readNow(
    meter().plan.items.slice(0, 1),
    new AbortController().signal,
    (stage, detail) => void told.push(`${stage}: ${detail}`),
  );
  await bench.clock.advance(1_000);
  await reading;
  expect(told).toEqual([
    "tcp: meter:4059",
    "session: hdlc, max PDU 1024",
    "read: voltage_l1 230.0 V",
  ]);
});
