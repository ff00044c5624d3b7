import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectGateway } from "./api/connect-gateway.ts";
import { findGateway } from "./api/gateway-file.ts";
import { startGateway } from "./main.ts";

const directories: string[] = [];

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lectura-gateway-"));
  directories.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const endpoint = { kind: "tcp", host: "127.0.0.1", port: 9 } as const;

test("a gateway is found by its data directory and answers through its API as in its process", async () => {
  const dataDirectory = freshDirectory();
  await using gateway = await startGateway({ dataDirectory, api: { port: 0 } });
  expect(statSync(join(dataDirectory, "gateway.json")).mode & 0o777).toBe(0o600);
  const address = await findGateway(dataDirectory);
  expect(address).toEqual(gateway.api);
  const control = connectGateway(address!);
  const meter = await control.addMeter({ name: "norte", endpoint, keys: ["voltage_l1"] });
  await control.pauseMeter("norte");
  expect(await control.meters()).toEqual(await gateway.control.meters());
  expect((await control.meter(meter.id)).paused).toBe(true);
  expect(await control.lines()).toEqual(await gateway.control.lines());
  const sink = { kind: "mqtt", name: "broker", url: "mqtt://127.0.0.1:9", password: "s" } as const;
  await control.addSink({ ...sink, username: "u" });
  expect((await control.sink("broker")).sink).toMatchObject({ name: "broker", hasPassword: true });
  expect(JSON.stringify(await control.sinks())).not.toContain('"password"');
  const status = await control.meterStatus("norte");
  expect(status).toMatchObject({ state: "paused", latest: [] });
  await expect(control.meter("sur")).rejects.toMatchObject({ code: "registry/no-such-meter" });
  await expect(control.addMeter({ name: "norte", endpoint })).rejects.toMatchObject({
    code: "registry/name-taken",
  });
  expect(await control.summary()).toMatchObject({ scheduled: 0, journaled: 0 });
  await control.removeMeter("norte");
  expect(await control.meters()).toEqual([]);
});

test("a file left behind by a gateway that was killed is not taken for a gateway", async () => {
  const dataDirectory = freshDirectory();
  const gone = { pid: 2 ** 22 + 1, url: "http://127.0.0.1:9", key: "k" };
  writeFileSync(join(dataDirectory, "gateway.json"), JSON.stringify(gone));
  expect(await findGateway(dataDirectory)).toBeUndefined();
  const other = { ...gone, pid: process.pid };
  writeFileSync(join(dataDirectory, "gateway.json"), JSON.stringify(other));
  expect(await findGateway(dataDirectory)).toBeUndefined();
});

test("a default port that is taken falls back to a free one, a chosen one fails", async () => {
  const taken = createServer();
  // Somebody else may have the port already: then it is taken as well.
  await new Promise<void>((resolve) => {
    taken.once("error", () => resolve());
    taken.listen(5001, "127.0.0.1", resolve);
  });
  try {
    await using gateway = await startGateway({ dataDirectory: freshDirectory() });
    expect(gateway.notices).toHaveLength(1);
    expect(gateway.api!.url).not.toContain(":5001");
    const port = Number(new URL(gateway.api!.url).port);
    await expect(
      startGateway({ dataDirectory: freshDirectory(), api: { port } }),
    ).rejects.toMatchObject({ code: "api/port-taken" });
  } finally {
    taken.close();
  }
});

test("changes need the key, reads need a loopback name", async () => {
  const directory = freshDirectory();
  await using gateway = await startGateway({ dataDirectory: directory, api: { port: 0 } });
  const { url, key } = gateway.api!;
  const post = (authorization: string): Promise<Response> =>
    fetch(`${url}/api/v1/lines`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ endpoint }),
    });
  expect((await post("Bearer wrong")).status).toBe(401);
  const made = await post(`Bearer ${key}`);
  expect(made.status).toBe(201);
  const problem = await fetch(`${url}/api/v1/lines/none`);
  expect(problem.status).toBe(404);
  expect(problem.headers.get("content-type")).toContain("application/problem+json");
  expect(await problem.json()).toMatchObject({
    type: "urn:lectura:error:registry/no-such-line",
    code: "registry/no-such-line",
    status: 404,
  });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("lectura_readings_journaled_total 0");
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(readFileSync(join(directory, "gateway.json"), "utf8")).toContain(key);
});

test("the registry can be changed while no gateway runs, and by a tool beside one", async () => {
  const dataDirectory = freshDirectory();
  {
    await using tool = await startGateway({ dataDirectory, mode: "control" });
    expect(tool.api).toBeUndefined();
    await tool.control.addMeter({ name: "norte", endpoint, keys: ["voltage_l1"] });
    await tool.control.pauseMeter("norte");
  }
  await using gateway = await startGateway({ dataDirectory, api: { port: 0 } });
  expect(await gateway.control.meters()).toHaveLength(1);
  await using tool = await startGateway({ dataDirectory, mode: "control" });
  expect(await tool.control.meterStatus("norte")).toMatchObject({ state: "paused" });
  const report = await tool.control.testMeter("norte");
  expect(report.ok).toBe(false);
  expect(report.stages).toMatchObject([{ stage: "tcp", ok: false, code: "tcp/refused" }]);
});

test("a second gateway on one data directory is refused", async () => {
  const dataDirectory = freshDirectory();
  await using _gateway = await startGateway({ dataDirectory, api: { port: 0 } });
  await expect(startGateway({ dataDirectory, api: { port: 0 } })).rejects.toMatchObject({
    code: "store/locked",
  });
});

test("a stop removes gateway.json and gives the summary, twice the same", async () => {
  const dataDirectory = freshDirectory();
  const gateway = await startGateway({ dataDirectory, api: { port: 0 } });
  const summary = await gateway.stop();
  expect(summary).toEqual({ scheduled: 0, journaled: 0, sinks: {} });
  expect(await gateway.stop()).toEqual(summary);
  expect(await findGateway(dataDirectory)).toBeUndefined();
  expect(() => readFileSync(join(dataDirectory, "gateway.json"))).toThrow(/ENOENT/);
});
