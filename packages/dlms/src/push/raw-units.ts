import { apduExtent } from "./apdu-extent.ts";
import type { UnitSink } from "./hdlc-units.ts";

/**
 * The APDUs in a stream without frames: each tells its own length. What begins none is passed over
 * up to the next silence. Holds at most `octetsMax`; a longer APDU is lost.
 */
export class RawUnits {
  readonly #octetsMax: number;
  readonly #sink: UnitSink;
  #held: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** What came since the last silence is no APDU: pass over the rest. */
  #lost = false;

  constructor(octetsMax: number, sink: UnitSink) {
    this.#octetsMax = octetsMax;
    this.#sink = sink;
  }

  get pendingOctets(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (this.#lost) {
      this.#sink.discarded(chunk.length);
      return;
    }
    if (this.#length === 0) {
      this.#hold(chunk.subarray(this.#take(chunk, chunk.length)));
      return;
    }
    this.#hold(chunk);
    const rest = this.#take(this.#held, this.#length);
    this.#held.copyWithin(0, rest, this.#length);
    this.#length -= rest;
  }

  /** Silence: what is held is one APDU, whole or not. */
  gap(): void {
    const held = this.#held.subarray(0, this.#length);
    this.#length = 0;
    this.#lost = false;
    if (held.length > 0) this.#sink.unit(held, { framing: "apdu" });
  }

  expire(): void {
    this.gap();
  }

  /** Hands on what is whole; returns where the rest begins. */
  #take(octets: Uint8Array, end: number): number {
    let at = 0;
    while (at < end) {
      const extent = apduExtent(octets, at, end);
      if (extent === "short" || extent === "unbounded") return at;
      if (extent === "unknown") {
        this.#give(end - at);
        return end;
      }
      this.#sink.unit(octets.subarray(at, extent), { framing: "apdu" });
      at = extent;
    }
    return at;
  }

  #give(octets: number): void {
    this.#lost = true;
    this.#sink.discarded(octets);
  }

  #hold(octets: Uint8Array): void {
    if (octets.length === 0 || this.#lost) return;
    const length = this.#length + octets.length;
    if (length > this.#octetsMax) {
      this.#give(length);
      this.#length = 0;
      this.#sink.spoiled();
      return;
    }
    if (length > this.#held.length) {
      const grown = new Uint8Array(Math.min(this.#octetsMax, Math.max(length, 2 * this.#length)));
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(octets, this.#length);
    this.#length = length;
  }
}
