/**
 * What a three-phase meter measures while a consumption flows: voltages, currents, powers,
 * frequency, all of one second and consistent with each other.
 */
import { Consumption } from "./consumption.ts";
import type { DayShape } from "./day-shape.ts";
import { signedNoise, unitNoise } from "./noise.ts";

export interface ElectricalOptions {
  readonly seed: number;
  readonly shape: DayShape;
  readonly meanPowerW: number;
  /** Phase to neutral, V. */
  readonly nominalV: number;
  readonly nominalHz: number;
  /** Local time minus UTC, s. */
  readonly utcOffsetS: number;
}

/** One second, SI units; the three phases in order. */
export interface ElectricalState {
  readonly voltageV: readonly [number, number, number];
  readonly currentA: readonly [number, number, number];
  readonly frequencyHz: number;
  readonly activeW: number;
  readonly reactiveVar: number;
  readonly apparentVa: number;
  readonly powerFactor: number;
}

const channel = { voltage: 10, frequency: 13, factor: 14, share: 15, start: 16 } as const;
/** 2020-01-01T00:00:00Z: the meters were mounted then, with some energy counted already. */
export const mountedS = 1_577_836_800;
const startEnergyMaxWs = 20_000_000 * 3600;

export class Electrical {
  readonly #options: ElectricalOptions;
  readonly #consumption: Consumption;
  readonly #shares: readonly [number, number, number];
  readonly #startWs: number;

  constructor(options: ElectricalOptions) {
    this.#options = options;
    this.#consumption = new Consumption(options);
    const { seed } = options;
    const weights = [0, 1, 2].map((phase) => 1 + 0.4 * signedNoise(seed, channel.share, phase));
    const sum = weights[0]! + weights[1]! + weights[2]!;
    this.#shares = [weights[0]! / sum, weights[1]! / sum, weights[2]! / sum];
    const start = startEnergyMaxWs * unitNoise(seed, channel.start, 0);
    this.#startWs = start - this.#consumption.energyWs(mountedS + options.utcOffsetS);
  }

  /** Ws counted at one UTC second; never below zero, never falling. */
  energyWs(second: number): number {
    const counted = this.#consumption.energyWs(second + this.#options.utcOffsetS);
    return Math.max(0, this.#startWs + counted);
  }

  /** What stands on the meter during one UTC second. */
  at(second: number): ElectricalState {
    const { seed, nominalV, nominalHz, utcOffsetS } = this.#options;
    const activeW = this.#consumption.powerW(second + utcOffsetS);
    const powerFactor =
      0.95 + 0.03 * wave(second, 5400, 0) + 0.01 * signedNoise(seed, channel.factor, second);
    const apparentVa = activeW / powerFactor;
    const reactiveVar = Math.sqrt(apparentVa * apparentVa - activeW * activeW);
    const frequencyHz =
      nominalHz +
      0.02 * wave(second, 777, seed) +
      0.01 * signedNoise(seed, channel.frequency, second);
    const voltage = (phase: 0 | 1 | 2): number =>
      nominalV *
      (1 +
        0.012 * wave(second, 7000 + 300 * phase, seed + phase) +
        0.004 * signedNoise(seed, channel.voltage + phase, second));
    const voltageV = [voltage(0), voltage(1), voltage(2)] as const;
    const current = (phase: 0 | 1 | 2): number =>
      (apparentVa * this.#shares[phase]) / voltageV[phase];
    const currentA = [current(0), current(1), current(2)] as const;
    return { voltageV, currentA, frequencyHz, activeW, reactiveVar, apparentVa, powerFactor };
  }
}

/** -1..1, one turn per `periodS`; the offset only shifts it. */
function wave(second: number, periodS: number, offset: number): number {
  return Math.sin(((second % periodS) / periodS) * 2 * Math.PI + offset);
}
