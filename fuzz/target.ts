/** What is fuzzed: something that takes octets of a stranger. */
export interface FuzzTarget {
  /** `layer` or `layer/part`; `--target` takes a beginning of it. */
  readonly name: string;
  /** Valid and nearly valid inputs that mutation starts from. */
  readonly corpus: readonly Uint8Array[];
  /**
   * "typed": a `DlmsError` is a proper answer. "never": a machine's boundary, nothing may come
   * through it.
   */
  readonly throws: "typed" | "never";
  /**
   * Gives the input to the code. The octets are valid until it returns, or its promise settles, and
   * change afterwards: what keeps a view is found out. Returns a short name of what happened; an
   * input with a new name joins the corpus. Throws `Finding` where an invariant is broken.
   */
  readonly run: (input: Uint8Array) => string | Promise<string>;
}

/** An invariant is broken, although nothing threw. */
export class Finding extends Error {
  override readonly name = "Finding";
}

export function demand(condition: boolean, invariant: string): void {
  if (!condition) throw new Finding(invariant);
}

/** Reads an input as a program for a machine: octets of operation, numbers and strings. */
export class Steps {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get done(): boolean {
    return this.#at >= this.#octets.length;
  }

  /** The next octet, 0 behind the end. */
  next(): number {
    return this.#octets[this.#at++] ?? 0;
  }

  /** At most so many octets. */
  take(count: number): Uint8Array {
    const start = Math.min(this.#at, this.#octets.length);
    this.#at = Math.min(start + count, this.#octets.length);
    return this.#octets.subarray(start, this.#at);
  }

  /** A string behind its own length octet. */
  string(): Uint8Array {
    return this.take(this.next());
  }

  rest(): Uint8Array {
    return this.take(this.#octets.length);
  }
}

/** Strings behind their length octets, as `Steps.string` reads them; longer ones are cut. */
export function program(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      const octets = part.subarray(0, 255);
      return [octets.length, ...octets];
    }),
  );
}
