import { transferOctetsMax } from "../limits.ts";
import type { MbusFrame } from "./frame.ts";

/**
 * Joins the segments of a unit that came in several long frames. Segments are numbered from 0; a
 * missing or foreign one spoils the unit, and what is left of it is passed over up to the next
 * first segment. Holds at most `octetsMax`.
 */
export class MbusReassembler {
  readonly #octetsMax: number;
  #octets: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Sequence number of the next segment; -1 until a first segment comes. */
  #expected = -1;
  #source = 0;
  #destination = 0;
  #spoiled = 0;

  /** `octetsMax`: a unit of more octets is passed over. */
  constructor(octetsMax: number = transferOctetsMax) {
    this.#octetsMax = octetsMax;
  }

  /** Units lost so far because a segment was missing, or there were too many. */
  get spoiledUnits(): number {
    return this.#spoiled;
  }

  /**
   * Takes a frame; gives the whole unit (an APDU) when it was the last segment. The view is valid
   * until the next call. Frames without a transport header are not ours: `undefined`.
   */
  accept(frame: MbusFrame): Uint8Array | undefined {
    const { transport, userData } = frame;
    if (transport === undefined) return undefined;
    const { sequence, source, destination } = transport;
    if (sequence === 0 && this.#expected !== 0) {
      if (this.#expected > 0) this.#spoil();
      if (transport.final) return userData;
      this.#source = source;
      this.#destination = destination;
      this.#expected = 0;
      this.#length = 0;
    }
    if (this.#expected < 0) return undefined;
    const fits = this.#length + userData.length <= this.#octetsMax;
    const isNext = sequence === this.#expected && source === this.#source;
    if (!fits || !isNext || destination !== this.#destination) {
      this.#spoil();
      return undefined;
    }
    this.#append(userData);
    this.#expected = (sequence + 1) & 0x0f;
    if (!transport.final) return undefined;
    this.#expected = -1;
    return this.#octets.subarray(0, this.#length);
  }

  /** Forgets the segments held. */
  reset(): void {
    this.#expected = -1;
    this.#length = 0;
  }

  #spoil(): void {
    this.#spoiled++;
    this.reset();
  }

  #append(segment: Uint8Array): void {
    const length = this.#length + segment.length;
    if (length > this.#octets.length) {
      const grown = new Uint8Array(
        Math.min(this.#octetsMax, Math.max(length, this.#octets.length * 2)),
      );
      grown.set(this.#octets.subarray(0, this.#length));
      this.#octets = grown;
    }
    this.#octets.set(segment, this.#length);
    this.#length = length;
  }
}
