import { acseApdus } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import type { AcseApdu } from "./apdu.ts";
import {
  authenticationUnit,
  decodeAare,
  decodeAarq,
  decodeAcse,
  decodeRlre,
  decodeRlrq,
  encodeAcse,
  isAcseTag,
} from "./codec.ts";
import { associateResultName, diagnosticName } from "./names.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const initiate = fromHex("01000000065f1f0400001e1dffff");

/** Octets worked out by hand from the layouts of the Green Book. */
const goldens: readonly (readonly [string, AcseApdu, string])[] = [
  [
    "AARQ of a public client",
    { kind: "aarq", applicationContext: "LN", userInformation: initiate },
    "601d a10906076085740508 0101 be10 040e 01000000065f1f0400001e1dffff",
  ],
  [
    "AARQ with an LLS password of 3 octets",
    {
      kind: "aarq",
      applicationContext: "LN",
      acseRequirements: authenticationUnit(),
      mechanism: "low",
      authenticationValue: text("abc"),
    },
    "601f a109060760857405080101 8a020780 8b0760857405080201 ac058003616263",
  ],
  [
    "AARQ with titles, ids and another context",
    {
      kind: "aarq",
      applicationContext: "SN-ciphered",
      callingApTitle: fromHex("4c43540000000001"),
      callingAeInvocationId: 17,
      calledApInvocationId: 300,
    },
    "6022 a109060760857405080104 a4040202012c a60a04084c43540000000001 a903020111",
  ],
  [
    "AARE accepted",
    {
      kind: "aare",
      applicationContext: "LN",
      result: 0,
      diagnostic: { source: "acse-service-user", value: 0 },
    },
    "6117 a109060760857405080101 a203020100 a305a103020100",
  ],
  [
    "AARE of an HLS server",
    {
      kind: "aare",
      applicationContext: "LN-ciphered",
      result: 0,
      diagnostic: { source: "acse-service-user", value: 14 },
      respondingApTitle: fromHex("4c43540000000002"),
      acseRequirements: authenticationUnit(),
      mechanism: "high-gmac",
      authenticationValue: text("challenge"),
    },
    "613d a109060760857405080103 a203020100 a305a10302010e a40a04084c43540000000002 88020780 890760857405080205 aa0b80096368616c6c656e6765",
  ],
  [
    "AARE refused by the provider",
    {
      kind: "aare",
      applicationContext: "LN",
      result: 1,
      diagnostic: { source: "acse-service-provider", value: 2 },
    },
    "6117 a109060760857405080101 a203020101 a305a203020102",
  ],
  ["RLRQ", { kind: "rlrq", reason: 0 }, "6203800100"],
  ["RLRQ without members", { kind: "rlrq" }, "6200"],
  ["RLRE", { kind: "rlre", reason: 30 }, "630380011e"],
  [
    "RLRE with user-information",
    { kind: "rlre", reason: 0, userInformation: fromHex("2803aabbcc") },
    "630c 800100 be0704052803aabbcc",
  ],
];

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} ${error.field} ${error.offset}`;
    throw error;
  }
  return "accepted";
};

describe("goldens", () => {
  test.each(goldens)("%s", (_, apdu, hex) => {
    expect(encodeAcse(apdu)).toEqual(fromHex(hex));
    expect(decodeAcse(fromHex(hex))).toEqual(apdu);
  });

  test.each(goldens)("refuses every truncation of %s", (_, __, hex) => {
    const octets = fromHex(hex);
    for (let length = 0; length < octets.length; length++) {
      expect(() => decodeAcse(octets.subarray(0, length))).toThrow(DecodeError);
    }
  });
});

describe("properties", () => {
  test("decoding undoes encoding", () => {
    fc.assert(
      fc.property(acseApdus, (apdu) => {
        const octets = encodeAcse(apdu);
        expect(isAcseTag(octets[0] ?? 0)).toBe(true);
        expect(decodeAcse(octets)).toEqual(apdu);
      }),
    );
  });

  test("arbitrary octets decode or are a typed error", () => {
    const bits = fc.constantFrom(0x60, 0x61, 0x62, 0xa1, 0xa2, 0xa3, 0xbe, 0xac, 0x80, 0x8b, 4, 6);
    const hostile = fc.array(fc.oneof(bits, fc.nat({ max: 12 }), fc.nat({ max: 255 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.constantFrom(0x60, 0x61, 0x62, 0x63), hostile, (tag, list) => {
        const result = failure(() => decodeAcse(Uint8Array.of(tag, list.length, ...list)));
        expect(result).toMatch(/^accepted$|^acse\//);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("what meters send", () => {
  test("a rejected AARE without user-information", () => {
    const aare = decodeAare(fromHex("6117a109060760857405080101a203020101a305a10302010d"));
    expect(associateResultName(aare.result)).toBe("rejected-permanent");
    expect(diagnosticName(aare.diagnostic)).toBe("authentication-failure");
    expect(aare.userInformation).toBeUndefined();
  });

  test("an AARE without a diagnostic", () => {
    const aare = decodeAare(fromHex("6110a109060760857405080101a203020100"));
    expect(aare.diagnostic).toEqual({ source: "acse-service-user", value: 0 });
  });

  test("elements in another order, and unknown ones, which are kept", () => {
    const elements = "8c01aa 8a020780 a109060760857405080101";
    const aarq = decodeAarq(fromHex("6012" + elements));
    expect(aarq.applicationContext).toBe("LN");
    expect(aarq.otherElements).toEqual([{ tag: 0x8c, contents: fromHex("aa") }]);
    expect(toHex(encodeAcse(aarq))).toBe("6012a1090607608574050801018a0207808c01aa");
  });

  test("a mechanism with an inner tag, a title and a context without one", () => {
    const aarq = decodeAarq(
      fromHex("601f a10760857405080102 a603414243 8b09060760857405080207 be0401020304"),
    );
    expect(aarq).toMatchObject({
      applicationContext: "SN",
      mechanism: "high-ecdsa",
      callingApTitle: fromHex("414243"),
      userInformation: fromHex("01020304"),
    });
  });

  test("an authentication value that is no character string keeps its form", () => {
    const hex = "6010a109060760857405080101ac03810107";
    expect(decodeAarq(fromHex(hex))).toMatchObject({
      authenticationValue: fromHex("07"),
      authenticationValueTag: 0x81,
    });
    expect(toHex(encodeAcse(decodeAarq(fromHex(hex))))).toBe(hex);
  });

  test("a release of two octets", () => {
    expect(decodeRlrq(fromHex("6200"))).toEqual({ kind: "rlrq" });
    expect(decodeRlre(fromHex("6300"))).toEqual({ kind: "rlre" });
  });

  test("an unknown result and an unknown diagnostic have a name all the same", () => {
    expect(associateResultName(9)).toBe("other-9");
    expect(diagnosticName({ source: "acse-service-provider", value: 14 })).toBe("other-14");
  });
});

describe("what is refused", () => {
  test.each([
    ["another APDU", () => decodeAarq(fromHex("6203800100")), "acse/malformed aarq 0"],
    ["no APDU of ACSE", () => decodeAcse(fromHex("c001")), "acse/malformed APDU 0"],
    ["octets behind", () => decodeRlrq(fromHex("620380010000")), "acse/malformed rlrq 5"],
    [
      "a member a second time",
      () => decodeRlrq(fromHex("6206800100800100")),
      "acse/malformed rlrq.reason 5",
    ],
    [
      "no application context",
      () => decodeAarq(fromHex("60048a020780")),
      "acse/malformed aarq.applicationContext 6",
    ],
    [
      "no result",
      () => decodeAare(fromHex("610ba109060760857405080101")),
      "acse/malformed aare.result 13",
    ],
    [
      "an inner length beyond the outer",
      () => decodeAarq(fromHex("600fa109060760857405080101be020405")),
      "acse/malformed aarq.userInformation 17",
    ],
  ])("%s", (_, run, expected) => {
    expect(failure(run)).toBe(expected);
  });
});
