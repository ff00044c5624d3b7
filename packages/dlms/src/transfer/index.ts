/** General block transfer: any APDU in numbered blocks, with windows, streaming and repetition. */
export {
  BlockAssembly,
  type BlockAssemblyLimits,
  type BlockVerdict,
  type IncomingBlock,
  transferWindowMax,
} from "./block-assembly.ts";
export {
  type BlockRepetition,
  BlockTransfer,
  type BlockTransferOptions,
  type BlockTransferOutput,
} from "./block-transfer.ts";
export { streamedBlocks } from "./streamed-blocks.ts";
