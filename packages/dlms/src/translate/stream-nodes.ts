/** Streams of units: what is in which octets, units put together from segments beside them. */
import { concatOctets, OctetReader, toHex } from "../octets.ts";
import { apduExtent } from "../push/apdu-extent.ts";
import { addApdu, addApduOrOctets, addDerived, addOctets } from "./apdu-nodes.ts";
import type { ApduContext } from "./apdu-context.ts";
import { addFrame, addLlc, type FrameContents } from "./frame-nodes.ts";
import type { NodeBuilder } from "./node-builder.ts";
import { framesOf } from "./stream-tree.ts";
import { addMbus, addWrapper, isMbusFrame, mbusEnd } from "./unit-nodes.ts";

/** Puts the segments of units together, one unit for each pair of addresses. */
export class Segments {
  readonly #segments: Map<string, { sequence: number; parts: Uint8Array[] }> = new Map();

  /** The whole unit with its last segment, when it had several; a repeated segment counts once. */
  take({
    destination,
    source,
    control,
    segmented,
    information,
  }: FrameContents): Uint8Array | undefined {
    const key = `${toHex(destination.octets)} ${toHex(source.octets)}`;
    const part = information.octets.slice(information.offset, information.end);
    const open = this.#segments.get(key);
    if (open === undefined) {
      if (segmented) this.#segments.set(key, { sequence: control.sendSequence, parts: [part] });
      return undefined;
    }
    const repeated = control.type === "I" && control.sendSequence === open.sequence;
    if (!repeated) open.parts.push(part);
    open.sequence = control.sendSequence;
    if (segmented || repeated) return undefined;
    this.#segments.delete(key);
    return concatOctets(open.parts);
  }

  /** Whether a frame between these addresses goes on with a unit begun before. */
  continues({ destination, source }: FrameContents): boolean {
    return this.#segments.has(`${toHex(destination.octets)} ${toHex(source.octets)}`);
  }
}

/** What an information field carries: LLC and an APDU, a segment of one, or octets. */
export function addUnit(
  builder: NodeBuilder,
  contents: FrameContents,
  context: ApduContext,
  segments: Segments,
): void {
  const { information: reader, segmented } = contents;
  const inTheMiddle = segments.continues(contents);
  const whole = segments.take({ ...contents, information: copyOf(reader) });
  if (!inTheMiddle) addLlc(builder, reader);
  if (segmented || inTheMiddle) {
    addOctets(builder, reader, "segment");
    if (whole !== undefined) {
      addDerived(builder, "reassembled", whole, (unit) => {
        addLlc(builder, unit);
        addApduOrOctets(builder, unit, context);
      });
    }
  } else if (reader.remaining > 0) addApduOrOctets(builder, reader, context);
}

const copyOf = ({ octets, layer, offset, end }: OctetReader): OctetReader =>
  new OctetReader(octets, layer, offset, end);

/** The frames of an HDLC stream and what stands between them. */
export function addHdlcStream(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
): void {
  const segments = new Segments();
  const { octets } = reader;
  for (const [number, [start, end]] of placesOf(reader).entries()) {
    addSkipped(builder, reader, start);
    reader.offset = start;
    builder.branch(`frame[${number}]`, reader, () => {
      const inside = new OctetReader(octets, "hdlc", start, end);
      addFrame(builder, inside, (contents) => addUnit(builder, contents, context, segments));
      reader.offset = end;
    });
  }
  addSkipped(builder, reader, reader.end);
}

/** Where the frames of a stream stand, flags included: neighbours may share one. */
function placesOf(reader: OctetReader): readonly (readonly [start: number, end: number])[] {
  let behind = reader.offset;
  return framesOf(reader.octets.subarray(reader.offset, reader.end)).map((frame) => {
    const start = find(reader, frame, behind);
    behind = start + frame.length;
    return [start - 1, behind + 1] as const;
  });
}

/** Where a frame that was found in the stream stands. */
function find({ octets, end }: OctetReader, frame: Uint8Array, from: number): number {
  for (let at = Math.max(1, from); at + frame.length <= end; at++) {
    if (octets[at - 1] === 0x7e && frame.every((octet, index) => octets[at + index] === octet)) {
      return at;
    }
  }
  return from;
}

function addSkipped(builder: NodeBuilder, reader: OctetReader, end: number): void {
  const { offset: start, octets } = reader;
  if (end <= start) return;
  const skipped = octets.subarray(start, end);
  reader.offset = end;
  if (skipped.every((octet) => octet === 0x7e)) return;
  builder.add({ name: "no_frame", range: [start, end], value: toHex(skipped) });
}

/** Wrapper units one after the other. @throws {DecodeError} one is none */
export function addWrapperStream(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
): void {
  for (let number = 0; reader.remaining > 0; number++) {
    builder.branch(`unit[${number}]`, reader, () => {
      addWrapper(builder, reader, (apdu) => addApduOrOctets(builder, apdu, context));
    });
  }
}

/** M-Bus frames one after the other, the unit they carry behind the last of its segments. */
export function addMbusStream(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
): void {
  const parts: Uint8Array[] = [];
  for (let number = 0; reader.remaining > 0; number++) {
    const { offset: start } = reader;
    const whole = isMbusFrame(reader.octets, start, reader.end);
    const end = whole ? mbusEnd(reader.octets, start) : reader.end;
    const frame = new OctetReader(reader.octets, "mbus", start, end);
    builder.branch(`frame[${number}]`, reader, () => {
      addMbus(builder, frame, (data, { sequence, final }) => {
        // A unit whose beginning is not here cannot be told.
        if (sequence === 0) parts.length = 0;
        const known = sequence === parts.length;
        if (known) parts.push(data.octets.slice(data.offset, data.end));
        addOctets(builder, data, "user_data");
        if (!known || !final) return;
        const joined = concatOctets(parts.splice(0));
        addDerived(builder, "reassembled", joined, (unit) => {
          addApduOrOctets(builder, unit, context);
        });
      });
      reader.offset = end;
    });
  }
}

/** APDUs without any frame, one after the other, as their own lengths cut them. */
export function addApduStream(
  builder: NodeBuilder,
  reader: OctetReader,
  context: ApduContext,
): void {
  while (reader.remaining > 0) {
    const extent = apduExtent(reader.octets, reader.offset, reader.end);
    const end = typeof extent === "number" ? extent : reader.end;
    const apdu = new OctetReader(reader.octets, "xdlms", reader.offset, end);
    addApdu(builder, apdu, context);
    reader.offset = end;
  }
}
