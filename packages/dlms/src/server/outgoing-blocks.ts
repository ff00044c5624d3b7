/** Answers too long for one APDU, sent block by block (Green Book 9.4.6.6, 9.4.6.9). */
import { writeLength } from "../axdr/length.ts";
import type { OctetWriter } from "../octets.ts";
import type { OutgoingBlocks } from "./service.ts";

/** Tag, form, invoke octet, last-block, block number. */
const headOctets = 8;

/** How one service frames a block: `C4 02 .. 00 raw-data` or `C7 02 .. raw-data`. */
export interface BlockForm {
  readonly at: "long-get" | "long-action-answer";
  readonly tag: number;
  readonly type: number;
  /** The octet 00 of the CHOICE raw-data; ACTION has none. */
  readonly choice: boolean;
}

export const getBlock: BlockForm = { at: "long-get", tag: 0xc4, type: 2, choice: true };
export const actionBlock: BlockForm = {
  at: "long-action-answer",
  tag: 0xc7,
  type: 2,
  choice: false,
};

/** The progress before the first block of `octets`, which become the progress's own. */
export function startBlocks(at: OutgoingBlocks["at"], octets: Uint8Array): OutgoingBlocks {
  return { at, octets, sent: 0, blockNumber: 0 };
}

/** Writes the next block within `octetsMax`; undefined when that was the last. */
export function writeBlock(
  writer: OctetWriter,
  form: BlockForm,
  invoke: number,
  progress: OutgoingBlocks,
  octetsMax: number,
): OutgoingBlocks | undefined {
  const { octets, sent } = progress;
  const room = octetsMax - headOctets - (form.choice ? 1 : 0);
  const count = Math.min(octets.length - sent, blockOctetsMax(room));
  const last = sent + count === octets.length;
  const blockNumber = progress.blockNumber + 1;
  writer.uint8(form.tag);
  writer.uint8(form.type);
  writer.uint8(invoke);
  writer.uint8(last ? 1 : 0);
  writer.uint32(blockNumber);
  if (form.choice) writer.uint8(0);
  writeLength(writer, count);
  writer.octets(octets.subarray(sent, sent + count));
  return last ? undefined : { at: form.at, octets, sent: sent + count, blockNumber };
}

/** Octets of an OCTET STRING whose encoding, length octets included, has at most `room` octets. */
export function blockOctetsMax(room: number): number {
  if (room <= 0x80) return room - 1;
  return room <= 0x101 ? Math.max(0x7f, room - 2) : Math.max(0xff, room - 3);
}
