/** Octets with a meaning somewhere: lengths in long form, tags, flags, edges of numbers. */
const telling = Uint8Array.of(
  0x00,
  0x01,
  0x02,
  0x03,
  0x05,
  0x06,
  0x09,
  0x0a,
  0x10,
  0x12,
  0x13,
  0x16,
  0x7e,
  0x7f,
  0x80,
  0x81,
  0x82,
  0x83,
  0x84,
  0x88,
  0xa0,
  0xc0,
  0xc1,
  0xc4,
  0xdb,
  0xe6,
  0xfe,
  0xff,
);

/** Longest input, in octets. */
export const inputOctetsMax = 4096;

/** Makes inputs out of a corpus, the same ones for the same seed. */
export class Mutator {
  #state: number;
  readonly #octets: Uint8Array = new Uint8Array(inputOctetsMax);
  #length = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A number 0 <= n < below. */
  below(below: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % below;
  }

  /** A mutant of one of `corpus`, now and then noise; a view that the next call overwrites. */
  mutate(corpus: readonly Uint8Array[]): Uint8Array {
    if (corpus.length === 0 || this.below(64) === 0) this.#noise();
    else this.#copy(corpus[this.below(corpus.length)]!);
    for (let left = 1 + this.below(4); left > 0; left--) this.#change(corpus);
    return this.#octets.subarray(0, this.#length);
  }

  #noise(): void {
    this.#length = this.below(64);
    for (let at = 0; at < this.#length; at++) this.#octets[at] = this.below(256);
  }

  #copy(octets: Uint8Array): void {
    this.#length = Math.min(octets.length, inputOctetsMax);
    this.#octets.set(octets.subarray(0, this.#length));
  }

  #change(corpus: readonly Uint8Array[]): void {
    const at = this.#length === 0 ? 0 : this.below(this.#length);
    const octets = this.#octets;
    switch (this.#length === 0 ? 6 : this.below(12)) {
      case 0:
      case 1:
        octets[at]! ^= 1 << this.below(8);
        return;
      case 2:
        octets[at] = this.below(256);
        return;
      case 3:
      case 4:
        octets[at] = telling[this.below(telling.length)]!;
        return;
      case 5:
        octets[at] = octets[at]! + this.below(5) - 2;
        return;
      case 6:
      case 7:
        this.#insert(at);
        return;
      case 8:
        this.#remove(at);
        return;
      case 9:
        this.#length = at;
        return;
      case 10:
        this.#repeat(at);
        return;
      default:
        this.#splice(at, corpus);
    }
  }

  #insert(at: number): void {
    const count = Math.min(1 + this.below(4), inputOctetsMax - this.#length);
    this.#octets.copyWithin(at + count, at, this.#length);
    for (let index = at; index < at + count; index++) {
      this.#octets[index] =
        this.below(2) === 0 ? telling[this.below(telling.length)]! : this.below(256);
    }
    this.#length += count;
  }

  #remove(at: number): void {
    const count = Math.min(1 + this.below(8), this.#length - at);
    this.#octets.copyWithin(at, at + count, this.#length);
    this.#length -= count;
  }

  #repeat(at: number): void {
    const count = Math.min(1 + this.below(64), this.#length - at, inputOctetsMax - this.#length);
    this.#octets.copyWithin(at + count, at, this.#length);
    this.#length += count;
  }

  #splice(at: number, corpus: readonly Uint8Array[]): void {
    if (corpus.length === 0) return;
    const other = corpus[this.below(corpus.length)]!;
    const from = other.length === 0 ? 0 : this.below(other.length);
    const taken = other.subarray(from, from + inputOctetsMax - at);
    this.#octets.set(taken, at);
    this.#length = at + taken.length;
  }
}
