import { noOctets } from "../octets.ts";

/** Above this many octets the buffer is given back once its unit is delivered. */
const keptOctetsMax = 4096;

/**
 * Receive side of a link: V(R), modulo 8, and the segments collected of a unit. A unit of one
 * segment passes without a copy.
 */
export class UnitReceiver {
  readonly #octetsMax: number;
  #sequence = 0;
  #buffer: Uint8Array = noOctets;
  #length = 0;
  #collecting = false;

  /** `octetsMax`: a unit of more octets overflows. */
  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** V(R): N(S) of the next frame in order. */
  get sequence(): number {
    return this.#sequence;
  }

  /** True in the midst of a segmented unit. */
  get collecting(): boolean {
    return this.#collecting;
  }

  reset(): void {
    this.#sequence = 0;
    this.drop();
  }

  /** Forgets the segments collected. */
  drop(): void {
    this.#collecting = false;
    this.#length = 0;
    if (this.#buffer.length > keptOctetsMax) this.#buffer = noOctets;
  }

  /** A frame came in order. */
  advance(): void {
    this.#sequence = (this.#sequence + 1) & 7;
  }

  /** Adds a segment; false when the unit becomes too long (nothing is kept then). */
  append(information: Uint8Array): boolean {
    const length = this.#length + information.length;
    if (length > this.#octetsMax) {
      this.drop();
      return false;
    }
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(
        Math.min(this.#octetsMax, Math.max(length, this.#buffer.length * 2)),
      );
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(information, this.#length);
    this.#length = length;
    this.#collecting = true;
    return true;
  }

  /** The unit collected; a view that stays valid until the next `append`. Collecting ends. */
  take(): Uint8Array {
    const unit = this.#buffer.subarray(0, this.#length);
    this.drop();
    return unit;
  }
}
