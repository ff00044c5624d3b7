import { DlmsError, ProtocolError } from "../error.ts";
import { equalOctets } from "../octets.ts";
import { BlockAssembly, transferWindowMax } from "../transfer/block-assembly.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type GeneralBlockTransfer,
  generalBlockTransfer,
} from "../xdlms/general-block-transfer.ts";
import { dedTags, gloTags } from "../xdlms/ciphered-service.ts";
import type { PushOrigin } from "./push-origin.ts";

/** What an opener found under an envelope. */
export interface OpenedPush {
  readonly plaintext: Uint8Array;
  /** The sender's; its key is known, so it is who it says where `verified`. */
  readonly systemTitle: Uint8Array;
  readonly invocationCounter: number;
  /** A tag proved sender and content. */
  readonly verified: boolean;
}

/**
 * Opens a ciphered APDU: finds the keys by its system title, verifies, and refuses replays, in this
 * order. @throws {DlmsError} it cannot, or must not.
 */
export type PushOpener = (apdu: Uint8Array, origin: PushOrigin) => OpenedPush;

/** One pushed APDU, blocks put together. Octets of its own. */
export interface PushMessage {
  /** As received, still ciphered where it was. */
  readonly apdu: Uint8Array;
  /** What it carries at last; the APDU itself where it was not ciphered, or cannot be opened. */
  readonly plaintext: Uint8Array;
  /** Blocks it came in; 0 without block transfer. */
  readonly blocks: number;
  /** The outermost envelope, opened. */
  readonly opened?: OpenedPush;
  readonly origin: PushOrigin;
}

/** Takes what was under the envelopes. */
export interface PushUnwrapSink {
  message(message: PushMessage): void;
  /** An APDU that leads to no message. */
  failed(error: DlmsError, apdu: Uint8Array, origin: PushOrigin): void;
  /** An APDU to send back: blocks are acknowledged where the sender asks for it. */
  reply(apdu: Uint8Array, origin: PushOrigin): void;
  /** A transfer ended unfinished. */
  lost(): void;
}

/** How to take envelopes off, and the limit. */
export interface PushUnwrapOptions {
  /** Absent: ciphered APDUs are handed on closed. */
  readonly open?: PushOpener;
  /** Octets of one APDU that comes in blocks; beyond: `xdlms/limit`. */
  readonly transferOctetsMax: number;
}

/** Envelopes inside each other: ciphered blocks of a ciphered APDU. */
const envelopesMax = 4;

const cipheredTags: ReadonlySet<number> = new Set<number>([
  ...Object.values(gloTags),
  ...Object.values(dedTags),
  0xdb,
  0xdc,
  0xdd,
  0xdf,
]);

/** True for an APDU that has to be opened first. */
export function isCipheredTag(tag: number): boolean {
  return cipheredTags.has(tag);
}

/**
 * Takes the envelopes off what one meter pushes: general block transfer (streamed, without
 * acknowledgement; a new first block begins a new transfer) and ciphering, in either order.
 */
export class PushUnwrap {
  readonly #options: PushUnwrapOptions;
  readonly #sink: PushUnwrapSink;
  #assembly: BlockAssembly | undefined;
  /** What opened the blocks of the assembly, verified if all of them were; undefined: plain. */
  #opened: OpenedPush | undefined;

  constructor(sink: PushUnwrapSink, options: PushUnwrapOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Octets of blocks held. */
  get pendingOctets(): number {
    return this.#assembly?.length ?? 0;
  }

  /** `apdu` is copied. Never throws but for faults of the program. */
  accept(apdu: Uint8Array, origin: PushOrigin): void {
    const whole = apdu.slice();
    try {
      this.#unwrap({ apdu: whole, plaintext: whole, blocks: 0, origin }, 0);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.#sink.failed(error, whole, origin);
    }
  }

  /** Forgets blocks of an unfinished transfer. */
  expire(): void {
    if (this.#assembly !== undefined) this.#sink.lost();
    this.#assembly = undefined;
  }

  #unwrap(message: PushMessage, depth: number): void {
    const tag = message.plaintext[0] ?? 0;
    const envelope = tag === generalBlockTransfer.tag || isCipheredTag(tag);
    if (envelope && depth >= envelopesMax) {
      throw new ProtocolError("xdlms/limit", `more than ${envelopesMax} envelopes`);
    }
    if (tag === generalBlockTransfer.tag) {
      this.#block(message, depth);
      return;
    }
    const { open } = this.#options;
    if (open === undefined || !envelope) {
      this.#sink.message(message);
      return;
    }
    const opened = open(message.plaintext, message.origin);
    const outermost = message.opened ?? opened;
    this.#unwrap({ ...message, plaintext: opened.plaintext, opened: outermost }, depth + 1);
  }

  #block(message: PushMessage, depth: number): void {
    const block = decodeUnit(generalBlockTransfer, message.plaintext);
    const assembly = this.#assemblyFor(block, message.opened);
    if (assembly === undefined) return;
    const opened = this.#openedWith(message.opened);
    try {
      // Nobody repeats a block of a streamed push: what is missing is lost.
      if (assembly.accept(block) === "dropped" && block.window === 0) this.expire();
    } catch (error) {
      this.expire();
      throw error;
    }
    if (block.window > 0 && !block.streaming) this.#acknowledge(assembly, message.origin);
    if (!assembly.complete) return;
    this.#assembly = undefined;
    const apdu = assembly.finish();
    const blocks = assembly.acknowledged;
    const whole = { apdu, plaintext: apdu, blocks, origin: message.origin };
    this.#unwrap(opened === undefined ? whole : { ...whole, opened }, depth + 1);
  }

  /**
   * What the transfer's blocks prove, this one included.
   * @throws {ProtocolError} security/policy: it came otherwise than the first; nothing changes
   */
  #openedWith(opened: OpenedPush | undefined): OpenedPush | undefined {
    const before = this.#opened;
    if (before === undefined && opened === undefined) return undefined;
    if (
      before === undefined ||
      opened === undefined ||
      !equalOctets(before.systemTitle, opened.systemTitle)
    ) {
      throw new ProtocolError("security/policy", "a block that came otherwise than the first");
    }
    this.#opened = { ...opened, verified: before.verified && opened.verified };
    return this.#opened;
  }

  /** A transfer begins with block 1 only; an acknowledgement of somebody else's begins none. */
  #assemblyFor(
    block: GeneralBlockTransfer,
    opened: OpenedPush | undefined,
  ): BlockAssembly | undefined {
    const known = this.#assembly;
    const streamed = block.window === 0;
    const begins = block.blockNumber === 1 && block.blockData.length > 0;
    if (known !== undefined && !(begins && (streamed || known.restarts(block)))) return known;
    if (!begins) return undefined;
    if (known !== undefined) this.expire();
    const octetsMax = this.#options.transferOctetsMax;
    this.#opened = opened;
    this.#assembly = new BlockAssembly(streamed ? { octetsMax, heldBlocksMax: 0 } : { octetsMax });
    return this.#assembly;
  }

  #acknowledge(assembly: BlockAssembly, origin: PushOrigin): void {
    const acknowledgement: GeneralBlockTransfer = {
      kind: "general-block-transfer",
      lastBlock: true,
      streaming: false,
      window: transferWindowMax,
      blockNumber: 1,
      blockNumberAck: assembly.acknowledged,
      blockData: new Uint8Array(0),
    };
    this.#sink.reply(encodeUnit(generalBlockTransfer, acknowledgement), origin);
  }
}
