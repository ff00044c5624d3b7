/** A meter's wall time: which moment a local time is, over changes of daylight saving. */
import { dayMs, dayOfWeek, epochDay, msToCivil } from "../../cosem/civil-time.ts";
import type { ServedClock } from "../objects/clock-object.ts";

/** One day of the calendar. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 = Monday .. 7 = Sunday. */
  readonly dayOfWeek: number;
  /** Wall milliseconds of its midnight (no zone applied). */
  readonly wallMs: number;
}

/** The wall clock as it goes now; made anew for each look at it, since clients set the clock. */
export class WallClock {
  readonly #clock: Pick<ServedClock, "timeMs" | "dateTime">;
  /** What the meter's time is ahead of the world's. */
  readonly #aheadMs: number;

  constructor(clock: Pick<ServedClock, "timeMs" | "dateTime">, nowMs: number) {
    this.#clock = clock;
    this.#aheadMs = clock.timeMs(nowMs) - nowMs;
  }

  /** The world's time at the meter's `meterMs`, both UTC ms. */
  worldMs(meterMs: number): number {
    return meterMs - this.#aheadMs;
  }

  /** The day it is at the meter's `meterMs`, moved by `days`. */
  dayAt(meterMs: number, days = 0): CivilDay {
    const wallMs = Math.floor(this.#wallMs(meterMs) / dayMs) * dayMs + days * dayMs;
    const { year, month, day } = msToCivil(wallMs);
    return { year, month, day, dayOfWeek: dayOfWeek(epochDay(year, month, day)), wallMs };
  }

  /**
   * The meter's UTC ms of a wall time. One that comes twice is the first: its repetition is
   * suppressed. One that never comes is the moment the clock is put forward over it (Blue Book
   * 4.5.3, schedule, daylight saving).
   */
  utcMs(wallMs: number): number {
    const before = this.#deviationMs(wallMs - dayMs);
    const after = this.#deviationMs(wallMs + dayMs);
    const moments = [wallMs + before, wallMs + after].filter((ms) => this.#wallMs(ms) === wallMs);
    if (moments.length > 0) return Math.min(...moments);
    return this.#changeBetween(wallMs + Math.min(before, after), wallMs + Math.max(before, after));
  }

  /** The first moment after `meterMs` at which the wall time is a multiple of `periodMs`. */
  nextMultiple(meterMs: number, periodMs: number): number {
    const wallMs = this.#wallMs(meterMs);
    const next = (Math.floor(wallMs / periodMs) + 1) * periodMs;
    const moment = meterMs + next - wallMs;
    // Over a change of daylight saving the hours go on, but days have 23 or 25.
    if (this.#wallMs(moment) % periodMs === 0) return moment;
    return Math.max(meterMs + 1, this.utcMs(next));
  }

  #wallMs(meterMs: number): number {
    return meterMs - this.#deviationMs(meterMs);
  }

  #deviationMs(meterMs: number): number {
    return this.#clock.dateTime(this.worldMs(meterMs)).deviationMinutes * 60_000;
  }

  /** First millisecond behind `lowMs` with the deviation of `highMs`. */
  #changeBetween(lowMs: number, highMs: number): number {
    const deviation = this.#deviationMs(highMs);
    let low = lowMs;
    let high = highMs;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#deviationMs(middle) === deviation) high = middle;
      else low = middle;
    }
    return high;
  }
}
