import { type DeframerSink, type DiscardReason, HdlcDeframer } from "./deframer.ts";
import { flag } from "./frame.ts";
import type { LinkCounts } from "./link-counts.ts";
import type { LinkOutput } from "./link-output.ts";

/** Takes the frames of one peer. */
export interface FrameGateSink {
  /** `information` is a view, valid during the call only; empty when the frame has none. */
  frame(control: number, segmented: boolean, information: Uint8Array): void;
}

/** Waits for the next octets of one frame: the longest frame at 300 Bd takes 70 s. */
const growingMax = 100;

/**
 * What a client lets in from the line: valid frames from its peer to itself. Echoes and the frames of
 * others are counted, text is told.
 */
export class FrameGate {
  /** Destination and source of what we receive. */
  readonly #inbound: Uint8Array;
  /** Destination and source of what we send, to know an echo by. */
  readonly #outbound: Uint8Array;
  readonly #counts: LinkCounts;
  readonly #output: LinkOutput;
  readonly #sink: FrameGateSink;
  readonly #deframer: HdlcDeframer = new HdlcDeframer();
  readonly #deframerSink: DeframerSink;
  /** Octets of the incomplete frame when it was last looked at, and how often it had grown. */
  #heldOctets = 0;
  #growths = 0;

  constructor(
    own: Uint8Array,
    peer: Uint8Array,
    counts: LinkCounts,
    output: LinkOutput,
    sink: FrameGateSink,
  ) {
    this.#inbound = Uint8Array.of(...own, ...peer);
    this.#outbound = Uint8Array.of(...peer, ...own);
    this.#counts = counts;
    this.#output = output;
    this.#sink = sink;
    this.#deframerSink = {
      frame: (octets) => this.#onFrame(octets),
      discarded: (octets, reason) => this.#onDiscarded(octets, reason),
    };
  }

  receive(chunk: Uint8Array): void {
    // The whole chunk is one frame, as it nearly always is on TCP: no need to cut.
    if (this.#deframer.takesWhole(chunk)) {
      this.#output.received?.(chunk);
      this.#pass(chunk, 1, chunk.length - 1);
    } else {
      this.#deframer.push(chunk, this.#deframerSink);
    }
  }

  /** True when an incomplete frame has grown since this was last asked: wait for its end. */
  isGrowing(): boolean {
    const held = this.#deframer.pendingLength;
    const growing = held > this.#heldOctets && this.#growths < growingMax;
    this.#heldOctets = growing ? held : 0;
    this.#growths = growing ? this.#growths + 1 : 0;
    return growing;
  }

  /** The line is silent: lets in what stands complete behind a truncated frame, drops the rest. */
  flush(): void {
    this.#deframer.flush(this.#deframerSink);
  }

  /** Forgets an incomplete frame. */
  reset(): void {
    this.#deframer.reset();
  }

  #onFrame(octets: Uint8Array): void {
    if (this.#output.received !== undefined) {
      const framed = new Uint8Array(octets.length + 2).fill(flag);
      framed.set(octets, 1);
      this.#output.received(framed);
    }
    this.#pass(octets, 0, octets.length);
  }

  #onDiscarded(octets: Uint8Array, reason: DiscardReason): void {
    this.#counts.discardedOctets += octets.length;
    if (reason !== "noise") this.#counts.damagedFrames++;
    this.#output.text(octets);
  }

  /** A valid frame, `octets[start..end)` without flags. */
  #pass(octets: Uint8Array, start: number, end: number): void {
    const addresses = start + 2;
    const inbound = this.#inbound;
    const at = addresses + inbound.length;
    for (let own = 0; own < inbound.length; own++) {
      if (octets[addresses + own] !== inbound[own]) {
        this.#refuse(octets, addresses);
        return;
      }
    }
    this.#counts.framesReceived++;
    const stop = end - 2;
    const information = octets.subarray(at + 1 === stop ? stop : at + 3, stop);
    this.#sink.frame(octets[at]!, (octets[start]! & 0x08) !== 0, information);
  }

  #refuse(octets: Uint8Array, addresses: number): void {
    const isEcho = this.#outbound.every((octet, at) => octet === octets[addresses + at]);
    if (isEcho) this.#counts.echoedFrames++;
    else this.#counts.foreignFrames++;
  }
}
