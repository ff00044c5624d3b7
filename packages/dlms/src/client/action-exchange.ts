import { sequenceOf } from "../axdr/codec.ts";
import { decodeData } from "../axdr/data-decode.ts";
import { encodeData, writeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import { writeLength } from "../axdr/length.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetReader, OctetWriter } from "../octets.ts";
import {
  type ActionOutcome,
  actionOutcome,
  type ActionResponse,
  actionResponse,
} from "../xdlms/action-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import { type MethodDescriptor, methodDescriptor } from "../xdlms/descriptor.ts";
import { BlockAssembler } from "./block-transfer.ts";
import { BlockwiseSend, sameCount } from "./blockwise-send.ts";
import type { ExchangeContext } from "./exchange.ts";

/** One method and its parameters; `parameters` is left out for a method without any. */
export interface MethodCall {
  readonly method: MethodDescriptor;
  readonly parameters?: Data;
}

/** An answer that needs no further block. */
export type PlainActionResponse = Extract<
  ActionResponse,
  { readonly type: "normal" | "with-list" }
>;

const actionRequest = 0xc3;
const nextPblock = 2;
const present = Uint8Array.of(1);
const absent = Uint8Array.of(0);
const nothing = new Uint8Array(0);
const outcomeList = sequenceOf(actionOutcome);

/** ACTION of both forms: parameters and return parameters may each travel in blocks. */
export abstract class BlockwiseAction<Result> extends BlockwiseSend<Result> {
  #assembler: BlockAssembler | undefined;

  protected get responseTag(): number {
    return 0xc7;
  }

  override get transferredOctets(): number {
    return this.#assembler?.length ?? super.transferredOctets;
  }

  /** The outcome stands in an APDU of its own. */
  protected abstract accept(response: PlainActionResponse): Result;

  /** The outcome came in blocks: `octets` are their raw-data. */
  protected abstract acceptRaw(octets: Uint8Array): Result;

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" {
    // A copy: return parameters hold octets of the APDU they came in.
    const response = decodeUnit(actionResponse, new Uint8Array(octets.subarray(start, end)));
    switch (response.type) {
      case "next-pblock":
        return this.continueBlocks(response.blockNumber, writer);
      case "with-pblock":
        return this.#takeBlock(response, writer);
      case "normal":
      case "with-list":
        this.result = this.accept(response);
        return "done";
    }
  }

  #takeBlock(block: DataBlock, writer: OctetWriter): "send" | "done" {
    this.#assembler ??= new BlockAssembler(this.context.transferOctetsMax);
    this.#assembler.add(block.blockNumber, block.rawData);
    if (block.lastBlock) {
      this.result = this.acceptRaw(this.#assembler.finish());
      return "done";
    }
    writer.uint8(actionRequest);
    writer.uint8(nextPblock);
    writer.uint8(this.invoke);
    writer.uint32(block.blockNumber);
    return "send";
  }
}

/** ACTION of one method (Green Book 9.4.6.9). */
export class ActionExchange extends BlockwiseAction<ActionOutcome> {
  constructor(call: MethodCall, invoke: number, context: ExchangeContext) {
    const head = new OctetWriter(transferOctetsMax, 16);
    methodDescriptor.encode(head, call.method);
    const content = {
      head: head.finish(),
      between: call.parameters === undefined ? absent : present,
      values: call.parameters === undefined ? nothing : encodeData(call.parameters),
      blocksAllowed: context.blockAction,
    };
    const forms = { tag: actionRequest, whole: 1, firstBlock: 4, nextBlock: 6 };
    super(forms, content, invoke, context);
  }

  protected accept(response: PlainActionResponse): ActionOutcome {
    if (response.type === "normal") return outcomeOf(response);
    throw new ProtocolError("xdlms/unexpected", "a list answers the ACTION of one method");
  }

  /**
   * The standard puts Action-Response-With-Optional-Data into the raw-data; servers are known that
   * put only the return parameters there. What decodes as a whole tells them apart.
   */
  protected acceptRaw(octets: Uint8Array): ActionOutcome {
    try {
      const reader = new OctetReader(octets, "xdlms");
      const outcome = actionOutcome.decode(reader, "raw-data");
      if (reader.remaining === 0) return outcome;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    return { result: "success", returned: { ok: true, value: decodeData(octets) } };
  }
}

/** ACTION of several methods in one request; the outcomes stand in the methods' order. */
export class ActionListExchange extends BlockwiseAction<readonly ActionOutcome[]> {
  readonly #count: number;

  constructor(calls: readonly MethodCall[], invoke: number, context: ExchangeContext) {
    const head = new OctetWriter(transferOctetsMax, 64);
    const body = new OctetWriter(transferOctetsMax, 64);
    writeLength(head, calls.length);
    writeLength(body, calls.length);
    for (const { method, parameters } of calls) {
      methodDescriptor.encode(head, method);
      writeData(body, parameters ?? { type: "null-data", value: null });
    }
    const content = {
      head: head.finish(),
      between: nothing,
      values: body.finish(),
      blocksAllowed: context.blockAction,
    };
    const forms = { tag: actionRequest, whole: 3, firstBlock: 5, nextBlock: 6 };
    super(forms, content, invoke, context);
    this.#count = calls.length;
  }

  protected accept(response: PlainActionResponse): readonly ActionOutcome[] {
    if (response.type === "with-list") return sameCount(response.results, this.#count);
    // A server without with-list refuses the whole in the form of a single answer.
    return Array.from({ length: this.#count }, () => outcomeOf(response));
  }

  protected acceptRaw(octets: Uint8Array): readonly ActionOutcome[] {
    const reader = new OctetReader(octets, "xdlms");
    const outcomes = outcomeList.decode(reader, "raw-data");
    reader.finish("raw-data");
    return sameCount(outcomes, this.#count);
  }
}

function outcomeOf(response: ActionOutcome): ActionOutcome {
  const { result, returned } = response;
  return returned === undefined ? { result } : { result, returned };
}
