/**
 * Sessions over loopback against a raw Node client doing the same: latency of one connection, time
 * to open, requests per CPU second of the client at 1,000 connections, memory at 10,000. Client and
 * meter are processes of their own, on cores of their own where `taskset` is there.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { type MeterProcess, startMeterProcess } from "./connections/meter-process.ts";
import type { Task, TaskResult } from "./connections/task.ts";

interface ConnectionCase {
  readonly name: string;
  readonly task: Task;
  readonly connections: number;
  readonly rounds: number;
  readonly value: (result: TaskResult) => number | undefined;
  readonly unit: string;
  readonly goal: string;
  /** From the median ratio ours / floor, and our own median value. */
  readonly meets: (ratio: number, ours: number) => boolean;
}

const cases: readonly ConnectionCase[] = [
  {
    name: "GET, one connection, p50",
    task: "single",
    connections: 1,
    rounds: 5,
    value: (result) => result.p50Us,
    unit: "us",
    goal: "<= 1.25",
    meets: (ratio) => ratio <= 1.25,
  },
  {
    name: "connect + SNRM + AARQ, p50",
    task: "open",
    connections: 1,
    rounds: 5,
    value: (result) => result.p50Us,
    unit: "us",
    goal: "<= 1.50",
    meets: (ratio) => ratio <= 1.5,
  },
  {
    name: "GET, 1,000 connections, per client CPU second",
    task: "load",
    connections: 1000,
    rounds: 3,
    value: (result) => result.perCpuSecond,
    unit: "/s",
    goal: ">= 0.60",
    meets: (ratio) => ratio >= 0.6,
  },
  {
    name: "RSS of an idle session at 10,000",
    task: "idle",
    connections: 10_000,
    rounds: 1,
    value: (result) => result.rssKb,
    unit: "KB",
    goal: "<= 10 KB",
    meets: (_, ours) => ours <= 10,
  },
];

const raw = fileURLToPath(new URL("./floor/raw-client.ts", import.meta.url));
const ours = fileURLToPath(new URL("./connections/session-client.ts", import.meta.url));
/** Descriptors a client needs beside its connections. */
const spareDescriptors = 100;

const canPin = cpus().length > 1 && spawnSync("taskset", ["-V"]).status === 0;
const pinned = (core: number, command: readonly string[]): readonly string[] =>
  canPin ? ["taskset", "-c", String(core), ...command] : command;

/** Node raises its soft limit to the hard one by itself; without /proc nothing is known. */
function descriptorsMax(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

function runClient(client: string, meter: MeterProcess, task: ConnectionCase): TaskResult {
  const { port, clientSap, password } = meter;
  const words = [port, clientSap, password, task.task, task.connections].map(String);
  const node = [process.execPath, ...process.execArgv, "--expose-gc", client, ...words];
  const [file, ...rest] = pinned(0, node);
  const { stdout, stderr, status } = spawnSync(file!, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${client} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as TaskResult;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function runCase(meter: MeterProcess, task: ConnectionCase): void {
  const floors: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < task.rounds; round++) {
    floors.push(task.value(runClient(raw, meter, task)) ?? Number.NaN);
    own.push(task.value(runClient(ours, meter, task)) ?? Number.NaN);
  }
  const ratios = own.map((value, round) => value / floors[round]!);
  const ratio = median(ratios);
  const spread = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  const digits = task.unit === "/s" ? 0 : 1;
  process.stdout.write(
    `${task.name.padEnd(46)} floor ${median(floors).toFixed(digits).padStart(8)} ${task.unit}` +
      `  ours ${median(own).toFixed(digits).padStart(8)} ${task.unit}  ratio ${ratio.toFixed(2)}` +
      ` (${spread})  goal ${task.goal} ${task.meets(ratio, median(own)) ? "meets" : "misses"}\n`,
  );
}

/** All four, in about a minute; those the process may not open enough sockets for are left out. */
export async function benchConnections(): Promise<void> {
  using meter = await startMeterProcess(pinned);
  const cores = canPin ? "client and meter pinned to cores 0 and 1" : "not pinned";
  process.stdout.write(`meter: ${meter.name}; ${cores}\n`);
  for (const task of cases) {
    const most = Math.min(descriptorsMax() - spareDescriptors, meter.connectionsMax);
    if (task.connections > most) {
      process.stdout.write(`${task.name.padEnd(46)} left out: ${most} connections at most here\n`);
    } else {
      runCase(meter, task);
    }
  }
}
