/** Requests that arrive block by block (Green Book 9.4.6.7, 9.4.6.9). */
import { readData } from "../axdr/data-decode.ts";
import type { Data } from "../axdr/data.ts";
import { readLength } from "../axdr/length.ts";
import { transferOctetsMax } from "../limits.ts";
import { concatOctets, OctetReader } from "../octets.ts";
import type { DataBlock } from "../xdlms/data-block.ts";
import type { IncomingBlocks } from "./service.ts";

/** Blocks of one request; one more is refused. */
const blocksMax = 65_535;

/** Nothing yet; the first block has number 1, or 0 from clients that count so. */
export function noBlocks(withList: boolean): IncomingBlocks {
  return { blocks: [], octetCount: 0, blockNumber: 0, withList };
}

/** The block added (its octets copied), or why not. */
export function addBlock(
  incoming: IncomingBlocks,
  block: DataBlock,
): IncomingBlocks | "data-block-number-invalid" | "data-block-unavailable" {
  const { blocks, withList } = incoming;
  const expected = incoming.blockNumber + 1;
  const startsAtZero = blocks.length === 0 && block.blockNumber === 0;
  if (block.blockNumber !== expected && !startsAtZero) return "data-block-number-invalid";
  const octetCount = incoming.octetCount + block.rawData.length;
  if (octetCount > transferOctetsMax || blocks.length >= blocksMax) {
    return "data-block-unavailable";
  }
  blocks.push(block.rawData.slice());
  return { blocks, octetCount, blockNumber: block.blockNumber, withList };
}

/** The values in the raw data of all blocks: one, or `count values`. @throws {DecodeError} */
export function readBlocks({ blocks, withList }: IncomingBlocks): readonly Data[] {
  const reader = new OctetReader(concatOctets(blocks), "xdlms");
  const count = withList ? readLength(reader, "raw-data") : 1;
  const values: Data[] = [];
  for (let at = 0; at < count; at++) values.push(readData(reader));
  reader.finish("raw-data");
  return values;
}

/** One APDU of what came in blocks without its tag. */
export function joinBlocks(tag: number, { blocks }: IncomingBlocks): Uint8Array {
  return concatOctets([Uint8Array.of(tag), ...blocks]);
}
