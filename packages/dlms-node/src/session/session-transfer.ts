import type { ApduProtection } from "@lectura/dlms/client";
import { HdlcClientLink } from "@lectura/dlms/hdlc";
import { ProtocolError } from "@lectura/dlms/octets";
import {
  type BlockRepetition,
  BlockTransfer,
  type BlockTransferOutput,
  transferWindowMax,
} from "@lectura/dlms/transfer";
import type { SessionSender } from "./session-sender.ts";
import type { SessionWire } from "./session-wire.ts";

/** How a session moves APDUs beyond the max PDU by general block transfer (Green Book 9.4.6.13). */
export interface GeneralBlockTransferOptions {
  /**
   * Blocks the meter may send before we acknowledge, 1..63. Absent: the receive window of the HDLC
   * link, where more than that needs polls between the blocks; 8 with the wrapper.
   */
  readonly window?: number;
  /** Send as many blocks as the meter's window takes before waiting. Default true. */
  readonly streaming?: boolean;
  /** What is sent again where a block was lost. Default "from-lost". */
  readonly repetition?: BlockRepetition;
  /**
   * What of a long request is ciphered, where the association is: the whole APDU before it is cut
   * (default), or each block for itself. Answers are understood either way.
   */
  readonly ciphering?: "apdu" | "blocks";
}

/** Who is told how a transfer goes. */
export interface TransferOwner {
  /** The meter's APDU is whole, and all that confirms it is sent. Told once. */
  assembled(apdu: Uint8Array): void;
  /** The transfer is over. Told once. */
  transferFailed(error: unknown): void;
}

/** What a transfer is for, and how its blocks go. */
export interface TransferOptions extends GeneralBlockTransferOptions {
  /** Octets of one APDU the meter takes. */
  readonly apduOctetsMax: number;
  /** Ciphers each block; absent: blocks go plain, around what may be ciphered. */
  readonly seal?: ApduProtection | undefined;
}

/** Blocks we take at once where no link says how many. */
const windowDefault = 8;
/** Control octet of a block: more follows at once. */
const streamingBit = 0x40;
/** Least max PDU a meter may name (Green Book 9.4.2.1): there is room for a block in it. */
const pduOctetsMin = 12;
/** Blocks in a row that bring nothing new, two whole windows; beyond: `xdlms/block`. */
const idleBlocksMax = 2 * transferWindowMax;

/**
 * One general block transfer on the wire of a session. Blocks wait here while the link is busy;
 * time is the link's: it polls (HDLC), or says that nothing comes (wrapper), and the block is asked
 * for again.
 */
export class SessionTransfer implements BlockTransferOutput {
  readonly #wire: SessionWire;
  readonly #sender: SessionSender;
  readonly #owner: TransferOwner;
  readonly #machine: BlockTransfer;
  readonly #seal: ApduProtection | undefined;
  readonly #unsent: Uint8Array[] = [];
  #idleBlocks = 0;
  #pumping = false;
  /** The counter of the next block is being stored. */
  #reserving = false;
  #assembled: Uint8Array | undefined;
  #over = false;

  constructor(
    wire: SessionWire,
    sender: SessionSender,
    owner: TransferOwner,
    options: TransferOptions,
  ) {
    this.#wire = wire;
    this.#sender = sender;
    this.#owner = owner;
    this.#seal = options.seal;
    const { apduOctetsMax, seal, ...habits } = options;
    const blockOctetsMax = Math.max(pduOctetsMin, apduOctetsMax - (seal?.overheadOctets ?? 0));
    const limits = { role: "client", apduOctetsMax: blockOctetsMax } as const;
    const { link } = wire;
    const window = link instanceof HdlcClientLink ? link.negotiated.receiveWindow : windowDefault;
    this.#machine = new BlockTransfer({ ...limits, window, ...habits }, this);
  }

  /** Each block is ciphered, and is to come so. */
  get sealed(): boolean {
    return this.#seal !== undefined;
  }

  get transferredOctets(): number {
    return this.#machine.transferredOctets;
  }

  /** Some of our own APDU is still to be taken by the meter. */
  get sending(): boolean {
    return this.#machine.sending;
  }

  /** Sends an APDU; the octets are the transfer's own. @throws {ProtocolError} xdlms/pdu-too-long */
  send(apdu: Uint8Array): void {
    this.#machine.send(apdu);
    this.#proceed();
  }

  /**
   * A block of the meter.
   * @throws {DecodeError} it is none
   * @throws {ProtocolError} xdlms/block: the meter goes round in circles
   */
  receive(block: Uint8Array): void {
    const before = this.transferredOctets;
    this.#machine.receiveApdu(block);
    this.#idleBlocks = this.transferredOctets > before ? 0 : this.#idleBlocks + 1;
    if (this.#idleBlocks > idleBlocksMax) {
      throw new ProtocolError("xdlms/block", `${this.#idleBlocks} blocks brought nothing new`);
    }
    this.#proceed();
  }

  /** A block nobody wants any more. True: the meter has handed over the turn, or never will. */
  drop(block: Uint8Array): boolean {
    this.#idleBlocks++;
    if (((block[1] ?? 0) & streamingBit) === 0 || this.#idleBlocks > idleBlocksMax) return true;
    this.#wire.link?.awaitMore();
    return false;
  }

  /** What was sent last has arrived: the link is free. */
  linkFree(): void {
    this.#proceed();
  }

  /** The link is gone: what is whole is told. */
  linkLost(): void {
    const assembled = this.#assembled;
    if (this.#over || assembled === undefined) return;
    this.#over = true;
    this.#owner.assembled(assembled);
  }

  /** Nothing has come. */
  silent(): void {
    this.#machine.deadline();
    this.#proceed();
  }

  close(): void {
    this.#over = true;
    this.#unsent.length = 0;
    this.#machine.close();
  }

  // What the machine asks for.

  transmit(apdu: Uint8Array): void {
    this.#unsent.push(apdu);
  }

  arm(): void {
    // The link's time counts.
  }

  disarm(): void {
    // As above.
  }

  received(apdu: Uint8Array): void {
    this.#assembled = apdu;
  }

  failed(error: ProtocolError): void {
    this.#over = true;
    this.#owner.transferFailed(error);
  }

  /** After every step of the machine. A link may tell that it is free from inside `send`. */
  #proceed(): void {
    if (this.#pumping) return;
    this.#pump();
    const { link } = this.#wire;
    if (this.#over || this.#unsent.length > 0 || link?.busy !== false) return;
    if (this.#assembled === undefined) {
      link.awaitMore();
      return;
    }
    this.#over = true;
    this.#owner.assembled(this.#assembled);
  }

  #pump(): void {
    this.#pumping = true;
    while (this.#unsent.length > 0 && !this.#reserving && this.#wire.link?.busy === false) {
      const reserved = this.#seal?.reserve();
      if (reserved === undefined) this.#sendBlock(this.#unsent.shift()!);
      else void this.#sendWhenReserved(reserved);
    }
    this.#pumping = false;
  }

  #sendBlock(block: Uint8Array): void {
    const isAnswered = (block[1]! & streamingBit) === 0 && this.#assembled === undefined;
    this.#sender.sendWhole(this.#seal?.protect(block) ?? block, isAnswered);
  }

  async #sendWhenReserved(reserved: Promise<void>): Promise<void> {
    this.#reserving = true;
    try {
      await reserved;
      this.#reserving = false;
      if (!this.#over) this.#proceed();
    } catch (error) {
      if (this.#over) return;
      this.close();
      this.#owner.transferFailed(error);
    }
  }
}
