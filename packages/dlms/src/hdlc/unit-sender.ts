import { noOctets } from "../octets.ts";
import { informationControl } from "./control.ts";
import type { FrameWriter } from "./frame-writer.ts";

/** Above this many octets a unit's buffer is given back once the unit is acknowledged. */
const keptOctetsMax = 4096;

/**
 * Send side of a link: the unit under way, cut into segments of equal size, and the send state
 * variables V(S) and V(A), modulo 8 (IEC 62056-46 clause 6.4.4.4). Segment i of a unit has
 * N(S) = base + i.
 */
export class UnitSender {
  readonly #writer: FrameWriter;
  /** N(S) of the first segment. */
  #base = 0;
  #segments = 0;
  #acknowledged = 0;
  #sent = 0;
  #segmentOctets = 1;
  /** Copy of a unit of several segments; one segment stays in the writer's buffer. */
  #unit: Uint8Array = noOctets;
  #unitLength = 0;

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  /** V(S): N(S) of the next frame. */
  get sendSequence(): number {
    return (this.#base + this.#sent) & 7;
  }

  /** True when every segment is acknowledged. */
  get idle(): boolean {
    return this.#acknowledged === this.#segments;
  }

  /** Segments sent and not acknowledged. */
  get outstanding(): number {
    return this.#sent - this.#acknowledged;
  }

  /** True when the next segment is the last of the unit. */
  get isLastSegment(): boolean {
    return this.#sent + 1 >= this.#segments;
  }

  /** SNRM or UA: V(S) = 0, nothing under way. */
  reset(): void {
    this.#base = 0;
    this.#segments = 0;
    this.#acknowledged = 0;
    this.#sent = 0;
  }

  /** Takes a unit; `idle` must hold. An empty unit is one frame without information. */
  begin(unit: Uint8Array, segmentOctets: number): void {
    this.#base = this.sendSequence;
    this.#acknowledged = 0;
    this.#sent = 0;
    this.#segmentOctets = segmentOctets;
    if (unit.length <= segmentOctets) {
      this.#segments = 1;
      this.#writer.load(unit, 0, unit.length);
    } else {
      this.#keep(unit, segmentOctets);
    }
  }

  /** The next segment as a frame with flags, and V(S) one further. `idle` must not hold. */
  next(receiveSequence: number, pollFinal: boolean): Uint8Array {
    const index = this.#sent++;
    const control = informationControl((this.#base + index) & 7, receiveSequence, pollFinal);
    return this.#segments === 1 ? this.#writer.seal(control, false) : this.#segment(index, control);
  }

  #keep(unit: Uint8Array, segmentOctets: number): void {
    this.#segments = Math.ceil(unit.length / segmentOctets);
    if (this.#unit.length < unit.length) this.#unit = new Uint8Array(unit.length);
    this.#unit.set(unit);
    this.#unitLength = unit.length;
  }

  #segment(index: number, control: number): Uint8Array {
    const start = index * this.#segmentOctets;
    const end = Math.min(start + this.#segmentOctets, this.#unitLength);
    this.#writer.load(this.#unit, start, end);
    return this.#writer.seal(control, end < this.#unitLength);
  }

  /** Takes N(R); false when it acknowledges what was never sent. */
  acknowledge(receiveSequence: number): boolean {
    const count = (receiveSequence - this.#base - this.#acknowledged) & 7;
    if (count > this.#sent - this.#acknowledged) return false;
    this.#acknowledged += count;
    if (this.idle && this.#unit.length > keptOctetsMax) this.#unit = noOctets;
    return true;
  }

  /** Takes everything sent as acknowledged. */
  acknowledgeAll(): void {
    this.#acknowledged = this.#sent;
  }

  /** Sends again from the first segment that is not acknowledged; N(S) stay the same. */
  rewind(): void {
    this.#sent = this.#acknowledged;
  }
}
