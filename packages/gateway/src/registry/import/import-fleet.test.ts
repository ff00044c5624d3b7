import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "@lectura/dlms-node";
import { openVault, type Vault } from "../../vault/vault.ts";
import type { LineEndpoint } from "../line-endpoint.ts";
import { openRegistry, type Registry } from "../registry.ts";
import { csvField, parseCsv } from "./csv.ts";
import { parseFleetFile } from "./fleet-file.ts";
import { exportFleet, importFleet, type ImportOptions, type ImportReport } from "./import-fleet.ts";

let directory = "";
let vault: Vault;
let registry: Registry;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-import-"));
  vault = openVault(directory);
  registry = openRegistry({ directory, vault, clock: systemClock });
});
afterEach(() => {
  registry[Symbol.dispose]();
  vault[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const take = (text: string, format: "csv" | "yaml", options?: ImportOptions): ImportReport =>
  importFleet(registry, parseFleetFile(text, format, "fleet"), options);

const verdicts = ({ verdicts: list }: ImportReport): string[] =>
  list.map(({ row, name, verdict, problem }) =>
    [row, name, verdict, ...(problem === undefined ? [] : [problem.code])].join(" "),
  );

const fleet = `name,tcp,template,lower,password,keys,interval,paused
Board 1,10.0.0.7:3333,microstar,,22222222,voltage_l1 frequency,5s,
Board 2,10.0.0.7:3333,microstar,2345,22222222,,,yes
`;

describe("a CSV fleet", () => {
  test("makes lines, meters and secrets", () => {
    const report = take(fleet, "csv");
    expect(report.applied).toBe(true);
    expect(verdicts(report)).toEqual(["2 Board 1 added", "3 Board 2 added"]);
    expect(registry.lines()).toHaveLength(1);
    expect(registry.meter("Board 1").plan).toMatchObject({
      intervalMs: 5000,
      items: [{ key: "voltage_l1" }, { key: "frequency" }],
    });
    expect(registry.meter("Board 2")).toMatchObject({
      paused: true,
      hasPassword: true,
      address: { size: "auto", upper: 1, lower: 2345 },
    });
  });

  test("is judged without being taken in a dry run", () => {
    const report = take(fleet, "csv", { dryRun: true });
    expect(report.applied).toBe(false);
    expect(verdicts(report)).toEqual(["2 Board 1 added", "3 Board 2 added"]);
    expect(registry.meters()).toEqual([]);
    expect(registry.lines()).toEqual([]);
    expect(vault.has("meter:1", "password")).toBe(false);
  });

  test("is taken whole or not at all, unless partial is asked for", () => {
    const bad = `${fleet}Board 3,10.0.0.7:3333,microstar,2345,,voltaje,,\nBoard/4,10.0.0.8:1,,,,,,\n`;
    const refused = [
      "2 Board 1 added",
      "3 Board 2 added",
      "4 Board 3 refused registry/unknown-key",
      "5 Board/4 refused registry/bad-name",
    ];
    const report = take(bad, "csv");
    expect(report.applied).toBe(false);
    expect(verdicts(report)).toEqual(refused);
    expect(registry.meters()).toEqual([]);
    const partial = take(bad, "csv", { partial: true });
    expect(partial.applied).toBe(true);
    expect(verdicts(partial)).toEqual(refused);
    expect(registry.meters().map(({ name }) => name)).toEqual(["Board 1", "Board 2"]);
    expect(registry.lines().map(({ name }) => name)).toEqual(["10.0.0.7:3333"]);
  });

  test("updates what is there already and says what stayed the same", () => {
    take(fleet, "csv");
    const again = "name,interval,paused\nBoard 1,5s,no\nBoard 2,10s,yes\n";
    expect(verdicts(take(again, "csv"))).toEqual(["2 Board 1 unchanged", "3 Board 2 updated"]);
    expect(registry.meter("Board 2").plan.intervalMs).toBe(10_000);
  });

  test("takes security and its keys, in place or from the environment", () => {
    const text =
      "name,tcp,auth,suite,protection,dedicated,guek_env,gak\n" +
      `a,h:1,hls-gmac,1,authenticated,yes,KEY,${"ab".repeat(16)}\n`;
    const report = take(text, "csv", { environment: { KEY: "cd".repeat(16) } });
    expect(verdicts(report)).toEqual(["2 a added"]);
    expect(registry.meter("a")).toMatchObject({
      association: { security: { suite: 1, protection: "authenticated", dedicatedKey: true } },
      hasKeys: ["guek", "gak"],
    });
    expect(JSON.stringify(report)).not.toMatch(/abab|cdcd/);
    const bad = "name,tcp,auth,guek\nb,h:2,hls-gmac,xyz\n";
    expect(verdicts(take(bad, "csv"))).toEqual(["2 b refused registry/invalid"]);
  });

  test("takes secrets from the environment, and refuses a variable that is not set", () => {
    const text = "name,tcp,password_env\na,h:1,METER_A\nb,h:2,METER_B\n";
    const environment = { METER_A: "hunter2" };
    const report = take(text, "csv", { environment, partial: true });
    expect(verdicts(report)).toEqual(["2 a added", "3 b refused registry/invalid"]);
    expect(registry.meterCredentials(1).secret?.reveal()).toEqual(
      new TextEncoder().encode("hunter2"),
    );
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });

  test("may come from a spreadsheet with semicolons, a byte order mark and quotes", () => {
    const text =
      '\ufeffName;IP address;Port;Keys\r\n"A ";10.0.0.9;4059;"voltage_l1;current_l1"\r\n';
    expect(verdicts(take(text, "csv", { partial: true }))).toEqual([
      "2 A  refused registry/bad-name",
    ]);
    const good = text.replace('"A "', "A");
    expect(verdicts(take(good, "csv"))).toEqual(["2 A added"]);
    expect(registry.meter("A").plan.items).toHaveLength(2);
  });

  test("impossible cells are named by field", () => {
    const cases = {
      "name,tcp\na,nowhere": "tcp",
      "name,host\na,h": "port",
      "name,port\na,1": "host",
      "name,tcp,lower\na,h:1,x": "lower",
      "name,tcp,interval\na,h:1,soon": "interval",
      "name,tcp,paused\na,h:1,maybe": "paused",
      "name,tcp,address_size\na,h:1,3": "size",
      "name,tcp\n,h:1": "name",
      "name,tcp,auth\na,h:1,magic": "authentication",
      "name,tcp,quirks\na,h:1,magic": "quirks",
    };
    for (const [text, field] of Object.entries(cases)) {
      const [verdict] = take(text, "csv").verdicts;
      expect(verdict).toMatchObject({
        verdict: "refused",
        problem: { code: "registry/invalid", params: { field } },
      });
    }
  });

  test("with an unknown column, no name or an open quote is refused as a file", () => {
    const problemOf = (text: string): unknown => {
      try {
        parseFleetFile(text, "csv", "fleet.csv");
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(problemOf("name,pasword\n")).toMatchObject({
      code: "registry/bad-file",
      params: { file: "fleet.csv", line: 1 },
      message: expect.stringContaining("password"),
    });
    expect(problemOf("tcp\n")).toMatchObject({ code: "registry/bad-file" });
    expect(problemOf("")).toMatchObject({ code: "registry/bad-file" });
    expect(problemOf('name\n"a')).toMatchObject({ code: "registry/bad-file" });
    expect(problemOf("name\na,b\n")).toMatchObject({ params: { line: 2 } });
  });
});

describe("a YAML fleet", () => {
  const text = `
lines:
  - name: roof
    tcp: 10.0.0.7:3333
    gapMs: 20
meters:
  - name: Board
    line: roof
    template: microstar
    address: { size: 4, upper: 1, lower: 17 }
    quirks: { skipRelease: true, noGetWithList: false }
    keys: [voltage_l1, "4:1.0.1.6.0.255:5"]
    password: "22222222"
`;

  test("makes lines and meters", () => {
    expect(verdicts(take(text, "yaml"))).toEqual(["3 roof added", "7 Board added"]);
    expect(registry.line("roof").gapMs).toBe(20);
    expect(registry.meter("Board")).toMatchObject({
      address: { size: 4, upper: 1, lower: 17 },
      association: { quirks: { skipRelease: true } },
      plan: { items: [{ key: "voltage_l1" }, { key: "4:1.0.1.6.0.255:5", attributeId: 5 }] },
      hasPassword: true,
    });
  });

  test("that is none names the line", () => {
    const problem = (source: string): unknown => {
      try {
        return parseFleetFile(source, "yaml", "f.yaml");
      } catch (error) {
        return (error as { params: { line: number } }).params.line;
      }
    };
    expect(problem("meters:\n  - name: a\n    nmae: b\n")).toBe(3);
    expect(problem("lines: []\nmetres: []\n")).toBe(2);
    expect(problem("meters: 5\n")).toBe(1);
    expect(problem("meters:\n  - 5\n")).toBe(2);
    expect(problem("a: [\n")).toBeGreaterThan(0);
    expect(problem("")).toBe(1);
  });
});

describe("an export", () => {
  for (const format of ["csv", "yaml"] as const) {
    test(`as ${format} makes the same fleet elsewhere, without its secrets`, () => {
      take(fleet, "csv");
      registry.addLine({ name: "empty", endpoint: { kind: "tcp", host: "::1", port: 9 } });
      registry.addMeter({
        name: "quirky",
        line: "empty",
        quirks: { skipRelease: true },
        settings: { requestsMax: 20, conformance: ["get", "action"], lowPriority: false },
        scalers: { "1.0.1.8.0.255": { scaler: -1, unit: 30 }, "1.0.2.8.0.255": { unit: 27 } },
        referencing: "sn",
        thingsBoardToken: "t0k3n",
      });
      registry.addMeter({
        name: "secured",
        line: "empty",
        address: { upper: 2 },
        authentication: "hls-gmac",
        security: { form: "general", serverSystemTitle: "4c45430000000002", challengeOctets: 32 },
        securityKeys: { guek: "0f".repeat(16), hlsSecret: "cafe" },
      });
      const ways: readonly LineEndpoint[] = [
        { kind: "tcp", host: "h", port: 1, tls: { caFile: "/ca, it is.pem" } },
        { kind: "tcp", host: "h", port: 2, modeE: { address: "123" } },
        { kind: "udp", host: "h", port: 1 },
        { kind: "serial", path: "/dev/ttyUSB0", baudRate: 300, parity: "even", modeE: {} },
        { kind: "listen", host: "::", port: 4060, identity: { by: "name", name: "LEC1" } },
      ];
      for (const [at, way] of ways.entries()) {
        registry.addMeter({ name: `way ${at}`, endpoint: way });
      }
      const text = exportFleet(registry, format);
      expect(text).not.toMatch(/22222222|t0k3n|0f0f|cafe/);
      expect(verdicts(take(text, format)).every((line) => line.endsWith("unchanged"))).toBe(true);
      const before = [registry.lines(), registry.meters()];
      const other = mkdtempSync(join(tmpdir(), "lectura-import-"));
      using otherVault = openVault(other);
      using copy = openRegistry({ directory: other, vault: otherVault, clock: systemClock });
      expect(importFleet(copy, parseFleetFile(text, format, "f")).applied).toBe(true);
      const bare = (items: readonly object[]): unknown =>
        items.map((item) => ({
          ...item,
          hasPassword: false,
          hasThingsBoardToken: false,
          hasKeys: [],
          createdAt: 0,
          updatedAt: 0,
        }));
      expect([bare(copy.lines()), bare(copy.meters())]).toEqual(before.map(bare));
      rmSync(other, { recursive: true, force: true });
    });
  }

  test("any text survives a CSV field", () => {
    const cell = fc.string().filter((text) => !text.includes("\r") && text !== "");
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
        const [record] = parseCsv(`h,h\n${["x", ...cells].map(csvField).join(",")}\n`).slice(1);
        expect(record?.fields).toEqual(["x", ...cells]);
      }),
    );
  });
});
