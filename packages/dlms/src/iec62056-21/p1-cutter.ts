const slash = 0x2f;
const exclamation = 0x21;
const lineFeed = 0x0a;

/** Takes what a cutter finds; it must not push. */
export interface P1CutterSink {
  /** One telegram from its slash to the end of its last line, bit 7 dropped; a view. */
  telegram(octets: Uint8Array): void;
  /** Something that began like a telegram was longer than allowed: it is dropped. */
  tooLong(octets: number): void;
}

/**
 * Cuts telegrams out of a stream, whatever way it is chunked, and looks no further: octets before
 * `/` are passed over, parity or a stop bit in bit 7 is dropped (R67). Holds at most `octetsMax`.
 */
export class P1Cutter {
  readonly #sink: P1CutterSink;
  readonly #octetsMax: number;
  #octets: Uint8Array = new Uint8Array(1024);
  #length = 0;
  /** Where the line begins that is being read. */
  #lineStart = 0;

  constructor(sink: P1CutterSink, octetsMax: number) {
    this.#sink = sink;
    this.#octetsMax = octetsMax;
  }

  /** Octets held back of a telegram that is not complete. */
  get pendingLength(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    for (const octet of chunk) this.#take(octet & 0x7f);
  }

  reset(): void {
    this.#length = 0;
    this.#lineStart = 0;
  }

  #take(octet: number): void {
    // A slash at the beginning of a line begins a telegram, also within one that was cut off.
    if (octet === slash && this.#length === this.#lineStart) this.reset();
    else if (this.#length === 0) return;
    if (this.#length >= this.#octetsMax) {
      const { pendingLength } = this;
      this.reset();
      this.#sink.tooLong(pendingLength);
      return;
    }
    if (this.#length === this.#octets.length) this.#grow();
    this.#octets[this.#length++] = octet;
    if (octet !== lineFeed) return;
    const last = this.#octets[this.#lineStart] === exclamation;
    this.#lineStart = this.#length;
    if (!last) return;
    const telegram = this.#octets.subarray(0, this.#length);
    this.reset();
    this.#sink.telegram(telegram);
  }

  #grow(): void {
    const grown = new Uint8Array(Math.min(this.#octets.length * 2, this.#octetsMax));
    grown.set(this.#octets);
    this.#octets = grown;
  }
}
