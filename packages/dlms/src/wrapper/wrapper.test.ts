import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunksOf, LinkRecorder, readVectors, vectorsPresent } from "@lectura/testkit";
import { DecodeError, InvariantError } from "../error.ts";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import { WrapperDeframer, type WrapperSink } from "./deframer.ts";
import { decodeWrapper, decodeWrapperHeader, encodeWrapper } from "./header.ts";
import { WrapperLink } from "./wrapper-link.ts";

const get = fromHex("c001c100080000010000ff0200");

interface Collected extends WrapperSink {
  readonly units: readonly string[];
  garbage(): string;
}

function collect(): Collected {
  const units: string[] = [];
  let garbage = "";
  return {
    units,
    apdu: (source, destination, apdu) => void units.push(`${source}>${destination} ${toHex(apdu)}`),
    discarded: (octets) => void (garbage += toHex(octets)),
    garbage: () => garbage,
  };
}

test("writes and reads the header", () => {
  const octets = encodeWrapper(16, 1, get);
  expect(toHex(octets)).toBe(`000100100001000d${toHex(get)}`);
  expect(decodeWrapper(octets)).toEqual({ source: 16, destination: 1, length: 13, apdu: get });
});

test("refuses another version, a short header, and a length that is not true", () => {
  expect(() => decodeWrapper(fromHex("00020010000100 01c0"))).toThrow(DecodeError);
  expect(() => decodeWrapper(fromHex("0001001000"))).toThrow(DecodeError);
  expect(() => decodeWrapper(fromHex("000100100001000ec001"))).toThrow(DecodeError);
  expect(() => encodeWrapper(1, 1, new Uint8Array(65_536))).toThrow(RangeError);
});

describe("WrapperDeframer", () => {
  const units = fc.array(
    fc.oneof(
      fc
        .tuple(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff }), fc.uint8Array({ maxLength: 200 }))
        .map(([source, destination, apdu]) => encodeWrapper(source, destination, apdu)),
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom(fromHex("00"), fromHex("0001"), fromHex("000000010001"), fromHex("0002")),
    ),
    { maxLength: 6 },
  );

  test("yields the same units and the same garbage however the stream is chunked", () => {
    fc.assert(
      fc.property(
        units.map(concatOctets).chain((octets) => fc.tuple(fc.constant(octets), chunksOf(octets))),
        ([octets, chunks]) => {
          const whole = collect();
          new WrapperDeframer(150).push(octets, whole);
          const pieces = collect();
          const deframer = new WrapperDeframer(150);
          for (const chunk of chunks) {
            deframer.push(chunk, pieces);
            expect(deframer.pendingLength).toBeLessThanOrEqual(158);
          }
          expect(pieces.units).toEqual(whole.units);
          expect(pieces.garbage()).toBe(whole.garbage());
        },
      ),
    );
  });

  test("passes over an empty unit, one beyond its limit, and text, and goes on behind them", () => {
    const sink = collect();
    const deframer = new WrapperDeframer(100);
    const long = encodeWrapper(1, 1, new Uint8Array(101));
    const text = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n");
    for (const octets of [text, encodeWrapper(1, 1, new Uint8Array(0)), long]) {
      deframer.push(octets, sink);
    }
    deframer.push(encodeWrapper(1, 16, get), sink);
    expect(sink.units).toEqual([`1>16 ${toHex(get)}`]);
    expect(deframer.idle).toBe(true);
  });

  test("holds no more than has come, whatever the length field says", () => {
    const deframer = new WrapperDeframer();
    deframer.push(fromHex("000100010001ffff00"), collect());
    expect(deframer.pendingLength).toBe(9);
    deframer.reset();
    expect(deframer.idle).toBe(true);
  });

  test("hands on views into the chunk", () => {
    const chunk = encodeWrapper(1, 16, get);
    let shared = false;
    new WrapperDeframer().push(chunk, {
      apdu: (_source, _destination, apdu) => void (shared = apdu.buffer === chunk.buffer),
      discarded: () => undefined,
    });
    expect(shared).toBe(true);
  });
});

