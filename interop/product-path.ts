/**
 * The product's whole way on parts that are not ours: `lectura run` as a process reads meters served
 * by peers and publishes to Debian's Mosquitto; what a subscriber of its own gets is compared.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { scale } from "@lectura/dlms/cosem";
import { systemClock } from "@lectura/dlms-node";
import { simulatorPassword } from "@lectura/simulator";
import { connectAsync } from "mqtt";
import { missingPrograms, Mosquitto } from "../e2e/mosquitto-server.ts";
import type { Framing } from "./exchange.ts";
import type { Outcome } from "./matrix.ts";
import { PeerProcess, portOf } from "./peer-process.ts";
import type { Peer, PeerName } from "./peers.ts";
import {
  current,
  energy,
  frequency,
  managementSap,
  power,
  type RegisterFacts,
  voltage,
} from "./reference-meter.ts";

/** Where each peer's server can be read: jDLMS has none that works on HDLC (docs/interop.md). */
const served: Readonly<Partial<Record<PeerName, readonly Framing[]>>> = {
  "gurux-dlms": ["hdlc", "wrapper"],
  jdlms: ["wrapper"],
};

const plan: Readonly<Record<string, RegisterFacts>> = {
  voltage_l1: voltage,
  current_l1: current,
  frequency,
  active_power: power,
  active_energy: energy,
};

const lectura = fileURLToPath(new URL("../lectura", import.meta.url));
const passwordVariable = "LECTURA_INTEROP_PASSWORD";
const environment = { ...process.env, [passwordVariable]: simulatorPassword };
const arriveWithinMs = 20_000;
/** Should nobody be left to end it. */
const runS = "60";
const commandWithinMs = 30_000;
/** A clean stop takes 5 s at most. */
const stopWithinMs = 15_000;
const pollMs = 50;
const execute = promisify(execFile);

export interface PathResult {
  readonly peer: PeerName;
  readonly framing: Framing;
  readonly outcome: Outcome;
}

/** Why it cannot run here; undefined when it can. */
export function productPathMissing(peers: readonly Peer[]): string | undefined {
  if (missingPrograms.includes("mosquitto")) return "mosquitto is missing";
  return peers.some(({ server }) => server !== undefined) ? undefined : "no peer serves a meter";
}

interface ServedPeer {
  readonly peer: PeerName;
  readonly framing: Framing;
  readonly name: string;
  readonly port: number;
}

/** Reads a meter of every peer with a server, or with `short` one meter alone. */
export async function runProductPath(
  peers: readonly Peer[],
  short: boolean,
): Promise<readonly PathResult[]> {
  await using started = new AsyncDisposableStack();
  const meters = await servePeers(peers, short, started);
  try {
    return await deliver(meters, started);
  } catch (error) {
    return meters.map((meter) => failed(meter, String(error)));
  }
}

async function servePeers(
  peers: readonly Peer[],
  short: boolean,
  started: AsyncDisposableStack,
): Promise<readonly ServedPeer[]> {
  const meters: ServedPeer[] = [];
  for (const peer of peers) {
    for (const framing of served[peer.name] ?? []) {
      if (peer.server === undefined || (short && meters.length > 0)) continue;
      const server = started.use(new PeerProcess(peer.server(framing)));
      const name = `${peer.name}-${framing}`;
      meters.push({ peer: peer.name, framing, name, port: await portOf(server) });
    }
  }
  return meters;
}

