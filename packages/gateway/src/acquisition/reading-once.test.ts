import { expect, test } from "vitest";
import { ProtocolError } from "@lectura/dlms/octets";
import { Bench, intervalMs, line, meter, plan, scalerUnit } from "./acquisition.fixture.ts";

const voltage = plan[0]!.logicalName;

test("a poll is one round trip with GET-with-list, values only after the first", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(intervalMs);
  expect(bench.meter.asked()).toEqual({ trips: 1, values: 3, scalers: 3 });
  await bench.clock.advance(10 * intervalMs);
  expect(bench.meter.asked()).toEqual({ trips: 10, values: 30, scalers: 0 });
});

test("without lists a poll is one GET for each value, scalers once", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  await bench.start();
  await bench.clock.advance(intervalMs);
  // Three values, three scalers, and once the logical device name.
  expect(bench.meter.asked()).toEqual({ trips: 7, values: 3, scalers: 3 });
  await bench.clock.advance(10 * intervalMs);
  expect(bench.meter.asked()).toEqual({ trips: 30, values: 30, scalers: 0 });
});

test("scalers survive a restart of the process", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(intervalMs);
  await bench.restart();
  bench.meter.asked();
  await bench.clock.advance(5 * intervalMs);
  expect(bench.meter.asked()).toMatchObject({ values: 15, scalers: 0 });
  expect(bench.records.at(-1)!.readings[0]!.value).toEqual({
    kind: "decimal",
    raw: 2300n,
    scaler: -1,
  });
});

test("another device at the same address is noticed and its scalers are read", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(intervalMs);
  bench.meter.name("LEC0000000002");
  bench.meter.put(voltage, 3, scalerUnit(0, 35));
  bench.endpoint.hangUp();
  await bench.restart();
  await bench.clock.advance(3 * intervalMs);
  expect(bench.codes()).toContain("meter/identity-changed");
  expect(bench.records.at(-1)!.readings[0]!.value).toEqual({
    kind: "decimal",
    raw: 2300n,
    scaler: 0,
  });
});

test("a refused list falls back to singles on the same session and is remembered", async () => {
  const bench = new Bench();
  bench.meter.breaks = ({ kind }) =>
    kind === "list" ? new ProtocolError("xdlms/service-not-supported", "no lists") : undefined;
  await bench.start();
  await bench.clock.advance(intervalMs);
  expect(bench.records.length).toBe(1);
  expect(bench.records[0]!.readings.length).toBe(3);
  expect(bench.meter.openedAtMs.length).toBe(1);
  expect(bench.codes()).toEqual(["meter/list-refused"]);
  await bench.restart();
  bench.meter.requests.length = 0;
  await bench.clock.advance(5 * intervalMs);
  expect(bench.meter.requests.some(({ kind }) => kind === "list")).toBe(false);
});

test("a list that breaks the session twice while singles work is given up", async () => {
  const bench = new Bench();
  bench.meter.breaks = ({ kind }) =>
    kind === "list" ? new ProtocolError("hdlc/request-timeout", "silence") : undefined;
  await bench.start();
  await bench.clock.advance(60_000);
  expect(bench.meter.requests.filter(({ kind }) => kind === "list").length).toBe(2);
  expect(bench.codes().filter((code) => code === "meter/list-refused").length).toBe(1);
});

test("values of one poll carry one stamp, the end of its first answer", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  bench.meter.answerMs = 100;
  await bench.start();
  await bench.clock.advance(intervalMs + 1_000);
  const { readings, measuredAt } = bench.records[0]!;
  const first = bench.meter.requests[0]!;
  const startMs = bench.clock.nowMs() - bench.clock.monotonicMs();
  expect(measuredAt).toBe(startMs + first.atMs + 100);
  expect(readings.map((reading) => reading.measuredAt)).toEqual([
    measuredAt,
    measuredAt,
    measuredAt,
  ]);
  expect(readings.map((reading) => reading.receivedAt - measuredAt)).toEqual([0, 100, 200]);
});

test("a unit that is not the catalogue's is flagged, kept and told once", async () => {
  const bench = new Bench();
  bench.meter.put(voltage, 3, scalerUnit(-1, 27));
  await bench.start();
  await bench.clock.advance(5 * intervalMs);
  const reading = bench.records.at(-1)!.readings[0]!;
  expect(reading.unit).toBe(27);
  expect(reading.quality).toEqual(["unit-mismatch"]);
  expect(bench.codes()).toEqual(["meter/unit-mismatch"]);
});

