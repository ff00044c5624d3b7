import { apdus, attributeDescriptors, goldenApdus } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { u8 } from "../axdr/construct.ts";
import { DecodeError } from "../error.ts";
import { fromHex, OctetReader, OctetWriter, toHex } from "../octets.ts";
import { type Apdu, decodeApdu, encodeApdu, readApdu } from "./apdu.ts";
import { decodeUnit } from "./apdu-codec.ts";
import { describeConfirmedServiceError } from "./confirmed-service-error.ts";
import {
  encodeGetRequestNext,
  encodeGetRequestNormal,
  encodeGetRequestWithList,
  getRequest,
} from "./get-request.ts";
import { decodeGetResponse, getResponse, readGetDataResults } from "./get-response.ts";
import { invokeIdFromOctet, invokeIdToOctet } from "./invoke-id.ts";
import { splitSecuredContent } from "./secured-content.ts";

const invoke = { invokeId: 1, confirmed: true, highPriority: true };
const energyOctets = "0003 0100010800ff 02";
const none = new Uint8Array(0);

const failure = (hex: string, leniency?: Parameters<typeof decodeApdu>[1]): string => {
  try {
    decodeApdu(fromHex(hex), leniency);
  } catch (error) {
    if (error instanceof DecodeError) return `${error.code} ${error.field} ${error.offset}`;
    throw error;
  }
  return "accepted";
};

describe("goldens", () => {
  test.each(goldenApdus)("%s", (_, apdu, hex) => {
    expect(encodeApdu(apdu)).toEqual(fromHex(hex));
    expect(decodeApdu(fromHex(hex))).toEqual(apdu);
  });

  test.each(goldenApdus)("refuses every truncation of %s", (_, __, hex) => {
    const octets = fromHex(hex);
    for (let length = 0; length < octets.length; length++) {
      expect(() => decodeApdu(octets.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => decodeApdu(fromHex(`${hex}00`))).toThrow(/trailing/);
  });

  test("there is one for every kind", () => {
    const kinds = new Set(goldenApdus.map(([, { kind }]) => kind.replace(/^(glo|ded)-.*/, "$1")));
    expect(kinds.size).toBe(28);
  });
});

describe("properties", () => {
  test("decoding undoes encoding", () => {
    fc.assert(
      fc.property(apdus, (apdu) => {
        expect(decodeApdu(encodeApdu(apdu))).toEqual(apdu);
      }),
      { numRuns: 1000 },
    );
  });

  test("every truncation is a typed error", () => {
    fc.assert(
      fc.property(apdus, fc.double({ min: 0, max: 0.999, noNaN: true }), (apdu, part) => {
        const octets = encodeApdu(apdu);
        const cut = octets.subarray(0, Math.floor(part * octets.length));
        expect(() => decodeApdu(cut)).toThrow(DecodeError);
      }),
      { numRuns: 500 },
    );
  });

  test("octets changed anywhere decode, or are a typed error; what decodes encodes stably", () => {
    fc.assert(
      fc.property(apdus, fc.nat(), fc.nat({ max: 255 }), (apdu, place, octet) => {
        const octets = encodeApdu(apdu);
        octets[place % octets.length] = octet;
        let decoded: Apdu;
        try {
          decoded = decodeApdu(octets);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        const canonical = encodeApdu(decoded);
        expect(encodeApdu(decodeApdu(canonical))).toEqual(canonical);
      }),
      { numRuns: 3000 },
    );
  });

  test("arbitrary octets behind every tag decode, or are a typed error", () => {
    const tags = fc.constantFrom(...goldenApdus.map(([, , hex]) => fromHex(hex)[0] ?? 0));
    const list = fc.array(fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 255 })), { maxLength: 50 });
    fc.assert(
      fc.property(tags, list, (tag, rest) => {
        expect(failure(toHex(Uint8Array.of(tag, ...rest)))).toMatch(/^(accepted$|xdlms\/|axdr\/)/);
      }),
      { numRuns: 3000 },
    );
  });

  test("the fast GET paths say the same as the declarations", () => {
    fc.assert(
      fc.property(
        fc.array(attributeDescriptors, { maxLength: 3 }),
        fc.nat({ max: 255 }),
        (list, octet) => {
          const iip = invokeIdFromOctet(octet);
          const writer = new OctetWriter(100_000);
          for (const attribute of list) {
            writer.reset();
            encodeGetRequestNormal(writer, iip, attribute);
            const normal = { kind: "get-request", type: "normal", invoke: iip, attribute } as const;
            expect(decodeUnit(getRequest, writer.finish())).toEqual(normal);
          }
          writer.reset();
          encodeGetRequestWithList(writer, iip, list);
          const all = {
            kind: "get-request",
            type: "with-list",
            invoke: iip,
            attributes: list,
          } as const;
          expect(writer.finish()).toEqual(encodeApdu(all));
          writer.reset();
          encodeGetRequestNext(writer, iip, octet);
          const next = {
            kind: "get-request",
            type: "next",
            invoke: iip,
            blockNumber: octet,
          } as const;
          expect(writer.finish()).toEqual(encodeApdu(next));
        },
      ),
    );
    fc.assert(
      fc.property(
        apdus.filter(({ kind }) => kind === "get-response"),
        (response) => {
          const octets = encodeApdu(response);
          expect(decodeGetResponse(octets)).toEqual(decodeUnit(getResponse, octets));
        },
      ),
    );
  });
});

