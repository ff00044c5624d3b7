import { apduOctetsMax } from "../limits.ts";
import { concatOctets } from "../octets.ts";
import { detectFraming } from "./detect.ts";
import { HdlcUnits, type UnitSink } from "./hdlc-units.ts";
import { MbusUnits } from "./mbus-units.ts";
import { beginsTelegram, P1Units } from "./p1-units.ts";
import type { PushFraming } from "./push-origin.ts";
import { RawUnits } from "./raw-units.ts";
import { WrapperUnits } from "./wrapper-units.ts";

/** What a stream takes for granted, and its limit. */
export interface PushStreamOptions {
  /** Absent: told from the first octets, again after each `expire`. */
  readonly framing?: PushFraming;
  /** Octets of one unit, its segments joined; a longer one is lost. Default 65535. */
  readonly unitOctetsMax?: number;
}

/** Takes what a stream finds. Views are valid during the call only. */
export interface PushStreamSink extends UnitSink {
  /** Octets that begin nothing known, told when the stream falls silent: text, or an alarm. */
  unknown(octets: Uint8Array): void;
}

/** Octets of nothing known that are kept: an alarm or the first line of a text. */
const unknownOctetsMax = 256;

interface Units {
  readonly pendingOctets: number;
  push(chunk: Uint8Array): void;
  gap(): void;
  expire(): void;
}

/**
 * The APDUs in what one meter sends unasked, whatever stands around them and whatever way the
 * stream is chunked. Holds at most one frame and one unit. Never throws on account of the octets.
 * Not reentrant: a sink must not push.
 */
export class PushStream {
  readonly #options: PushStreamOptions;
  readonly #sink: PushStreamSink;
  #units: Units | undefined;
  #framing: PushFraming | undefined;
  /** Octets of which nothing is known yet. */
  #unknown: Uint8Array = new Uint8Array(0);

  constructor(sink: PushStreamSink, options: PushStreamOptions = {}) {
    this.#sink = sink;
    this.#options = options;
    if (options.framing !== undefined) this.#choose(options.framing);
  }

  /** Told or detected; undefined as long as nothing known has come. */
  get framing(): PushFraming | undefined {
    return this.#framing;
  }

  /** Octets held back. */
  get pendingOctets(): number {
    return this.#unknown.length + (this.#units?.pendingOctets ?? 0);
  }

  /** Frames so far, where the framing has any. */
  get frames(): number {
    return this.#units instanceof HdlcUnits || this.#units instanceof MbusUnits
      ? this.#units.frames
      : 0;
  }

  push(chunk: Uint8Array): void {
    if (this.#units !== undefined) {
      this.#units.push(chunk);
      return;
    }
    const octets = this.#unknown.length > 0 ? concatOctets([this.#unknown, chunk]) : chunk;
    for (let at = 0; at < octets.length; at++) {
      const found = beginsTelegram(octets, at) ? "p1" : detectFraming(octets, at, octets.length);
      // A tag or a version is believed at the beginning and behind a text alone, a frame anywhere.
      const framed = found === "hdlc" || found === "mbus" || found === "p1";
      const begins = at === 0 || isBehindText(octets, at);
      if (found === undefined || found === "short" || !(framed || begins)) continue;
      if (at > 0) this.#sink.discarded(at);
      this.#unknown = new Uint8Array(0);
      this.#choose(found).push(octets.subarray(at));
      return;
    }
    const over = Math.max(0, octets.length - unknownOctetsMax);
    if (over > 0) this.#sink.discarded(over);
    this.#unknown = octets.slice(over);
  }

  /** Pause between octets, or the end of a datagram: no frame goes on behind this; a unit may. */
  gap(): void {
    this.#units?.gap();
    this.#tellUnknown();
  }

  /** End of the stream, or of the time a whole message may take: nothing goes on behind this. */
  expire(): void {
    this.#units?.expire();
    this.#tellUnknown();
    if (this.#options.framing !== undefined) return;
    this.#units = undefined;
    this.#framing = undefined;
  }

  #tellUnknown(): void {
    const octets = this.#unknown;
    this.#unknown = new Uint8Array(0);
    if (octets.length > 0) this.#sink.unknown(octets);
  }

  #choose(framing: PushFraming): Units {
    this.#framing = framing;
    this.#units = unitsOf(framing, this.#options.unitOctetsMax ?? apduOctetsMax, this.#sink);
    return this.#units;
  }
}

/**
 * Some meters put the first line of a P1 telegram before a ciphered APDU (R17): `/... CR LF`, with or
 * without an empty line behind it. No tag of a pushed APDU is a character of a text.
 */
function isBehindText(octets: Uint8Array, at: number): boolean {
  return octets[0] === 0x2f && octets[at - 2] === 0x0d && octets[at - 1] === 0x0a;
}

function unitsOf(framing: PushFraming, octetsMax: number, sink: UnitSink): Units {
  switch (framing) {
    case "hdlc":
      return new HdlcUnits(octetsMax, sink);
    case "mbus":
      return new MbusUnits(octetsMax, sink);
    case "wrapper":
      return new WrapperUnits(octetsMax, sink);
    case "apdu":
      return new RawUnits(octetsMax, sink);
    case "p1":
      return new P1Units(octetsMax, sink);
  }
}
