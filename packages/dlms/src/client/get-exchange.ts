import { decodeData, numberAt, numberOctetsAt } from "../axdr/data-decode.ts";
import { writeLength } from "../axdr/length.ts";
import { ProtocolError } from "../error.ts";
import { OctetReader, type OctetWriter } from "../octets.ts";
import type { DataAccessResult } from "../xdlms/data-access-result.ts";
import { type AttributeDescriptor, writeAttribute } from "../xdlms/descriptor.ts";
import { type GetDataResult, readGetDataResult } from "../xdlms/get-data-result.ts";
import { decodeGetResponse, readGetDataResults } from "../xdlms/get-response.ts";
import { BlockAssembler } from "./block-transfer.ts";
import { Exchange, type ExchangeContext } from "./exchange.ts";
import type { LongGet } from "./long-get.ts";

const getRequest = 0xc0;
const getResponse = 0xc4;
const normal = 1;
const next = 2;
const withDatablock = 2;
const withList = 3;
/** A block number no server has just sent: it answers long-get-aborted. */
const noSuchBlock = 0xffff_ffff;

/** GET of both forms: the answer may come whole or in blocks (Green Book 9.4.6.6). */
export abstract class BlockwiseGet<Result> extends Exchange<Result> {
  declare protected assembler: BlockAssembler | undefined;
  declare private abandoned: boolean;

  constructor(invoke: number, context: ExchangeContext) {
    super(invoke, context);
    this.assembler = undefined;
    this.abandoned = false;
  }

  protected get responseTag(): number {
    return getResponse;
  }

  get outcomeUnknown(): boolean {
    return false;
  }

  get transferredOctets(): number {
    return this.assembler?.length ?? 0;
  }

  /** The answer came in one APDU, `octets[start..end)`: they belong to the receive buffer. */
  protected abstract acceptPlain(octets: Uint8Array, start: number, end: number): Result;

  /** The answer came in blocks: `octets` are their raw-data. */
  protected abstract acceptRaw(octets: Uint8Array): Result;

  protected abstract refuse(reason: DataAccessResult): Result;

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" | "late" {
    if (octets[start + 1] !== withDatablock) {
      this.result = this.acceptPlain(octets, start, end);
      return "done";
    }
    const block = decodeGetResponse(octets, start, end);
    if (block.type !== "with-datablock") throw unexpectedForm(block.type);
    if (!block.result.ok) {
      this.result = this.refuse(block.result.reason);
      return "done";
    }
    if (this.repeats(block.blockNumber)) return "late";
    this.assembler ??= new BlockAssembler(this.context.transferOctetsMax);
    this.assembler.add(block.blockNumber, block.result.rawData);
    if (!block.lastBlock) {
      writeNext(writer, this.invoke, block.blockNumber);
      return "send";
    }
    this.result = this.acceptRaw(this.assembler.finish());
    return "done";
  }

  /** True for a block that was asked for again and has come before. */
  protected repeats(_blockNumber: number): boolean {
    return false;
  }

  /** Ends a long GET at the meter by asking for a block it has not sent, once. */
  override abandon(apdu: Uint8Array, writer: OctetWriter): boolean {
    const more = apdu[0] === this.responseTag && apdu[1] === withDatablock && apdu[3] === 0;
    if (!more || this.abandoned) return false;
    this.abandoned = true;
    writeNext(writer, this.invoke, noSuchBlock);
    return true;
  }
}

/** GET-REQUEST-NORMAL: one attribute. */
export class GetExchange extends BlockwiseGet<GetDataResult> {
  declare private readonly attribute: AttributeDescriptor;

  constructor(attribute: AttributeDescriptor, invoke: number, context: ExchangeContext) {
    super(invoke, context);
    this.attribute = attribute;
  }

  override get longGet(): LongGet | undefined {
    const { assembler, invoke, context } = this;
    if (assembler === undefined) return undefined;
    return { invoke, context, blockNumber: assembler.number, octets: assembler.finish().slice() };
  }

  start(writer: OctetWriter): void {
    writer.uint16((getRequest << 8) | normal);
    writer.uint8(this.invoke);
    writeAttribute(writer, this.attribute);
  }

  protected acceptPlain(octets: Uint8Array, start: number, end: number): GetDataResult {
    const form = octets[start + 1];
    if (form !== normal) throw unexpectedForm(form);
    // A number alone, as nearly always: it holds no octets of the receive buffer.
    if (octets[start + 3] === 0 && numberOctetsAt(octets, start + 4, end) === end - start - 4) {
      return { ok: true, value: numberAt(octets, start + 4) };
    }
    const reader = new OctetReader(new Uint8Array(octets.subarray(start, end)), "xdlms", 3);
    const result = readGetDataResult(reader);
    reader.finish("Get-Response-Normal");
    return result;
  }

