import { apduOctetsMax } from "../limits.ts";
import { wrapperHeaderOctets } from "./header.ts";

/** Takes what a deframer finds. Views are valid during the call only. */
export interface WrapperSink {
  /** One APDU with its wPorts; `unit` is the same with its header. */
  apdu(source: number, destination: number, apdu: Uint8Array, unit: Uint8Array): void;
  /** Octets passed over. A run may be told in several calls. */
  discarded(octets: Uint8Array, reason: WrapperDiscardReason): void;
}

/** "version": no header of version 1; "length": an empty APDU, or one longer than the limit. */
export type WrapperDiscardReason = "version" | "length";

/**
 * Cuts wrapper units out of an octet stream, whatever way the stream is chunked. Octets that are no
 * header are passed over to the next `00 01`; a unit beyond the limit is passed over without being
 * kept. Retains at most a header and `octetsMax` octets, and never more than have come.
 * A unit that is complete inside a chunk is not copied. Not reentrant: a sink must not push.
 */
export class WrapperDeframer {
  readonly #octetsMax: number;
  #pending: Uint8Array = new Uint8Array(0);
  #pendingLength = 0;
  /** Octets of a unit beyond the limit still to pass over. */
  #skip = 0;

  /** `octetsMax`: the longest APDU taken. */
  constructor(octetsMax: number = apduOctetsMax) {
    this.#octetsMax = octetsMax;
  }

  /** Octets held back of a unit that is not complete. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** True between units: nothing is held back. */
  get idle(): boolean {
    return this.#pendingLength === 0 && this.#skip === 0;
  }

  push(chunk: Uint8Array, sink: WrapperSink): void {
    let at = 0;
    while (at < chunk.length && (this.#pendingLength > 0 || this.#skip > 0)) {
      at = this.#pass(chunk, at, sink);
      if (this.#pendingLength === 0) continue;
      const count = Math.min(this.#missing(), chunk.length - at);
      this.#hold(chunk, at, at + count);
      at += count;
      const rest = this.#scan(this.#pending, 0, this.#pendingLength, sink);
      this.#pending.copyWithin(0, rest, this.#pendingLength);
      this.#pendingLength -= rest;
    }
    if (at === chunk.length) return;
    const rest = this.#scan(chunk, at, chunk.length, sink);
    this.#hold(chunk, rest, chunk.length);
  }

  /** Forgets what is held back. */
  reset(): void {
    this.#pendingLength = 0;
    this.#skip = 0;
  }

  /** Octets until the held unit can be judged or delivered. */
  #missing(): number {
    const octets = this.#pending;
    if (this.#pendingLength < wrapperHeaderOctets) {
      return wrapperHeaderOctets - this.#pendingLength;
    }
    return wrapperHeaderOctets + ((octets[6]! << 8) | octets[7]!) - this.#pendingLength;
  }

  /** Delivers and discards; returns where the unit starts that must wait for more. */
  #scan(octets: Uint8Array, start: number, stop: number, sink: WrapperSink): number {
    let at = start;
    while (at < stop) {
      const header = this.#findHeader(octets, at, stop);
      if (header > at) sink.discarded(octets.subarray(at, header), "version");
      at = header;
      if (stop - at < wrapperHeaderOctets) return at;
      const apdu = at + wrapperHeaderOctets;
      const length = (octets[at + 6]! << 8) | octets[at + 7]!;
      if (length === 0 || length > this.#octetsMax) {
        sink.discarded(octets.subarray(at, apdu), "length");
        this.#skip = length;
        at = this.#pass(octets, apdu, sink, stop);
        continue;
      }
      const end = apdu + length;
      if (end > stop) return at;
      const source = (octets[at + 2]! << 8) | octets[at + 3]!;
      const destination = (octets[at + 4]! << 8) | octets[at + 5]!;
      sink.apdu(source, destination, octets.subarray(apdu, end), octets.subarray(at, end));
      at = end;
    }
    return at;
  }

  /** First place that is, or may become, a header of version 1. */
  #findHeader(octets: Uint8Array, start: number, stop: number): number {
    let at = start;
    while (at < stop && !(octets[at] === 0 && (at + 1 === stop || octets[at + 1] === 1))) at++;
    return at;
  }

  /** Passes over what is left of a unit beyond the limit; returns where to go on. */
  #pass(
    octets: Uint8Array,
    start: number,
    sink: WrapperSink,
    stop: number = octets.length,
  ): number {
    const end = Math.min(start + this.#skip, stop);
    if (end > start) sink.discarded(octets.subarray(start, end), "length");
    this.#skip -= end - start;
    return end;
  }

  #hold(octets: Uint8Array, start: number, end: number): void {
    const length = this.#pendingLength + end - start;
    if (length > this.#pending.length) {
      const grown = new Uint8Array(Math.max(length, Math.min(length * 2, this.#octetsMax + 8)));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    this.#pending.set(octets.subarray(start, end), this.#pendingLength);
    this.#pendingLength = length;
  }
}
