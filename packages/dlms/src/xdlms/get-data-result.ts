import type { Codec } from "../axdr/codec.ts";
import { data } from "../axdr/data-codec.ts";
import { readData } from "../axdr/data-decode.ts";
import { writeData } from "../axdr/data-encode.ts";
import type { Data } from "../axdr/data.ts";
import type { OctetReader, OctetWriter } from "../octets.ts";
import {
  dataAccessResult,
  type DataAccessResult,
  dataAccessResultFromNumber,
  dataAccessResultToNumber,
} from "./data-access-result.ts";

/** Get-Data-Result: the value of one attribute, or the reason why there is none. */
export type GetDataResult =
  | { readonly ok: true; readonly value: Data }
  | { readonly ok: false; readonly reason: DataAccessResult };

const field = "Get-Data-Result";

/** `00 Data` or `01 Data-Access-Result`. */
export function readGetDataResult(reader: OctetReader): GetDataResult {
  const tag = reader.uint8(field);
  if (tag === 0) return { ok: true, value: readData(reader) };
  if (tag === 1) return { ok: false, reason: dataAccessResultFromNumber(reader.uint8(field)) };
  reader.offset--;
  return reader.fail(field, `unknown choice 0x${tag.toString(16).padStart(2, "0")}`);
}

/** Writes `00 Data` or `01 Data-Access-Result`. @throws {RangeError} out of range. */
export function writeGetDataResult(writer: OctetWriter, result: GetDataResult): void {
  if (result.ok) {
    writer.uint8(0);
    writeData(writer, result.value);
  } else {
    writer.uint8(1);
    writer.uint8(dataAccessResultToNumber(result.reason));
  }
}

export const getDataResult: Codec<GetDataResult> = {
  name: field,
  layout: {
    form: "choice",
    variants: [
      [0, "data", data],
      [1, "data-access-result", dataAccessResult],
    ],
  },
  encode: writeGetDataResult,
  decode: readGetDataResult,
};
