import { encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  type GeneralBlockTransfer,
  generalBlockTransfer,
} from "../xdlms/general-block-transfer.ts";
import { OutgoingBlocks } from "./outgoing-blocks.ts";

/**
 * An APDU nobody asked for in general blocks that stream: nothing is acknowledged and nothing
 * repeated, so the window is 0 (Green Book 9.4.6.13, unconfirmed services).
 * @throws {ProtocolError} xdlms/limit, xdlms/pdu-too-long: too little room, too many blocks
 */
export function streamedBlocks(apdu: Uint8Array, apduOctetsMax: number): readonly Uint8Array[] {
  const outgoing = new OutgoingBlocks(apduOctetsMax);
  outgoing.begin(apdu);
  return Array.from({ length: outgoing.total }, (_, at) => {
    const block = outgoing.block(at + 1);
    return encodeUnit<GeneralBlockTransfer>(generalBlockTransfer, {
      kind: "general-block-transfer",
      ...block,
      streaming: !block.lastBlock,
      window: 0,
      blockNumberAck: 0,
    });
  });
}
