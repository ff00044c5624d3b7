/**
 * The long run: simulator, Mosquitto and gateway as processes of their own, an independent
 * subscriber, and at the end one sum: scheduled = journaled = acknowledged = received.
 *
 *     node --conditions=source e2e/soak.ts --minutes 10 --meters 100 --interval 2s --values 9
 *
 * Ends with 1 when a reading is missing anywhere.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { GatewayControl } from "@lectura/gateway";
import { controlOf, draftOf, nineKeys, prepare } from "./gateway-directory.ts";
import { LecturaProcess, scratchDirectory, simulate } from "./lectura-process.ts";
import { Mosquitto } from "./mosquitto-server.ts";
import { judge } from "./received.ts";

/** USER_HZ: what /proc counts processor time in, on every Linux. */
const ticksPerSecond = 100;
const settleMs = 30_000;

interface Usage {
  readonly cpuSeconds: number;
  readonly residentMax: number;
}

/** Processor time and highest memory of a process so far, by Linux' own books. */
function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return { cpuSeconds: ticks / ticksPerSecond, residentMax: Number(peak) * 1024 };
}

function milliseconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text);
  if (match === null) throw new RangeError(`${text} is no time: 500ms or 2s`);
  return Number(match[1]) * (match[2] === "ms" ? 1 : 1000);
}

interface Counts {
  readonly scheduled: number;
  readonly journaled: number;
  readonly requests: number;
  readonly reconnects: number;
  readonly cycles: { readonly ok: number; readonly failed: number };
  readonly sink: { readonly acknowledged: number; readonly pending: number };
}

async function countsOf(control: GatewayControl): Promise<Counts> {
  const { meters, sinks } = await control.status();
  const sum = (count: (meter: (typeof meters)[number]) => number): number =>
    meters.reduce((total, meter) => total + count(meter), 0);
  return {
    scheduled: sum(({ readings }) => readings.scheduled),
    journaled: sum(({ readings }) => readings.journaled),
    requests: sum(({ requests }) => requests),
    reconnects: sum(({ reconnects }) => reconnects),
    cycles: { ok: sum(({ cycles }) => cycles.ok), failed: sum(({ cycles }) => cycles.failed) },
    sink: sinks[0]!.counts,
  };
}

/** No more polls, and what is stored delivered: then the counters stand still. */
async function settle(control: GatewayControl): Promise<Counts> {
  for (const { name } of await control.meters()) await control.pauseMeter(name);
  const until = performance.now() + settleMs;
  let counts = await countsOf(control);
  while (counts.sink.pending > 0 && performance.now() < until) {
    await sleep(100);
    counts = await countsOf(control);
  }
  return counts;
}

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    meters: { type: "string", default: "100" },
    interval: { type: "string", default: "2s" },
    values: { type: "string", default: "9" },
    personality: { type: "string", default: "generic-three-phase,microstar,seven-e" },
  },
});
const durationMs = Number(options.minutes) * 60_000;
const intervalMs = milliseconds(options.interval);
const keys = nineKeys.slice(0, Number(options.values));
const lifeMs = durationMs + 300_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

using directory = scratchDirectory();
await using server = await Mosquitto.start({
  settings: ["max_queued_messages 0", "max_inflight_messages 0"],
});
const received = await server.subscribe("meters/#");
await using simulator = await simulate(
  ["--meters", options.meters, "--personality", options.personality],
  { lifeMs },
);
await prepare(directory.path, async (control) => {
  await control.addSink({ kind: "mqtt", name: "broker", url: server.url });
  for (const meter of simulator.meters) {
    await control.addMeter(draftOf(meter, { keys, intervalMs }));
  }
});
const words = ["run", "--data-dir", directory.path, "--api-port", "0"];
await using gateway = new LecturaProcess(words, { lifeMs });
await gateway.until(() => gateway.items.length > 0);
const control = await controlOf(directory.path);
say(
  `${options.meters} meters (${options.personality}) x ${keys.length} values every ` +
    `${options.interval}, ${options.minutes} min`,
);
const startedMs = performance.now();
while (performance.now() - startedMs < durationMs) {
  await sleep(Math.min(60_000, durationMs - (performance.now() - startedMs)));
  const { scheduled, journaled, sink } = await countsOf(control);
  const { cpuSeconds, residentMax } = usageOf(gateway.pid);
  const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
  say(
    `${minutes} min: scheduled ${scheduled}, journaled ${journaled}, ` +
      `acknowledged ${sink.acknowledged}, CPU ${cpuSeconds.toFixed(1)} s, ` +
      `RSS at most ${(residentMax / 2 ** 20).toFixed(0)} MiB`,
  );
}
const seconds = (performance.now() - startedMs) / 1000;
const counts = await settle(control);
const usage = usageOf(gateway.pid);
gateway.signal("SIGINT");
const { code } = await gateway.ended;
const { readings, repeated, lost, invented, changed, disordered } = judge(directory.path, received);
const events = gateway.items.map((item) => String(item["text"])).slice(1 + simulator.meters.length);
const share = ((100 * counts.sink.acknowledged) / counts.scheduled).toFixed(4);
say(`readings scheduled     ${counts.scheduled}`);
say(`readings journaled     ${counts.journaled} (journal: ${readings})`);
say(`readings acknowledged  ${counts.sink.acknowledged} (${share} % of scheduled)`);
say(`messages received      ${received.length}, ${repeated} of them again`);
say(
  `lost ${lost.length}, invented ${invented.length}, changed ${changed.length}, ` +
    `out of order ${disordered.length}`,
);
say(`cycles                 ${counts.cycles.ok} ok, ${counts.cycles.failed} failed`);
say(`requests to meters     ${counts.requests}, reconnects ${counts.reconnects}`);
say(
  `gateway                ${usage.cpuSeconds.toFixed(1)} CPU s in ${seconds.toFixed(0)} s ` +
    `(${((100 * usage.cpuSeconds) / seconds).toFixed(1)} % of one core), ` +
    `RSS at most ${(usage.residentMax / 2 ** 20).toFixed(0)} MiB, exit code ${code}`,
);
for (const event of events.slice(0, 20)) say(`event: ${event}`);
const isWhole =
  counts.scheduled === counts.journaled &&
  counts.journaled === counts.sink.acknowledged &&
  lost.length + invented.length + changed.length + disordered.length === 0;
process.exitCode = isWhole && code === 0 ? 0 : 1;
