import { boolean, type Codec, octetString, uint32 } from "../axdr/codec.ts";

/** One block of a block transfer: `DataBlock-SA`, and what with-pblock forms call `pblock`. */
export interface DataBlock {
  readonly lastBlock: boolean;
  /** Counts from 1; some meters begin with 0. */
  readonly blockNumber: number;
  readonly rawData: Uint8Array;
}

/** The members of a block, for the sequences that end with one. */
export const dataBlockMembers: {
  readonly lastBlock: Codec<boolean>;
  readonly blockNumber: Codec<number>;
  readonly rawData: Codec<Uint8Array>;
} = { lastBlock: boolean, blockNumber: uint32, rawData: octetString() };
