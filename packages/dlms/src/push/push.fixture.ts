/** Pushes of a meter that does not exist, in every framing. */
import type { Data } from "../axdr/data.ts";
import { obis, obisToOctets } from "../cosem/obis.ts";
import { buildFrame } from "../hdlc/frame.ts";
import { llcResponse } from "../hdlc/llc.ts";
import { buildMbusFrame } from "../mbus/frame.ts";
import { concatOctets } from "../octets.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { dataNotification } from "../xdlms/data-notification.ts";
import {
  type GeneralBlockTransfer,
  generalBlockTransfer,
} from "../xdlms/general-block-transfer.ts";

const name = (code: string): Data => ({ type: "octet-string", value: obisToOctets(obis(code)) });
const u32 = (value: number): Data => ({ type: "double-long-unsigned", value });
const scalerUnit = (scaler: number, unit: number): Data => ({
  type: "structure",
  value: [
    { type: "integer", value: scaler },
    { type: "enum", value: unit },
  ],
});

/** A list of pairs, the second with scaler and unit. */
export const pairsBody: Data = {
  type: "array",
  value: [
    {
      type: "structure",
      value: [name("0.0.96.1.0.255"), { type: "octet-string", value: ascii("LEC00017") }],
    },
    { type: "structure", value: [name("1.0.1.8.0.255"), u32(4711), scalerUnit(1, 30)] },
    { type: "structure", value: [name("1.0.32.7.0.255"), u32(2304), scalerUnit(-1, 35)] },
  ],
};

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A data-notification with that body. */
export function notificationOf(
  body: Data,
  options?: { readonly confirmed?: boolean; readonly id?: number },
): Uint8Array {
  return encodeUnit(dataNotification, {
    kind: "data-notification",
    invoke: {
      invokeId: options?.id ?? 7,
      selfDescriptive: false,
      breakOnError: false,
      confirmed: options?.confirmed ?? false,
      highPriority: false,
    },
    dateTime: new Uint8Array(0),
    body,
  });
}

/** The list of pairs as it goes out. */
export const pairsPush: Uint8Array = notificationOf(pairsBody);

const meter = Uint8Array.of(0x02, 0x23);
const client = Uint8Array.of(0xcf);

/** One unit in UI frames of at most `informationMax` octets, LLC in the first. */
export function hdlcFrames(
  apdu: Uint8Array,
  informationMax = 120,
  control = 0x03,
): readonly Uint8Array[] {
  const unit = concatOctets([llcResponse, apdu]);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < unit.length; at += informationMax) {
    frames.push(
      buildFrame({
        destination: client,
        source: meter,
        control,
        segmented: at + informationMax < unit.length,
        information: unit.subarray(at, at + informationMax),
      }),
    );
  }
  return frames;
}

/** One unit in wired M-Bus long frames. */
export function mbusFrames(apdu: Uint8Array, dataMax = 80): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0, sequence = 0; at < apdu.length; at += dataMax, sequence++) {
    frames.push(
      buildMbusFrame({
        control: 0x53,
        address: 0xff,
        transport: {
          final: at + dataMax >= apdu.length,
          sequence: sequence & 0x0f,
          source: 1,
          destination: 103,
        },
        userData: apdu.subarray(at, at + dataMax),
      }),
    );
  }
  return frames;
}

/** One APDU in streamed blocks without acknowledgement (window 0), or with. */
export function blocksOf(apdu: Uint8Array, blockOctets = 40, window = 0): readonly Uint8Array[] {
  const count = Math.ceil(apdu.length / blockOctets);
  return Array.from({ length: count }, (_, index) => {
    const block: GeneralBlockTransfer = {
      kind: "general-block-transfer",
      lastBlock: index === count - 1,
      streaming: window === 0 || index < count - 1,
      window,
      blockNumber: index + 1,
      blockNumberAck: 0,
      blockData: apdu.subarray(index * blockOctets, (index + 1) * blockOctets),
    };
    return encodeUnit(generalBlockTransfer, block);
  });
}
