/** Faults a meter or its line can have, and when they happen. */
import { unitNoise } from "../consumption/noise.ts";

/** What goes wrong with what the meter sends, or with its counter. */
export const faultNames = [
  "drop",
  "delay",
  "duplicate",
  "check-sequence",
  "receive-not-ready",
  "frame-reject",
  "disconnected-mode",
  "wrong-invoke-id",
  "wrong-tag",
  "lost-block",
  "lost-general-block",
  "hang-up",
  "hang-up-in-blocks",
  "echo",
  "noise",
  "counter-jump",
  "counter-repeat",
] as const;

export type FaultName = (typeof faultNames)[number];

/** When a fault happens, counted over what it could happen to on one line, from 1. */
export type FaultTime =
  | { readonly chance: number }
  /** Once. */
  | { readonly at: number }
  /** Again and again. */
  | { readonly every: number };

/** One fault of a fleet's meters. */
export interface FaultRule {
  readonly fault: FaultName;
  readonly when: FaultTime;
  /** Of "delay". Absent = 500. */
  readonly delayMs?: number;
}

/** Rules of one fleet; more is a RangeError. */
const rulesMax = 32;
const countMax = 0xffff_ffff;

/** @throws {RangeError} a chance outside 0..1, a count below 1 */
export function checkFaults(rules: readonly FaultRule[]): void {
  if (rules.length > rulesMax) throw new RangeError(`more than ${rulesMax} faults`);
  for (const { fault, when } of rules) {
    const holds =
      "chance" in when
        ? when.chance >= 0 && when.chance <= 1
        : isCount("at" in when ? when.at : when.every);
    if (!holds) throw new RangeError(`when ${fault} happens is no chance and no count`);
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= countMax;
}

/** Counts what a fault could happen to, and says when it does. */
export class FaultDice {
  readonly #when: FaultTime;
  readonly #seed: number;
  readonly #channel: number;
  #count = 0;

  constructor({ fault, when }: FaultRule, seed: number) {
    this.#when = when;
    this.#seed = seed;
    this.#channel = firstChannel + faultNames.indexOf(fault);
  }

  /** One more that it could happen to. */
  happens(): boolean {
    const count = ++this.#count;
    const when = this.#when;
    if ("at" in when) return count === when.at;
    if ("every" in when) return count % when.every === 0;
    return unitNoise(this.#seed, this.#channel, count) < when.chance;
  }
}

const firstChannel = 100;
