import { expect, test } from "vitest";
import { Consumption } from "./consumption.ts";
import { commerce, household } from "./day-shape.ts";
import { Electrical } from "./electrical.ts";

const start = 1_763_000_000;

test.each([
  ["household", household, 420],
  ["commerce", commerce, 5200],
] as const)("energy of a %s is the integral of its power", (_name, shape, meanPowerW) => {
  const consumption = new Consumption({ seed: 7, shape, meanPowerW });
  // Ten-second steps by Simpson's rule; the curves are smooth between quarter hours.
  for (const from of [start, start + 86_390, start + 604_790]) {
    const first = Math.ceil(from / 900) * 900;
    const last = first + 900;
    let sum = 0;
    for (let at = first; at < last; at += 10) {
      const end = at + 10 === last ? consumption.powerW(last - 1e-6) : consumption.powerW(at + 10);
      sum += (10 / 6) * (consumption.powerW(at) + 4 * consumption.powerW(at + 5) + end);
    }
    const counted = consumption.energyWs(last) - consumption.energyWs(first);
    expect(Math.abs(counted - sum)).toBeLessThan(counted * 1e-4);
  }
});

test("power stays above zero and its long-term mean is the one asked for", () => {
  const consumption = new Consumption({ seed: 3, shape: household, meanPowerW: 500 });
  for (let at = start; at < start + 14 * 86_400; at += 61) {
    expect(consumption.powerW(at)).toBeGreaterThan(0);
  }
  const week = 604_800;
  const from = Math.ceil(start / week) * week;
  expect((consumption.energyWs(from + week) - consumption.energyWs(from)) / week).toBeCloseTo(
    500,
    6,
  );
});

test("a three-phase state is consistent in itself", () => {
  const electrical = new Electrical({
    seed: 11,
    shape: commerce,
    meanPowerW: 4000,
    nominalV: 230,
    nominalHz: 50,
    utcOffsetS: 3600,
  });
  for (let second = start; second < start + 86_400; second += 1009) {
    const state = electrical.at(second);
    const [u1, u2, u3] = state.voltageV;
    const [i1, i2, i3] = state.currentA;
    expect(u1 * i1 + u2 * i2 + u3 * i3).toBeCloseTo(state.apparentVa, 6);
    expect(state.activeW / state.apparentVa).toBeCloseTo(state.powerFactor, 9);
    expect(Math.hypot(state.activeW, state.reactiveVar)).toBeCloseTo(state.apparentVa, 6);
    expect(Math.abs(state.frequencyHz - 50)).toBeLessThan(0.05);
  }
});

test("energy never falls, also across the day of mounting", () => {
  const electrical = new Electrical({
    seed: 12,
    shape: household,
    meanPowerW: 400,
    nominalV: 127,
    nominalHz: 60,
    utcOffsetS: -18_000,
  });
  let last = 0;
  for (let second = 0; second < 1_900_000_000; second += 7_654_321) {
    const energyWs = electrical.energyWs(second);
    expect(energyWs).toBeGreaterThanOrEqual(last);
    last = energyWs;
  }
  last = 0;
  for (let second = start; second < start + 4000; second++) {
    const energyWs = electrical.energyWs(second);
    expect(energyWs).toBeGreaterThan(last);
    last = energyWs;
  }
});
