import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  openSerialPort,
  openTcpPort,
  type SerialDriver,
  serveSession,
  serveSignOn,
  serveTcp,
  serveUdp,
  systemClock,
} from "@lectura/dlms-node";
import { OctetWriter } from "@lectura/dlms/octets";
import { opensslPresent, until } from "@lectura/testkit";
import type { StreamItem } from "../../control/control.ts";
import type { MeterDraft } from "../../registry/draft.ts";
import { type Gateway, type GatewayOptions, startGateway } from "../../main.ts";
import {
  certificateFiles,
  deviceName,
  meterPassword,
  servedMeter,
} from "./served-meter.fixture.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lectura-lines-"));
  directories.push(directory);
  return directory;
}

/** A gateway, and what it tells from the first moment on. */
async function start(options: Partial<GatewayOptions> = {}): Promise<[Gateway, StreamItem[]]> {
  const items: StreamItem[] = [];
  const gateway = await startGateway({
    dataDirectory: freshDirectory(),
    api: { port: 0 },
    onItem: (item) => void items.push(item),
    ...options,
  });
  return [gateway, items];
}

const draft: Omit<MeterDraft, "endpoint"> = {
  name: "m",
  address: { size: 4, upper: 1, lower: 17 },
  authentication: "lls",
  password: meterPassword,
  keys: ["voltage_l1"],
  intervalMs: 200,
};

const reading = { type: "reading", meter: "m", key: "voltage_l1", value: "230.12", unit: "V" };

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

test.skipIf(!opensslPresent())(
  "a meter over TLS is read, and only behind its certificate",
  async () => {
    using certificate = certificateFiles();
    const files = { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) };
    await using line = await serveTcp({ meters: [servedMeter()], tls: files });
    const [gateway, items] = await start();
    await using _gateway = gateway;
    const tcp = { kind: "tcp", host: "127.0.0.1", port: line.port } as const;
    const { control } = gateway;
    await control.addMeter({ ...draft, endpoint: { ...tcp, tls: {} } });
    await until(() => items.some((item) => item.type === "event"));
    expect(items[0]).toMatchObject({ type: "event", code: "tcp/tls-failed" });
    const { id } = (await control.lines())[0]!;
    await control.editLine(id, { endpoint: { ...tcp, tls: { caFile: "/no/such/file" } } });
    await until(() => items.some((item) => item.type === "event" && item.code === "line/tls-file"));
    await control.editLine(id, { endpoint: { ...tcp, tls: { caFile: certificate.cert } } });
    await until(() => items.some(({ type }) => type === "reading"));
    expect(items.find(({ type }) => type === "reading")).toMatchObject(reading);
    const report = await control.testMeter("m");
    expect(report.stages[0]).toMatchObject({ ok: true, detail: `tls://127.0.0.1:${line.port}` });
  },
);

test("a meter is read in datagrams", async () => {
  await using socket = await serveUdp({ meters: [servedMeter()] });
  const [gateway, items] = await start();
  await using _gateway = gateway;
  const endpoint = { kind: "udp", host: "127.0.0.1", port: socket.port } as const;
  await gateway.control.addMeter({ ...draft, endpoint });
  await until(() => items.filter(({ type }) => type === "reading").length > 1);
  expect(items[0]).toMatchObject(reading);
  const [line] = await gateway.control.lines();
  expect(line).toMatchObject({ endpoint, framing: "wrapper" });
});

test("a meter that dials in is read as soon as it calls, and again when it calls anew", async () => {
  const [gateway, items] = await start();
  await using _gateway = gateway;
  const port = await freePort();
  const identity = { by: "name", name: deviceName } as const;
  const endpoint = { kind: "listen", host: "127.0.0.1", port, identity } as const;
  await gateway.control.addMeter({ ...draft, endpoint });
  const code = (wanted: string): number =>
    items.filter((item) => item.type === "event" && item.code === wanted).length;
  await until(() => code("line/not-dialled-in") === 1);
  await expect(gateway.control.readNow("m")).rejects.toMatchObject({
    code: "line/not-dialled-in",
  });
  for (const call of [1, 2]) {
    const from = items.length;
    const far = await openTcpPort({ host: "127.0.0.1", port, connectTimeoutMs: 5000 });
    serveSession({
      port: far,
      meters: [servedMeter()],
      clock: systemClock,
      writer: new OctetWriter(65_536, 1024),
    });
    await until(() => items.slice(from).filter(({ type }) => type === "reading").length > 1);
    expect(code("line/dialled-in")).toBe(call);
    if (call === 2) await far[Symbol.asyncDispose]();
  }
});

