import { ProtocolError } from "../error.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type GeneralBlockTransfer,
  generalBlockTransfer,
} from "../xdlms/general-block-transfer.ts";
import { BlockAssembly, transferWindowMax } from "./block-assembly.ts";
import { OutgoingBlocks } from "./outgoing-blocks.ts";

/** How one side of an exchange behaves, and its limits. */
export interface BlockTransferOptions {
  /** A client asks, and acknowledges the last block of the answer; a server answers. */
  readonly role: "client" | "server";
  /** Octets of one General-Block-Transfer APDU the peer takes (its max PDU size). */
  readonly apduOctetsMax: number;
  /** Blocks we take before we acknowledge, 1..63. Default 8. */
  readonly window?: number;
  /** Send as many blocks as the peer's window takes before waiting; false: one by one. */
  readonly streaming?: boolean;
  /**
   * What follows an acknowledgement that shows a gap: every block behind the gap ("from-lost",
   * default), or the first lost one alone, for a peer that holds the others ("lost-only"). The
   * editions of the Green Book differ: docs/decisions/0008-general-block-transfer.md.
   */
  readonly repetition?: BlockRepetition;
  /** Octets of the peer's APDU; beyond: `xdlms/limit`. */
  readonly octetsMax?: number;
  /** Silence before we repeat or ask again. Absent: we wait for ever (a server). */
  readonly answerTimeoutMs?: number;
  /** Repetitions in a row that bring nothing new; beyond: `xdlms/no-answer`. Default 3. */
  readonly repeatsMax?: number;
}

/** See `BlockTransferOptions.repetition`. */
export type BlockRepetition = "from-lost" | "lost-only";

/** What a transfer does to its surroundings. */
export interface BlockTransferOutput {
  /** One APDU to send, octets of its own. */
  transmit(apdu: Uint8Array): void;
  /** Replaces the timer: call `deadline()` after so many milliseconds. */
  arm(afterMs: number): void;
  disarm(): void;
  /** The peer's APDU, whole, once. May call `send`. */
  received(apdu: Uint8Array): void;
  /** The transfer is over; told once. */
  failed(error: ProtocolError): void;
}

const windowDefault = 8;
const repeatsDefault = 3;
const nothing = new Uint8Array(0);

/**
 * One exchange by general block transfer (Green Book 9.4.6.13), either role: a request, an answer,
 * or both go in numbered blocks. Each side says how many blocks it takes (window) and the highest
 * one up to which it misses none; the other goes on behind that, so a lost block is sent again
 * with all behind it. STR = 1 says that more follows at once, STR = 0 hands over the turn.
 *
 * A request that fits one APDU may go outside: the machine is then only given the answer's blocks.
 * One machine serves one exchange.
 */
export class BlockTransfer {
  readonly #role: "client" | "server";
  readonly #window: number;
  readonly #streaming: boolean;
  readonly #timeoutMs: number | undefined;
  readonly #repeatsMax: number;
  readonly #repetition: BlockRepetition;
  readonly #output: BlockTransferOutput;
  readonly #incoming: BlockAssembly;
  readonly #outgoing: OutgoingBlocks;
  #peerWindow = 1;
  #peerHasBlocks = false;
  #delivered = false;
  #closed = false;
  #repeats = 0;
  /** Number of the client's last bare acknowledgement. */
  #acknowledgedEmpty = 0;
  /** Number of the next acknowledgement once everything of ours is sent. */
  #acknowledgements = 0;
  /** The peer's APDU has no answer: nothing of ours is to come. */
  #unanswered = false;

