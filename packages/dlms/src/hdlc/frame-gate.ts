import { type DeframerSink, type DiscardReason, HdlcDeframer } from "./deframer.ts";
import { fcsInitial, fcsNext, fcsResidue, fcsUpdate } from "./fcs.ts";
import { flag } from "./frame.ts";
import type { LinkCounts } from "./link-counts.ts";
import type { LinkOutput } from "./link-output.ts";

/** Takes the frames of one peer. */
export interface FrameGateSink {
  /** Information is `octets[start..end)`, valid during the call only; none when `start` is `end`. */
  frame(control: number, segmented: boolean, octets: Uint8Array, start: number, end: number): void;
}

/** Waits for the next octets of one frame: the longest frame at 300 Bd takes 70 s. */
const growingMax = 100;

/**
 * What a client lets in from the line: valid frames from its peer to itself. Echoes and the frames
 * of others are counted, text is told.
 */
export class FrameGate implements DeframerSink {
  /** Ours, the peer's, and ours again: destination and source of either direction. */
  readonly #addresses: Uint8Array;
  readonly #ownOctets: number;
  /** Index behind the control octet of what comes in. */
  readonly #header: number;
  readonly #counts: LinkCounts;
  readonly #output: LinkOutput;
  readonly #sink: FrameGateSink;
  /** Made for the first chunk that is not one whole frame. */
  #deframer: HdlcDeframer | undefined;
  /** Format field of the last frame of our peer, and the register behind its addresses. */
  #format = 0;
  #addressed = 0;
  /** Octets of the incomplete frame when it was last looked at, and how often it had grown. */
  #heldOctets = 0;
  #growths = 0;

  /** `addresses`: ours, the peer's, and ours again; kept, so do not write to them. */
  constructor(
    addresses: Uint8Array,
    ownOctets: number,
    counts: LinkCounts,
    output: LinkOutput,
    sink: FrameGateSink,
  ) {
    this.#addresses = addresses;
    this.#ownOctets = ownOctets;
    this.#header = 4 + addresses.length - ownOctets;
    this.#counts = counts;
    this.#output = output;
    this.#sink = sink;
  }

  receive(chunk: Uint8Array): void {
    const deframer = this.#deframer;
    // The whole chunk is one frame, as it nearly always is on TCP: no need to cut.
    if ((deframer === undefined || deframer.idle) && this.#isFromPeer(chunk)) {
      deframer?.skipWhole();
      this.#output.received?.(chunk);
      this.#pass(chunk, 1, chunk.length - 1);
    } else {
      this.#deframer ??= this.#makeDeframer();
      this.#deframer.push(chunk, this);
    }
  }

  /** True when an incomplete frame has grown since this was last asked: wait for its end. */
  isGrowing(): boolean {
    const held = this.#deframer?.pendingLength ?? 0;
    const growing = held > this.#heldOctets && this.#growths < growingMax;
    this.#heldOctets = growing ? held : 0;
    this.#growths = growing ? this.#growths + 1 : 0;
    return growing;
  }

  /** The line is silent: lets in what stands complete behind a truncated frame, drops the rest. */
  flush(): void {
    this.#deframer?.flush(this);
  }

  /** Forgets an incomplete frame. */
  reset(): void {
    this.#deframer ??= new HdlcDeframer();
    this.#deframer.reset();
  }

  /** A frame the deframer has cut; as `DeframerSink`. */
  frame(octets: Uint8Array): void {
    if (this.#output.received !== undefined) {
      const framed = new Uint8Array(octets.length + 2).fill(flag);
      framed.set(octets, 1);
      this.#output.received(framed);
    }
    this.#onValid(octets);
  }

  /** What the deframer has found to be no frame; as `DeframerSink`. */
  discarded(octets: Uint8Array, reason: DiscardReason): void {
    this.#counts.discardedOctets += octets.length;
    if (reason !== "noise") this.#counts.damagedFrames++;
    this.#output.text(octets);
  }

  /**
   * True when the chunk is one valid frame with information, from our peer to us. Anything else,
   * valid or not, is for the deframer.
   */
  #isFromPeer(chunk: Uint8Array): boolean {
    const end = chunk.length - 1;
    const header = this.#header;
    if (end < header + 5 || chunk[0] !== flag || chunk[end] !== flag) return false;
    const format = (chunk[1]! << 8) | chunk[2]!;
    if ((format & 0xf000) !== 0xa000 || (format & 0x7ff) !== end - 1) return false;
    if (!this.#isInbound(chunk, 3)) return false;
    if (format !== this.#format) {
      this.#format = format;
      this.#addressed = fcsUpdate(fcsInitial, chunk, 1, header - 1);
    }
    const headerCheck = fcsNext(this.#addressed, chunk[header - 1]!) ^ 0xffff;
    return (
      (chunk[header]! | (chunk[header + 1]! << 8)) === headerCheck &&
      fcsUpdate(fcsResidue, chunk, header + 2, end) === fcsResidue
    );
  }

  #onValid(octets: Uint8Array): void {
    const addresses = this.#addresses;
    if (this.#isInbound(octets, 2)) this.#pass(octets, 0, octets.length);
    else if (isAt(addresses, this.#ownOctets, addresses.length, octets, 2))
      this.#counts.echoedFrames++;
    else this.#counts.foreignFrames++;
  }

  #makeDeframer(): HdlcDeframer {
    const deframer = new HdlcDeframer();
    if (this.#counts.framesReceived > 0) deframer.skipWhole();
    return deframer;
  }

  #isInbound(octets: Uint8Array, at: number): boolean {
    const addresses = this.#addresses;
    return isAt(addresses, 0, this.#header - 4, octets, at);
  }

  /** A valid frame of our peer, `octets[start..end)` without flags. */
  #pass(octets: Uint8Array, start: number, end: number): void {
    this.#counts.framesReceived++;
    const at = start + this.#header - 2;
    const stop = end - 2;
    const information = at + 1 === stop ? stop : at + 3;
    this.#sink.frame(octets[at]!, (octets[start]! & 0x08) !== 0, octets, information, stop);
  }
}

/** True when `addresses[start..end)` stand in `octets` from `at` on. */
function isAt(
  addresses: Uint8Array,
  start: number,
  end: number,
  octets: Uint8Array,
  at: number,
): boolean {
  for (let index = start; index < end; index++) {
    if (octets[at + index - start] !== addresses[index]) return false;
  }
  return true;
}
