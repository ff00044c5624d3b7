import { inputOctetsMax } from "./mutator.ts";

const headOctets = 8;

/**
 * Memory that the worker writes each input on before it is run, and the watcher reads when the
 * worker is stuck or gone: which input it was.
 */
export class Blackboard {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #octets: Uint8Array;

  constructor(memory = new SharedArrayBuffer(headOctets * 2 + inputOctetsMax)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory, 0, 3);
    this.#octets = new Uint8Array(memory, headOctets * 2);
  }

  write(target: number, input: Uint8Array): void {
    this.#numbers[1] = input.length;
    this.#numbers[2] = target;
    this.#octets.set(input);
    this.#numbers[0]!++;
  }

  /** Inputs so far; wraps. */
  get count(): number {
    return Atomics.load(this.#numbers, 0);
  }

  get target(): number {
    return this.#numbers[2]!;
  }

  get input(): Uint8Array {
    return this.#octets.slice(0, this.#numbers[1]);
  }
}
