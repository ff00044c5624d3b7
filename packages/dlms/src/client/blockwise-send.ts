import { writeLength } from "../axdr/length.ts";
import { ProtocolError } from "../error.ts";
import type { OctetWriter } from "../octets.ts";
import { BlockSource } from "./block-transfer.ts";
import { Exchange, type ExchangeContext } from "./exchange.ts";
import { checkWhole } from "./request-size.ts";

/** The numbers one service gives its request forms (Green Book, Set-Request, Action-Request). */
export interface RequestForms {
  readonly tag: number;
  readonly whole: number;
  readonly firstBlock: number;
  readonly nextBlock: number;
}

/** What a request that changes the meter carries. */
export interface RequestContent {
  /** Descriptors, as they stand before the values. */
  readonly head: Uint8Array;
  /** What stands between head and values of a whole request, and is left out with blocks. */
  readonly between: Uint8Array;
  /** Encoded values: the raw-data when the request goes in blocks. */
  readonly values: Uint8Array;
  readonly blocksAllowed: boolean;
}

/** Of the invoke octet: the service is answered. */
const confirmedBit = 0x40;
/** Invoke octet, form and tag before everything. */
const prefixOctets = 3;
/** last-block and block-number before the raw-data. */
const blockHeadOctets = 5;

/**
 * SET and ACTION: sent whole when they fit the server's max PDU, else in blocks of their own, else,
 * where the server has general block transfer alone, whole for that.
 */
export abstract class BlockwiseSend<Result> extends Exchange<Result> {
  readonly #forms: RequestForms;
  readonly #content: RequestContent;
  #blocks: BlockSource | undefined;

  constructor(
    forms: RequestForms,
    content: RequestContent,
    invoke: number,
    context: ExchangeContext,
  ) {
    super(invoke, context);
    this.#forms = forms;
    this.#content = content;
  }

  get transferredOctets(): number {
    return this.#blocks?.sentOctets ?? 0;
  }

  /** The meter acts when it has everything: until then a lost answer means nothing was done. */
  get outcomeUnknown(): boolean {
    return this.#blocks === undefined || this.#blocks.exhausted;
  }

  override get unconfirmed(): boolean {
    return (this.invoke & confirmedBit) === 0;
  }

  start(writer: OctetWriter): void {
    const { head, between, values, blocksAllowed } = this.#content;
    const wholeOctets = prefixOctets + head.length + between.length + values.length;
    const { sendOctetsMax } = this.context;
    const fits = wholeOctets <= sendOctetsMax;
    if (fits || !blocksAllowed || this.unconfirmed) {
      // What nobody answers has nobody to ask for its next block.
      checkWhole(wholeOctets, this.unconfirmed ? { sendOctetsMax } : this.context);
      this.#prefix(writer, this.#forms.whole);
      writer.octets(head);
      writer.octets(between);
      writer.octets(values);
      return;
    }
    this.#blocks = new BlockSource(values);
    this.#prefix(writer, this.#forms.firstBlock);
    writer.octets(head);
    this.#writeBlock(writer, prefixOctets + head.length);
  }

  /** The server has taken block `confirmed` and waits for the next one. */
  protected continueBlocks(confirmed: number, writer: OctetWriter): "send" {
    const blocks = this.#blocks;
    if (blocks === undefined || blocks.exhausted || confirmed !== blocks.number) {
      throw new ProtocolError("xdlms/block", `the meter confirms block ${confirmed} out of turn`);
    }
    this.#prefix(writer, this.#forms.nextBlock);
    this.#writeBlock(writer, prefixOctets);
    return "send";
  }

  #prefix(writer: OctetWriter, form: number): void {
    writer.uint8(this.#forms.tag);
    writer.uint8(form);
    writer.uint8(this.invoke);
  }

  #writeBlock(writer: OctetWriter, before: number): void {
    const block = this.#blocks!.next(this.context.sendOctetsMax, before + blockHeadOctets);
    writer.uint8(block.last ? 1 : 0);
    writer.uint32(block.number);
    writeLength(writer, block.raw.length);
    writer.octets(block.raw);
  }
}

/** A list answer has as many results as the request had parts. @throws {ProtocolError} */
export function sameCount<T>(results: readonly T[], count: number): readonly T[] {
  if (results.length === count) return results;
  throw new ProtocolError("xdlms/unexpected", `${results.length} results for ${count} requests`);
}
