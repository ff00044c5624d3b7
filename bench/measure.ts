/** CPU time of one case, calibrated and repeated; prints ops/s and the ratio to its floor. */
export interface Case {
  readonly name: string;
  /** Hand-written code doing the same, in the same run. */
  readonly floor: () => unknown;
  readonly ours: () => unknown;
  /** Share of the floor's rate we want, e.g. 0.7. */
  readonly goal: number;
}

export interface Measured {
  readonly name: string;
  readonly floorPerSecond: number;
  readonly oursPerSecond: number;
  readonly ratio: number;
  readonly goal: number;
}

const roundSeconds = 0.3;
const rounds = 7;
let sink: unknown;

function cpuSeconds(work: () => unknown, count: number): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < count; turn++) sink = work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function calibrate(work: () => unknown): number {
  let count = 1;
  while (cpuSeconds(work, count) < roundSeconds / 4) count *= 2;
  return Math.max(1, Math.round((count * roundSeconds) / cpuSeconds(work, count)));
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** Floor and ours in turn: drift of the machine hits both; the ratio is of paired rounds. */
export function measure({ name, floor, ours, goal }: Case): Measured {
  const floorCount = calibrate(floor);
  const oursCount = calibrate(ours);
  const floorRates: number[] = [];
  const oursRates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floorRates.push(floorCount / cpuSeconds(floor, floorCount));
    oursRates.push(oursCount / cpuSeconds(ours, oursCount));
  }
  void sink;
  const ratios = oursRates.map((rate, round) => rate / (floorRates[round] ?? rate));
  return {
    name,
    floorPerSecond: median(floorRates),
    oursPerSecond: median(oursRates),
    ratio: median(ratios),
    goal,
  };
}

const rate = (perSecond: number): string =>
  perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M/s` : `${(perSecond / 1e3).toFixed(1)} k/s`;

export function printMeasured(rows: readonly Measured[]): void {
  for (const row of rows) {
    const verdict = row.ratio >= row.goal ? "meets" : "misses";
    process.stdout.write(
      `${row.name.padEnd(44)} floor ${rate(row.floorPerSecond).padStart(11)}  ` +
        `ours ${rate(row.oursPerSecond).padStart(11)}  ratio ${row.ratio.toFixed(2)}  ` +
        `goal ${row.goal.toFixed(2)} ${verdict}\n`,
    );
  }
}
