import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { nodeCrypto, serveTcp } from "@lectura/dlms-node";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { hlsGmac, InvocationCounter, Secret } from "@lectura/dlms/security";
import { type AssociationView, ObjectDirectory, SecuritySetup } from "@lectura/dlms/server";
import { until } from "@lectura/testkit";
import type { StreamItem } from "../../control/control.ts";
import { type Gateway, startGateway } from "../../main.ts";
import { voltageObject } from "../line/served-meter.fixture.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lectura-keys-"));
  directories.push(directory);
  return directory;
}

const hexKey = (): string => randomBytes(16).toString("hex");

/** A meter with class 64 behind a wire that can be cut. */
interface Bench extends AsyncDisposable {
  readonly keys: { readonly guek: string; readonly gak: string; readonly kek: string };
  readonly setup: SecuritySetup;
  readonly port: number;
  /** Told when the meter has taken new keys, before it says so. */
  onTaken: () => void;
  /** Ends every connection, and every new one until it is mended. */
  cut(): void;
  mend(): void;
}

async function bench(): Promise<Bench> {
  const keys = { guek: hexKey(), gak: hexKey(), kek: hexKey() };
  const secret = (hex: string): Secret => new Secret(fromHex(hex));
  const sockets = new Set<Socket>();
  const setup = new SecuritySetup(
    {
      crypto: nodeCrypto,
      version: 1,
      suite: 0,
      keys: {
        unicast: secret(keys.guek),
        authentication: secret(keys.gak),
        master: secret(keys.kek),
      },
      policy: 0x6c,
      serverSystemTitle: fromHex("4c43540000000002"),
      keep: () => made.onTaken(),
    },
    new InvocationCounter({ next: 0 }),
  );
  const security = setup.viewSecurity();
  const view: AssociationView = {
    clientSap: 1,
    systemTitle: fromHex("4c43540000000002"),
    authentication: {
      mechanism: "high-gmac",
      hls: hlsGmac(security),
      challenge: () => nodeCrypto.randomOctets(16),
    },
    security,
    objects: new ObjectDirectory([setup.object, voltageObject()]),
    conformance: 0x00_7e1f,
  };
  const address = { size: 1, upper: 1, lower: 0 } as const;
  const device = { views: [view] };
  const line = await serveTcp({ framing: "wrapper", meters: [{ address, device }] });
  let isCut = false;
  const wire = createServer((near) => {
    if (isCut) near.destroy();
    if (isCut) return;
    const far = connect(line.port, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  const made: Bench = {
    keys,
    setup,
    port: (wire.address() as { port: number }).port,
    onTaken: () => undefined,
    mend: () => {
      isCut = false;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      made.cut();
      wire.close();
      await line[Symbol.asyncDispose]();
    },
  };
  return made;
}

interface Running extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly items: StreamItem[];
  readings(): number;
  codes(): readonly string[];
}

async function start(dataDirectory: string): Promise<Running> {
  const items: StreamItem[] = [];
  const onItem = (item: StreamItem): void => void items.push(item);
  const gateway = await startGateway({ dataDirectory, api: { port: 0 }, onItem });
  return {
    gateway,
    items,
    readings: () => items.filter(({ type }) => type === "reading").length,
    codes: () => items.flatMap((item) => (item.type === "event" ? [item.code] : [])),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function read(parts: Bench, directory: string): Promise<Running> {
  const running = await start(directory);
  const { keys, port } = parts;
  await running.gateway.control.addMeter({
    name: "m",
    endpoint: { kind: "tcp", host: "127.0.0.1", port },
    framing: "wrapper",
    authentication: "hls-gmac",
    security: { serverSystemTitle: "4c43540000000002" },
    securityKeys: keys,
    invocationCounter: 0,
    keys: ["voltage_l1"],
    intervalMs: 100,
  });
  await until(() => running.readings() > 0);
  return running;
}

const reads = async (running: Running): Promise<void> => {
  const before = running.readings();
  await until(() => running.readings() > before + 1);
};

test("keys are kept before they are sent, proved after, and hold over a restart", async () => {
  await using parts = await bench();
  const directory = freshDirectory();
  {
    await using running = await read(parts, directory);
    const { control } = running.gateway;
    // The meter has them while they are pending here: nothing can lose them.
    const seen: Promise<boolean>[] = [];
    parts.onTaken = () => seen.push(control.meter("m").then((meter) => meter.keyChangePending));
    const report = await control.changeKeys("m", { generate: ["guek", "gak"] });
    expect(report).toEqual({ meter: "m", names: ["guek", "gak"], outcome: "changed" });
    expect(await Promise.all(seen)).toEqual([true]);
    expect(await control.meter("m")).toMatchObject({ keyChangePending: false });
    await reads(running);
    expect(running.codes()).toContain("meter/keys-changed");
    const given = hexKey();
    expect(await control.changeKeys("m", { keys: { guek: given } })).toMatchObject({
      outcome: "changed",
    });
    expect(JSON.stringify(running.items)).not.toContain(given);
  }
  await using again = await start(directory);
  await reads(again);
  expect(again.codes()).toEqual([]);
});

test("an answer that is lost leaves both sets of keys, and the next association settles it", async () => {
  await using parts = await bench();
  const directory = freshDirectory();
  await using running = await read(parts, directory);
  const { control } = running.gateway;
  parts.onTaken = () => parts.cut();
  const change = control.changeKeys("m", { generate: ["guek", "gak"] });
  await expect(change).rejects.toMatchObject({ recovery: expect.any(String) as string });
  expect(await control.meter("m")).toMatchObject({ keyChangePending: true });
  parts.mend();
  await control.restartMeter("m");
  await reads(running);
  expect(running.codes()).toContain("meter/keys-changed");
  expect(await control.meter("m")).toMatchObject({ keyChangePending: false });
});

test("a process that ends between finds out after its restart", async () => {
  await using parts = await bench();
  const directory = freshDirectory();
  const running = await read(parts, directory);
  parts.onTaken = () => parts.cut();
  const change = running.gateway.control.changeKeys("m", { generate: ["guek", "gak", "kek"] });
  await expect(change).rejects.toBeInstanceOf(Error);
  await running[Symbol.asyncDispose]();
  parts.mend();
  parts.onTaken = () => undefined;
  await using again = await start(directory);
  await until(() => again.readings() > 1);
  expect(again.codes()).toContain("meter/keys-changed");
  // The new master key is in force as well: it wraps the next change.
  await again.gateway.control.changeKeys("m", { generate: ["gak"] });
  await reads(again);
});

test("a refusal changes nothing, and what cannot be is not sent", async () => {
  await using parts = await bench();
  await using running = await read(parts, freshDirectory());
  const { control } = running.gateway;
  const problem = (request: Parameters<typeof control.changeKeys>[1]): Promise<unknown> =>
    control.changeKeys("m", request).then(
      () => undefined,
      ({ code }: { code: string }) => code,
    );
  expect(await problem({})).toBe("registry/invalid");
  expect(await problem({ keys: { guek: "00" } })).toBe("registry/invalid");
  expect(await problem({ generate: ["hlsSecret" as "guek"] })).toBe("registry/invalid");
  await control.editMeter("m", { securityKeys: { kek: toHex(new Uint8Array(16)) } });
  expect(await problem({ generate: ["guek"] })).toBe("security/key-change-refused");
  expect(await control.meter("m")).toMatchObject({ keyChangePending: false });
  await control.editMeter("m", { securityKeys: { kek: "" } });
  expect(await problem({ generate: ["guek"] })).toBe("registry/invalid");
  await reads(running);
});
