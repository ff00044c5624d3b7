/** Energy by tariff: the evening hours count apart. A function of time, as all that is measured. */
import { mountedS } from "../consumption/electrical.ts";
import type { MeterModel } from "./meter-model.ts";

/** Local hours of tariff 2; tariff 1 has the rest of the day. */
export const peakHours = { from: 18, to: 23 } as const;

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Two tariffs of one meter. */
export class TariffEnergy {
  readonly #model: MeterModel;
  readonly #offsetMs: number;
  readonly #firstDay: number;
  /** Ws of tariff 2 from the first day to the beginning of each later one. */
  readonly #peaksBefore: number[] = [0];

  constructor(model: MeterModel, utcOffsetMinutes: number) {
    this.#model = model;
    this.#offsetMs = utcOffsetMinutes * 60_000;
    this.#firstDay = Math.floor((mountedS * 1000 + this.#offsetMs) / dayMs);
  }

  /** Tariff in force at `atMs`: 1 or 2. */
  tariff(atMs: number): 1 | 2 {
    const hour = Math.floor(((atMs + this.#offsetMs) % dayMs) / hourMs);
    return hour >= peakHours.from && hour < peakHours.to ? 2 : 1;
  }

  /** Ws counted under a tariff at `atMs`; both together are the meter's energy. */
  energyWs(tariff: 1 | 2, atMs: number): number {
    const peak = this.#peakWs(atMs);
    return tariff === 2 ? peak : this.#model.energyWs(atMs) - peak;
  }

  #peakWs(atMs: number): number {
    const day = Math.floor((atMs + this.#offsetMs) / dayMs);
    if (day < this.#firstDay) return 0;
    const before = this.#peaksBefore;
    for (let next = this.#firstDay + before.length - 1; next < day; next++) {
      before.push(before.at(-1)! + this.#peakOf(next, Number.POSITIVE_INFINITY));
    }
    return before[day - this.#firstDay]! + this.#peakOf(day, atMs);
  }

  /** Ws of one day's tariff 2 up to `atMs`. */
  #peakOf(day: number, atMs: number): number {
    const midnightMs = day * dayMs - this.#offsetMs;
    const fromMs = midnightMs + peakHours.from * hourMs;
    const toMs = Math.min(midnightMs + peakHours.to * hourMs, atMs);
    return toMs <= fromMs ? 0 : this.#model.energyWs(toMs) - this.#model.energyWs(fromMs);
  }
}