test("a scaler the meter states wrongly, or not at all, is corrected, and the reading says so", async () => {
  const bench = new Bench();
  const current = plan[1]!.logicalName;
  bench.meter.objects.delete(`${current}:3`);
  const scalers = { [voltage]: { scaler: -2 }, [current]: { scaler: -3, unit: 33 } };
  await bench.start({ meters: [meter({ plan: { intervalMs, items: plan, scalers } })] });
  await bench.clock.advance(2 * intervalMs);
  const [volts, amperes, energy] = bench.records.at(-1)!.readings;
  // The unit is the meter's: only the scaler is corrected.
  expect(volts).toMatchObject({ value: { scaler: -2 }, unit: 35, quality: ["scaler-corrected"] });
  expect(amperes).toMatchObject({ value: { scaler: -3 }, unit: 33, quality: ["scaler-corrected"] });
  expect(energy).toMatchObject({ value: { scaler: -1 }, quality: [] });
});

test("an inherited scaler with a wrong unit is asked for again before it is believed", async () => {
  const bench = new Bench();
  await bench.start();
  await bench.clock.advance(intervalMs);
  const saved = bench.store.savedScalers.get(1)!;
  saved.set(voltage, { ...saved.get(voltage)!, unit: 27, scaler: 3 });
  await bench.restart();
  await bench.clock.advance(3 * intervalMs);
  const last = bench.records.at(-1)!.readings[0]!;
  expect(last.unit).toBe(35);
  expect(last.quality).toEqual([]);
});

test("an object that is not there is parked after three polls, the others go on", async () => {
  const bench = new Bench();
  bench.meter.objects.delete(`${voltage}:2`);
  const minutely = { intervalMs: 60_000, items: plan };
  await bench.start({ meters: [meter({ plan: minutely })] });
  await bench.clock.advance(600_000);
  expect(bench.records[0]!.failures).toEqual([
    { key: "voltage_l1", obis: voltage, code: "object-undefined" },
  ]);
  expect(bench.codes()).toEqual(["meter/object-parked"]);
  const asked = bench.meter.requests.filter(({ attributes }) =>
    attributes.some(({ logicalName, attributeId }) => logicalName === voltage && attributeId === 2),
  );
  expect(asked.length).toBe(3);
  expect(bench.records.at(-1)!.readings.length).toBe(2);
  await bench.clock.advance(24 * 3_600_000);
  expect(bench.meter.requests.some(({ atMs }) => atMs > 24 * 3_600_000)).toBe(true);
  expect(bench.codes().filter((code) => code === "meter/object-parked").length).toBe(2);
});

test("a register whose scaler is not told gives a failure, not a guess", async () => {
  const bench = new Bench();
  bench.meter.objects.delete(`${voltage}:3`);
  await bench.start({ meters: [meter()] });
  await bench.clock.advance(intervalMs);
  expect(bench.records[0]!.failures[0]!.code).toBe("reading/scaler-unknown");
  expect(bench.records[0]!.readings.length).toBe(2);
});

test("a mismatched invoke-id repeats the GET on the same session", async () => {
  const bench = new Bench();
  bench.meter.withList = false;
  let failures = 1;
  bench.meter.breaks = () =>
    failures-- > 0 ? new ProtocolError("xdlms/invoke-id", "another request's") : undefined;
  await bench.start();
  await bench.clock.advance(intervalMs);
  expect(bench.records[0]!.readings.length).toBe(3);
  expect(bench.meter.openedAtMs.length).toBe(1);
});

test("a line of unknown framing is tried with HDLC, then the wrapper, and remembered", async () => {
  const bench = new Bench();
  bench.meter.framing = "wrapper";
  await bench.start({ lines: [line({ framing: "auto" })] });
  await bench.clock.advance(3 * intervalMs);
  expect(bench.records.length).toBeGreaterThan(1);
  expect(bench.meter.openedAtMs.length).toBe(2);
  expect(bench.endpoint.connectedAtMs.length).toBe(1);
  expect(bench.codes()).toEqual([]);
  await bench.restart();
  await bench.clock.advance(intervalMs);
  expect(bench.store.facts.get(1)!.get("framing")).toBe("wrapper");
});
