/** Runs targets in turn, one slice of time each, and tells what it found after every slice. */
import { parentPort, workerData } from "node:worker_threads";
import { Blackboard } from "./blackboard.ts";
import type { SliceReport, WorkerTask } from "./report.ts";
import { TargetRunner } from "./runner.ts";
import { targets } from "./targets.ts";

const task = workerData as WorkerTask;
const blackboard = new Blackboard(task.memory);
/** Inputs between two looks at the clock. */
const batch = 200;

// Most inputs end in an error: where it was thrown is asked for when a failure is reproduced.
Error.stackTraceLimit = 0;

async function slice(runner: TargetRunner, index: number): Promise<SliceReport> {
  const endMs = performance.now() + task.sliceMs;
  const before = runner.inputs;
  do {
    for (let left = batch; left > 0; left--) {
      const input = runner.next();
      blackboard.write(index, input);
      const running = runner.run(input);
      if (running !== undefined) await running;
    }
  } while (performance.now() < endMs);
  return {
    target: runner.target.name,
    inputs: runner.inputs - before,
    behaviours: runner.behaviours.size,
    failures: [...runner.failures.values()],
  };
}

const runners = task.targets.map((index) => ({
  index,
  runner: new TargetRunner(targets[index]!, task.seed + index * 7919),
}));
for (const { index, runner } of runners) {
  blackboard.write(index, new Uint8Array(0));
  await runner.begin();
}
const endMs = performance.now() + task.forMs;
while (performance.now() < endMs) {
  for (const { index, runner } of runners) {
    parentPort?.postMessage(await slice(runner, index), []);
    if (performance.now() >= endMs) break;
  }
}
