/** What a client process of the connections bench is asked, and what it answers: a line of JSON. */
export type Task = "single" | "open" | "load" | "idle";

export interface TaskOptions {
  readonly port: number;
  readonly clientSap: number;
  /** Eight characters. */
  readonly password: string;
  readonly task: Task;
  readonly connections: number;
}

export interface TaskResult {
  /** Median of one request, or of one opening, in microseconds. */
  readonly p50Us?: number;
  /** Requests answered in one second of this process's CPU, and of the clock. */
  readonly perCpuSecond?: number;
  readonly perSecond?: number;
  /** Growth of the process for each associated connection. */
  readonly rssKb?: number;
}

/** Requests before those that count, and those. */
export const requestsWarm = 2000;
export const requestsTimed = 7000;
/** Openings before those that count, and those. */
export const openingsWarm = 2000;
export const openingsTimed = 1000;
/** Load before what counts, and that. */
export const loadWarmMs = 700;
export const loadTimedMs = 1500;
/** Connections being opened at a time. */
export const openingMax = 100;
const settleMs = 300;

/** `PORT SAP PASSWORD TASK CONNECTIONS` */
export function taskFromArguments(): TaskOptions {
  const [port, clientSap, password, task, connections] = process.argv.slice(2);
  return {
    port: Number(port),
    clientSap: Number(clientSap),
    password: password ?? "",
    task: task as Task,
    connections: Number(connections),
  };
}

export function report(result: TaskResult): never {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}

export function reportTimes(times: readonly number[], warm: number): never {
  const sorted = times.slice(warm).toSorted((a, b) => a - b);
  return report({ p50Us: (sorted[sorted.length >> 1] ?? 0) * 1000 });
}

/** Counts by `answered` what is answered while the load lasts, then reports. */
export function timeLoad(answered: () => number): void {
  setTimeout(() => {
    const before = answered();
    const cpu = process.cpuUsage();
    const from = performance.now();
    setTimeout(() => {
      const { user, system } = process.cpuUsage(cpu);
      const count = answered() - before;
      report({
        perCpuSecond: count / ((user + system) / 1e6),
        perSecond: count / ((performance.now() - from) / 1000),
      });
    }, loadTimedMs);
  }, loadWarmMs);
}

/** Resident octets once garbage is gone; needs `--expose-gc`. */
export async function settledRss(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }
  return process.memoryUsage.rss();
}
