import {
  mbusChecksum,
  mbusFrameOctetsMax,
  mbusOverheadOctets,
  mbusStart,
  mbusStop,
} from "./frame.ts";

/** Takes what a deframer finds. Views are valid during the call only. */
export interface MbusSink {
  /** One whole long frame; length, checksum and stop are right. */
  frame(octets: Uint8Array): void;
  /** Octets that are no long frame. A run may be told in several calls. */
  discarded(octets: Uint8Array): void;
}

/**
 * Cuts wired M-Bus long frames out of an octet stream by their length field (16 occurs inside),
 * whatever way the stream is chunked. What begins like a frame and is none is passed over to the
 * next 68 inside it. Retains at most `mbusFrameOctetsMax` octets, never throws on account of the
 * octets. Not reentrant: a sink must not push.
 */
export class MbusDeframer {
  readonly #pending: Uint8Array = new Uint8Array(mbusFrameOctetsMax);
  #pendingLength = 0;

  /** Octets held back of a frame that is not complete. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  push(chunk: Uint8Array, sink: MbusSink): void {
    let at = 0;
    while (this.#pendingLength > 0 && at < chunk.length) {
      const missing = neededOctets(this.#pending, 0, this.#pendingLength) - this.#pendingLength;
      const count = Math.min(missing, chunk.length - at);
      this.#hold(chunk, at, at + count);
      at += count;
      this.#shift(scan(this.#pending, 0, this.#pendingLength, sink));
    }
    if (at < chunk.length) this.#hold(chunk, scan(chunk, at, chunk.length, sink), chunk.length);
  }

  /**
   * The line has been silent: frames complete inside what is held are delivered, the rest is not.
   */
  flush(sink: MbusSink): void {
    while (this.#pendingLength > 0) {
      const next = passOver(this.#pending, 0, this.#pendingLength, sink);
      this.#shift(scan(this.#pending, next, this.#pendingLength, sink));
    }
  }

  /** Forgets what is held back. */
  reset(): void {
    this.#pendingLength = 0;
  }

  #hold(octets: Uint8Array, start: number, end: number): void {
    this.#pending.set(octets.subarray(start, end), this.#pendingLength);
    this.#pendingLength += end - start;
  }

  #shift(start: number): void {
    this.#pending.copyWithin(0, start, this.#pendingLength);
    this.#pendingLength -= start;
  }
}

/** Delivers and discards; returns where the candidate starts that must wait for more. */
function scan(octets: Uint8Array, start: number, stop: number, sink: MbusSink): number {
  let at = start;
  while (at < stop) {
    if (!isBeginning(octets, at, stop)) {
      at = passOver(octets, at, stop, sink);
      continue;
    }
    const needed = neededOctets(octets, at, stop);
    if (needed > stop - at) return at;
    const end = at + needed;
    if (octets[end - 1] !== mbusStop || mbusChecksum(octets, at + 4, end - 2) !== octets[end - 2]) {
      at = passOver(octets, at, stop, sink);
      continue;
    }
    sink.frame(octets.subarray(at, end));
    at = end;
  }
  return at;
}

/** False when the octets there are cannot begin a long frame. */
function isBeginning(octets: Uint8Array, at: number, stop: number): boolean {
  if (octets[at] !== mbusStart) return false;
  if (at + 1 < stop && octets[at + 1]! < 3) return false;
  if (at + 2 < stop && octets[at + 2] !== octets[at + 1]) return false;
  return at + 3 >= stop || octets[at + 3] === mbusStart;
}

/** Octets a candidate needs before more can be said of it. */
function neededOctets(octets: Uint8Array, at: number, stop: number): number {
  return stop - at < 4 ? stop - at + 1 : octets[at + 1]! + mbusOverheadOctets;
}

/** Discards up to the next 68 behind `start`; returns where that is. */
function passOver(octets: Uint8Array, start: number, stop: number, sink: MbusSink): number {
  let end = start + 1;
  while (end < stop && octets[end] !== mbusStart) end++;
  sink.discarded(octets.subarray(start, end));
  return end;
}
