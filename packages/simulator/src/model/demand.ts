/** Mean power over the demand period, and its greatest value of a month. */
import type { MeterModel } from "./meter-model.ts";

/** The demand period, as the load profile's. */
export const demandPeriodS = 900;

const periodMs = demandPeriodS * 1000;

/** A maximum and the end of the period it was measured in, UTC ms. */
export interface PeakDemand {
  readonly watts: number;
  readonly atMs: number;
}

/** Demand of one meter. Months are local. */
export class Demand {
  readonly #model: MeterModel;
  readonly #offsetMs: number;
  /** How far the month has been looked through; begins anew when time goes back. */
  #seen: { readonly monthMs: number; untilMs: number; peak: PeakDemand } | undefined;

  constructor(model: MeterModel, utcOffsetMinutes: number) {
    this.#model = model;
    this.#offsetMs = utcOffsetMinutes * 60_000;
  }

  /** Beginning of the period that runs at `atMs`. */
  startMs(atMs: number): number {
    return Math.floor(atMs / periodMs) * periodMs;
  }

  /** W over the last period that is complete at `atMs`. */
  lastW(atMs: number): number {
    const endMs = this.startMs(atMs);
    return this.#meanW(endMs - periodMs, endMs);
  }

  /** W over the period that runs, as if nothing more came in it. */
  currentW(atMs: number): number {
    return this.#meanW(this.startMs(atMs), atMs);
  }

  /** Beginning of the local month at `atMs`. */
  monthMs(atMs: number): number {
    const local = new Date(atMs + this.#offsetMs);
    return Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1) - this.#offsetMs;
  }

  /** The greatest demand of the local month `atMs` is in. */
  peak(atMs: number): PeakDemand {
    const monthMs = this.monthMs(atMs);
    let seen = this.#seen;
    if (seen === undefined || seen.monthMs !== monthMs || atMs < seen.untilMs) {
      seen = { monthMs, untilMs: monthMs, peak: { watts: 0, atMs: monthMs } };
      this.#seen = seen;
    }
    for (let endMs = seen.untilMs + periodMs; endMs <= atMs; endMs += periodMs) {
      const watts = this.#meanW(endMs - periodMs, endMs);
      if (watts > seen.peak.watts) seen.peak = { watts, atMs: endMs };
      seen.untilMs = endMs;
    }
    return seen.peak;
  }

  #meanW(fromMs: number, toMs: number): number {
    return (this.#model.energyWs(toMs) - this.#model.energyWs(fromMs)) / demandPeriodS;
  }
}
