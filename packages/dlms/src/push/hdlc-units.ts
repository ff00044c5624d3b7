import { type DiscardReason, HdlcDeframer } from "../hdlc/deframer.ts";
import { type HdlcFrame, parseFrame } from "../hdlc/frame.ts";
import { llcOctets, llcOf } from "../hdlc/llc.ts";
import { equalOctets, OctetWriter } from "../octets.ts";
import type { PushOrigin } from "./push-origin.ts";

/** Takes the units that frames carry. Views are valid during the call only. */
export interface UnitSink {
  /** One APDU, its segments joined, its LLC header taken off; or one telegram of text. */
  unit(apdu: Uint8Array, origin: PushOrigin): void;
  /** Octets that belong to no unit. A run may be told in several calls. */
  discarded(octets: number): void;
  /** A unit that had begun is lost: a segment was damaged, or it exceeded the limit. */
  spoiled(): void;
}

/**
 * The APDUs in a stream of pushed HDLC frames. Takes UI frames, and I frames although no link
 * exists (Kaifa); joins segments by the S bit; the LLC header stands in the first segment only, or
 * nowhere (E450 behind its first block). Never throws on account of the octets.
 */
export class HdlcUnits {
  readonly #octetsMax: number;
  readonly #sink: UnitSink;
  readonly #deframer: HdlcDeframer = new HdlcDeframer();
  readonly #segments: OctetWriter;
  #destination: Uint8Array = new Uint8Array(0);
  #source: Uint8Array = new Uint8Array(0);
  #joining = false;
  /** N(S) of the segment before, for I frames; -1 for none. */
  #sequence = -1;
  /** Frames so far, valid and damaged. */
  frames = 0;
  damagedFrames = 0;

  constructor(octetsMax: number, sink: UnitSink) {
    this.#octetsMax = octetsMax;
    this.#sink = sink;
    this.#segments = new OctetWriter(octetsMax, 0);
  }

  get pendingOctets(): number {
    return this.#deframer.pendingLength + this.#segments.length;
  }

  push(chunk: Uint8Array): void {
    this.#deframer.push(chunk, this);
  }

  /** No frame goes on behind this; a unit may. */
  gap(): void {
    this.#deframer.flush(this);
  }

  /** Nothing goes on behind this. */
  expire(): void {
    this.gap();
    if (this.#joining) this.#spoil();
  }

  /** Deframer's sink. */
  frame(octets: Uint8Array): void {
    this.frames++;
    const frame = parseFrame(octets);
    const { type } = frame.control;
    if ((type !== "UI" && type !== "I") || frame.information.length === 0) return;
    if (this.#joining && !this.#continues(frame)) this.#spoil();
    if (!this.#joining && !frame.segmented) {
      this.#deliver(frame.information, originOf(frame));
      return;
    }
    this.#join(frame);
  }

  /** Deframer's sink. A damaged frame may have been a segment. */
  discarded(octets: Uint8Array, reason: DiscardReason): void {
    this.#sink.discarded(octets.length);
    if (reason === "noise") return;
    this.damagedFrames++;
    if (this.#joining) this.#spoil();
  }

  #continues(frame: HdlcFrame): boolean {
    return (
      llcOf(frame.information) === undefined &&
      equalOctets(frame.source.octets, this.#source) &&
      equalOctets(frame.destination.octets, this.#destination)
    );
  }

  #join(frame: HdlcFrame): void {
    const { information, control } = frame;
    const numbered = control.type === "I" ? control.sendSequence : -1;
    const repeated = this.#joining && numbered >= 0 && numbered === this.#sequence;
    if (repeated) return;
    if (this.#segments.length + information.length > this.#octetsMax) {
      this.#joining = true;
      this.#spoil();
      return;
    }
    if (!this.#joining) {
      this.#source = frame.source.octets.slice();
      this.#destination = frame.destination.octets.slice();
    }
    this.#joining = frame.segmented;
    this.#sequence = numbered;
    this.#segments.octets(information);
    if (frame.segmented) return;
    this.#deliver(this.#segments.view(), originOf(frame));
    this.#segments.reset();
  }

  #deliver(information: Uint8Array, origin: PushOrigin): void {
    const apdu = llcOf(information) === undefined ? information : information.subarray(llcOctets);
    if (apdu.length > 0) this.#sink.unit(apdu, origin);
  }

  #spoil(): void {
    this.#joining = false;
    this.#sequence = -1;
    this.#segments.reset();
    this.#sink.spoiled();
  }
}

function originOf({ source, destination }: HdlcFrame): PushOrigin {
  return {
    framing: "hdlc",
    source: source.octets.slice(),
    destination: destination.octets.slice(),
  };
}
