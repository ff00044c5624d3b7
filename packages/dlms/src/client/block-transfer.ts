import { ProtocolError } from "../error.ts";

/**
 * Puts the raw-data of one block transfer together (Green Book: Get-Response-With-Datablock,
 * Action-Response-With-Pblock). Blocks are numbered from 1; a transfer that begins with 0, as some
 * meters do, goes on from there. Any other number is `xdlms/block`: nothing is guessed.
 */
export class BlockAssembler {
  #octets = new Uint8Array(0);
  #length = 0;
  #next = -1;
  readonly #octetsMax: number;

  /** `taken` and `takenNumber`: what an earlier transfer had received, up to that block. */
  constructor(octetsMax: number, taken?: Uint8Array, takenNumber = 0) {
    this.#octetsMax = octetsMax;
    if (taken === undefined) return;
    this.#octets = taken.slice();
    this.#length = taken.length;
    this.#next = takenNumber + 1;
  }

  /** Number of the block received last; -1 before the first. */
  get number(): number {
    return this.#next < 0 ? -1 : this.#next - 1;
  }

  /** Octets received so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws {ProtocolError} xdlms/block out of order, xdlms/limit too much. */
  add(blockNumber: number, raw: Uint8Array): void {
    const first = this.#next < 0;
    if (first ? blockNumber > 1 : blockNumber !== this.#next) {
      const expected = first ? 1 : this.#next;
      throw new ProtocolError("xdlms/block", `block ${blockNumber} arrived, not ${expected}`);
    }
    const length = this.#length + raw.length;
    if (length > this.#octetsMax) {
      throw new ProtocolError("xdlms/limit", `transfer exceeds ${this.#octetsMax} octets`);
    }
    if (length > this.#octets.length) this.#grow(length);
    this.#octets.set(raw, this.#length);
    this.#length = length;
    this.#next = blockNumber + 1;
  }

  /** Everything received; owned by the caller from now on. */
  finish(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  #grow(needed: number): void {
    const size = Math.min(this.#octetsMax, Math.max(needed, this.#octets.length * 2));
    const grown = new Uint8Array(size);
    grown.set(this.#octets.subarray(0, this.#length));
    this.#octets = grown;
  }
}

/** One block of a request that does not fit one APDU. `raw` is a view. */
export interface OutgoingBlock {
  readonly number: number;
  readonly last: boolean;
  readonly raw: Uint8Array;
}

/** Cuts the raw-data of a request into numbered blocks (Set-Request-With-Datablock, Pblock). */
export class BlockSource {
  readonly #octets: Uint8Array;
  #sent = 0;
  #number = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Octets handed out so far. */
  get sentOctets(): number {
    return this.#sent;
  }

  get exhausted(): boolean {
    return this.#number > 0 && this.#sent >= this.#octets.length;
  }

  /** Number of the block handed out last; the server confirms it. */
  get number(): number {
    return this.#number;
  }

  /** `apduOctets` is the room of the whole APDU, `headOctets` what stands before the raw-data. */
  next(apduOctets: number, headOctets: number): OutgoingBlock {
    const room = rawRoom(apduOctets - headOctets);
    const raw = this.#octets.subarray(this.#sent, this.#sent + room);
    this.#sent += raw.length;
    this.#number += 1;
    return { number: this.#number, last: this.#sent >= this.#octets.length, raw };
  }
}

/** Octets of an OCTET STRING that fit, with its length field, into `octets`. At least 1. */
function rawRoom(octets: number): number {
  const room = octets <= 0x80 ? octets - 1 : octets <= 0x101 ? octets - 2 : octets - 3;
  if (room < 1) {
    throw new ProtocolError("xdlms/limit", "the negotiated max PDU has no room for a block");
  }
  return Math.min(room, octets - 1);
}
