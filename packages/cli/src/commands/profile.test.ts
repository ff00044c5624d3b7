import { startFleet, type Fleet } from "@lectura/simulator";
import { systemClock } from "@lectura/dlms-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";

const variables = { P: "22222222", NO_COLOR: "1" };
const columns = ["profile_status_1", "active_energy", "active_power", "voltage_l1"];
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ meters: 1 });
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
});

const run = (words: readonly string[], given: Parameters<typeof runAs>[1] = {}) =>
  runAs([...words, "--tcp", fleet.meters[0]!.tcp, "--password-env", "P"], {
    variables,
    nowMs: systemClock.nowMs(),
    ...given,
  });
const linesOf = (text: string) => text.trim().split("\n");

describe("profile", () => {
  test("shows the newest rows as a table, units below the names", async () => {
    const { exitCode, stdout, stderr } = await run(["profile", "1.0.99.1.0.255", "--last", "3"]);
    expect(exitCode).toBe(0);
    const [heading, units, ...rows] = linesOf(stdout);
    expect(heading?.split(/ +/)).toEqual(["time", ...columns]);
    expect(units?.trim().split(/ +/)).toEqual(["Wh", "W", "V"]);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:00 .+ \d+\.\d$/);
    expect(stderr).toContain("3 rows");
  });

  test("gives exact values with units as JSON lines, and a summary", async () => {
    const { stdout } = await run(["--json", "profile", "load_profile_1", "--last", "2"]);
    const [head, first, second, summary] = linesOf(stdout).map((line) => JSON.parse(line));
    expect(head).toMatchObject({ type: "profile", obis: "1.0.99.1.0.255" });
    expect(head.columns.map(({ key }: { key: string }) => key)).toEqual(columns);
    expect(head.columns[3]).toMatchObject({ unit: "V", scaler: -1 });
    const energy = fleet.meters[0]!.truth("active_energy", second.measuredAt);
    expect(second.values[1]).toBe(String(energy));
    expect(second.measuredAt - first.measuredAt).toBe(900_000);
    expect(summary).toEqual({ type: "summary", rows: 2, complete: true });
  });

  test("reads a time range as CSV, with the columns that were chosen", async () => {
    const words = ["profile", "1-0:99.1.0", "--from", "1d", "--columns", "voltage_l1,2", "--csv"];
    const { exitCode, stdout } = await run(words);
    expect(exitCode).toBe(0);
    const [heading, ...rows] = linesOf(stdout);
    expect(heading).toBe("measured_at,meter_time,quality,active_energy (Wh),voltage_l1 (V)");
    expect(rows).toHaveLength(96);
    expect(rows[0]).toMatch(/^[\d-]+T[\d:.]+Z,[\d-]+ [\d:]+,good,\d+,\d+\.\d$/);
  });

  test("draws a column that goes up and down, or the one that is named", async () => {
    const words = ["profile", "1.0.99.1.0.255", "--last", "8", "--plot"];
    const gauge = await run(words, { columns: 80 });
    expect(gauge.stdout).toMatch(/\nactive_power\n.* W \u2524/);
    const named = await run([...words, "voltage_l1"], { columns: 80 });
    expect(named.stdout).toMatch(/\nvoltage_l1\n.* V \u2524/);
    const widths = linesOf(named.stdout).map((line) => Array.from(line).length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  test("names the columns there is no room for", async () => {
    const { stdout, stderr } = await run(["profile", "1.0.99.1.0.255"], { columns: 60 });
    expect(Math.max(...linesOf(stdout).map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(stderr).toContain("No room for: active_power, voltage_l1");
  });

  test("says where to go on when it is interrupted, and keeps what it has", async () => {
    const interruption = new AbortController();
    const from = "20d";
    const { exitCode, stdout, stderr } = await run(
      ["profile", "1.0.99.1.0.255", "--from", from, "--csv"],
      {
        interrupted: interruption.signal,
        onStdout: (text) => {
          if (/^\d/.test(text)) interruption.abort(new Error("interrupted"));
        },
      },
    );
    expect(exitCode).toBe(130);
    expect(linesOf(stdout)).toHaveLength(201);
    const next = /To go on: --from (\S+)/.exec(stderr)?.[1] ?? "";
    const last = Date.parse(linesOf(stdout).at(-1)?.split(",")[0] ?? "");
    expect(Date.parse(next) - last).toBeGreaterThan(0);
    expect(Date.parse(next) - last).toBeLessThanOrEqual(900_000);
  });

  test.for<readonly [words: readonly string[], code: string]>([
    [["profile", "nonsense"], "usage/key"],
    [["profile", "1.0.99.1.0.255", "--to", "now"], "usage/missing"],
    [["profile", "1.0.99.1.0.255", "--last", "3", "--from", "1d"], "usage/one-of"],
    [["profile", "1.0.99.1.0.255", "--from", "1d", "--to", "2d"], "usage/range"],
    [["profile", "1.0.99.1.0.255", "--from", "yesterday"], "usage/time"],
    [["profile", "1.0.99.1.0.255", "--columns", "volts"], "usage/column"],
  ])("%j ends with 2 and %s", async ([words, code]) => {
    const { exitCode, stderr } = await run(words);
    expect(stderr).toContain(`error[${code}]`);
    expect(exitCode).toBe(2);
  });

  test("a profile the meter does not have is refused with a next step", async () => {
    const { exitCode, stderr } = await run(["profile", "1.0.99.9.0.255"]);
    expect(stderr).toContain("error[meter/refused]");
    expect(exitCode).toBe(1);
  });
});
