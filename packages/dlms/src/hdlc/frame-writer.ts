import { frameOctetsMax } from "../limits.ts";
import { controlUi, pollFinalBit } from "./control.ts";
import { fcsCopy, fcsInitial, fcsNext, fcsResidue, fcsUpdate } from "./fcs.ts";
import { buildFrame, flag, sealFrame } from "./frame.ts";

const none: Uint8Array = new Uint8Array(0);

/**
 * Writes the frames of one station to one other. Addresses are written once; I frames share one
 * buffer and RR frames another, so that the steady state allocates nothing. A view returned is
 * valid until the next frame of the same kind.
 */
export class FrameWriter {
  readonly #destination: Uint8Array;
  readonly #source: Uint8Array;
  /** Index behind the control octet. */
  readonly #header: number;
  readonly #bare: Uint8Array;
  #frame: Uint8Array = none;
  /** Octets of information loaded into it, and the register behind them. */
  #loaded = 0;
  #check = 0;
  /** Format field of the last I frame, the register behind its addresses, and a view of it. */
  #format = 0;
  #addressed = 0;
  #view: Uint8Array = none;

  constructor(destination: Uint8Array, source: Uint8Array) {
    this.#destination = destination;
    this.#source = source;
    this.#header = 4 + destination.length + source.length;
    this.#bare = this.#prepare(this.#header + 3);
  }

  /** Puts `unit[start..end)` into the next I frame; `seal` completes it. */
  load(unit: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const at = this.#header + 2;
    if (this.#frame.length < at + length + 3) {
      this.#frame = this.#prepare(at + length + 3);
      this.#format = 0;
    }
    // Behind a right HCS the register is always the same: the FCS can begin here.
    this.#check = fcsCopy(fcsResidue, unit, start, end, this.#frame, at);
    this.#loaded = length;
  }

  /**
   * The I frame with the information loaded. Sealing again with the same control changes nothing.
   */
  seal(control: number, segmented: boolean): Uint8Array {
    const frame = this.#frame;
    const header = this.#header;
    const end = this.#loaded > 0 ? header + 2 + this.#loaded : header;
    const format = (segmented ? 0xa800 : 0xa000) | (end + 1);
    if (format !== this.#format) this.#writeFormat(format, end + 3);
    frame[header - 1] = control;
    // The register behind the addresses is the same for every frame of this length.
    const headerCheck = fcsNext(this.#addressed, control) ^ 0xffff;
    frame[header] = headerCheck;
    frame[header + 1] = headerCheck >>> 8;
    if (end > header) {
      const check = this.#check ^ 0xffff;
      frame[end] = check;
      frame[end + 1] = check >>> 8;
    }
    frame[end + 2] = flag;
    return this.#view;
  }

  /** Frame without information: RR, RNR, DISC, UA, DM. */
  bare(control: number): Uint8Array {
    sealFrame(this.#bare, this.#header, 0, control, false);
    return this.#bare;
  }

  /** Unnumbered frame with information, in octets of its own. */
  unnumbered(control: number, information: Uint8Array): Uint8Array {
    const addresses = { destination: this.#destination, source: this.#source };
    return buildFrame({ ...addresses, control, information });
  }

  /** UI frame that hands over no turn. */
  unconfirmed(information: Uint8Array, pollFinal: boolean): Uint8Array {
    return this.unnumbered(pollFinal ? controlUi | pollFinalBit : controlUi, information);
  }

  /** A frame of another length than the one before. */
  #writeFormat(format: number, octets: number): void {
    if (octets - 2 > frameOctetsMax) throw new RangeError(`frame of ${octets - 2} octets`);
    this.#format = format;
    this.#frame[1] = format >>> 8;
    this.#frame[2] = format;
    this.#addressed = fcsUpdate(fcsInitial, this.#frame, 1, this.#header - 1);
    this.#view = this.#frame.subarray(0, octets);
  }

  #prepare(octets: number): Uint8Array {
    const buffer = new Uint8Array(octets);
    buffer[0] = flag;
    buffer.set(this.#destination, 3);
    buffer.set(this.#source, 3 + this.#destination.length);
    return buffer;
  }
}
