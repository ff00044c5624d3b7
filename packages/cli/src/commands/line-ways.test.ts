import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runAs } from "../environment.fixture.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lectura-cli-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const run = (line: string) => runAs(["--data-dir", directory, ...line.split(" ")]);

async function added(line: string): Promise<Readonly<Record<string, unknown>>> {
  const { exitCode, stdout, stderr } = await run(`--json line add ${line}`);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

test("lines are added by every way there is", async () => {
  expect(await added("--serial /dev/ttyUSB0 --baud 9600 --mode-e")).toMatchObject({
    name: "ttyUSB0",
    at: "/dev/ttyUSB0",
    framing: "hdlc",
    endpoint: { kind: "serial", path: "/dev/ttyUSB0", modeE: { baudMax: 9600 } },
  });
  expect(await added("--serial /dev/ttyUSB1?parity=even&data=7 --baud 300")).toMatchObject({
    endpoint: { kind: "serial", baudRate: 300, dataBits: 7, parity: "even" },
  });
  expect(await added("--udp 10.0.0.7:4059")).toMatchObject({
    at: "udp://10.0.0.7:4059",
    framing: "wrapper",
  });
  const secure = await added("--tcp 10.0.0.7:4059 --tls --ca ca.pem");
  expect(secure).toMatchObject({
    at: "tls://10.0.0.7:4059",
    tcp: "10.0.0.7:4059",
    endpoint: { kind: "tcp", tls: { caFile: resolve("ca.pem") } },
  });
  expect(await added("--listen 0.0.0.0:4060 --dials-as LEC1 hall")).toMatchObject({
    name: "hall",
    at: "listen://0.0.0.0:4060?name=LEC1",
    endpoint: { kind: "listen", identity: { by: "name", name: "LEC1" } },
  });
});

test("ways that cannot be are refused before anything is written", async () => {
  for (const [line, code] of [
    ["line add", "usage/missing"],
    ["line add --tcp h:1 --udp h:1", "usage/one-endpoint"],
    ["line add --listen 0.0.0.0:4060", "usage/missing"],
    ["line add --serial /dev/x?speed=9", "usage/serial"],
    ["line add --udp h:1 --tls", "usage/missing"],
    ["line edit l --ca ca.pem", "usage/missing"],
    ["meter edit m --dials-as LEC1", "usage/missing"],
    ["line edit l --mode-e", "usage/missing"],
    ["meter add m --udp h:1 --framing hdlc", "registry/invalid"],
  ] as const) {
    const { stderr } = await run(`--json ${line}`);
    expect(stderr, line).toContain(code);
  }
  expect(JSON.parse((await run("--json line list")).stdout)).toEqual({ lines: [] });
});

test("an authentication that is not sound is said so with what to do, in both languages", async () => {
  const password = { variables: { PASSWORD: "22222222" } };
  const words = ["--data-dir", directory, "meter", "add", "m", "--tcp", "127.0.0.1:9"];
  const weak = await runAs([...words, "--password-env", "PASSWORD"], password);
  expect(weak.stderr).toContain("m: an LLS password travels readable");
  expect(weak.stderr).toContain("hls-gmac");
  expect((await run("--lang es status")).stderr).toContain("m: la contraseña LLS viaja legible");
  const sound = await run("meter edit m --auth hls-gmac");
  expect(sound.stderr).toBe("");
  expect((await run("status")).stderr).not.toContain("m:");
  const shown = JSON.parse((await run("--json meter show m")).stdout) as unknown;
  expect(shown).toMatchObject({ authStrength: "sound" });
});

test("settings and corrected scalers are given as words, shown, and taken back", async () => {
  const set = "--setting requestsMax=20 conformance=get,selective-access lowPriority=yes";
  const added = await run(`--json meter add m --tcp h:1 ${set} --scaler 1-0:1.8.0=-1:Wh`);
  expect(JSON.parse(added.stdout)).toMatchObject({
    association: {
      settings: { requestsMax: 20, conformance: ["get", "selective-access"], lowPriority: true },
    },
    plan: { scalers: { "1.0.1.8.0.255": { scaler: -1, unit: 30 } } },
  });
  const shown = (await run("meter show m")).stdout;
  expect(shown).toContain("requestsMax=20 conformance=get+selective-access lowPriority=yes");
  expect(shown).toContain("1.0.1.8.0.255=-1:30");
  const edited = await run("--json meter edit m --setting requestsMax= --scaler 1.0.1.8.0.255=");
  const { association, plan } = JSON.parse(edited.stdout) as Record<string, object>;
  expect(association).toMatchObject({ settings: { lowPriority: true } });
  expect(JSON.stringify([association, plan])).not.toMatch(/requestsMax|scalers/);
  for (const wrong of [
    "--setting speed=9",
    "--setting requestsMax=many",
    "--scaler 1.8.0",
    "--scaler x=1",
  ]) {
    expect((await run(`--json meter edit m ${wrong}`)).stderr).toContain("usage/choice");
  }
  const beyond = await run("--json meter edit m --setting windowFrames=8");
  expect(beyond.stderr).toContain("registry/invalid");
});
