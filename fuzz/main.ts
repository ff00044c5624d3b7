/**
 * `npm run fuzz -- --minutes N [--target NAME] [--seed N] [--reproduce FILE]`: gives mutants of
 * valid octets to everything that reads octets of a stranger. Watches a worker that does it, so
 * that a hang or a full memory is a finding too. Failures are saved under `fuzz/failures`.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { fromHex, toHex } from "@lectura/dlms/octets";
import { Blackboard } from "./blackboard.ts";
import type { SliceReport, WorkerTask } from "./report.ts";
import type { Failure } from "./runner.ts";
import { targets } from "./targets.ts";

/** A worker that shows no new input for so long hangs. */
const hangMs = 10_000;
const workerMegabytesMax = 512;
const folder = join(import.meta.dirname, "failures");

interface Tally {
  inputs: number;
  behaviours: number;
}

const tallies = new Map<string, Tally>();
const failures = new Map<string, Failure>();

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function note(failure: Failure, seed: number): void {
  const key = `${failure.target}: ${failure.kind}`;
  if (failures.has(key)) return;
  failures.set(key, failure);
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 8);
  const file = join(folder, `${failure.target.replaceAll("/", "-")}-${digest}.json`);
  mkdirSync(folder, { recursive: true });
  const { target, kind, text, input } = failure;
  writeFileSync(file, JSON.stringify({ target, kind, text, seed, hex: toHex(input) }, null, 1));
  say(`FAILURE ${key}\n  ${toHex(input.subarray(0, 60))}\n  ${file}`);
}

function take(report: SliceReport, seed: number): void {
  const tally = tallies.get(report.target) ?? { inputs: 0, behaviours: 0 };
  tally.inputs += report.inputs;
  tally.behaviours = Math.max(tally.behaviours, report.behaviours);
  tallies.set(report.target, tally);
  for (const failure of report.failures) note(failure, seed);
}

/** Runs one worker until its time is over, it hangs or it dies. */
async function watch(task: Omit<WorkerTask, "memory">): Promise<void> {
  const blackboard = new Blackboard();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: { ...task, memory: blackboard.memory } satisfies WorkerTask,
    resourceLimits: { maxOldGenerationSizeMb: workerMegabytesMax },
  });
  const last = (kind: string): void => {
    const input = blackboard.input;
    note({ target: targets[blackboard.target]!.name, kind, text: kind, input }, task.seed);
  };
  const ended = Promise.withResolvers<void>();
  let seen = -1;
  const watchdog = setInterval(() => {
    if (blackboard.count === seen) {
      last(`hangs for ${hangMs} ms`);
      void worker.terminate();
    }
    seen = blackboard.count;
  }, hangMs);
  worker.on("message", (report: SliceReport) => take(report, task.seed));
  worker.on("error", (error: Error) => last(`ends the worker: ${error.message}`));
  worker.on("exit", () => ended.resolve());
  await ended.promise;
  clearInterval(watchdog);
}

async function reproduce(file: string): Promise<void> {
  const { target: name, hex } = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const target = targets.find((candidate) => candidate.name === name);
  if (target === undefined || hex === undefined) throw new Error(`${file} names no target`);
  say(`${target.name}: ${await target.run(fromHex(hex))}`);
}

async function fuzz(minutes: number, chosen: readonly number[], firstSeed: number): Promise<void> {
  const endMs = performance.now() + minutes * 60_000;
  const sliceMs = Math.min(2000, Math.max(50, (minutes * 60_000) / chosen.length / 4));
  let seed = firstSeed;
  for (;;) {
    const forMs = endMs - performance.now();
    if (forMs < sliceMs / 2) break;
    say(`seed ${seed}, ${chosen.length} targets, ${Math.round(forMs / 1000)} s`);
    await watch({ seed, targets: chosen, forMs, sliceMs });
    seed++;
  }
  let inputs = 0;
  for (const [name, tally] of tallies) {
    inputs += tally.inputs;
    say(`${name.padEnd(28)} ${String(tally.inputs).padStart(12)} inputs ${tally.behaviours}`);
  }
  say(`${inputs} inputs, ${failures.size} failures`);
  if (failures.size > 0) process.exitCode = 1;
}

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    target: { type: "string", default: "" },
    seed: { type: "string" },
    reproduce: { type: "string" },
  },
});
const chosen = targets.flatMap(({ name }, index) =>
  name.startsWith(values.target) ? [index] : [],
);
const minutes = Number(values.minutes);
if (values.reproduce !== undefined) {
  await reproduce(values.reproduce);
} else if (chosen.length === 0 || !(minutes > 0)) {
  say(`targets: ${targets.map(({ name }) => name).join(" ")}`);
  process.exitCode = 2;
} else {
  const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
  await fuzz(minutes, chosen, seed);
}
