import { u16, u32, visibleString } from "@lectura/dlms/axdr";
import { obis } from "@lectura/dlms/cosem";
import { servedData, servedRegister, type ServerObject } from "@lectura/dlms/server";
import { startFleet } from "@lectura/simulator";
import { describe, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";
import { serveFieldMeter } from "./field-meter.fixture.ts";

const energy = "1.0.1.8.0.255";

/** A port setup whose passwords can be read, as careless meters have it. */
const careless: ServerObject = {
  classId: 19,
  version: 1,
  logicalName: obis("0.0.20.0.0.255"),
  attributes: {
    2: { read: () => u16(1) },
    7: { read: () => visibleString("hunter2") },
    8: { read: () => "hardware-fault" },
  },
};

describe("objects", () => {
  test("lists what a meter has, with classes, rights and what the catalogue calls it", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const { tcp } = fleet.meters[0]!;
    const { exitCode, stdout, stderr } = await runAs(["objects", "--tcp", tcp]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/3 +Register +0 +1\.0\.1\.8\.0\.255 +r1-3 +Active energy/);
    expect(stderr).toContain("objects.");
    const spanish = await runAs(["--lang", "es", "objects", "--tcp", tcp, "--class", "8"]);
    expect(spanish.stdout).toContain("Reloj");
    expect(spanish.stdout.trim().split("\n")).toHaveLength(2);
  });

  test("keeps within the terminal", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const words = ["objects", "--tcp", fleet.meters[0]!.tcp];
    for (const values of [[], ["--values"]]) {
      const { stdout } = await runAs([...words, ...values], {
        columns: 80,
        variables: { NO_COLOR: "1" },
      });
      const widths = stdout.split("\n").map((line) => Array.from(line).length);
      expect(Math.max(...widths.filter((width) => width > 0))).toBeLessThanOrEqual(80);
    }
  });

  test("writes a meter with its values for the simulator, and never a secret", async () => {
    const register = servedRegister(energy, {
      scalerUnit: { scaler: -1, unit: 30 },
      value: () => u32(1234),
    });
    await using meter = await serveFieldMeter([register, careless]);
    const words = ["objects", "--tcp", meter.tcp, "--values"];
    const { exitCode, stdout } = await runAs(["--json", ...words]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("hunter2");
    const { format, objects } = JSON.parse(stdout);
    expect(format).toBe("lectura-meter-1");
    const found = (name: string) =>
      objects.find(({ logicalName }: { logicalName: string }) => logicalName === name);
    expect(found(energy)).toMatchObject({
      classId: 3,
      version: 0,
      attributes: {
        "2": { t: "double-long-unsigned", v: 1234 },
        "3": {
          t: "structure",
          v: [
            { t: "integer", v: -1 },
            { t: "enum", v: 30 },
          ],
        },
      },
      access: { attributes: { "2": "read", "3": "read" } },
    });
    expect(found("0.0.20.0.0.255").attributes).toEqual({ "2": { t: "long-unsigned", v: 1 } });
    const shown = await runAs(words);
    expect(shown.stdout).toContain("123.4 Wh");
    expect(shown.stdout).not.toContain("hunter2");
  });

  test("tells what the meter cannot answer and reads the rest", async () => {
    const broken: ServerObject = {
      classId: 1,
      version: 0,
      logicalName: obis("0.0.96.1.0.255"),
      attributes: { 2: { read: () => "hardware-fault" } },
    };
    const good = servedData("0.0.96.1.1.255", { value: () => visibleString("A1") });
    await using meter = await serveFieldMeter([broken, good]);
    const { stdout, stderr } = await runAs(["objects", "--tcp", meter.tcp, "--values"]);
    expect(stdout).toContain("hardware-fault");
    expect(stdout).toContain('"A1"');
    expect(stderr).toContain("1 refused");
  });

  test("adds the newest rows of profiles where they are asked for", async () => {
    await using fleet = await startFleet({ meters: 1 });
    const address = ["--tcp", fleet.meters[0]!.tcp, "--password-env", "P"];
    const words = ["--json", "objects", ...address, "--class", "7", "--rows", "3"];
    const { stdout } = await runAs(words, { variables: { P: "22222222" } });
    const [profile] = JSON.parse(stdout).objects;
    expect(profile.attributes["2"].v).toHaveLength(3);
    expect(profile.attributes["2"].v[0].v).toHaveLength(5);
  });

  test("reads the list of a meter of short names", async () => {
    await using fleet = await startFleet({ meters: 1, personality: "short-names" });
    const { tcp } = fleet.meters[0]!;
    const words = ["objects", "--tcp", tcp, "--referencing", "sn", "--class", "3", "--values"];
    const { exitCode, stdout } = await runAs(words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/2 value +\d+ Wh/);
  });
});
