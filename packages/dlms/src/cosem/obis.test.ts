import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex, toHex } from "../octets.ts";
import {
  decodeObis,
  formatObis,
  obis,
  obisFromOctets,
  obisGroups,
  obisToOctets,
  parseObis,
} from "./obis.ts";

test.for<readonly [text: string, canonical: string]>([
  ["1-0:1.8.0*255", "1.0.1.8.0.255"],
  ["1-0:1.8.0&255", "1.0.1.8.0.255"],
  ["1-0:1.8.0.255", "1.0.1.8.0.255"],
  ["1-0:1.8.0", "1.0.1.8.0.255"],
  ["1-1:32.7.0", "1.1.32.7.0.255"],
  ["1.0.1.8.0.255", "1.0.1.8.0.255"],
  ["1.8.0", "1.0.1.8.0.255"],
  ["1.8.0*12", "1.0.1.8.0.12"],
  ["1.8.0&12", "1.0.1.8.0.12"],
  ["0-0:96.1.0*255", "0.0.96.1.0.255"],
  ["0100010800ff", "1.0.1.8.0.255"],
  ["01 00 01 08 00 FF", "1.0.1.8.0.255"],
  ["01:00:01:08:00:FF", "1.0.1.8.0.255"],
  ["01-00-01-08-00-FF", "1.0.1.8.0.255"],
  ["  1-0:1.8.0  ", "1.0.1.8.0.255"],
  ["001-000:001.008.000*255", "1.0.1.8.0.255"],
])("reads %s", ([text, canonical]) => {
  expect(obis(text)).toBe(canonical);
});

test.for<readonly [text: string, problem: RegExp]>([
  ["", /empty/],
  ["1-0:256.8.0", /group C is 256/],
  ["1.0.1.8.0.999", /group F is 999/],
  ["1-0:1.8", /3 groups|4 groups/],
  ["1..8.0", /group 2 is empty/],
  ["voltage", /unexpected "v"/],
  ["1-0:1.8.0#5", /unexpected "#"/],
  ["1.2.3.4.5.6.7", /7 groups/],
  ["0100010800", /groups/],
])("refuses %s and says why", ([text, problem]) => {
  expect(() => obis(text)).toThrow(RangeError);
  const parsed = parseObis(text);
  expect(parsed.ok).toBe(false);
  expect(parsed).toHaveProperty("problem", expect.stringMatching(problem));
});

test("writes both notations", () => {
  const code = obis("1.0.1.8.0.255");
  expect(formatObis(code)).toBe("1-0:1.8.0*255");
  expect(formatObis(code, "dotted")).toBe("1.0.1.8.0.255");
  expect(formatObis(code, "reduced")).toBe("1-0:1.8.0");
  expect(formatObis(obis("1.0.1.8.0.3"), "reduced")).toBe("1-0:1.8.0*3");
});

test("gives octets and groups of a code", () => {
  expect(toHex(obisToOctets(obis("1-0:1.8.0")))).toBe("0100010800ff");
  expect(obisGroups(obis("1-0:1.8.0"))).toEqual({ a: 1, b: 0, c: 1, d: 8, e: 0, f: 255 });
});

test("keeps every code and its octets the same through all notations", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (octets) => {
      const code = obisFromOctets(octets);
      expect(obisToOctets(code)).toEqual(octets);
      for (const notation of ["dotted", "standard", "reduced"] as const) {
        expect(obis(formatObis(code, notation))).toBe(code);
      }
      expect(obis(toHex(octets))).toBe(code);
    }),
    { numRuns: 5000 },
  );
});

test("never fails otherwise than by telling, whatever the text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseObis(text);
      expect(parsed.ok ? parsed.code : parsed.problem).toMatch(/./);
    }),
  );
});

test("refuses octets that are not six, as misuse or as what a peer sent", () => {
  expect(() => obisFromOctets(fromHex("0100"))).toThrow(RangeError);
  expect(() => decodeObis(fromHex("0100"), "logical_name")).toThrow(DecodeError);
  expect(decodeObis(fromHex("0100010800ff"), "logical_name")).toBe("1.0.1.8.0.255");
});
