import { DecodeError, DlmsError } from "@lectura/dlms/octets";
import { Mutator } from "./mutator.ts";
import { Finding, type FuzzTarget } from "./target.ts";

/** An input that must not do what it did. */
export interface Failure {
  readonly target: string;
  /** What it was, without numbers: failures of the same kind are told once. */
  readonly kind: string;
  readonly text: string;
  readonly input: Uint8Array;
}

/** Inputs that a target's corpus grows to; beyond, a new one takes the place of an old one. */
const corpusMax = 4096;
/** Behaviours that are remembered; a target that tells more tells too much. */
const behavioursMax = 20_000;
/** One input takes this long at most, in milliseconds; the best of three counts. */
const slowMs = 250;
/** The same for whole dialogues, whose time is not measured again. */
const slowAsyncMs = 5000;

/** Runs one target: keeps its growing corpus and what it has met. */
export class TargetRunner {
  readonly target: FuzzTarget;
  readonly behaviours: Set<string> = new Set();
  readonly failures: Map<string, Failure> = new Map();
  inputs = 0;
  readonly #corpus: Uint8Array[];
  readonly #mutator: Mutator;

  constructor(target: FuzzTarget, seed: number) {
    this.target = target;
    this.#corpus = [...target.corpus];
    this.#mutator = new Mutator(seed);
  }

  /** Gives every input of the corpus once, while there is time: what it shows is no news then. */
  async begin(forMs: number = Infinity): Promise<void> {
    const endMs = performance.now() + forMs;
    for (const input of this.target.corpus) {
      await this.run(input.slice());
      if (performance.now() > endMs) return;
    }
  }

  /** Makes the next input; a view valid until the next call. */
  next(): Uint8Array {
    return this.#mutator.mutate(this.#corpus);
  }

  /** A promise only where the target makes one: most do not, and run in a loop without pauses. */
  run(input: Uint8Array): Promise<void> | undefined {
    this.inputs++;
    const startedMs = performance.now();
    const behaviour = this.#behaviour(input);
    if (behaviour instanceof Promise) return this.#ended(input, behaviour, startedMs);
    if (performance.now() - startedMs > slowMs) this.#timeAgain(input);
    this.#note(input, behaviour);
    return undefined;
  }

  async #ended(input: Uint8Array, promise: Promise<string>, startedMs: number): Promise<void> {
    let behaviour: string | undefined;
    try {
      behaviour = await promise;
    } catch (error) {
      behaviour = this.#answer(input, error);
    }
    const tookMs = performance.now() - startedMs;
    if (tookMs > slowAsyncMs) this.#fail(input, new Finding(`takes ${Math.round(tookMs)} ms`));
    this.#note(input, behaviour);
  }

  #note(input: Uint8Array, behaviour: string | undefined): void {
    if (behaviour === undefined || this.behaviours.has(behaviour)) return;
    if (this.behaviours.size >= behavioursMax) return;
    this.behaviours.add(behaviour);
    if (this.#corpus.length < corpusMax) this.#corpus.push(input.slice());
    else this.#corpus[this.#mutator.below(corpusMax)] = input.slice();
  }

  #behaviour(input: Uint8Array): string | Promise<string> | undefined {
    try {
      return this.target.run(input);
    } catch (error) {
      return this.#answer(input, error);
    }
  }

  /** What an error is: an answer of a typed target, or a failure. */
  #answer(input: Uint8Array, error: unknown): string | undefined {
    if (this.target.throws === "typed" && error instanceof DlmsError) {
      return error instanceof DecodeError ? `${error.code} ${error.field}` : error.code;
    }
    this.#fail(input, error);
    return undefined;
  }

  /** A machine that others share has pauses; a slow input is slow every time. */
  #timeAgain(input: Uint8Array): void {
    let best = Infinity;
    for (let round = 0; round < 3; round++) {
      const startedMs = performance.now();
      void this.#behaviour(input);
      best = Math.min(best, performance.now() - startedMs);
    }
    if (best > slowMs) this.#fail(input, new Finding(`takes ${Math.round(best)} ms`));
  }

  #fail(input: Uint8Array, error: unknown): void {
    const thrown = error instanceof Error ? error : new Error(String(error));
    const kind = `${thrown.name}: ${thrown.message}`.replaceAll(/[0-9a-f]*\d[0-9a-f]*/g, "N");
    if (this.failures.has(kind)) return;
    const text = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
    this.failures.set(kind, { target: this.target.name, kind, text, input: input.slice() });
  }
}