describe("what is refused, with field and octet", () => {
  test.each([
    ["", "xdlms/malformed APDU 0"],
    ["f0", "xdlms/malformed APDU 0"],
    ["60", "xdlms/malformed APDU 0"],
    ["c0", "xdlms/malformed Get-Request tag 1"],
    ["c004c1", "xdlms/malformed Get-Request 1"],
    [
      "c001c1" + energyOctets,
      "xdlms/malformed Cosem-Attribute-Descriptor-With-Selection.selection 12",
    ],
    [
      "c001c1" + energyOctets + "02",
      "xdlms/malformed Cosem-Attribute-Descriptor-With-Selection.selection 12",
    ],
    ["c401c102", "xdlms/malformed Get-Data-Result 3"],
    ["c403c182ffff", "xdlms/malformed Get-Response-With-List.results 6"],
    ["c402c1000000000102", "xdlms/malformed Get-Response-With-Datablock.result 8"],
    ["c2020c", "xdlms/malformed Event-Notification-Request.time 1"],
    ["0f000000010507e90101ff00", "xdlms/malformed Data-Notification.dateTime 6"],
    ["d80206ffff", "xdlms/malformed ExceptionResponse.invocationCounter 3"],
    ["db070102030405060701", "xdlms/malformed General-Glo-Ciphering.systemTitle 2"],
    ["010000000 65e1f0400000019ffff", "xdlms/malformed Conformance 5"],
    ["01000000065f1f0500000019ffff", "xdlms/malformed Conformance 7"],
    ["01000000065f1f0401000019ffff", "xdlms/malformed Conformance 8"],
    ["c401c100" + "0101".repeat(32) + "0100", "axdr/limit Data.array 69"],
  ])("%s", (hex, expected) => {
    expect(failure(hex)).toBe(expected);
  });

  test("an APDU beyond the transfer limit", () => {
    const huge = new Uint8Array(4 * 1024 * 1024 + 1);
    expect(() => decodeApdu(huge)).toThrow(/xdlms: APDU at octet 0/);
  });

  test("values without an encoding, as the caller's mistake", () => {
    const next = { kind: "get-request", type: "next", invoke, blockNumber: -1 } as const;
    expect(() => encodeApdu(next)).toThrow(RangeError);
    expect(() => invokeIdToOctet({ ...invoke, invokeId: 16 })).toThrow(RangeError);
    expect(() => encodeApdu({ ...next, kind: "nothing" } as unknown as Apdu)).toThrow(RangeError);
  });
});

