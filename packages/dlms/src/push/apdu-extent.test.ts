import fc from "fast-check";
import { expect, test } from "vitest";
import { dataValues, goldenApdus, hostileOctets } from "@lectura/testkit";
import { concatOctets, fromHex } from "../octets.ts";
import { apduExtent, isPushedTag } from "./apdu-extent.ts";
import { notificationOf } from "./push.fixture.ts";

test("ends every notification where its last octet is, and not before", () => {
  fc.assert(
    fc.property(dataValues, (body) => {
      const apdu = notificationOf(body);
      const more = concatOctets([apdu, fromHex("0f0001")]);
      expect(apduExtent(more, 0, more.length)).toBe(apdu.length);
      for (let end = 0; end < Math.min(apdu.length, 200); end++) {
        expect(apduExtent(apdu, 0, end)).toBe("short");
      }
    }),
    { numRuns: 60 },
  );
});

test("ends every golden APDU that a meter may push at its last octet", () => {
  let count = 0;
  for (const [, , hex] of goldenApdus) {
    const apdu = fromHex(hex);
    if (!isPushedTag(apdu[0]!) || apdu[0] === 0x18) continue;
    count++;
    expect([hex, apduExtent(concatOctets([apdu, apdu]), 0, 2 * apdu.length)]).toEqual([
      hex,
      apdu.length,
    ]);
  }
  expect(count).toBeGreaterThan(3);
});

test("says something of any octets, within them", () => {
  fc.assert(
    fc.property(hostileOctets, fc.constantFrom(0x0f, 0xc2, 0xdb, 0xdd, 0xe0), (octets, tag) => {
      const apdu = Uint8Array.of(tag, ...octets);
      const extent = apduExtent(apdu, 0, apdu.length);
      if (typeof extent === "number") expect(extent).toBeLessThanOrEqual(apdu.length);
    }),
  );
});
