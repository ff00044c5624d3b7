/**
 * Active power of one meter at any second, and its exact integral. Every ripple on the day's curve
 * has zero mean over its own span (a minute, an hour, a week), so energy at any moment needs no
 * summation over the past: energy is monotonic because power is always above zero.
 */
import type { DayShape } from "./day-shape.ts";
import { signedNoise } from "./noise.ts";

export interface ConsumptionOptions {
  readonly seed: number;
  readonly shape: DayShape;
  /** Long-term mean of the power, W. */
  readonly meanPowerW: number;
}

/** Channels of the noise that are the consumption's own. */
const channel = { day: 1, quarter: 2, minute: 3 } as const;

const dayS = 86_400;
const hourS = 3600;
const quarterS = 900;
const minuteS = 60;
/** Size of the ripples, relative to the lower end of the hour; together below 1, so power > 0. */
const quarterRipple = 0.3;
const minuteRipple = 0.2;
const dayRipple = 0.1;
/** 1970-01-01 was a Thursday: day 0 of a week of ours, entry 3 of Monday..Sunday. */
const weekdayOfDayZero = 3;

export class Consumption {
  readonly #seed: number;
  readonly #shape: DayShape;
  readonly #meanPowerW: number;

  constructor(options: ConsumptionOptions) {
    this.#seed = options.seed;
    this.#shape = options.shape;
    this.#meanPowerW = options.meanPowerW;
  }

  /** W at one local second since 1970. */
  powerW(second: number): number {
    const day = Math.floor(second / dayS);
    const ofDay = second - day * dayS;
    const hour = Math.floor(ofDay / hourS);
    const from = this.#shape.knots[hour]!;
    const to = this.#shape.knots[(hour + 1) % 24]!;
    const low = Math.min(from, to);
    const base = from + ((to - from) * (ofDay - hour * hourS)) / hourS;
    const quarter = Math.floor((ofDay - hour * hourS) / quarterS);
    const minute = Math.floor(second / minuteS);
    const phase = (second - minute * minuteS) / minuteS;
    const ripple =
      quarterRipple * this.#quarterRipple(day * 24 + hour, quarter) +
      minuteRipple *
        signedNoise(this.#seed, channel.minute, minute) *
        Math.sin(phase * 2 * Math.PI);
    return this.#meanPowerW * this.#dayFactor(day) * (base + low * ripple);
  }

  /** Ws from 1970 to one local second: the integral of `powerW`. */
  energyWs(second: number): number {
    const day = Math.floor(second / dayS);
    const ofDay = second - day * dayS;
    const week = Math.floor(day / 7);
    let days = week * 7;
    for (let past = week * 7; past < day; past++) days += this.#dayFactor(past);
    return this.#meanPowerW * (days * dayS + this.#dayFactor(day) * this.#ofDay(day, ofDay));
  }

  /** Integral of the relative curve from midnight, s. */
  #ofDay(day: number, ofDay: number): number {
    const hour = Math.floor(ofDay / hourS);
    const from = this.#shape.knots[hour]!;
    const to = this.#shape.knots[(hour + 1) % 24]!;
    const low = Math.min(from, to);
    const ofHour = ofDay - hour * hourS;
    const base = from * ofHour + ((to - from) * ofHour * ofHour) / (2 * hourS);
    const quarter = Math.floor(ofHour / quarterS);
    let quarters = 0;
    for (let past = 0; past < quarter; past++) {
      quarters += this.#quarterRipple(day * 24 + hour, past) * quarterS;
    }
    quarters += this.#quarterRipple(day * 24 + hour, quarter) * (ofHour - quarter * quarterS);
    const ofMinute = ofDay % minuteS;
    const minute = day * (dayS / minuteS) + Math.floor(ofDay / minuteS);
    const wave = (1 - Math.cos((ofMinute / minuteS) * 2 * Math.PI)) / (2 * Math.PI);
    const minutes = signedNoise(this.#seed, channel.minute, minute) * wave * minuteS;
    return (
      this.#shape.prefix[hour]! + base + low * (quarterRipple * quarters + minuteRipple * minutes)
    );
  }

  /** -1..1, the four quarters of an hour sum to zero. */
  #quarterRipple(hour: number, quarter: number): number {
    let sum = 0;
    for (let at = 0; at < 4; at++) sum += signedNoise(this.#seed, channel.quarter, hour * 4 + at);
    return (signedNoise(this.#seed, channel.quarter, hour * 4 + quarter) - sum / 4) / 1.5;
  }

  /** Around 1; the seven days of a week of ours sum to seven. */
  #dayFactor(day: number): number {
    const first = Math.floor(day / 7) * 7;
    let sum = 0;
    for (let at = first; at < first + 7; at++) sum += this.#dayWeight(at);
    return (this.#dayWeight(day) * 7) / sum;
  }

  #dayWeight(day: number): number {
    const weekday = (((day % 7) + 7) % 7) + weekdayOfDayZero;
    const weight = this.#shape.week[weekday % 7]!;
    return weight * (1 + dayRipple * signedNoise(this.#seed, channel.day, day));
  }
}
