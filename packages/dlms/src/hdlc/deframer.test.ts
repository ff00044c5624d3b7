import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, frameParts, goldenFrame, hostileOctets } from "@lectura/testkit";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import { deframerOctetsMax, type DeframerSink, HdlcDeframer } from "./deframer.ts";
import { buildFrame } from "./frame.ts";

const aarq = goldenFrame("aarq");
const value = goldenFrame("value");
const text = new TextEncoder().encode("Port already in use\r\n");
const bare = (frame: Uint8Array): string => toHex(frame.subarray(1, -1));

interface Collected extends DeframerSink {
  readonly frames: readonly string[];
  readonly reasons: readonly string[];
  readonly discarded: (octets: Uint8Array, reason: string) => void;
  garbage(): string;
}

function collect(): Collected {
  const frames: string[] = [];
  const reasons: string[] = [];
  let garbage = "";
  return {
    frames,
    reasons,
    frame: (octets) => void frames.push(toHex(octets)),
    discarded: (octets, reason) => {
      garbage += toHex(octets);
      reasons.push(reason);
    },
    garbage: () => garbage,
  };
}

function framesOf(...parts: readonly Uint8Array[]): Collected {
  const sink = collect();
  new HdlcDeframer().push(concatOctets(parts), sink);
  return sink;
}

describe("HdlcDeframer", () => {
  test("cuts frames with 7E in payload, HCS and FCS by their length", () => {
    const killers = [
      goldenFrame("sevenEInFcs"),
      goldenFrame("sevenEFirstInFcs"),
      goldenFrame("sevenEInPayload"),
      goldenFrame("sevenEInHcs"),
    ];
    expect(framesOf(...killers).frames).toEqual(killers.map(bare));
  });

  test("lets one flag close a frame and open the next, and takes further flags as fill", () => {
    const shared = framesOf(aarq, value.subarray(1), Uint8Array.of(0x7e, 0x7e), aarq);
    expect(shared.frames).toEqual([aarq, value, aarq].map(bare));
    expect(shared.garbage()).toBe("");
  });

  test("finds a frame whose opening flag was the closing flag of an earlier chunk", () => {
    const sink = collect();
    const deframer = new HdlcDeframer();
    deframer.push(aarq, sink);
    deframer.push(value.subarray(1), sink);
    expect(sink.frames).toEqual([aarq, value].map(bare));
  });

  test("tells text before, between and behind frames, at once", () => {
    const sink = framesOf(text, aarq, text, value, text);
    expect(sink.frames).toEqual([aarq, value].map(bare));
    expect(sink.garbage()).toBe(toHex(text).repeat(3));
    expect(sink.reasons[0]).toBe("noise");
  });

  test("does not hold back text that comes without any flag", () => {
    const deframer = new HdlcDeframer();
    deframer.push(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"), collect());
    expect(deframer.idle).toBe(true);
  });

  test("passes over a damaged frame and delivers the good ones around it", () => {
    const damaged = aarq.with(20, aarq[20]! ^ 1);
    const sink = framesOf(value, damaged, value);
    expect(sink.frames).toEqual([value, value].map(bare));
    expect(sink.reasons).toContain("frame-check");
  });

  test("passes over a wrong HCS without waiting for the rest", () => {
    const sink = collect();
    const deframer = new HdlcDeframer();
    deframer.push(aarq.with(6, aarq[6]! ^ 1).subarray(0, 20), sink);
    expect(sink.reasons[0]).toBe("header-check");
    expect(deframer.idle).toBe(true);
  });

  test("does not lose a good frame behind a truncated one, wherever that was cut", () => {
    for (let cut = 1; cut < aarq.length - 1; cut++) {
      const sink = framesOf(aarq.subarray(0, cut), value, value, value, value);
      expect(sink.frames.slice(0, 4), `cut at ${cut}`).toEqual(
        [value, value, value, value].map(bare),
      );
    }
  });

  test("delivers what stands behind a truncated frame once the line falls silent", () => {
    const sink = collect();
    const deframer = new HdlcDeframer();
    deframer.push(concatOctets([aarq.subarray(0, 30), value]), sink);
    expect(sink.frames).toEqual([]);
    deframer.flush(sink);
    expect(sink.frames).toEqual([bare(value)]);
    expect(deframer.idle).toBe(true);
    deframer.push(aarq, sink);
    expect(sink.frames).toEqual([value, aarq].map(bare));
  });

  test("passes over format types it does not know and impossible lengths", () => {
    const typeB = fromHex("7E B0 07 03 03 93 8C 11 7E");
    const tooShort = fromHex("7E A0 05 03 21 00 00 7E");
    expect(framesOf(typeB, tooShort, value).frames).toEqual([bare(value)]);
  });

  test("hands on views into the chunk when a frame is complete inside it", () => {
    const chunk = concatOctets([aarq, value]);
    let views = 0;
    const sink: DeframerSink = {
      frame: (octets) => void (views += octets.buffer === chunk.buffer ? 1 : 0),
      discarded: () => undefined,
    };
    new HdlcDeframer().push(chunk, sink);
    expect(views).toBe(2);
  });

  test("forgets everything on reset", () => {
    const sink = collect();
    const deframer = new HdlcDeframer();
    deframer.push(aarq.subarray(0, 30), sink);
    deframer.reset();
    deframer.push(aarq.subarray(30), sink);
    deframer.push(value, sink);
    expect(sink.frames).toEqual([bare(value)]);
  });

  test("yields the same frames and the same garbage however the stream is chunked", () => {
    const frame = frameParts.map(buildFrame);
    const cut = fc.tuple(frame, fc.nat({ max: 60 })).map(([octets, at]) => octets.subarray(0, at));
    const stream = fc.array(fc.oneof(frame, cut, hostileOctets), { maxLength: 6 });
    fc.assert(
      fc.property(
        stream.map(concatOctets).chain((octets) => fc.tuple(fc.constant(octets), chunksOf(octets))),
        ([octets, chunks]) => {
          const whole = collect();
          new HdlcDeframer().push(octets, whole);
          const pieces = collect();
          const deframer = new HdlcDeframer();
          for (const chunk of chunks) deframer.push(chunk, pieces);
          expect(pieces.frames).toEqual(whole.frames);
          expect(pieces.garbage()).toBe(whole.garbage());
        },
      ),
    );
  });

  test("delivers every frame of a stream fed octet by octet", () => {
    fc.assert(
      fc.property(fc.array(frameParts.map(buildFrame), { maxLength: 5 }), (frames) => {
        const sink = collect();
        const deframer = new HdlcDeframer();
        for (const octet of concatOctets(frames)) deframer.push(Uint8Array.of(octet), sink);
        expect(sink.frames).toEqual(frames.map(bare));
      }),
      { numRuns: 30 },
    );
  });

  test("never throws on arbitrary octets and never retains more than one frame", () => {
    fc.assert(
      fc.property(fc.array(hostileOctets, { maxLength: 6 }), (chunks) => {
        const sink = collect();
        const deframer = new HdlcDeframer();
        for (const chunk of chunks) {
          deframer.push(chunk, sink);
          expect(deframer.pendingLength).toBeLessThanOrEqual(deframerOctetsMax);
        }
        deframer.flush(sink);
        expect(deframer.pendingLength).toBe(0);
      }),
    );
  });
});
