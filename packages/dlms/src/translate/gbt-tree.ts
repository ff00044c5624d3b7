import { DecodeError, ProtocolError } from "../error.ts";
import { toHex } from "../octets.ts";
import { BlockAssembly } from "../transfer/block-assembly.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import { generalBlockTransfer } from "../xdlms/general-block-transfer.ts";
import { type ApduTranslator, translateOrNothing } from "./frame-tree.ts";
import type { JsonObject } from "./json.ts";

export interface BlockProcedureGiven {
  /** GBT APDUs in order of arrival. */
  readonly received: readonly Uint8Array[];
  /** What came after the acknowledgement that tells the missing block. */
  readonly thenReceived: readonly Uint8Array[];
}

/**
 * Layer `gbt-procedure`: the APDU put together; where a block was lost, which one and what the
 * receiver acknowledges, so that the sender goes on from there.
 * @throws {DecodeError} a block that is none, or blocks beyond the limit.
 */
export function translateBlockProcedure(
  given: BlockProcedureGiven,
  translate: ApduTranslator,
): JsonObject {
  const assembly = new BlockAssembly();
  acceptAll(assembly, given.received);
  const lost = assembly.complete
    ? {}
    : { missing_block: assembly.acknowledged + 1, expected_ack: assembly.acknowledged };
  acceptAll(assembly, given.thenReceived);
  if (!assembly.complete) return { valid: false, ...lost };
  const apdu = assembly.finish();
  return { ...lost, reassembled: toHex(apdu), decoded: translateOrNothing(translate, apdu) };
}

function acceptAll(assembly: BlockAssembly, blocks: readonly Uint8Array[]): void {
  for (const octets of blocks) {
    const block = decodeUnit(generalBlockTransfer, octets);
    try {
      assembly.accept(block);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new DecodeError("xdlms", "General-Block-Transfer", 0, error.message, "limit");
    }
  }
}
