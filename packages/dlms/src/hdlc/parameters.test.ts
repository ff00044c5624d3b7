import fc from "fast-check";
import { expect, test } from "vitest";
import { hdlcParameters } from "@lectura/testkit";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import {
  completeParameters,
  decodeParameters,
  defaultHdlcParameters,
  encodeParameters,
  negotiateParameters,
} from "./parameters.ts";

test("writes the parameters of the golden SNRM", () => {
  expect(toHex(encodeParameters(defaultHdlcParameters))).toBe(
    "818012050180060180070400000001080400000001",
  );
});

test("reads values by their length: one, two and four octets", () => {
  const two = fromHex("81 80 14 05 02 00 80 06 02 00 80 07 04 00 00 00 01 08 04 00 00 00 01");
  expect(decodeParameters(two)).toEqual(defaultHdlcParameters);
  const one = fromHex("81 80 12 05 01 C8 06 01 8C 07 04 00 00 00 01 08 04 00 00 00 01");
  expect(decodeParameters(one)).toEqual({
    transmitOctetsMax: 200,
    receiveOctetsMax: 140,
    transmitWindow: 1,
    receiveWindow: 1,
  });
  const short = fromHex("81 80 0E 05 02 07 EE 06 02 07 EE 07 01 03 08 01 07");
  expect(decodeParameters(short)).toEqual({
    transmitOctetsMax: 2030,
    receiveOctetsMax: 2030,
    transmitWindow: 3,
    receiveWindow: 7,
  });
});

test("takes what is absent as 128 octets and window 1", () => {
  expect(decodeParameters(new Uint8Array(0))).toEqual(defaultHdlcParameters);
  expect(decodeParameters(fromHex("81 80 03 06 01 40"))).toEqual({
    ...defaultHdlcParameters,
    receiveOctetsMax: 64,
  });
  expect(decodeParameters(fromHex("81 80 00"))).toEqual(defaultHdlcParameters);
});

test("skips parameters it does not know, and user data", () => {
  const octets = fromHex("81 80 06 09 01 05 05 01 40 C0 01 02 03");
  expect(decodeParameters(octets)).toEqual({ ...defaultHdlcParameters, transmitOctetsMax: 64 });
});

test("refuses lengths that do not add up, and zero", () => {
  const wrong = [
    "80 00",
    "81 80",
    "81 80 14 05 01 80",
    "81 80 12 05 02 00 80 06 02 00 80 07 04 00 00 00 01 08 04 00 00 00 01",
    "81 80 01 05",
    "81 80 02 05 00",
    "81 80 03 05 01 00",
    "81 80 07 05 05 00 00 00 00 80",
  ];
  for (const hex of wrong) expect(() => decodeParameters(fromHex(hex))).toThrow(DecodeError);
});

test("reads back what it writes", () => {
  fc.assert(
    fc.property(hdlcParameters, (parameters) => {
      expect(decodeParameters(encodeParameters(parameters))).toEqual(parameters);
    }),
  );
});

test("agrees on the smaller of what one side sends and the other takes", () => {
  fc.assert(
    fc.property(hdlcParameters, hdlcParameters, (own, peer) => {
      const ours = negotiateParameters(own, peer);
      const theirs = negotiateParameters(peer, own);
      expect(ours.transmitOctetsMax).toBe(theirs.receiveOctetsMax);
      expect(ours.receiveWindow).toBe(theirs.transmitWindow);
      expect(ours.transmitOctetsMax).toBeLessThanOrEqual(peer.receiveOctetsMax);
    }),
  );
});

test("refuses parameters out of range", () => {
  expect(() => completeParameters({ transmitOctetsMax: 31 })).toThrow(RangeError);
  expect(() => completeParameters({ receiveOctetsMax: 2031 })).toThrow(RangeError);
  expect(() => completeParameters({ transmitWindow: 8 })).toThrow(RangeError);
  expect(() => completeParameters({ receiveWindow: 0 })).toThrow(RangeError);
  expect(completeParameters()).toEqual(defaultHdlcParameters);
});
