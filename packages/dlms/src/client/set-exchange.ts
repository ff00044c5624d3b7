import { encodeData, writeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import { writeLength } from "../axdr/length.ts";
import { ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { DataAccessResult } from "../xdlms/data-access-result.ts";
import { type AttributeDescriptor, attributeDescriptor } from "../xdlms/descriptor.ts";
import { setResponse } from "../xdlms/set-response.ts";
import { BlockwiseSend, sameCount } from "./blockwise-send.ts";
import type { ExchangeContext } from "./exchange.ts";

/** One attribute and the value to write. */
export interface AttributeValue {
  readonly attribute: AttributeDescriptor;
  readonly data: Data;
}

const setRequest = 0xc1;
const nothing = new Uint8Array(0);

/** SET of one attribute (Green Book 9.4.6.7). */
export class SetExchange extends BlockwiseSend<DataAccessResult> {
  constructor(value: AttributeValue, invoke: number, context: ExchangeContext) {
    const head = new OctetWriter(transferOctetsMax, 16);
    attributeDescriptor.encode(head, value.attribute);
    const content = {
      head: head.finish(),
      between: nothing,
      values: encodeData(value.data),
      blocksAllowed: context.blockSet,
    };
    const forms = { tag: setRequest, whole: 1, firstBlock: 2, nextBlock: 3 };
    super(forms, content, invoke, context);
  }

  protected get responseTag(): number {
    return 0xc5;
  }

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" {
    const response = decodeUnit(setResponse, octets.subarray(start, end));
    if (response.type === "datablock") return this.continueBlocks(response.blockNumber, writer);
    if (response.type !== "normal" && response.type !== "last-datablock") {
      throw new ProtocolError("xdlms/unexpected", `SET answered by ${response.type}`);
    }
    this.result = response.result;
    return "done";
  }
}

/** SET of several attributes in one request; the results stand in the attributes' order. */
export class SetListExchange extends BlockwiseSend<readonly DataAccessResult[]> {
  readonly #count: number;

  constructor(values: readonly AttributeValue[], invoke: number, context: ExchangeContext) {
    const head = new OctetWriter(transferOctetsMax, 64);
    const body = new OctetWriter(transferOctetsMax, 64);
    writeLength(head, values.length);
    writeLength(body, values.length);
    for (const { attribute, data } of values) {
      attributeDescriptor.encode(head, attribute);
      writeData(body, data);
    }
    const content = {
      head: head.finish(),
      between: nothing,
      values: body.finish(),
      blocksAllowed: context.blockSet,
    };
    const forms = { tag: setRequest, whole: 4, firstBlock: 5, nextBlock: 3 };
    super(forms, content, invoke, context);
    this.#count = values.length;
  }

  protected get responseTag(): number {
    return 0xc5;
  }

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" {
    const response = decodeUnit(setResponse, octets.subarray(start, end));
    switch (response.type) {
      case "datablock":
        return this.continueBlocks(response.blockNumber, writer);
      case "normal": // a server without with-list refuses the whole in the form of a single answer
      case "last-datablock":
        this.result = Array.from({ length: this.#count }, () => response.result);
        return "done";
      case "with-list":
      case "last-datablock-with-list":
        this.result = sameCount(response.results, this.#count);
        return "done";
    }
  }
}
