/** What the registers of one simulated meter hold at any second; the same answer for ever. */
import { Electrical, type ElectricalState } from "../consumption/electrical.ts";
import type { Personality } from "../personalities/personality.ts";
import { type MeterKey, meterKeys } from "./keys.ts";

/** Raw registers of one second, in the order of `meterKeys`; all below 2^53. */
type RawRegisters = readonly number[];

const wsPerWh = 3600;

export class MeterModel {
  readonly #personality: Personality;
  readonly #electrical: Electrical;
  readonly #factors: readonly number[];
  // The twelve keys are mostly read together: one second is kept.
  #second = Number.NaN;
  #raw: RawRegisters = [];

  /** `index` counts the meters of a fleet and picks the load. */
  constructor(personality: Personality, seed: number, index: number) {
    const { loads, nominalV, nominalHz, utcOffsetMinutes } = personality;
    const { shape, meanPowerW } = loads[index % loads.length]!;
    const utcOffsetS = utcOffsetMinutes * 60;
    this.#personality = personality;
    this.#electrical = new Electrical({ seed, shape, meanPowerW, nominalV, nominalHz, utcOffsetS });
    this.#factors = meterKeys.map((key) => 10 ** -personality.formats[key].scaler);
  }

  /**
   * Attribute 2 of the key's register at `atMs` (UTC, ms): an integer, constant within a second.
   */
  raw(key: MeterKey, atMs: number): number {
    const second = Math.floor(atMs / 1000);
    if (second !== this.#second) {
      this.#raw = this.#measure(second);
      this.#second = second;
    }
    return this.#raw[meterKeys.indexOf(key)]!;
  }

  /** Energy alone, for the rows of a load profile: does not disturb what is kept. */
  rawEnergy(atMs: number): number {
    return this.#energy(Math.floor(atMs / 1000));
  }

  /** Counted at `atMs`, Ws, as the energy register counts before it cuts. */
  energyWs(atMs: number): number {
    return this.#electrical.energyWs(Math.floor(atMs / 1000));
  }

  #measure(second: number): RawRegisters {
    const state = this.#electrical.at(second);
    return meterKeys.map((key, at) =>
      key === "active_energy"
        ? this.#energy(second)
        : this.#lastOctet(Math.round(valueOf(state, key) * this.#factors[at]!)),
    );
  }

  /** Counters cut, they do not round: what is not complete is not counted. */
  #energy(second: number): number {
    const factor = this.#factors[meterKeys.indexOf("active_energy")]!;
    return this.#lastOctet(Math.floor((this.#electrical.energyWs(second) / wsPerWh) * factor));
  }

  /** Chosen by the rest of the value, so that what grows still grows. */
  #lastOctet(raw: number): number {
    if (this.#personality.lastOctet === "measured") return raw;
    const rest = Math.floor(raw / 256);
    return rest * 256 + (rest % 2 === 0 ? 0x7e : 0x7d);
  }
}

function valueOf(state: ElectricalState, key: Exclude<MeterKey, "active_energy">): number {
  switch (key) {
    case "voltage_l1":
      return state.voltageV[0];
    case "voltage_l2":
      return state.voltageV[1];
    case "voltage_l3":
      return state.voltageV[2];
    case "current_l1":
      return state.currentA[0];
    case "current_l2":
      return state.currentA[1];
    case "current_l3":
      return state.currentA[2];
    case "frequency":
      return state.frequencyHz;
    case "active_power":
      return state.activeW;
    case "reactive_power":
      return state.reactiveVar;
    case "apparent_power":
      return state.apparentVa;
    case "power_factor":
      return state.powerFactor;
  }
}
