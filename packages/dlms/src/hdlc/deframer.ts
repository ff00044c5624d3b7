import { frameOctetsMax } from "../limits.ts";
import { noOctets } from "../octets.ts";
import {
  flag,
  type FrameProblem,
  frameProblem,
  headerOctetsMax,
  judgeBeginning,
  locateControl,
} from "./frame.ts";

/** Takes what a deframer finds. Views are valid during the call only. */
export interface DeframerSink {
  /** Octets between two flags; format, length and check sequences are right. */
  frame(octets: Uint8Array): void;
  /** Octets that are no frame. A run may be told in several calls. */
  discarded(octets: Uint8Array, reason: DiscardReason): void;
}

/** "noise" stood outside a frame; the rest began like a frame and was none. */
export type DiscardReason = "noise" | FrameProblem;

/** Octets a deframer retains at most: a frame with its closing flag. */
export const deframerOctetsMax: number = frameOctetsMax + 1;

/**
 * Cuts HDLC frames out of an octet stream by their length field, whatever way the stream is
 * chunked. One flag may close a frame and open the next, further flags are fill. What does not hold
 * (format, HCS as soon as it is there, closing flag, FCS) is passed over up to the next flag inside
 * it, so that a truncated frame never takes a good one with it.
 *
 * Retains at most `deframerOctetsMax` octets. A frame that is complete inside a chunk is not copied.
 * Never throws on account of the octets. Not reentrant: a sink must not push.
 */
export class HdlcDeframer {
  #pending: Uint8Array = noOctets;
  /** Octets held, from behind the opening flag on. */
  #pendingLength = 0;
  /** Octets the held candidate needs before anything new can be said of it. */
  #needed = 0;
  /** True when the last octet before the next one was a flag. */
  #open = false;

  /** Octets held back of a frame that is not complete. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** True between frames: nothing is held back. */
  get idle(): boolean {
    return this.#pendingLength === 0;
  }

  push(chunk: Uint8Array, sink: DeframerSink): void {
    let at = 0;
    while (this.#pendingLength > 0 && at < chunk.length) {
      const count = Math.min(this.#needed - this.#pendingLength, chunk.length - at);
      this.#hold(chunk, at, at + count);
      at += count;
      if (this.#pendingLength >= this.#needed) this.#scanPending(sink);
    }
    if (at < chunk.length) {
      const rest = this.#scan(chunk, at, chunk.length, sink);
      this.#hold(chunk, rest, chunk.length);
    }
  }

  /** One whole frame with both flags has passed by, which somebody else has taken. */
  skipWhole(): void {
    this.#open = true;
  }

  /**
   * The line has been silent or has ended: what is held back is no beginning of a frame. Frames
   * that stand complete inside it are delivered, the rest is discarded.
   */
  flush(sink: DeframerSink): void {
    while (this.#pendingLength > 0) {
      const start = this.#giveUp(this.#pending, 0, this.#pendingLength, "length", sink);
      this.#shift(start);
      if (this.#pendingLength > 0) this.#scanPending(sink);
    }
  }

  /** Forgets what is held back. */
  reset(): void {
    this.#pendingLength = 0;
    this.#open = false;
  }

  #scanPending(sink: DeframerSink): void {
    this.#shift(this.#scan(this.#pending, 0, this.#pendingLength, sink));
  }

  /** Delivers and discards; returns where the candidate starts that must wait for more. */
  #scan(octets: Uint8Array, start: number, stop: number, sink: DeframerSink): number {
    let at = start;
    while (at < stop) {
      if (!this.#open) {
        at = this.#giveUp(octets, at, stop, "noise", sink);
      } else if (octets[at] === flag) {
        at++;
      } else {
        this.#needed = neededOctets(octets, at, stop);
        const end = at + this.#needed - 1;
        const verdict = end < stop ? 0 : judgeBeginning(octets, at, stop);
        if (verdict < 0) {
          at = this.#giveUp(octets, at, stop, frameProblem(verdict), sink);
          continue;
        }
        if (end >= stop) return at;
        at = this.#finish(octets, at, end, stop, sink);
      }
    }
    return at;
  }

  /** All octets up to the closing flag, at `end`, are there. Returns where to go on. */
  #finish(
    octets: Uint8Array,
    start: number,
    end: number,
    stop: number,
    sink: DeframerSink,
  ): number {
    const control = locateControl(octets, start, end);
    if (control >= 0 && octets[end] === flag) {
      sink.frame(octets.subarray(start, end));
      return end + 1;
    }
    const problem = control < 0 ? frameProblem(control) : "length";
    return this.#giveUp(octets, start, stop, problem, sink);
  }

  /** Discards up to the next flag, which opens the next candidate; returns where that starts. */
  #giveUp(
    octets: Uint8Array,
    start: number,
    stop: number,
    reason: DiscardReason,
    sink: DeframerSink,
  ): number {
    let end = start;
    while (end < stop && octets[end] !== flag) end++;
    this.#open = end < stop;
    if (end > start) sink.discarded(octets.subarray(start, end), reason);
    return this.#open ? end + 1 : end;
  }

  #hold(octets: Uint8Array, start: number, end: number): void {
    const length = this.#pendingLength + end - start;
    if (length > this.#pending.length) {
      const grown = new Uint8Array(Math.min(deframerOctetsMax, Math.max(length * 2, 64)));
      grown.set(this.#pending.subarray(0, this.#pendingLength));
      this.#pending = grown;
    }
    for (let at = start, to = this.#pendingLength; at < end; at++, to++) {
      this.#pending[to] = octets[at]!;
    }
    this.#pendingLength = length;
  }

  #shift(start: number): void {
    this.#pending.copyWithin(0, start, this.#pendingLength);
    this.#pendingLength -= start;
  }
}

/** Octets, closing flag included, a candidate needs before more can be said of it. */
function neededOctets(octets: Uint8Array, at: number, stop: number): number {
  const present = stop - at;
  if (present < 2) return 2;
  const whole = (((octets[at]! & 7) << 8) | octets[at + 1]!) + 1;
  return present < headerOctetsMax && whole > headerOctetsMax ? headerOctetsMax : whole;
}
