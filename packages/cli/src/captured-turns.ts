/** What the two ends of captured TCP connections and UDP flows said to each other, turn by turn. */
import type { CapturedPacket } from "./packet-capture.ts";

/** Segments that came before one that is missing; beyond, the missing one was not captured. */
const heldSegmentsMax = 64;

const etherTypes: ReadonlySet<number> = new Set([0x0800, 0x86dd]);
const vlanTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8]);
const tcp = 6;
const udp = 17;
const syn = 0x02;

/** Octets in front of the IP packet: how many there are, by LINKTYPE; -1: look at the EtherType. */
const linkHeaders: ReadonlyMap<number, number> = new Map([
  [0, 4], // loopback of BSD and macOS
  [1, -1], // Ethernet
  [12, 0],
  [101, 0], // raw IP
  [108, 4], // loopback of OpenBSD
  [113, 16], // Linux "any"
  [228, 0],
  [229, 0],
  [276, 20], // Linux "any", version 2
]);

interface Segment {
  /** Both ends, the sender first. */
  readonly from: string;
  readonly to: string;
  /** Undefined: a datagram. */
  readonly sequence: number | undefined;
  readonly opens: boolean;
  readonly payload: Uint8Array;
}

/** One direction of one TCP connection. */
interface Direction {
  next: number | undefined;
  readonly held: Map<number, Uint8Array>;
}

interface Turn {
  readonly from: string;
  readonly chunks: Uint8Array[];
}

/**
 * Octets to or from `port`, one entry for each turn: what one end sent before the other spoke; in
 * the order in which turns began. Segments are put into order, repeated ones dropped; each
 * datagram is a turn. What is no IP, a fragment, or of another port is passed over.
 */
export function turnsIn(packets: readonly CapturedPacket[], port: number): readonly Uint8Array[] {
  const turns: Turn[] = [];
  const current = new Map<string, Turn>();
  const directions = new Map<string, Direction>();
  const say = ({ from, to }: Segment, octets: Uint8Array): void => {
    const connection = [from, to].toSorted().join(" ");
    let turn = current.get(connection);
    if (turn?.from !== from) {
      turn = { from, chunks: [] };
      turns.push(turn);
      current.set(connection, turn);
    }
    turn.chunks.push(octets);
  };
  for (const packet of packets) {
    const segment = segmentIn(packet, port);
    if (segment === undefined) continue;
    if (segment.sequence === undefined) {
      turns.push({ from: segment.from, chunks: [segment.payload] });
      continue;
    }
    const key = `${segment.from} ${segment.to}`;
    const direction = directions.get(key) ?? { next: undefined, held: new Map() };
    directions.set(key, direction);
    for (const octets of inOrder(direction, segment, segment.sequence)) say(segment, octets);
  }
  return turns.map(({ chunks }) => new Uint8Array(Buffer.concat(chunks)));
}

/** What is next of a stream now that `segment` has come. */
function inOrder(
  direction: Direction,
  { opens, payload }: Segment,
  sequence: number,
): readonly Uint8Array[] {
  if (opens) {
    direction.next = (sequence + 1) >>> 0;
    direction.held.clear();
    return [];
  }
  if (payload.length === 0) return [];
  direction.next ??= sequence;
  direction.held.set(sequence, payload);
  if (direction.held.size > heldSegmentsMax) {
    const next = direction.next;
    const ahead = [...direction.held.keys()].map((at) => (at - next) | 0);
    direction.next = (next + Math.max(0, Math.min(...ahead))) >>> 0;
  }
  const ready: Uint8Array[] = [];
  for (let found = true; found;) {
    found = false;
    for (const [at, octets] of direction.held) {
      const behind = (direction.next - at) | 0;
      if (behind < 0) continue;
      direction.held.delete(at);
      if (behind < octets.length) {
        ready.push(octets.subarray(behind));
        direction.next = (at + octets.length) >>> 0;
        found = true;
      }
    }
  }
  return ready;
}

function segmentIn({ linkType, octets }: CapturedPacket, port: number): Segment | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  try {
    const at = ipStart(view, linkType);
    return at === undefined ? undefined : transportIn(octets, view, at, port);
  } catch (error) {
    // Cut short by the capture: there is no such packet.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function ipStart(view: DataView, linkType: number): number | undefined {
  const header = linkHeaders.get(linkType);
  if (header === undefined || header >= 0) return header;
  let at = 12;
  while (vlanTypes.has(view.getUint16(at))) at += 4;
  return etherTypes.has(view.getUint16(at)) ? at + 2 : undefined;
}

function transportIn(
  octets: Uint8Array,
  view: DataView,
  ip: number,
  port: number,
): Segment | undefined {
  const version = view.getUint8(ip) >>> 4;
  if (version === 4) {
    const isFragment = (view.getUint16(ip + 6) & 0x3fff) !== 0;
    if (isFragment) return undefined;
    const start = ip + (view.getUint8(ip) & 0x0f) * 4;
    const end = Math.min(ip + view.getUint16(ip + 2), octets.length);
    const names = [octets.subarray(ip + 12, ip + 16), octets.subarray(ip + 16, ip + 20)] as const;
    return payloadIn(view, octets.subarray(0, end), view.getUint8(ip + 9), start, names, port);
  }
  if (version !== 6) return undefined;
  const end = Math.min(ip + 40 + view.getUint16(ip + 4), octets.length);
  const names = [octets.subarray(ip + 8, ip + 24), octets.subarray(ip + 24, ip + 40)] as const;
  return payloadIn(view, octets.subarray(0, end), view.getUint8(ip + 6), ip + 40, names, port);
}

function payloadIn(
  view: DataView,
  octets: Uint8Array,
  protocol: number,
  at: number,
  [source, destination]: readonly [Uint8Array, Uint8Array],
  port: number,
): Segment | undefined {
  if (protocol !== tcp && protocol !== udp) return undefined;
  const ports = [view.getUint16(at), view.getUint16(at + 2)] as const;
  if (!ports.includes(port)) return undefined;
  const ends = {
    from: `${protocol} ${source.toHex()}:${ports[0]}`,
    to: `${protocol} ${destination.toHex()}:${ports[1]}`,
  };
  if (protocol === udp) {
    const payload = octets.subarray(at + 8);
    return payload.length === 0
      ? undefined
      : { ...ends, sequence: undefined, opens: false, payload };
  }
  return {
    ...ends,
    sequence: view.getUint32(at + 4),
    opens: (view.getUint8(at + 13) & syn) !== 0,
    payload: octets.subarray(at + (view.getUint8(at + 12) >>> 4) * 4),
  };
}
