import { frameOctetsMax } from "../limits.ts";
import { noOctets } from "../octets.ts";
import { controlUi, pollFinalBit } from "./control.ts";
import { fcsCopy, fcsInitial, fcsNext, fcsResidue, fcsUpdate } from "./fcs.ts";
import { flag, sealFrame } from "./frame.ts";

/**
 * Writes the frames of one station to one other. I frames share one buffer, so that the steady
 * state allocates nothing; a view returned is valid until the next of them.
 */
export class FrameWriter {
  /** Destination and source, from `#start` to the end. */
  readonly #addresses: Uint8Array;
  readonly #start: number;
  /** Index behind the control octet. */
  readonly #header: number;
  #frame: Uint8Array = noOctets;
  /** Octets of information loaded into it, and the register behind them. */
  #loaded = 0;
  #check = 0;
  /** Format field of the last I frame, the register behind its addresses, and a view of it. */
  #format = 0;
  #addressed = 0;
  #view: Uint8Array = noOctets;

  /** Destination, then source: `addresses` from `start` on; kept, so do not write to them. */
  constructor(addresses: Uint8Array, start = 0) {
    this.#addresses = addresses;
    this.#start = start;
    this.#header = 4 + addresses.length - start;
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

  /** Frame without information, in octets of its own: RR, RNR, DISC, UA, DM. */
  bare(control: number): Uint8Array {
    return this.unnumbered(control, noOctets);
  }

  /** Frame with information that is no I frame, in octets of its own. */
  unnumbered(control: number, information: Uint8Array): Uint8Array {
    const header = this.#header;
    const informationOctets = information.length > 0 ? information.length + 2 : 0;
    const frame = this.#prepare(header + informationOctets + 3);
    frame.set(information, informationOctets > 0 ? header + 2 : 0);
    sealFrame(frame, header, information.length, control, false);
    return frame;
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
    for (let at = this.#start; at < this.#addresses.length; at++) {
      buffer[3 + at - this.#start] = this.#addresses[at]!;
    }
    return buffer;
  }
}
