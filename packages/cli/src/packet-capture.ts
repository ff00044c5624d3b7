/** Files of captured packets, pcap and pcapng: the packets in them. Damaged ends are left out. */

/** One packet as it was captured. */
export interface CapturedPacket {
  /** LINKTYPE number: 1 Ethernet, 101 raw IP and so on. */
  readonly linkType: number;
  /** View into the file. */
  readonly octets: Uint8Array;
}

/** Seconds and fractions in micro- or nanoseconds: the same layout. */
const pcapMagics: ReadonlySet<number> = new Set([0xa1b2_c3d4, 0xa1b2_3c4d]);
const pcapHeaderOctets = 24;
const pcapRecordOctets = 16;
const sectionBlock = 0x0a0d_0d0a;
const byteOrderMagic = 0x1a2b_3c4d;
const blockOctetsMin = 12;
const interfaceBlock = 1;
const simplePacketBlock = 3;
const enhancedPacketBlock = 6;

/** The packets of a capture; undefined where `file` is none. */
export function packetsIn(file: Uint8Array): readonly CapturedPacket[] | undefined {
  if (file.length < pcapHeaderOctets) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (view.getUint32(0) === sectionBlock) return blocksOf(file, view);
  const little = pcapMagics.has(view.getUint32(0, true));
  if (!little && !pcapMagics.has(view.getUint32(0))) return undefined;
  return recordsOf(file, view, little);
}

function recordsOf(file: Uint8Array, view: DataView, little: boolean): readonly CapturedPacket[] {
  // The upper bits say whether frames end with a check sequence.
  const linkType = view.getUint32(20, little) & 0xffff;
  const packets: CapturedPacket[] = [];
  for (let at = pcapHeaderOctets; at + pcapRecordOctets <= file.length;) {
    const start = at + pcapRecordOctets;
    const end = start + view.getUint32(at + 8, little);
    if (end > file.length) break;
    packets.push({ linkType, octets: file.subarray(start, end) });
    at = end;
  }
  return packets;
}

function blocksOf(file: Uint8Array, view: DataView): readonly CapturedPacket[] {
  const packets: CapturedPacket[] = [];
  let little = true;
  let linkTypes: number[] = [];
  for (let at = 0; at + blockOctetsMin <= file.length;) {
    if (view.getUint32(at) === sectionBlock) {
      little = view.getUint32(at + 8, true) === byteOrderMagic;
      linkTypes = [];
    }
    const length = view.getUint32(at + 4, little);
    const end = at + length;
    if (length < blockOctetsMin || length % 4 !== 0 || end > file.length) break;
    const type = view.getUint32(at, little);
    if (type === interfaceBlock) linkTypes.push(view.getUint16(at + 8, little));
    const place = placeOf(view, type, at, little);
    const linkType = linkTypes[place?.port ?? 0];
    if (place !== undefined && linkType !== undefined) {
      const stop = Math.min(place.start + place.octets, end - 4);
      packets.push({ linkType, octets: file.subarray(place.start, stop) });
    }
    at = end;
  }
  return packets;
}

/** Where the octets of a packet block stand; `port`: number of its interface. */
function placeOf(
  view: DataView,
  type: number,
  at: number,
  little: boolean,
): { readonly port: number; readonly start: number; readonly octets: number } | undefined {
  if (type === enhancedPacketBlock && at + 28 <= view.byteLength) {
    const port = view.getUint32(at + 8, little);
    return { port, start: at + 28, octets: view.getUint32(at + 20, little) };
  }
  if (type !== simplePacketBlock) return undefined;
  return { port: 0, start: at + 12, octets: view.getUint32(at + 8, little) };
}