describe("leniencies, each only where it is named", () => {
  test("a conformance block without its second tag octet is always read", () => {
    const octets = fromHex("0800065f0400000019 0080 0007");
    const old = decodeApdu(octets);
    expect(old).toMatchObject({ conformance: new Set(["get", "set", "action"]), vaaName: 7 });
    expect(old).toHaveProperty("legacyConformanceTag", true);
    expect(encodeApdu(old)).toEqual(octets);
  });

  const cases = [
    ["taggedDateTime", "0f40000001 090c07ea0b14050c0000ff800000 1101"],
    ["taggedEventTime", "c2 090c07ea0b14050c0000ff800000" + energyOctets + "1101"],
    ["emptySystemTitle", "db 00 0130"],
    ["emptySystemTitle", "dc 00 0130"],
    ["overdeclaredCipheredLength", "c8 0a 3000000001"],
    ["overdeclaredCipheredLength", "cc 820100 3000000001"],
  ] as const;

  test.each(cases)("%s reads %s", (name, hex) => {
    expect(failure(hex)).toMatch(/^xdlms\/malformed/);
    expect(failure(hex, { [name]: true })).toBe("accepted");
    const others = cases.filter(([other]) => other !== name);
    expect(failure(hex, Object.fromEntries(others.map(([other]) => [other, true])))).toMatch(
      /^xdlms\/malformed/,
    );
  });

  test.each(goldenApdus)("none changes the meaning of %s", (_, apdu, hex) => {
    const all = Object.fromEntries(cases.map(([name]) => [name, true]));
    expect(decodeApdu(fromHex(hex), all)).toEqual(apdu);
  });

  test("a title of neither 0 nor 8 octets is refused all the same", () => {
    expect(failure("db02aaaa0130", { emptySystemTitle: true })).toMatch(/systemTitle/);
  });

  test("an over-declared length is told beside the content that is there", () => {
    const read = decodeApdu(fromHex("c8 0a 3000000001"), { overdeclaredCipheredLength: true });
    expect(read).toEqual({
      kind: "glo-get-request",
      content: fromHex("3000000001"),
      declaredOctets: 10,
    });
    expect(encodeApdu(read)).toEqual(fromHex("c8 05 3000000001"));
  });

  test("a ciphered length cut inside itself is refused all the same", () => {
    const lenient = { overdeclaredCipheredLength: true };
    expect(failure("c882", lenient)).toMatch(/^xdlms\/malformed/);
    expect(failure("c880", lenient)).toMatch(/^xdlms\/malformed/);
    expect(failure("c8", lenient)).toMatch(/^xdlms\/malformed/);
  });
});

test("the same invoke octet is the same object, reserved bits aside", () => {
  expect(invokeIdFromOctet(0xc1)).toBe(invokeIdFromOctet(0xc1));
  expect(invokeIdToOctet(invokeIdFromOctet(0xff))).toBe(0xcf);
});

test("the list of a long GET decodes from its joined blocks", () => {
  const reader = new OctetReader(fromHex("02 001105 0104"), "xdlms");
  expect(readGetDataResults(reader)).toEqual([
    { ok: true, value: u8(5) },
    { ok: false, reason: "object-undefined" },
  ]);
});

test("an APDU is read from where the cursor stands", () => {
  const reader = new OctetReader(fromHex("e6e700 c5010100"), "xdlms", 3);
  expect(readApdu(reader)).toMatchObject({ kind: "set-response", result: "success" });
});

test("a confirmed-service-error reads like the standard", () => {
  const error = { kind: "confirmed-service-error", service: 1, errorClass: 6, error: 3 } as const;
  expect(describeConfirmedServiceError(error)).toBe("initiate: initiate, pdu-size-too-short");
  expect(describeConfirmedServiceError({ ...error, service: 99, errorClass: 99, error: 9 })).toBe(
    "service 99: class 99, 9",
  );
});

test("secured content comes apart by its security control", () => {
  const closed = splitSecuredContent(fromHex("31 00000102 aabb" + "00".repeat(12)));
  expect(closed).toMatchObject({ suite: 1, authenticated: true, encrypted: true });
  expect([closed.invocationCounter, toHex(closed.text), closed.tag?.length]).toEqual([
    258,
    "aabb",
    12,
  ]);
  expect(splitSecuredContent(fromHex("20ffffffff")).invocationCounter).toBe(0xffff_ffff);
  expect(() => splitSecuredContent(fromHex("30" + "00".repeat(15)))).toThrow(DecodeError);
  expect(() => splitSecuredContent(none)).toThrow(DecodeError);
});
