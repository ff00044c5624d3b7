/** A line, or a meter behind it, with faults: what the meters send is spoiled now and then. */
import type { Clock, Port, PortReceiver } from "@lectura/dlms-node";
import { mix } from "../consumption/noise.ts";
import { ConverterPort } from "../lines/converter-port.ts";
import type { Converter, ConverterOptions } from "../lines/converter.ts";
import { FaultDice, type FaultRule } from "./fault-rule.ts";
import { type SentUnit, sentUnit } from "./sent-unit.ts";
import { canSpoil, isSpoiling, spoil } from "./spoil-unit.ts";

const delayMsDefault = 500;
const seedChannel = 150;
/** Units that wait behind a delayed one; one more closes the line, as a buffer that overruns. */
const heldUnitsMax = 256;

interface Fault {
  readonly rule: FaultRule;
  readonly dice: FaultDice;
}

/** Counts go over all connections of the line. */
export function faultyLine(rules: readonly FaultRule[], options: ConverterOptions): Converter {
  const faults = rules.map((rule) => ({ rule, dice: new FaultDice(rule, options.seed) }));
  let units = 0;
  return (port) =>
    new FaultyPort(port, faults, options.clock, () => mix(options.seed, seedChannel, units++));
}

class FaultyPort extends ConverterPort {
  readonly #faults: readonly Fault[];
  readonly #clock: Clock;
  readonly #seed: () => number;
  /** Units behind a delay; undefined while there is none. */
  #held: Uint8Array[] | undefined;
  #timer: Disposable | undefined;
  #ended = false;

  constructor(line: Port, faults: readonly Fault[], clock: Clock, seed: () => number) {
    super(line);
    this.#faults = faults;
    this.#clock = clock;
    this.#seed = seed;
  }

  override send(octets: Uint8Array): void {
    if (this.#ended) return;
    const unit = sentUnit(octets);
    const rule = unit === undefined ? undefined : this.#drawn(unit);
    if (unit === undefined || rule === undefined) {
      this.#pass(octets);
      return;
    }
    const { fault } = rule;
    if (fault === "delay") this.#delay(octets, rule.delayMs ?? delayMsDefault);
    else if (fault === "hang-up" || fault === "hang-up-in-blocks") this.#hangUp();
    else if (isSpoiling(fault)) {
      for (const sent of spoil(fault, unit, this.#seed())) this.#pass(sent);
    } else this.#pass(octets);
  }

  override receive(octets: Uint8Array): void {
    const echoes = this.#faults.filter(({ rule }) => rule.fault === "echo");
    if (echoes.some(({ dice }) => dice.happens())) this.#pass(octets);
    super.receive(octets);
  }

  override closed(error: Parameters<PortReceiver["closed"]>[0]): void {
    this.#end();
    super.closed(error);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await super[Symbol.asyncDispose]();
  }

  /** All that could happen are counted; the first that does is the one. */
  #drawn(unit: SentUnit): FaultRule | undefined {
    let drawn: FaultRule | undefined;
    for (const { rule, dice } of this.#faults) {
      if (canSpoil(rule.fault, unit) && dice.happens()) drawn ??= rule;
    }
    return drawn;
  }

  #pass(octets: Uint8Array): void {
    if (this.#held === undefined) {
      this.line.send(octets);
    } else if (this.#held.length >= heldUnitsMax) {
      this.#hangUp();
    } else {
      this.#held.push(octets.slice());
    }
  }

  #delay(octets: Uint8Array, delayMs: number): void {
    if (this.#held !== undefined) {
      this.#pass(octets);
      return;
    }
    this.#held = [octets.slice()];
    this.#timer = this.#clock.timer(delayMs, () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const unit of held) this.line.send(unit);
    });
  }

  #hangUp(): void {
    this.#end();
    void this.line[Symbol.asyncDispose]();
  }

  #end(): void {
    this.#ended = true;
    this.#timer?.[Symbol.dispose]();
    this.#held = undefined;
  }
}
