import {
  boolean,
  choice,
  type Codec,
  octetString,
  sequence,
  sequenceOf,
  uint32,
} from "../axdr/codec.ts";
import { readLength } from "../axdr/length.ts";
import { OctetReader } from "../octets.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";
import {
  dataAccessResult,
  type DataAccessResult,
  dataAccessResultFromNumber,
  dataAccessResultToNumber,
} from "./data-access-result.ts";
import { type GetDataResult, getDataResult, readGetDataResult } from "./get-data-result.ts";
import { invokeIdAndPriority, type InvokeIdAndPriority, invokeIdFromOctet } from "./invoke-id.ts";

/** Contents of one block of a long GET: octets to append, or the reason why there are none. */
export type GetBlockResult =
  | { readonly ok: true; readonly rawData: Uint8Array }
  | { readonly ok: false; readonly reason: DataAccessResult };

/** Get-Response. The raw data of all blocks together are one Data, or the list of a with-list. */
export type GetResponse =
  | {
      readonly kind: "get-response";
      readonly type: "normal";
      readonly invoke: InvokeIdAndPriority;
      readonly result: GetDataResult;
    }
  | {
      readonly kind: "get-response";
      readonly type: "with-datablock";
      readonly invoke: InvokeIdAndPriority;
      readonly lastBlock: boolean;
      readonly blockNumber: number;
      readonly result: GetBlockResult;
    }
  | {
      readonly kind: "get-response";
      readonly type: "with-list";
      readonly invoke: InvokeIdAndPriority;
      readonly results: readonly GetDataResult[];
    };

const rawData = octetString();

const getBlockResult: Codec<GetBlockResult> = {
  name: "DataBlock-G.result",
  layout: {
    form: "choice",
    variants: [
      [0, "raw-data", rawData],
      [1, "data-access-result", dataAccessResult],
    ],
  },
  encode: (writer, value) => {
    writer.uint8(value.ok ? 0 : 1);
    if (value.ok) rawData.encode(writer, value.rawData);
    else writer.uint8(dataAccessResultToNumber(value.reason));
  },
  decode: (reader, field) => {
    const tag = reader.uint8(field);
    if (tag === 0) return { ok: true, rawData: rawData.decode(reader, field) };
    if (tag === 1) return { ok: false, reason: dataAccessResultFromNumber(reader.uint8(field)) };
    reader.offset--;
    return reader.fail(field, `unknown choice 0x${tag.toString(16).padStart(2, "0")}`);
  },
};

export const getResponse: ApduCodec<GetResponse> = apdu(
  "get-response",
  0xc4,
  choice("Get-Response", "type", {
    normal: [
      1,
      sequence("Get-Response-Normal", { invoke: invokeIdAndPriority, result: getDataResult }),
    ],
    "with-datablock": [
      2,
      sequence("Get-Response-With-Datablock", {
        invoke: invokeIdAndPriority,
        lastBlock: boolean,
        blockNumber: uint32,
        result: getBlockResult,
      }),
    ],
    "with-list": [
      3,
      sequence("Get-Response-With-List", {
        invoke: invokeIdAndPriority,
        results: sequenceOf(getDataResult),
      }),
    ],
  }),
);

/**
 * Reads one Get-Response up to the reader's end, the common forms by hand: the same meaning as the
 * declaration above, several times as fast. @throws {DecodeError}
 */
export function readGetResponse(reader: OctetReader): GetResponse {
  const start = reader.offset;
  const head = reader.uint16("get-response");
  let response: GetResponse;
  if (head === 0xc401) {
    const invoke = invokeIdFromOctet(reader.uint8("Get-Response-Normal.invoke"));
    response = { kind: "get-response", type: "normal", invoke, result: readGetDataResult(reader) };
  } else if (head === 0xc403) {
    const invoke = invokeIdFromOctet(reader.uint8("Get-Response-With-List.invoke"));
    const results = readGetDataResults(reader);
    response = { kind: "get-response", type: "with-list", invoke, results };
  } else {
    reader.offset = start;
    response = getResponse.decode(reader, "get-response");
  }
  reader.finish("get-response");
  return response;
}

/** Decodes exactly one Get-Response, `octets[start..end)`. @throws {DecodeError} */
export function decodeGetResponse(
  octets: Uint8Array,
  start = 0,
  end: number = octets.length,
): GetResponse {
  return readGetResponse(new OctetReader(octets, "xdlms", start, end, start));
}

/** Reads `count results`: what a with-list carries, also when it came in blocks. */
export function readGetDataResults(reader: OctetReader): readonly GetDataResult[] {
  const field = "Get-Response-With-List.results";
  const count = readLength(reader, field);
  if (count > reader.remaining)
    reader.fail(field, `${count} elements in ${reader.remaining} octets`);
  const results = Array<GetDataResult>(count);
  for (let index = 0; index < count; index++) results[index] = readGetDataResult(reader);
  return results;
}
