import { DecodeError } from "../error.ts";
import { encodeClientAddress } from "../hdlc/address.ts";
import { controlRr, pollFinalBit } from "../hdlc/control.ts";
import { HdlcDeframer } from "../hdlc/deframer.ts";
import { buildFrame, type HdlcFrame, parseFrame } from "../hdlc/frame.ts";
import { concatOctets, equalOctets, toHex } from "../octets.ts";
import { transferOctetsMax } from "../limits.ts";
import { apduOf, type ApduTranslator, translateOrNothing, withoutFlags } from "./frame-tree.ts";
import type { JsonObject } from "./json.ts";

/** Frames of a stream without flags, copies, in order. What is no frame is passed over. */
export function framesOf(stream: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  const deframer = new HdlcDeframer();
  const sink = {
    frame: (octets: Uint8Array): void => void frames.push(octets.slice()),
    discarded: (): void => undefined,
  };
  deframer.push(stream, sink);
  deframer.flush(sink);
  return frames;
}

const withFlags = (octets: Uint8Array): string => `7e${toHex(octets)}7e`;

/** Layer `hdlc-stream`: the frames to deliver; `lastSent` is our own frame, whose echo is not. */
export function translateStream(stream: Uint8Array, lastSent: Uint8Array | undefined): JsonObject {
  const own = lastSent === undefined ? undefined : withoutFlags(lastSent);
  const frames = framesOf(stream).filter(
    (octets) => own === undefined || !equalOctets(octets, own),
  );
  return { frames: frames.map(withFlags) };
}

/** RR with P/F from the receiver of `frame` to its sender. */
function receiveReady(frame: HdlcFrame, receiveSequence: number): Uint8Array {
  return buildFrame({
    destination: frame.source.octets,
    source:
      frame.destination.size === 1
        ? encodeClientAddress(frame.destination.upper)
        : frame.destination.octets,
    control: (receiveSequence << 5) | pollFinalBit | controlRr,
  });
}

/** Collects the segments of one unit as a client receives them. */
class Reassembly {
  readonly #segments: Uint8Array[] = [];
  #octets = 0;
  #expected: number | undefined;
  complete = false;

  constructor(expected: number | undefined) {
    this.#expected = expected;
  }

  get expected(): number {
    return this.#expected ?? 0;
  }

  get information(): Uint8Array {
    return concatOctets(this.#segments);
  }

  /** Duplicates are passed over; after a gap nothing counts until the expected number comes. */
  take(frame: HdlcFrame): void {
    const { sendSequence } = frame.control;
    this.#expected ??= sendSequence;
    if (this.complete || sendSequence !== this.#expected) return;
    this.#octets += frame.information.length;
    if (this.#octets > transferOctetsMax) {
      throw new DecodeError("hdlc", "segments", 0, `exceed ${transferOctetsMax} octets`, "limit");
    }
    this.#segments.push(frame.information);
    this.#expected = (sendSequence + 1) & 7;
    this.complete = !frame.segmented;
  }
}

/** A damaged frame is passed over: the sender repeats what is not acknowledged. */
function parsedOrNothing(octets: Uint8Array): HdlcFrame | undefined {
  try {
    return parseFrame(octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

export interface ExchangeGiven {
  /** N(S) the server's first segment has, where known. */
  readonly serverSendSequence?: number;
  /** Frames with flags in order of arrival; the stream's own frames when absent. */
  readonly received?: readonly Uint8Array[];
}

/**
 * Layer `hdlc-exchange`: a segmented unit as a client receives it, with the RR frames it must send.
 * @throws {DecodeError} hdlc/malformed: a segment is missing.
 */
export function translateExchange(
  stream: Uint8Array,
  given: ExchangeGiven,
  translate: ApduTranslator,
): JsonObject {
  const received = given.received?.map(withoutFlags) ?? framesOf(stream);
  const reassembly = new Reassembly(given.serverSendSequence);
  const sent: string[] = [];
  for (const octets of received) {
    const frame = parsedOrNothing(octets);
    if (frame?.control.type !== "I") continue;
    reassembly.take(frame);
    if (frame.control.pollFinal && !reassembly.complete) {
      sent.push(toHex(receiveReady(frame, reassembly.expected)));
    }
  }
  if (!reassembly.complete) {
    const problem = `the segment with N(S) ${reassembly.expected} is missing`;
    throw new DecodeError("hdlc", "segments", stream.length, problem);
  }
  const { information } = reassembly;
  const apdu = apduOf(information);
  return {
    sent,
    reassembled_info: toHex(information),
    apdu: toHex(apdu),
    decoded: translateOrNothing(translate, apdu),
  };
}
