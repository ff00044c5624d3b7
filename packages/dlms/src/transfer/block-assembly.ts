import { ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import type { GeneralBlockTransfer } from "../xdlms/general-block-transfer.ts";

/** One block as the assembly needs it. */
export type IncomingBlock = Pick<GeneralBlockTransfer, "lastBlock" | "blockNumber" | "blockData">;

/** Bounds of one assembly. */
export interface BlockAssemblyLimits {
  /** Octets of the APDU, blocks held ahead of their turn included; beyond: `xdlms/limit`. */
  readonly octetsMax?: number;
  /** Blocks held ahead of their turn, 0..63; further ones are dropped and asked for again. */
  readonly heldBlocksMax?: number;
}

/** Largest window of a general block transfer: six bits. */
export const transferWindowMax = 63;

/**
 * - `next`: in its turn, and with it what was held behind it.
 * - `held`: ahead of its turn, kept.
 * - `dropped`: too far ahead of its turn.
 * - `duplicate`: known already.
 */
export type BlockVerdict = "next" | "held" | "dropped" | "duplicate";

interface HeldBlock {
  readonly last: boolean;
  readonly octets: Uint8Array;
}

/**
 * Puts the blocks of one general block transfer together (Green Book 9.4.6.13). Blocks are numbered
 * from 1; those ahead of their turn are held, so that a sender may repeat one block or everything
 * from it on. What it holds is bounded by its limits.
 */
export class BlockAssembly {
  readonly #octetsMax: number;
  readonly #heldBlocksMax: number;
  readonly #held: Map<number, HeldBlock> = new Map();
  #heldOctets = 0;
  #octets: Uint8Array = new Uint8Array(0);
  #length = 0;
  #firstLength = 0;
  #acknowledged = 0;
  #complete = false;

  constructor(limits: BlockAssemblyLimits = {}) {
    this.#octetsMax = limits.octetsMax ?? transferOctetsMax;
    this.#heldBlocksMax = limits.heldBlocksMax ?? transferWindowMax;
  }

  /** Number of the highest block up to which none is missing: what an acknowledgement says. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The last block and all before it are there. */
  get complete(): boolean {
    return this.#complete;
  }

  /** A block is missing although a later one has come. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /** Octets in their turn so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws {ProtocolError} xdlms/limit: more octets than allowed. */
  accept({ lastBlock, blockNumber, blockData }: IncomingBlock): BlockVerdict {
    const next = this.#acknowledged + 1;
    if (this.#complete || blockNumber < next || this.#held.has(blockNumber)) return "duplicate";
    if (blockNumber > next) {
      if (this.#held.size >= this.#heldBlocksMax || blockNumber - next > this.#heldBlocksMax) {
        return "dropped";
      }
      this.#limit(blockData.length);
      this.#held.set(blockNumber, { last: lastBlock, octets: blockData.slice() });
      this.#heldOctets += blockData.length;
      return "held";
    }
    this.#append({ last: lastBlock, octets: blockData });
    for (;;) {
      const held = this.#held.get(this.#acknowledged + 1);
      if (held === undefined || this.#complete) break;
      this.#held.delete(this.#acknowledged + 1);
      this.#heldOctets -= held.octets.length;
      this.#append(held);
    }
    if (this.#complete) this.#held.clear();
    return "next";
  }

  /**
   * True for a first block that is not the one held: a new transfer begins, the old one will never
   * end. Pushes do so; a repeated first block is none.
   */
  restarts({ blockNumber, blockData }: IncomingBlock): boolean {
    if (blockNumber !== 1 || this.#acknowledged === 0) return false;
    if (blockData.length !== this.#firstLength) return true;
    for (let at = 0; at < blockData.length; at++) {
      if (blockData[at] !== this.#octets[at]) return true;
    }
    return false;
  }

  /** The APDU, as far as it is there. A view, owned by the caller once `complete`. */
  finish(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  #append({ last, octets }: HeldBlock): void {
    this.#limit(octets.length);
    const length = this.#length + octets.length;
    if (length > this.#octets.length) {
      const size = Math.min(this.#octetsMax, Math.max(length, this.#octets.length * 2));
      const grown = new Uint8Array(size);
      grown.set(this.#octets.subarray(0, this.#length));
      this.#octets = grown;
    }
    this.#octets.set(octets, this.#length);
    this.#length = length;
    if (this.#acknowledged === 0) this.#firstLength = octets.length;
    this.#acknowledged++;
    this.#complete = last;
  }

  #limit(more: number): void {
    if (this.#length + this.#heldOctets + more <= this.#octetsMax) return;
    throw new ProtocolError("xdlms/limit", `transfer exceeds ${this.#octetsMax} octets`);
  }
}
