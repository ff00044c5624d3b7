/**
 * General block transfer of one association at the server (Green Book 9.4.6.13): requests that
 * arrive in blocks, answers that leave in them, one exchange at a time.
 */
import { ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { equalOctets } from "../octets.ts";
import { BlockTransfer, type BlockTransferOptions } from "../transfer/block-transfer.ts";
import type { GeneralBlockTransfer } from "../xdlms/general-block-transfer.ts";

/** Answers one whole request, with octets of its own; undefined where it has no answer. */
export type ServeWhole = (apdu: Uint8Array) => Uint8Array | undefined;

/** Limits and habits of both directions. */
export interface GeneralBlocksOptions extends Omit<BlockTransferOptions, "role"> {
  /** `apduOctetsMax` of blocks that are ciphered themselves, before they are. */
  readonly sealedOctetsMax: number;
}

/** How a block came. */
export interface BlockOrigin {
  /** Ciphered; so are the blocks that answer it. */
  readonly sealed: boolean;
  /** Octets of the request it may begin. */
  readonly octetsMax: number;
}

export class GeneralBlocks {
  readonly #options: GeneralBlocksOptions;
  #sealed = false;
  /** At most one window of blocks: what is left of it when a request comes is dropped. */
  #outgoing: Uint8Array[] = [];
  #transfer: BlockTransfer | undefined;
  /** First block of the request, to know its repetition by; undefined where it came whole. */
  #firstBlock: Uint8Array | undefined;
  #serve: ServeWhole | undefined;
  #failure: ProtocolError | undefined;

  constructor(options: GeneralBlocksOptions) {
    this.#options = options;
  }

  /** The blocks of the exchange under way are ciphered. */
  get sealed(): boolean {
    return this.#sealed;
  }

  /**
   * One block of the client. @throws {ProtocolError} xdlms/limit, xdlms/pdu-too-long: the exchange
   * is given up; security/policy: a plain block among ciphered ones, which changes nothing
   */
  receive(block: GeneralBlockTransfer, origin: BlockOrigin, serve: ServeWhole): void {
    const begins = this.#begins(block);
    if (!begins && this.#sealed && !origin.sealed) {
      throw new ProtocolError("security/policy", "a plain block among ciphered ones");
    }
    this.#outgoing = [];
    if (begins) {
      this.#transfer = this.#begin(origin);
      this.#firstBlock = block.blockData.slice();
    }
    let unanswered = false;
    this.#serve = (apdu) => {
      const answer = serve(apdu);
      unanswered = answer === undefined;
      return answer;
    };
    this.#run((transfer) => {
      transfer.receive(block);
      // What has no answer is acknowledged by an empty block, but to who streams to the end.
      if (unanswered && !block.streaming && block.window > 0) transfer.confirm();
    });
  }

  /** The answer to a request that came whole, octets of its own. @throws {ProtocolError} */
  answer(apdu: Uint8Array): void {
    this.giveUp();
    const { octetsMax = transferOctetsMax } = this.#options;
    this.#transfer = this.#begin({ sealed: false, octetsMax });
    this.#run((transfer) => transfer.send(apdu));
  }

  /** The next block to send now. */
  next(): Uint8Array | undefined {
    return this.#outgoing.shift();
  }

  /** Another request has come: what is under way is over. */
  giveUp(): void {
    this.#transfer = undefined;
    this.#firstBlock = undefined;
    this.#outgoing = [];
  }

  /** A first block that is no repetition begins a request, whatever became of the one before. */
  #begins({ blockNumber, blockNumberAck, blockData }: GeneralBlockTransfer): boolean {
    const transfer = this.#transfer;
    if (transfer === undefined) return true;
    if (blockNumber !== 1 || blockNumberAck !== 0 || blockData.length === 0) return false;
    const repeated = this.#firstBlock !== undefined && equalOctets(blockData, this.#firstBlock);
    return transfer.finished || !repeated;
  }

  #begin({ sealed, octetsMax }: BlockOrigin): BlockTransfer {
    this.#failure = undefined;
    this.#sealed = sealed;
    const { sealedOctetsMax, ...common } = this.#options;
    const apduOctetsMax = sealed ? sealedOctetsMax : common.apduOctetsMax;
    const options = { ...common, role: "server", apduOctetsMax, octetsMax } as const;
    const transfer: BlockTransfer = new BlockTransfer(options, {
      transmit: (apdu) => void this.#outgoing.push(apdu),
      arm: () => undefined,
      disarm: () => undefined,
      received: (apdu) => {
        const answer = this.#serve?.(apdu);
        if (answer !== undefined) transfer.send(answer);
      },
      failed: (error) => void (this.#failure = error),
    });
    return transfer;
  }

  #run(step: (transfer: BlockTransfer) => void): void {
    const transfer = this.#transfer;
    if (transfer === undefined) return;
    step(transfer);
    const failure = this.#failure;
    // Nothing is kept of an exchange that is over; its last blocks are still to go.
    if (failure !== undefined || transfer.finished) this.#transfer = undefined;
    if (failure === undefined) return;
    this.giveUp();
    throw failure;
  }
}
