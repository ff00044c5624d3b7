import { controlUi, pollFinalBit } from "./control.ts";
import { buildFrame, sealFrame } from "./frame.ts";

/** Below this many octets a loop copies faster than `set` does. */
const loopCopyOctetsMax = 64;

/**
 * Writes the frames of one station to one other. Addresses are written once; I frames share one
 * buffer and RR frames another, so that the steady state allocates nothing. A view returned is valid
 * until the next frame of the same kind.
 */
export class FrameWriter {
  readonly #destination: Uint8Array;
  readonly #source: Uint8Array;
  /** Index behind the control octet. */
  readonly #header: number;
  readonly #bare: Uint8Array;
  #frame: Uint8Array = new Uint8Array(0);
  /** View of the last I frame; made anew only when the length changes. */
  #view: Uint8Array = this.#frame;

  constructor(destination: Uint8Array, source: Uint8Array) {
    this.#destination = destination;
    this.#source = source;
    this.#header = 4 + destination.length + source.length;
    this.#bare = this.#prepare(this.#header + 3);
  }

  /** I frame with `unit[start..end)`. */
  information(
    unit: Uint8Array,
    start: number,
    end: number,
    control: number,
    segmented: boolean,
  ): Uint8Array {
    const length = end - start;
    const at = this.#header + 2;
    if (this.#frame.length < at + length + 3) this.#frame = this.#prepare(at + length + 3);
    const frame = this.#frame;
    if (length > loopCopyOctetsMax) frame.set(unit.subarray(start, end), at);
    else for (let from = start, to = at; from < end; from++, to++) frame[to] = unit[from]!;
    return this.sealInformation(length, control, segmented);
  }

  /** The I frame as it stands in the buffer, with this control octet. */
  sealInformation(length: number, control: number, segmented: boolean): Uint8Array {
    const octets = sealFrame(this.#frame, this.#header, length, control, segmented);
    if (this.#view.length !== octets || this.#view.buffer !== this.#frame.buffer) {
      this.#view = this.#frame.subarray(0, octets);
    }
    return this.#view;
  }

  /** Frame without information: RR, RNR, DISC, UA, DM. */
  bare(control: number): Uint8Array {
    sealFrame(this.#bare, this.#header, 0, control, false);
    return this.#bare;
  }

  /** Unnumbered frame with information, in octets of its own. */
  unnumbered(control: number, information: Uint8Array): Uint8Array {
    const { destination, source } = { destination: this.#destination, source: this.#source };
    return buildFrame({ destination, source, control, information });
  }

  /** UI frame that hands over no turn. */
  unconfirmed(information: Uint8Array, pollFinal: boolean): Uint8Array {
    return this.unnumbered(pollFinal ? controlUi | pollFinalBit : controlUi, information);
  }

  #prepare(octets: number): Uint8Array {
    const buffer = new Uint8Array(octets);
    buffer.set(this.#destination, 3);
    buffer.set(this.#source, 3 + this.#destination.length);
    return buffer;
  }
}