  protected acceptRaw(octets: Uint8Array): GetDataResult {
    return { ok: true, value: decodeData(octets) };
  }

  protected refuse(reason: DataAccessResult): GetDataResult {
    return { ok: false, reason };
  }
}

/** A GET in blocks that was interrupted: asks for its next block. */
export class ResumedGetExchange extends GetExchange {
  readonly #from: number;

  /** @throws {RangeError} `resume` is of another association. */
  constructor(attribute: AttributeDescriptor, resume: LongGet, context: ExchangeContext) {
    super(attribute, resume.invoke, context);
    if (resume.context !== context) throw new RangeError("a long GET of another association");
    const { octets, blockNumber } = resume;
    this.assembler = new BlockAssembler(context.transferOctetsMax, octets, blockNumber);
    this.#from = blockNumber;
  }

  override start(writer: OctetWriter): void {
    writeNext(writer, this.invoke, this.#from);
  }

  protected override repeats(blockNumber: number): boolean {
    return blockNumber === this.assembler?.number;
  }
}

/** GET-REQUEST-WITH-LIST: several attributes, answered in their order. */
export class GetListExchange extends BlockwiseGet<readonly GetDataResult[]> {
  readonly #attributes: readonly AttributeDescriptor[];

  constructor(
    attributes: readonly AttributeDescriptor[],
    invoke: number,
    context: ExchangeContext,
  ) {
    super(invoke, context);
    this.#attributes = attributes;
  }

  start(writer: OctetWriter): void {
    writer.uint16((getRequest << 8) | withList);
    writer.uint8(this.invoke);
    writeLength(writer, this.#attributes.length);
    for (const attribute of this.#attributes) writeAttribute(writer, attribute);
  }

  protected acceptPlain(octets: Uint8Array, start: number, end: number): readonly GetDataResult[] {
    const form = octets[start + 1];
    if (form === normal) {
      // Meters without with-list refuse the request as a whole in the form of a single answer.
      const single = decodeGetResponse(octets, start, end);
      if (single.type === "normal" && !single.result.ok) return this.refuse(single.result.reason);
    }
    if (form !== withList) throw unexpectedForm(form);
    const count = this.#attributes.length;
    const numbers =
      octets[start + 3] === count ? numbersAt(octets, start + 4, end, count) : undefined;
    if (numbers !== undefined) return numbers;
    const copy = new Uint8Array(octets.subarray(start, end));
    return readAll(new OctetReader(copy, "xdlms", 3), count);
  }

  protected acceptRaw(octets: Uint8Array): readonly GetDataResult[] {
    return readAll(new OctetReader(octets, "xdlms"), this.#attributes.length);
  }

  protected refuse(reason: DataAccessResult): readonly GetDataResult[] {
    return this.#attributes.map(() => ({ ok: false, reason }));
  }
}

/** As many results as there were attributes. */
function readAll(reader: OctetReader, count: number): readonly GetDataResult[] {
  const results = readGetDataResults(reader);
  reader.finish("Get-Response-With-List");
  if (results.length !== count) {
    reader.fail("results", `${results.length} for ${count} attributes`);
  }
  return results;
}

/** GET-REQUEST-NEXT: the block after `blockNumber`. */
function writeNext(writer: OctetWriter, invoke: number, blockNumber: number): void {
  writer.uint8(getRequest);
  writer.uint8(next);
  writer.uint8(invoke);
  writer.uint32(blockNumber);
}

/**
 * The results `octets[start..end)` when all are numbers, as in most polls: they hold no octets of
 * the receive buffer. `undefined` for anything else, which is then read from a copy.
 */
function numbersAt(
  octets: Uint8Array,
  start: number,
  end: number,
  count: number,
): readonly GetDataResult[] | undefined {
  const results = Array<GetDataResult>(count);
  let at = start;
  for (let index = 0; index < count; index++) {
    const valueOctets = octets[at] === 0 ? numberOctetsAt(octets, at + 1, end) : 0;
    if (valueOctets === 0) return undefined;
    results[index] = { ok: true, value: numberAt(octets, at + 1) };
    at += 1 + valueOctets;
  }
  return at === end ? results : undefined;
}

function unexpectedForm(form: number | string | undefined): ProtocolError {
  return new ProtocolError("xdlms/unexpected", `GET answered in form ${form}`);
}
