import { describe, expect, test } from "vitest";
import { LinkRecorder, readVectors, vectorsPresent } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { HdlcClientLink } from "./client-link.ts";
import { HdlcDeframer } from "./deframer.ts";
import { buildFrame, flag, type HdlcFrame, parseFrame } from "./frame.ts";
import { decodeParameters, decodeStatedParameters, encodeParameters } from "./parameters.ts";

interface FrameExpectation {
  readonly valid: boolean | null;
  readonly segmented: boolean;
  readonly dest: { readonly raw: string };
  readonly src: { readonly raw: string };
  readonly control: {
    readonly raw: string;
    readonly type: string;
    readonly pf: boolean;
    readonly ns?: number;
    readonly nr?: number;
  };
  readonly hcs?: string;
  readonly fcs: string;
  readonly info: string;
  readonly params?: {
    readonly max_info_tx?: number;
    readonly max_info_rx?: number;
    readonly window_tx?: number;
    readonly window_rx?: number;
  };
}

interface Exchange {
  readonly start?: { readonly server_ns: number; readonly nr: number };
  readonly window?: number;
  readonly max_info?: number;
  readonly received?: readonly string[];
}

/** A frame with both flags to its parts; parameters are part of SNRM and UA. */
function decode(octets: Uint8Array): HdlcFrame {
  if (octets[0] !== flag || octets.at(-1) !== flag) {
    throw new DecodeError("hdlc", "frame", 0, "has no flags");
  }
  const frame = parseFrame(octets.subarray(1, -1));
  const { type } = frame.control;
  if (type === "SNRM" || type === "UA") decodeParameters(frame.information);
  return frame;
}

const malformed = readVectors("malformed").filter(({ layer }) => layer === "hdlc-frame");
const frames = [...readVectors("hdlc-frames"), ...malformed];

describe.skipIf(!vectorsPresent)("public vectors: frames", () => {
  for (const vector of frames) {
    test(`${vector.id} ${vector.title}`, () => {
      const expected = vector.expect as FrameExpectation;
      const octets = fromHex(vector.hex);
      if (expected.valid === false) {
        expect(() => decode(octets)).toThrow(DecodeError);
        return;
      }
      const frame = decode(octets);
      expect(frame.segmented).toBe(expected.segmented);
      expect(toHex(frame.destination.octets)).toBe(expected.dest.raw);
      expect(toHex(frame.source.octets)).toBe(expected.src.raw);
      expect(frame.destination).toMatchObject(partsOf(expected.dest));
      expect(frame.source).toMatchObject(partsOf(expected.src));
      const { control } = frame;
      expect(control.raw).toBe(Number.parseInt(expected.control.raw, 16));
      expect(control.type).toBe(expected.control.type);
      expect(control.pollFinal).toBe(expected.control.pf);
      if (expected.control.ns !== undefined) expect(control.sendSequence).toBe(expected.control.ns);
      if (expected.control.nr !== undefined) {
        expect(control.receiveSequence).toBe(expected.control.nr);
      }
      expect(toHex(frame.information)).toBe(expected.info);
      expect(frame.hcs && toHex(frame.hcs)).toBe(expected.hcs);
      expect(toHex(frame.fcs)).toBe(expected.fcs);
      if (expected.params !== undefined) {
        expect(decodeStatedParameters(frame.information)).toEqual({
          transmitOctetsMax: expected.params.max_info_tx,
          receiveOctetsMax: expected.params.max_info_rx,
          transmitWindow: expected.params.window_tx,
          receiveWindow: expected.params.window_rx,
        });
      }
      const made = buildFrame({
        destination: frame.destination.octets,
        source: frame.source.octets,
        control: control.raw,
        segmented: frame.segmented,
        information: frame.information,
      });
      expect(toHex(made)).toBe(vector.hex);
    });
  }
});

describe.skipIf(!vectorsPresent)("public vectors: streams", () => {
  for (const vector of readVectors("hdlc-streams")) {
    test(`${vector.id} ${vector.title}`, () => {
      const { last_sent: lastSent } = (vector.given ?? {}) as { readonly last_sent?: string };
      const found: string[] = [];
      const sink = {
        frame: (octets: Uint8Array) => void found.push(`7e${toHex(octets)}7e`),
        discarded: () => undefined,
      };
      const deframer = new HdlcDeframer();
      deframer.push(fromHex(vector.hex), sink);
      deframer.flush(sink);
      const { frames: expected } = vector.expect as { readonly frames: readonly string[] };
      expect(found.filter((hex) => hex !== lastSent)).toEqual(expected);
    });
  }
});

describe.skipIf(!vectorsPresent)("public vectors: segmented exchanges", () => {
  for (const vector of readVectors("hdlc-segmentation")) {
    test(`${vector.id} ${vector.title}`, () => {
      const given = (vector.given ?? {}) as Exchange;
      const received = given.received?.map(fromHex) ?? [fromHex(vector.hex)];
      const { link, out } = linkBefore(received[0] ?? new Uint8Array(0), given);
      for (const octets of received) link.receive(octets);
      const expected = vector.expect as {
        readonly valid?: boolean;
        readonly sent?: readonly string[];
        readonly reassembled_info?: string;
      };
      const units = out.lines.filter((line) => line.startsWith("unit"));
      if (expected.valid === false) {
        expect(units).toEqual([]);
        return;
      }
      expect(units).toEqual([`unit ${expected.reassembled_info}`]);
      if (expected.sent !== undefined) {
        const sent = out.lines.filter((line) => line.startsWith("tx"));
        expect(sent).toEqual(expected.sent.map((hex) => `tx ${hex}`));
      }
    });
  }
});

function partsOf(expected: object): object {
  const { size, value, upper, lower } = expected as Readonly<Record<string, number>>;
  return value === undefined ? { size, upper, lower } : { size, upper: value };
}

/**
 * A client link that has exchanged so much that the first frame is the answer to its last request.
 */
function linkBefore(
  first: Uint8Array,
  given: Exchange,
): { readonly link: HdlcClientLink; readonly out: LinkRecorder } {
  const frame = firstFrame(first);
  const { source, destination, control } = frame;
  const out = new LinkRecorder();
  const { window = 1, max_info: octetsMax = 128 } = given;
  const parameters = { receiveOctetsMax: octetsMax, receiveWindow: window };
  const link = new HdlcClientLink({
    output: out,
    clientSap: destination.upper,
    server: source,
    parameters,
    responseTimeoutMs: 1000,
    attemptsMax: 3,
  });
  const answer = (raw: number, information: Uint8Array): void => {
    const parts = { source: source.octets, destination: destination.octets };
    link.receive(buildFrame({ ...parts, control: raw, information }));
  };
  link.connect();
  const theirs = { transmitOctetsMax: octetsMax, receiveOctetsMax: 128, transmitWindow: window };
  answer(0x73, encodeParameters({ ...theirs, receiveWindow: 1 }));
  for (let sequence = 0; sequence < control.sendSequence; sequence++) {
    link.send(Uint8Array.of(0xe6));
    answer(((sequence + 1) << 5) | 0x10 | (sequence << 1), Uint8Array.of(0xe6));
  }
  link.send(Uint8Array.of(0xe6));
  out.take();
  return { link, out };
}

function firstFrame(octets: Uint8Array): HdlcFrame {
  let frame: HdlcFrame | undefined;
  new HdlcDeframer().push(octets, {
    frame: (found) => void (frame ??= parseFrame(found)),
    discarded: () => undefined,
  });
  if (frame === undefined) throw new RangeError("vector without a frame");
  return frame;
}