async function deliver(
  meters: readonly ServedPeer[],
  started: AsyncDisposableStack,
): Promise<readonly PathResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "lectura-interop-"));
  started.defer(() => rm(directory, { recursive: true, force: true }));
  const broker = started.use(await Mosquitto.start());
  const command = (...words: readonly string[]): string[] => [
    lectura,
    "--data-dir",
    directory,
    "--lang",
    "en",
    ...words,
  ];
  const bounds = { env: environment, timeout: commandWithinMs };
  await execute("sh", command("sink", "add", "broker", "--url", broker.url), bounds);
  for (const meter of meters) await execute("sh", command(...additionOf(meter)), bounds);
  const arrived = await subscribe(broker.url, started);
  const gateway = spawn("sh", command("run", "--api-port", "0", "--duration", runS), {
    stdio: "ignore",
  });
  const exit = once(gateway, "exit");
  started.defer(async () => {
    if (gateway.exitCode === null && gateway.signalCode === null) gateway.kill("SIGKILL");
    await exit;
  });
  const results = await Promise.all(meters.map((meter) => outcomeOf(meter, arrived)));
  gateway.kill("SIGTERM");
  const deadline = setTimeout(() => gateway.kill("SIGKILL"), stopWithinMs);
  const [code] = (await exit) as [number | null];
  clearTimeout(deadline);
  if (code === 0) return results;
  return meters.map((meter) => failed(meter, `the gateway ended with ${code}`));
}

function failed({ peer, framing }: ServedPeer, error: string): PathResult {
  return { peer, framing, outcome: { kind: "fail", error } };
}

function additionOf({ name, port, framing }: ServedPeer): readonly string[] {
  const address = `--client-sap ${managementSap} --server-upper 1 --address-size 1`;
  return [
    ...`meter add ${name} --tcp 127.0.0.1:${port} --framing ${framing} ${address}`.split(" "),
    ...`--auth lls --password-env ${passwordVariable} --interval 1s --plan`.split(" "),
    Object.keys(plan).join(","),
  ];
}

interface Measurement {
  readonly obis?: string;
  readonly value?: number;
  readonly unit_code?: number;
  readonly raw_value?: number;
}

/** Payloads by `device_id`, newest last. */
type Arrived = ReadonlyMap<string, readonly Readonly<Record<string, Measurement>>[]>;

async function subscribe(url: string, started: AsyncDisposableStack): Promise<Arrived> {
  const arrived = new Map<string, Readonly<Record<string, Measurement>>[]>();
  const client = await connectAsync(url);
  started.defer(() => client.endAsync(true));
  client.on("message", (_topic, octets) => {
    // The gateway's own status is a word.
    if (octets[0] !== "{".codePointAt(0)) return;
    const payload = JSON.parse(octets.toString()) as {
      readonly device_id?: string;
      readonly measurements?: Readonly<Record<string, Measurement>>;
    };
    const { device_id: device, measurements } = payload;
    if (device === undefined || measurements === undefined) return;
    arrived.set(device, [...(arrived.get(device) ?? []), measurements]);
  });
  await client.subscribeAsync("#", { qos: 1 });
  return arrived;
}

/** Waits for the second poll: the first one reads the scalers, too. */
async function outcomeOf(meter: ServedPeer, arrived: Arrived): Promise<PathResult> {
  const { peer, framing, name } = meter;
  const until = systemClock.monotonicMs() + arriveWithinMs;
  while ((arrived.get(name)?.length ?? 0) < 2 && systemClock.monotonicMs() < until) {
    await systemClock.sleep(pollMs);
  }
  const payloads = arrived.get(name) ?? [];
  const problems =
    payloads.length < 2
      ? [`${payloads.length} of 2 polls arrived within ${arriveWithinMs} ms`]
      : payloads.flatMap(differences);
  const [error] = problems;
  return error === undefined ? { peer, framing, outcome: { kind: "pass" } } : failed(meter, error);
}

function differences(measurements: Readonly<Record<string, Measurement>>): readonly string[] {
  return Object.entries(plan).flatMap(([key, { name, raw, scaler, unit }]) => {
    const got = JSON.stringify(measurements[key]);
    const { obis, value, unit_code: code, raw_value: rawValue } = measurements[key] ?? {};
    const isSame =
      obis === name &&
      value === Number(scale(BigInt(raw), scaler)) &&
      code === unit &&
      rawValue === raw;
    return isSame ? [] : [`${key} arrived as ${got}`];
  });
}
