import fc from "fast-check";
import { expect, test } from "vitest";
import { fcs16, fcsCopy, fcsInitial, fcsNext, fcsResidue, fcsUpdate } from "./fcs.ts";

test("gives the check value of CRC-16/X.25", () => {
  expect(fcs16(new TextEncoder().encode("123456789"))).toBe(0x906e);
});

test("leaves the residue after octets and their own check sequence", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      const fcs = fcs16(octets);
      const sealed = Uint8Array.of(...octets, fcs & 0xff, fcs >>> 8);
      expect(fcsUpdate(fcsInitial, sealed, 0, sealed.length)).toBe(fcsResidue);
    }),
  );
});

test("gives the same whether octets come at once or in two parts", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 64 }), (octets, cut) => {
      const at = Math.min(cut, octets.length);
      const first = fcsUpdate(fcsInitial, octets, 0, at);
      expect(fcsUpdate(first, octets, at, octets.length) ^ 0xffff).toBe(bitwise(octets));
    }),
  );
});

test("gives the same octet by octet, and while it copies", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 9 }), (octets, to) => {
      const whole = fcsUpdate(fcsInitial, octets, 0, octets.length);
      expect(octets.reduce((register, octet) => fcsNext(register, octet), fcsInitial)).toBe(whole);
      const target = new Uint8Array(to + octets.length + 1);
      expect(fcsCopy(fcsInitial, octets, 0, octets.length, target, to)).toBe(whole);
      expect(target).toEqual(Uint8Array.of(...Array<number>(to).fill(0), ...octets, 0));
    }),
  );
});

function bitwise(octets: Uint8Array): number {
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc ^ 0xffff;
}
