import { readData } from "../axdr/data-decode.ts";
import { readLength } from "../axdr/length.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import { OctetReader, type OctetWriter } from "../octets.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import { dataAccessResultFromNumber } from "../xdlms/data-access-result.ts";
import type { GetDataResult } from "../xdlms/get-data-result.ts";
import { readRequest } from "../xdlms/read-request.ts";
import { type ReadResult, readResponse } from "../xdlms/read-response.ts";
import { BlockAssembler } from "./block-transfer.ts";
import type { ExchangeContext } from "./exchange.ts";
import { checkWhole } from "./request-size.ts";
import { type ShortName, ShortNameExchange, variableAccessOf } from "./short-name-exchange.ts";

/**
 * READ: one or several attributes by short name, answered whole or in blocks (Green Book
 * 9.4.6.12). The raw-data of blocks is the list of results; some meters leave out its count, or
 * send a single value alone: taken as well, where exactly that is there.
 */
export class ReadExchange extends ShortNameExchange<readonly GetDataResult[]> {
  readonly outcomeUnknown = false;
  readonly #variables: readonly ShortName[];
  #assembler: BlockAssembler | undefined;

  constructor(variables: readonly ShortName[], context: ExchangeContext) {
    super(context);
    this.#variables = variables;
  }

  protected get responseTag(): number {
    return readResponse.tag;
  }

  get transferredOctets(): number {
    return this.#assembler?.length ?? 0;
  }

  start(writer: OctetWriter): void {
    const variables = this.#variables.map(variableAccessOf);
    const request = encodeUnit(readRequest, { kind: "read-request", variables });
    checkWhole(request.length, this.context);
    writer.octets(request);
  }

  protected respond(
    octets: Uint8Array,
    start: number,
    end: number,
    writer: OctetWriter,
  ): "send" | "done" {
    const { results } = decodeUnit(readResponse, octets.slice(start, end));
    const [first] = results;
    if (first?.type !== "data-block") {
      this.result = this.#counted(results.map(plainResult));
      return "done";
    }
    if (results.length > 1) throw new ProtocolError("xdlms/unexpected", "several blocks at once");
    this.#assembler ??= new BlockAssembler(this.context.transferOctetsMax);
    this.#assembler.add(first.blockNumber, first.rawData);
    if (first.lastBlock) {
      this.result = this.#counted(readRaw(this.#assembler.finish(), this.#variables.length));
      return "done";
    }
    const { blockNumber } = first;
    readRequest.encode(writer, {
      kind: "read-request",
      variables: [{ type: "block-number-access", blockNumber }],
    });
    return "send";
  }

  #counted(results: readonly GetDataResult[]): readonly GetDataResult[] {
    const count = this.#variables.length;
    if (results.length === count) return results;
    throw new ProtocolError("xdlms/unexpected", `${results.length} results for ${count} variables`);
  }
}

function plainResult(result: ReadResult): GetDataResult {
  switch (result.type) {
    case "data":
      return { ok: true, value: result.value };
    case "data-access-error":
      return result.reason === "success"
        ? { ok: false, reason: "other-reason" }
        : { ok: false, reason: result.reason };
    case "data-block":
    case "block-number":
      throw new ProtocolError("xdlms/unexpected", `READ answered by a ${result.type}`);
  }
}

/** The list with its count, the list without, or one value alone: the first that fits exactly. */
function readRaw(octets: Uint8Array, count: number): readonly GetDataResult[] {
  const withCount = attempt(octets, (reader) => {
    const declared = readLength(reader, "results");
    if (declared !== count) reader.fail("results", `${declared} for ${count} variables`);
    return readResults(reader, count);
  });
  if (Array.isArray(withCount)) return withCount;
  const withoutCount = attempt(octets, (reader) => readResults(reader, count));
  if (Array.isArray(withoutCount)) return withoutCount;
  if (count === 1) {
    const alone = attempt(octets, (reader) => [{ ok: true, value: readData(reader) }]);
    if (Array.isArray(alone)) return alone;
  }
  throw withCount;
}

function attempt(
  octets: Uint8Array,
  read: (reader: OctetReader) => readonly GetDataResult[],
): readonly GetDataResult[] | DecodeError {
  const reader = new OctetReader(octets, "xdlms");
  try {
    const results = read(reader);
    reader.finish("ReadResponse.raw-data");
    return results;
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function readResults(reader: OctetReader, count: number): readonly GetDataResult[] {
  return Array.from({ length: count }, (): GetDataResult => {
    switch (reader.uint8("result")) {
      case 0:
        return { ok: true, value: readData(reader) };
      case 1:
        return plainResult({
          type: "data-access-error",
          reason: dataAccessResultFromNumber(reader.uint8("data-access-error")),
        });
      default:
        return reader.fail("result", "is neither data nor an error");
    }
  });
}
