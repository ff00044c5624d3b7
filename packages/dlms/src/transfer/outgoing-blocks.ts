import { ProtocolError } from "../error.ts";
import type { IncomingBlock } from "./block-assembly.ts";

/** Block numbers have 16 bits. */
const blockNumberMax = 0xffff;
/** Tag, control, number and acknowledged number. */
const headOctets = 6;

/**
 * Our numbered blocks of one exchange: empty ones that did nothing but acknowledge, then those of
 * the APDU. Keeps the APDU until the transfer is over, so that any block can be sent again.
 */
export class OutgoingBlocks {
  readonly #blockOctets: number;
  #apdu: Uint8Array | undefined;
  #empty = 0;
  #sent = 0;
  #acknowledged = 0;

  /** `apduOctetsMax`: octets of one General-Block-Transfer APDU the peer takes. */
  constructor(apduOctetsMax: number) {
    this.#blockOctets = roomOf(apduOctetsMax - headOctets);
  }

  /** Number of the last block; empty ones alone have none. */
  get total(): number {
    if (this.#apdu === undefined) return this.#empty;
    return this.#empty + Math.max(1, Math.ceil(this.#apdu.length / this.#blockOctets));
  }

  get hasApdu(): boolean {
    return this.#apdu !== undefined;
  }

  /** Highest block the peer has confirmed. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Highest block that was sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Some of the APDU is not confirmed. */
  get pending(): boolean {
    return this.#apdu !== undefined && this.#acknowledged < this.total;
  }

  /** The APDU is sent and confirmed. */
  get finished(): boolean {
    return this.#apdu !== undefined && this.#acknowledged >= this.total;
  }

  /** Octets of the APDU confirmed so far. */
  get confirmedOctets(): number {
    const blocks = Math.max(0, this.#acknowledged - this.#empty);
    return Math.min(this.#apdu?.length ?? 0, blocks * this.#blockOctets);
  }

  /** The octets are the transfer's own from now on. @throws {ProtocolError} xdlms/pdu-too-long */
  begin(apdu: Uint8Array): void {
    this.#apdu = apdu;
    if (this.total <= blockNumberMax) return;
    this.#apdu = undefined;
    throw new ProtocolError("xdlms/pdu-too-long", `${apdu.length} octets exceed 65535 blocks`);
  }

  /** Takes an acknowledgement; true when it confirms more than was known. Nonsense says nothing. */
  confirm(blockNumber: number): boolean {
    if (blockNumber <= this.#acknowledged || blockNumber > this.#sent) return false;
    this.#acknowledged = blockNumber;
    return true;
  }

  /** Block `number` of those up to `total`, which counts as sent. */
  block(number: number): IncomingBlock {
    this.#sent = Math.max(this.#sent, number);
    const at = (number - this.#empty - 1) * this.#blockOctets;
    const apdu = this.#apdu;
    if (at < 0 || apdu === undefined) {
      return { lastBlock: false, blockNumber: number, blockData: new Uint8Array(0) };
    }
    const blockData = apdu.subarray(at, at + this.#blockOctets);
    return { lastBlock: number === this.total, blockNumber: number, blockData };
  }

  /** Number of an empty block: a new one only where the last one is confirmed. */
  emptyNumber(): number {
    const isUnconfirmed = this.#acknowledged < this.#empty;
    if (!isUnconfirmed && this.#empty < blockNumberMax) this.#empty++;
    return this.#empty;
  }
}

/** Octets of an OCTET STRING that fit, with its length field, into `octets`. */
function roomOf(octets: number): number {
  const room = octets <= 0x80 ? octets - 1 : octets <= 0x101 ? octets - 2 : octets - 3;
  if (room >= 1) return room;
  throw new ProtocolError("xdlms/limit", "the max PDU has no room for a block");
}
