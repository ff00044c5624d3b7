import { mapped, type ObjectCodec, octetString, sequence, uint16, uint8 } from "../axdr/codec.ts";
import { apdu, type ApduCodec } from "./apdu-codec.ts";

/**
 * General-Block-Transfer: `E0 | LB(80) STR(40) window(3F) | number | acknowledged | octets`. Blocks
 * count from 1; `blockNumberAck` is the highest block received in sequence.
 */
export interface GeneralBlockTransfer {
  readonly kind: "general-block-transfer";
  readonly lastBlock: boolean;
  /** More blocks follow without an acknowledgement. */
  readonly streaming: boolean;
  /** Blocks the sender of this APDU can receive at once, 0..63. */
  readonly window: number;
  readonly blockNumber: number;
  readonly blockNumberAck: number;
  readonly blockData: Uint8Array;
}

interface BlockControl {
  readonly lastBlock: boolean;
  readonly streaming: boolean;
  readonly window: number;
}

const control = mapped<BlockControl, number>(
  "Block-Control",
  uint8,
  ({ lastBlock, streaming, window }) => {
    if ((window & 0x3f) !== window) throw new RangeError(`window ${window} is not 0..63`);
    return (lastBlock ? 0x80 : 0) | (streaming ? 0x40 : 0) | window;
  },
  (octet) => ({
    lastBlock: (octet & 0x80) !== 0,
    streaming: (octet & 0x40) !== 0,
    window: octet & 0x3f,
  }),
);

const members = { blockNumber: uint16, blockNumberAck: uint16, blockData: octetString() };
const rest = sequence("General-Block-Transfer", members);

type Body = Omit<GeneralBlockTransfer, "kind">;

const body: ObjectCodec<Body> = {
  name: rest.name,
  layout: { form: "sequence", members: Object.entries({ control, ...members }) },
  encode: (writer, value) => {
    control.encode(writer, value);
    rest.encode(writer, value);
  },
  decode: (reader, field) => {
    const target = {};
    body.readInto(target, reader, field);
    return target as Body;
  },
  readInto: (target, reader, field) => {
    Object.assign(target, control.decode(reader, "General-Block-Transfer.control"));
    rest.readInto(target, reader, field);
  },
};

export const generalBlockTransfer: ApduCodec<GeneralBlockTransfer> = apdu(
  "general-block-transfer",
  0xe0,
  body,
);