test("a meter that dials in is known by the octets it sends first", async () => {
  const [gateway, items] = await start();
  await using _gateway = gateway;
  const port = await freePort();
  const identity = { by: "octets", octets: "CAFE" } as const;
  const endpoint = { kind: "listen", host: "127.0.0.1", port, identity } as const;
  await gateway.control.addMeter({ ...draft, endpoint });
  const far = await openTcpPort({ host: "127.0.0.1", port, connectTimeoutMs: 5000 });
  far.send(Uint8Array.of(0xca, 0xfe, 1));
  const writer = new OctetWriter(65_536, 1024);
  serveSession({ port: far, meters: [servedMeter()], clock: systemClock, writer });
  await until(() => items.some(({ type }) => type === "reading"));
  await far[Symbol.asyncDispose]();
});

describe("a serial line", () => {
  test("says what is missing where its package is not installed", async () => {
    const [gateway, items] = await start();
    await using _gateway = gateway;
    await gateway.control.addMeter({ ...draft, endpoint: { kind: "serial", path: "/dev/none" } });
    const ofLine = (item: StreamItem): boolean => item.type === "event" && item.line === "none";
    await until(() => items.some(ofLine));
    expect(["serial/module-missing", "serial/not-found"]).toContain(
      (items.find(ofLine) as { code: string }).code,
    );
  });

  const driver = findDriver();
  const present = driver !== undefined && spawnSync("socat", ["-V"]).status === 0;
  if (!present) process.stderr.write("no socat or no package serialport: tests are skipped\n");

  test.skipIf(!present)(
    "is read behind a sign-on of mode E, one meter at a time",
    async () => {
      const folder = freshDirectory();
      const [near, far] = [join(folder, "near"), join(folder, "far")];
      const ends = [near, far].map((path) => `pty,raw,echo=0,link=${path}`);
      // It ends by itself after a minute of silence, should the test be killed before it can.
      const log = join(folder, "log");
      const socat = spawn("socat", ["-T", "60", "-d", "-d", "-lf", log, ...ends]);
      try {
        await until(() => isReady(log));
        await using meter = await openSerialPort({ path: far, driver: driver! });
        const plain = {
          label: meter.label,
          send: (octets: Uint8Array) => meter.send(octets),
          listen: (receiver: Parameters<typeof meter.listen>[0]) => meter.listen(receiver),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        };
        const head = { manufacturer: "LEC", text: "METER01", baudCharacter: "5", modeE: true };
        serveSession({
          port: serveSignOn(plain, head),
          meters: [servedMeter()],
          clock: systemClock,
          writer: new OctetWriter(65_536, 1024),
        });
        const [gateway, items] = await start({ serialDriver: driver! });
        await using _gateway = gateway;
        const endpoint = { kind: "serial", path: near, modeE: {} } as const;
        await gateway.control.addMeter({ ...draft, endpoint });
        await until(() => items.filter(({ type }) => type === "reading").length > 1);
        expect(items.find(({ type }) => type === "reading")).toMatchObject(reading);
      } finally {
        socat.kill();
      }
    },
    30_000,
  );
});

function isReady(log: string): boolean {
  try {
    return readFileSync(log, "utf8").includes("starting data transfer loop");
  } catch {
    return false;
  }
}

/** The package, beside this one or among the tools. */
function findDriver(): SerialDriver | undefined {
  for (const from of [import.meta.url, join(import.meta.dirname, "../../../../../tools/x.js")]) {
    try {
      return createRequire(from)("serialport") as SerialDriver;
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined;
}