  /** @throws {ProtocolError} xdlms/limit: `apduOctetsMax` has no room for a block. */
  constructor(options: BlockTransferOptions, output: BlockTransferOutput) {
    this.#role = options.role;
    this.#window = Math.min(transferWindowMax, Math.max(1, options.window ?? windowDefault));
    this.#streaming = options.streaming ?? true;
    this.#timeoutMs = options.answerTimeoutMs;
    this.#repeatsMax = options.repeatsMax ?? repeatsDefault;
    this.#repetition = options.repetition ?? "from-lost";
    this.#output = output;
    const heldBlocksMax = this.#window;
    const { octetsMax } = options;
    this.#incoming = new BlockAssembly(
      octetsMax === undefined ? { heldBlocksMax } : { octetsMax, heldBlocksMax },
    );
    this.#outgoing = new OutgoingBlocks(options.apduOctetsMax);
  }

  /** Nothing is left to do for this side: the peer's APDU is here, or ours is confirmed. */
  get finished(): boolean {
    if (this.#closed) return true;
    return this.#role === "client" ? this.#delivered : this.#outgoing.finished;
  }

  /** Octets moved so far, both ways. */
  get transferredOctets(): number {
    return this.#incoming.length + this.#outgoing.confirmedOctets;
  }

  /**
   * Sends our APDU; the octets are the transfer's own from now on.
   * @throws {ProtocolError} xdlms/pdu-too-long, xdlms/unexpected (it has one already)
   */
  send(apdu: Uint8Array): void {
    if (this.#closed) return;
    if (this.#outgoing.hasApdu) {
      throw new ProtocolError("xdlms/unexpected", "this transfer has its APDU already");
    }
    this.#outgoing.begin(apdu);
    this.#sendWindow();
  }

  /** The peer's APDU, received, has no answer: acknowledges it by an empty last block (a server). */
  confirm(): void {
    if (this.#closed || !this.#delivered) return;
    this.#unanswered = true;
    this.#acknowledge();
  }

  /** Ends the transfer from our side: nothing is sent or told any more. */
  close(): void {
    this.#closed = true;
    this.#output.disarm();
  }

  /** Some of our APDU is not confirmed yet. */
  get sending(): boolean {
    return this.#outgoing.pending;
  }

  /** As `receive`, for a General-Block-Transfer APDU as it came. @throws {DecodeError} none. */
  receiveApdu(apdu: Uint8Array): void {
    this.receive(decodeUnit(generalBlockTransfer, apdu));
  }

  receive(block: GeneralBlockTransfer): void {
    if (this.#closed) return;
    const before = this.#incoming.acknowledged;
    const confirmed = this.#outgoing.confirm(block.blockNumberAck);
    this.#peerWindow = Math.max(1, block.window);
    this.#countEmpty(block);
    const isAcknowledgement = block.blockData.length === 0 && !this.#peerHasBlocks;
    if (!(isAcknowledgement && block.lastBlock) && !this.#take(block)) return;
    if (confirmed || this.#incoming.acknowledged > before) this.#repeats = 0;
    else if (!block.streaming && !this.#goesOn()) return;
    const completes = this.#incoming.complete && !this.#delivered;
    const hadApdu = this.#outgoing.hasApdu;
    if (completes) {
      this.#delivered = true;
      this.#output.received(this.#incoming.finish());
    }
    const answered = this.#outgoing.hasApdu && !hadApdu;
    if (!block.streaming && !answered) this.#answer(block, completes);
    this.#rearm();
  }

  /** A client numbers its bare acknowledgements, too, and some go on only when we have them. */
  #countEmpty({ blockData, lastBlock, blockNumber }: GeneralBlockTransfer): void {
    if (this.#role === "client" || blockData.length > 0 || !lastBlock) return;
    if (this.#peerHasBlocks && !this.#incoming.complete) return;
    this.#acknowledgedEmpty = Math.max(this.#acknowledgedEmpty, blockNumber);
  }

  /** The peer hands over the turn and nothing is new: false when that ended the transfer. */
  #goesOn(): boolean {
    if (this.#repeats++ < this.#repeatsMax) return true;
    this.#fail(new ProtocolError("xdlms/no-answer", "the peer acknowledges nothing new"));
    return false;
  }

  /** The armed time is over. */
  deadline(): void {
    if (this.finished) return;
    if (this.#repeats >= this.#repeatsMax) {
      this.#fail(new ProtocolError("xdlms/no-answer", "no block came in time"));
      return;
    }
    this.#repeats++;
    if (this.#outgoing.pending) this.#sendWindow();
    else this.#acknowledge();
    this.#rearm();
  }

  /** False when the block ended the transfer. */
  #take(block: GeneralBlockTransfer): boolean {
    try {
      this.#incoming.accept(block);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
      return false;
    }
    if (block.blockData.length > 0) this.#peerHasBlocks = true;
    return true;
  }

  /** Our turn: go on behind what is confirmed, else acknowledge what carried something. */
  #answer({ blockData, lastBlock }: GeneralBlockTransfer, completes: boolean): void {
    const isClient = this.#role === "client";
    if (this.#outgoing.pending && !(isClient && this.#delivered)) {
      this.#sendWindow();
      return;
    }
    // What completes a request is acknowledged by the answer.
    const waits = completes && !isClient;
    const carried = blockData.length > 0 || !lastBlock || completes;
    if (carried && !waits) this.#acknowledge();
  }

  #sendWindow(): void {
    const outgoing = this.#outgoing;
    const first = outgoing.acknowledged + 1;
    const lostOnly = this.#repetition === "lost-only" && outgoing.sent >= first;
    const blocks = this.#streaming && !lostOnly ? this.#peerWindow : 1;
    const last = Math.min(outgoing.total, first + blocks - 1);
    for (let number = first; number <= last; number++) {
      this.#transmit({ ...outgoing.block(number), streaming: number < last });
    }
    this.#rearm();
  }

  #acknowledge(): void {
    const outgoing = this.#outgoing;
    if (this.#role === "server" && !outgoing.hasApdu && !this.#unanswered) {
      // Our own blocks are still to come: this empty one is the first of them.
      this.#transmit({ ...outgoing.block(outgoing.emptyNumber()), streaming: false });
      return;
    }
    this.#acknowledgements = Math.min(0xffff, Math.max(this.#acknowledgements, outgoing.total) + 1);
    this.#transmit({
      lastBlock: true,
      blockNumber: this.#acknowledgements,
      blockData: nothing,
      streaming: false,
    });
  }

  #transmit(
    block: Pick<GeneralBlockTransfer, "lastBlock" | "blockNumber" | "blockData" | "streaming">,
  ): void {
    const apdu: GeneralBlockTransfer = {
      kind: "general-block-transfer",
      ...block,
      window: this.#window,
      blockNumberAck: Math.max(this.#incoming.acknowledged, this.#acknowledgedEmpty),
    };
    this.#output.transmit(encodeUnit(generalBlockTransfer, apdu));
  }

  #rearm(): void {
    if (this.#timeoutMs === undefined) return;
    if (this.finished) this.#output.disarm();
    else this.#output.arm(this.#timeoutMs);
  }

  #fail(error: ProtocolError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#output.disarm();
    this.#output.failed(error);
  }
}
