import type { Data } from "../axdr/data.ts";
import { ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import type { DataAccessResult } from "../xdlms/data-access-result.ts";
import {
  unconfirmedWriteRequest,
  type UnconfirmedWriteRequest,
} from "../xdlms/unconfirmed-write-request.ts";
import { writeRequest } from "../xdlms/write-request.ts";
import { type WriteResult, writeResponse } from "../xdlms/write-response.ts";
import { BlockSource } from "./block-transfer.ts";
import type { ExchangeContext } from "./exchange.ts";
import { checkWhole } from "./request-size.ts";
import { type ShortName, ShortNameExchange, variableAccessOf } from "./short-name-exchange.ts";

/** One attribute by short name and the value to write; a method and its parameters likewise. */
export interface ShortNameValue {
  readonly name: ShortName;
  readonly data: Data;
}

/** Tag, counts, access with last-block and number, tag of the octet-string. */
const blockHeadOctets = 8;
/** Block numbers have 16 bits. */
const blocksMax = 0xffff;

/**
 * WRITE: one or several attributes by short name; in blocks where the request does not fit the
 * server's max PDU and it takes them (Green Book 9.4.6.12).
 */
export class WriteExchange extends ShortNameExchange<readonly DataAccessResult[]> {
  readonly #values: readonly ShortNameValue[];
  #blocks: BlockSource | undefined;

  constructor(values: readonly ShortNameValue[], context: ExchangeContext) {
    super(context);
    this.#values = values;
  }

  protected get responseTag(): number {
    return writeResponse.tag;
  }

  /** The meter acts when it has everything: until then a lost answer means nothing was done. */
  get outcomeUnknown(): boolean {
    return this.#blocks === undefined || this.#blocks.exhausted;
  }

  get transferredOctets(): number {
    return this.#blocks?.sentOctets ?? 0;
  }

  start(writer: OctetWriter): void {
    const whole = new OctetWriter(transferOctetsMax, 128);
    writeRequest.encode(whole, { kind: "write-request", ...requestOf(this.#values) });
    const { sendOctetsMax, blockSet } = this.context;
    if (whole.length <= sendOctetsMax || !blockSet) {
      checkWhole(whole.length, this.context);
      writer.octets(whole.view());
      return;
    }
    // What goes in blocks is the request without its tag.
    this.#blocks = new BlockSource(whole.view(1));
    this.#writeBlock(writer, this.#blocks);
  }

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" {
    const { results } = decodeUnit(writeResponse, octets.slice(start, end));
    const [first] = results;
    if (first?.type === "block-number") {
      const blocks = this.#blocks;
      const confirmed = first.blockNumber === blocks?.number && results.length === 1;
      if (blocks === undefined || blocks.exhausted || !confirmed) {
        const problem = `the meter confirms block ${first.blockNumber} out of turn`;
        throw new ProtocolError("xdlms/block", problem);
      }
      this.#writeBlock(writer, blocks);
      return "send";
    }
    this.result = this.#resultsOf(results);
    return "done";
  }

  #writeBlock(writer: OctetWriter, blocks: BlockSource): void {
    const { number, last, raw } = blocks.next(this.context.sendOctetsMax, blockHeadOctets);
    if (number > blocksMax) throw new ProtocolError("xdlms/pdu-too-long", "more than 65535 blocks");
    writeRequest.encode(writer, {
      kind: "write-request",
      variables: [{ type: "write-data-block-access", lastBlock: last, blockNumber: number }],
      data: [{ type: "octet-string", value: raw }],
    });
  }

  #resultsOf(results: readonly WriteResult[]): readonly DataAccessResult[] {
    const count = this.#values.length;
    if (results.length !== count) {
      const problem = `${results.length} results for ${count} variables`;
      throw new ProtocolError("xdlms/unexpected", problem);
    }
    return results.map((result) => {
      switch (result.type) {
        case "success":
          return "success";
        case "data-access-error":
          return result.reason;
        case "block-number":
          throw new ProtocolError("xdlms/unexpected", "a block number among results");
      }
    });
  }
}

/** UNCONFIRMED WRITE: nothing answers it, and what became of it only reading tells. */
export class UnconfirmedWriteExchange extends ShortNameExchange<void> {
  readonly outcomeUnknown = true;
  readonly transferredOctets = 0;
  readonly #values: readonly ShortNameValue[];

  constructor(values: readonly ShortNameValue[], context: ExchangeContext) {
    super(context);
    this.#values = values;
  }

  protected get responseTag(): number {
    return 0;
  }

  override get unconfirmed(): boolean {
    return true;
  }

  start(writer: OctetWriter): void {
    const request = encodeUnit<UnconfirmedWriteRequest>(unconfirmedWriteRequest, {
      kind: "unconfirmed-write-request",
      ...requestOf(this.#values),
    });
    checkWhole(request.length, { sendOctetsMax: this.context.sendOctetsMax });
    writer.octets(request);
  }

  protected respond(): "done" {
    return "done";
  }
}

function requestOf(values: readonly ShortNameValue[]): {
  readonly variables: readonly ReturnType<typeof variableAccessOf>[];
  readonly data: readonly Data[];
} {
  return {
    variables: values.map(({ name }) => variableAccessOf(name)),
    data: values.map(({ data }) => data),
  };
}
