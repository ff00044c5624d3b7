/** An invocation counter that does not simply go up by one. */
import { InvocationCounter } from "@lectura/dlms/security";
import { FaultDice, type FaultRule } from "./fault-rule.ts";

/** How far it jumps. */
const jump = 1_000_000;

/** A meter's own counter: jumps ahead, or gives a number a second time, as the rules say. */
export class FaultyCounter extends InvocationCounter {
  readonly #jumps: readonly FaultDice[];
  readonly #repeats: readonly FaultDice[];
  #last: number | undefined;

  constructor(next: number, rules: readonly FaultRule[], seed: number) {
    super({ next });
    const diceOf = (name: FaultRule["fault"]): readonly FaultDice[] =>
      rules.filter(({ fault }) => fault === name).map((rule) => new FaultDice(rule, seed));
    this.#jumps = diceOf("counter-jump");
    this.#repeats = diceOf("counter-repeat");
  }

  override take(): number {
    if (this.#jumps.some((dice) => dice.happens())) this.advanceTo(this.next + jump);
    const isRepeated = this.#repeats.some((dice) => dice.happens());
    if (isRepeated && this.#last !== undefined) return this.#last;
    this.#last = super.take();
    return this.#last;
  }
}
