import fc from "fast-check";
import { expect, test } from "vitest";
import { frameParts, goldenFrame, goldenFrames, type GoldenFrame } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import { buildFrame, parseFrame } from "./frame.ts";
import { decodeFrameReject, describeFrameReject, encodeFrameReject } from "./frame-reject.ts";
import { decodeParameters } from "./parameters.ts";
import { llcOf } from "./llc.ts";

const names = Object.keys(goldenFrames) as readonly GoldenFrame[];

for (const name of names) {
  test(`takes the golden frame ${name} apart and makes it again, octet by octet`, () => {
    const octets = goldenFrame(name);
    const frame = parseFrame(octets.subarray(1, -1));
    const made = buildFrame({
      destination: frame.destination.octets,
      source: frame.source.octets,
      control: frame.control.raw,
      segmented: frame.segmented,
      information: frame.information,
    });
    expect(toHex(made)).toBe(toHex(octets));
  });
}

test("tells the parts of a UA with 1-octet sizes", () => {
  const ua = parseFrame(
    fromHex(
      "A0 21 21 00 02 36 59 73 8E AF 81 80 12 05 01 C8 06 01 8C 07 04 00 00 00 01 08 04 00 00 00 01 49 C6",
    ),
  );
  expect(ua).toMatchObject({
    segmented: false,
    destination: { size: 1, upper: 16 },
    source: { size: 4, upper: 1, lower: 3500 },
    control: { type: "UA", pollFinal: true },
  });
  expect(decodeParameters(ua.information)).toMatchObject({
    transmitOctetsMax: 200,
    receiveOctetsMax: 140,
  });
  expect(toHex(ua.hcs ?? ua.fcs)).toBe("8eaf");
});

test("tells the parts of a segment", () => {
  const frame = parseFrame(goldenFrame("firstSegment").subarray(1, -1));
  expect(frame).toMatchObject({ segmented: true, control: { type: "I", sendSequence: 5 } });
  expect(llcOf(frame.information)).toBe("response");
  expect(llcOf(parseFrame(goldenFrame("aarq").subarray(1, -1)).information)).toBe("command");
  expect(llcOf(parseFrame(goldenFrame("lastSegment").subarray(1, -1)).information)).toBeUndefined();
});

test("refuses the hand-made probe without a check sequence", () => {
  expect(() => parseFrame(fromHex("A0 07 03 21 93 00 00"))).toThrow(DecodeError);
});

test("refuses every frame that is cut short, and every single octet changed", () => {
  const whole = goldenFrame("aarq").subarray(1, -1);
  for (let length = 0; length < whole.length; length++) {
    expect(() => parseFrame(whole.subarray(0, length))).toThrow(DecodeError);
  }
  for (let at = 0; at < whole.length; at++) {
    expect(() => parseFrame(whole.with(at, whole[at]! ^ 0x04))).toThrow(DecodeError);
  }
});

test("refuses a frame of more than 2047 octets", () => {
  const parts = { destination: Uint8Array.of(3), source: Uint8Array.of(3), control: 0x13 };
  expect(() => buildFrame({ ...parts, information: new Uint8Array(2039) })).toThrow(RangeError);
  expect(buildFrame({ ...parts, information: new Uint8Array(2038) })).toHaveLength(2049);
});

test("reads back every frame it builds", () => {
  fc.assert(
    fc.property(frameParts, (parts) => {
      const frame = parseFrame(buildFrame(parts).subarray(1, -1));
      expect(toHex(frame.destination.octets)).toBe(toHex(parts.destination));
      expect(toHex(frame.source.octets)).toBe(toHex(parts.source));
      expect(frame.control.raw).toBe(parts.control);
      expect(frame.segmented).toBe(parts.segmented);
      expect(toHex(frame.information)).toBe(toHex(parts.information ?? new Uint8Array(0)));
    }),
  );
});

test("parses arbitrary octets or refuses them with a DecodeError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      try {
        parseFrame(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});

test("writes and reads the reasons of FRMR", () => {
  const reject = {
    rejectedControl: 0x32,
    sendSequence: 2,
    receiveSequence: 5,
    rejectedResponse: false,
    invalidControl: false,
    informationNotPermitted: false,
    informationTooLong: true,
    invalidReceiveSequence: true,
  };
  const octets = encodeFrameReject(reject);
  expect(toHex(octets)).toBe("32a40c");
  expect(decodeFrameReject(octets)).toEqual(reject);
  expect(describeFrameReject(octets)).toBe("information too long, invalid N(R); control 32");
  expect(() => decodeFrameReject(octets.subarray(1))).toThrow(DecodeError);
});
