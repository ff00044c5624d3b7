import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../error.ts";
import { fromHex } from "../octets.ts";
import { decodeApdu } from "../xdlms/apdu.ts";
import { dedTags, gloTags } from "../xdlms/ciphered-service.ts";
import { type CipheredApdu, closedApdu, closedService, plainTagIn } from "./closed-apdu.ts";

const tags = [...Object.values(gloTags), ...Object.values(dedTags)];
/** Long and short, shortest and longer than needed. */
const lengths = (count: number): readonly Uint8Array[] => [
  ...(count < 0x80 ? [Uint8Array.of(count)] : []),
  ...(count < 0x100 ? [Uint8Array.of(0x81, count)] : []),
  Uint8Array.of(0x82, count >> 8, count),
  Uint8Array.of(0x83, 0, count >> 8, count),
  Uint8Array.of(0x84, 0, 0, count >> 8, count),
];

test("an envelope is taken apart where it stands as the decoder takes it apart", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...tags),
      fc.uint8Array({ minLength: 17, maxLength: 300 }),
      fc.nat(4),
      (tag, content, form) => {
        const forms = lengths(content.length);
        const length = forms[form % forms.length]!;
        const octets = Uint8Array.of(tag, ...length, ...content);
        const quick = closedService(octets);
        if (length[0] === 0x84) expect(quick).toBeUndefined();
        else expect(quick).toEqual(closedApdu(decodeApdu(octets) as CipheredApdu));
      },
    ),
  );
});

test("what is no whole glo- or ded- envelope is left to the decoder", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      let closed: unknown;
      try {
        closed = closedService(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return;
      }
      if (closed === undefined) return;
      expect(closed).toEqual(closedApdu(decodeApdu(octets) as CipheredApdu));
    }),
    { numRuns: 2000 },
  );
  expect(closedService(fromHex("cc"))).toBeUndefined();
  expect(closedService(fromHex("cc05300000000000"))).toBeUndefined();
  expect(closedService(fromHex("cc8005300000000000"))).toBeUndefined();
  expect(closedService(fromHex("db00"))).toBeUndefined();
  expect(plainTagIn(0xc0)).toBeUndefined();
  expect(plainTagIn(0xc8)).toBe(0xc0);
});
