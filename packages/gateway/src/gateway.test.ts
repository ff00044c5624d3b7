import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectGateway } from "./api/connect-gateway.ts";
import { findGateway } from "./api/gateway-file.ts";
import type { StreamItem } from "./control/control.ts";
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

test("the page is served with its types taken out, and nothing outside its directory", async () => {
  const page = freshDirectory();
  writeFileSync(join(page, "index.html"), "<!doctype html><title>Lectura</title>");
  writeFileSync(join(page, "page.ts"), "const volts: number = 230;\nexport { volts };\n");
  const options = { dataDirectory: freshDirectory(), dashboardDirectory: page, api: { port: 0 } };
  await using gateway = await startGateway(options);
  const { url } = gateway.api!;
  expect(await (await fetch(`${url}/`)).text()).toContain("<title>Lectura</title>");
  const script = await fetch(`${url}/page.ts`);
  expect(script.headers.get("content-type")).toContain("text/javascript");
  expect(await script.text()).not.toContain(": number");
  const outside = await fetch(
    `${url}/..%2f${options.dataDirectory.split("/").at(-1)}%2fgateway.json`,
  );
  expect(outside.status).toBe(404);
  expect((await fetch(`${url}/%ff`)).status).toBe(400);
});

test("a request under another host name is refused, whoever sends it", async () => {
  await using gateway = await startGateway({ dataDirectory: freshDirectory(), api: { port: 0 } });
  const { hostname, port } = new URL(gateway.api!.url);
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: `evil.example:${port}` };
    request({ hostname, port, path: "/api/v1/status", headers }, ({ statusCode }) =>
      resolve(statusCode),
    )
      .on("error", reject)
      .end();
  });
  expect(answer).toBe(403);
});

test("the event stream tells what happens, through the API too", async () => {
  await using gateway = await startGateway({ dataDirectory: freshDirectory(), api: { port: 0 } });
  const control = connectGateway(gateway.api!);
  const items: StreamItem[] = [];
  using _following = control.subscribe((item) => items.push(item));
  await control.addMeter({ name: "m", endpoint, keys: ["voltage_l1"] });
  // The subscription may arrive after the first event; every restart is a new failure to tell.
  while (items.length === 0) {
    await control.restartMeter("m");
    await control.summary();
  }
  expect(items[0]).toMatchObject({ type: "event", code: "tcp/refused", line: "127.0.0.1:9" });
  // Events are committed in groups, a moment after they are told.
  let events: readonly { readonly code: string }[] = [];
  while (events.length === 0) events = await control.events({ limit: 10 });
  expect(events[0]).toMatchObject({ code: "tcp/refused" });
});

test("settings come from the file and the environment, and a typo in them stops the start", async () => {
  const dataDirectory = freshDirectory();
  const settingsFile = join(dataDirectory, "lectura.yaml");
  writeFileSync(settingsFile, "api:\n  port: 0\npoll:\n  intervalMs: 5000\n  keys: [frequency]\n");
  {
    await using gateway = await startGateway({ dataDirectory, settingsFile });
    const meter = await gateway.control.addMeter({ name: "m", endpoint });
    expect(meter.plan.intervalMs).toBe(5000);
    expect(meter.plan.items.map(({ key }) => key)).toEqual(["frequency"]);
  }
  {
    const variables = { LECTURA_API_ENABLED: "false" };
    await using gateway = await startGateway({ dataDirectory, settingsFile, variables });
    expect(gateway.api).toBeUndefined();
  }
  writeFileSync(settingsFile, "api:\n  prot: 0\n");
  await expect(startGateway({ dataDirectory, settingsFile })).rejects.toMatchObject({
    code: "settings/invalid",
  });
  writeFileSync(settingsFile, "api:\n  host: 0.0.0.0\n");
  await expect(startGateway({ dataDirectory, settingsFile })).rejects.toMatchObject({
    code: "api/cannot-listen",
  });
});