describe("WrapperLink", () => {
  const open = (): { readonly link: WrapperLink; readonly out: LinkRecorder } => {
    const out = new LinkRecorder();
    const link = new WrapperLink({
      output: out,
      clientSap: 16,
      serverPort: 1,
      responseTimeoutMs: 500,
    });
    link.connect();
    return { link, out };
  };

  test("opens at once and exchanges units", () => {
    const { link, out } = open();
    expect(out.take()).toEqual(["opened"]);
    link.send(get);
    expect(out.take()).toEqual([`tx 000100100001000d${toHex(get)}`]);
    expect(out.armedMs).toBe(500);
    expect(link.busy).toBe(true);
    link.receive(encodeWrapper(1, 16, fromHex("c401")));
    expect(out.take()).toEqual(["unit c401"]);
    expect(out.armedMs).toBeUndefined();
    link.disconnect();
    expect(out.take()).toEqual(["closed"]);
  });

  test("takes an answer with another source, and leaves what is meant for another client", () => {
    const { link, out } = open();
    link.send(get);
    out.take();
    link.receive(encodeWrapper(1, 17, fromHex("c401")));
    expect(link.counters.foreignFrames).toBe(1);
    link.receive(encodeWrapper(99, 16, fromHex("c401")));
    expect(out.take()).toEqual(["unit c401"]);
  });

  test("delivers what comes unasked as unnumbered", () => {
    const { link, out } = open();
    out.take();
    link.receive(encodeWrapper(1, 16, fromHex("0f00")));
    expect(out.take()).toEqual(["ui 0f00"]);
  });

  test("fails when no answer comes", () => {
    const { link, out } = open();
    link.deadline();
    link.send(get);
    link.deadline();
    expect(out.take().at(-1)).toBe("failed wrapper/no-answer");
    expect(link.state).toBe("disconnected");
  });

  test("repeats what may come twice, as often as it is told, and nothing else", () => {
    const out = new LinkRecorder();
    const link = new WrapperLink({
      output: out,
      clientSap: 16,
      serverPort: 1,
      responseTimeoutMs: 500,
      attemptsMax: 3,
      repeatable: (apdu) => apdu[0] === 0xc0,
    });
    link.connect();
    out.take();
    link.send(get);
    link.deadline();
    expect(out.armedMs).toBe(500);
    link.receive(encodeWrapper(1, 16, fromHex("c401")));
    const unit = `tx 000100100001000d${toHex(get)}`;
    expect(out.take()).toEqual([unit, unit, "unit c401"]);
    expect(link.counters.retransmissions).toBe(1);
    link.send(fromHex("c301"));
    link.deadline();
    expect(out.take()).toEqual(["tx 0001001000010002c301", "failed wrapper/no-answer"]);
  });

  test("refuses to be misused", () => {
    const { link } = open();
    expect(() => link.connect()).toThrow(InvariantError);
    link.send(get);
    expect(() => link.send(get)).toThrow(InvariantError);
    link.reset();
    expect(() => link.send(get)).toThrow(InvariantError);
  });

  test("tells text", () => {
    const { link, out } = open();
    out.take();
    link.receive(fromHex("48545450"));
    expect(out.take()).toEqual(["text 48545450"]);
    expect(link.counters.discardedOctets).toBe(4);
  });
});

const wrapped = [...readVectors("wrapper"), ...readVectors("malformed")].filter(
  ({ layer }) => layer === "wrapper",
);

describe.skipIf(!vectorsPresent)("public vectors: wrapper", () => {
  for (const vector of wrapped) {
    test(`${vector.id} ${vector.title}`, () => {
      const { valid, source, destination, apdu } = vector.expect as {
        readonly valid?: boolean | null;
        readonly source: number;
        readonly destination: number;
        readonly apdu: string;
      };
      const octets = fromHex(vector.hex);
      if (valid === false) expect(() => decodeWrapper(octets)).toThrow(DecodeError);
      else if (valid === null) expect(decodeWrapperHeader(octets).length).toBe(0);
      else {
        expect(decodeWrapper(octets)).toMatchObject({ source, destination });
        expect(toHex(decodeWrapper(octets).apdu)).toBe(apdu);
      }
    });
  }
});
