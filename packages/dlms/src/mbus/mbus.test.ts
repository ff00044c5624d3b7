import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, hostileOctets, readVectors, vectorsPresent } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { concatOctets, toHex } from "../octets.ts";
import { MbusDeframer, type MbusSink } from "./deframer.ts";
import { buildMbusFrame, mbusFrameOctetsMax, parseMbusFrame } from "./frame.ts";
import { MbusReassembler } from "./reassembler.ts";

const segment = (sequence: number, final: boolean, userData: Uint8Array, source = 1): Uint8Array =>
  buildMbusFrame({
    control: 0x53,
    address: 0xff,
    transport: { final, sequence, source, destination: 0x67 },
    userData,
  });
/** 16 and 68 stand inside. */
const awkward = Uint8Array.of(0x16, 0x68, 0x05, 0x05, 0x68, 0x16);
const whole = segment(0, true, awkward);

interface Collected extends MbusSink {
  readonly frames: readonly string[];
  garbage(): string;
}

function collect(): Collected {
  const frames: string[] = [];
  let garbage = "";
  return {
    frames,
    frame: (octets) => void frames.push(toHex(octets)),
    discarded: (octets) => void (garbage += toHex(octets)),
    garbage: () => garbage,
  };
}

describe("a wired M-Bus long frame", () => {
  test("is built and taken apart", () => {
    expect(toHex(whole)).toBe("680b0b6853ff100167166805056816d016");
    expect(parseMbusFrame(whole)).toMatchObject({
      control: 0x53,
      address: 0xff,
      controlInformation: 0x10,
      transport: { final: true, sequence: 0, source: 1, destination: 0x67 },
      userData: awkward,
    });
  });

  test("needs no transport header when CI says so", () => {
    const octets = whole.slice();
    octets[6] = 0x72;
    octets[octets.length - 2] = (octets.at(-2) ?? 0) + 0x72 - 0x10;
    const frame = parseMbusFrame(octets);
    expect(frame.transport).toBeUndefined();
    expect(frame.userData).toHaveLength(awkward.length + 2);
  });

  test("is refused when cut short or changed in any octet", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseMbusFrame(whole.subarray(0, length))).toThrow(DecodeError);
    }
    for (let at = 0; at < whole.length; at++) {
      expect(() => parseMbusFrame(whole.with(at, (whole[at] ?? 0) ^ 1))).toThrow(DecodeError);
    }
    expect(() => segment(0, true, new Uint8Array(251))).toThrow(RangeError);
  });
});

describe("MbusDeframer", () => {
  test("passes over noise, acknowledgements and damaged frames", () => {
    const sink = collect();
    const damaged = whole.with(10, 0);
    const deframer = new MbusDeframer();
    deframer.push(concatOctets([Uint8Array.of(0xe5, 0x10), whole, damaged, whole, whole]), sink);
    deframer.flush(sink);
    expect(sink.frames).toEqual([whole, whole, whole].map(toHex));
  });

  test("finds the frame behind a truncated one once the line falls silent", () => {
    const sink = collect();
    const deframer = new MbusDeframer();
    const long = segment(0, false, new Uint8Array(200));
    deframer.push(concatOctets([long.subarray(0, 50), whole]), sink);
    deframer.flush(sink);
    expect(sink.frames).toEqual([toHex(whole)]);
    expect(deframer.pendingLength).toBe(0);
  });

  test("yields the same however the stream is chunked, and retains no more than one frame", () => {
    const frame = fc
      .tuple(fc.nat({ max: 15 }), fc.boolean(), fc.uint8Array({ maxLength: 250 }))
      .map(([sequence, final, octets]) => segment(sequence, final, octets));
    const cut = fc.tuple(frame, fc.nat({ max: 40 })).map(([octets, at]) => octets.subarray(0, at));
    const stream = fc.array(fc.oneof(frame, cut, hostileOctets), { maxLength: 6 });
    fc.assert(
      fc.property(
        stream.map(concatOctets).chain((octets) => fc.tuple(fc.constant(octets), chunksOf(octets))),
        ([octets, chunks]) => {
          const atOnce = collect();
          new MbusDeframer().push(octets, atOnce);
          const pieces = collect();
          const deframer = new MbusDeframer();
          for (const chunk of chunks) {
            deframer.push(chunk, pieces);
            expect(deframer.pendingLength).toBeLessThanOrEqual(mbusFrameOctetsMax);
          }
          expect(pieces.frames).toEqual(atOnce.frames);
          expect(pieces.garbage()).toBe(atOnce.garbage());
        },
      ),
    );
  });
});

describe("MbusReassembler", () => {
  const accept = (reassembler: MbusReassembler, octets: Uint8Array): string | undefined => {
    const unit = reassembler.accept(parseMbusFrame(octets));
    return unit && toHex(unit);
  };
  const a = Uint8Array.of(0xaa);
  const b = Uint8Array.of(0xbb);

  test("hands on a unit of one segment, and joins one of several", () => {
    const reassembler = new MbusReassembler();
    expect(accept(reassembler, whole)).toBe(toHex(awkward));
    expect(accept(reassembler, segment(0, false, a))).toBeUndefined();
    expect(accept(reassembler, segment(1, true, b))).toBe("aabb");
    expect(reassembler.spoiledUnits).toBe(0);
  });

  test("joins more segments than their numbers count", () => {
    const reassembler = new MbusReassembler();
    for (let at = 0; at < 20; at++) {
      const unit = accept(reassembler, segment(at & 0x0f, at === 19, Uint8Array.of(at)));
      expect(unit?.length).toBe(at === 19 ? 40 : undefined);
    }
  });

  test("loses the unit of a missing segment and takes the next", () => {
    const reassembler = new MbusReassembler();
    accept(reassembler, segment(0, false, a));
    expect(accept(reassembler, segment(2, true, b))).toBeUndefined();
    expect(accept(reassembler, segment(3, true, b))).toBeUndefined();
    accept(reassembler, segment(0, false, a));
    accept(reassembler, segment(1, false, a));
    accept(reassembler, segment(0, false, b));
    expect(accept(reassembler, segment(1, true, b))).toBe("bbbb");
    expect(reassembler.spoiledUnits).toBe(2);
  });

  test("does not mix senders, and stays within its limit", () => {
    const reassembler = new MbusReassembler(3);
    accept(reassembler, segment(0, false, a));
    expect(accept(reassembler, segment(1, true, b, 2))).toBeUndefined();
    accept(reassembler, segment(0, false, Uint8Array.of(1, 2)));
    expect(accept(reassembler, segment(1, true, Uint8Array.of(3, 4)))).toBeUndefined();
    expect(reassembler.spoiledUnits).toBe(2);
  });
});

describe.skipIf(!vectorsPresent)("public vectors: wired M-Bus", () => {
  for (const vector of readVectors("mbus-wired")) {
    test(`${vector.id} ${vector.title}`, () => {
      const sink = collect();
      new MbusDeframer().push(Uint8Array.fromHex(vector.hex), sink);
      expect(sink.frames).toEqual([vector.hex]);
      const frame = parseMbusFrame(Uint8Array.fromHex(vector.hex));
      const hex = (octet: number): string => toHex(Uint8Array.of(octet));
      expect({
        length: vector.hex.length / 2 - 6,
        control: hex(frame.control),
        address: hex(frame.address),
        ci: hex(frame.controlInformation),
        stsap: frame.transport?.source,
        dtsap: frame.transport?.destination,
        user_data: toHex(frame.userData),
        checksum: hex(frame.checksum),
      }).toEqual(vector.expect);
    });
  }
});
