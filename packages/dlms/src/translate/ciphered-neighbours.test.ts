/** Neighbours of the public ciphered vectors, sealed here by Node's own cipher. */
import { createCipheriv } from "node:crypto";
import { nodeCrypto } from "@lectura/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DlmsError } from "../error.ts";
import { concatOctets, fromHex, toHex } from "../octets.ts";
import type { JsonObject } from "./json.ts";
import { translate } from "./layers.ts";

const title = "4d4d4d0000bc614e";
const plaintext = fromHex("c001c100030100010800ff0200");

interface Seal {
  readonly control: number;
  readonly counter: number;
  readonly guek: Uint8Array;
  readonly gak: Uint8Array;
}

/** `SC | IC | text | tag`, from the Green Book's definition and nothing of ours. */
function sealed({ control, counter, guek, gak }: Seal): Uint8Array {
  const ic = Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter);
  const iv = concatOctets([fromHex(title), ic]);
  const cipher = createCipheriv(guek.length === 16 ? "aes-128-gcm" : "aes-256-gcm", guek, iv, {
    authTagLength: 12,
  });
  const authenticated = (control & 0x10) !== 0;
  const encrypted = (control & 0x20) !== 0;
  const head = Uint8Array.of(control);
  if (authenticated) {
    cipher.setAAD(concatOctets(encrypted ? [head, gak] : [head, gak, plaintext]));
  }
  const text = encrypted ? new Uint8Array(cipher.update(plaintext)) : plaintext;
  cipher.final();
  const tag = authenticated ? [new Uint8Array(cipher.getAuthTag())] : [];
  return concatOctets([head, ic, text, ...tag]);
}

const key = (octets: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: octets, maxLength: octets });
const seals = fc.nat(2).chain((suite) =>
  fc.record({
    control: fc.constantFrom(0x10, 0x20, 0x30).map((protection) => protection | suite),
    counter: fc.oneof(fc.constant(0), fc.constant(0xffff_ffff), fc.nat(0xffff_ffff)),
    guek: key(suite === 2 ? 32 : 16),
    gak: key(suite === 2 ? 32 : 16),
  }),
);

/** The length in any form the standard allows. */
const lengths = fc.constantFrom(
  (count: number) => [count],
  (count: number) => [0x81, count],
  (count: number) => [0x82, 0, count],
);
/** What stands before the length: a tag, and a title where the APDU names its sender. */
const envelopes = fc.constantFrom("c8", `db08${title}`);

const ask = (octets: Uint8Array, keys: object, given: object = {}): JsonObject =>
  translate("ciphered-apdu", {
    octets,
    keys: { system_title: title, ...keys },
    given: { ...given },
    crypto: nodeCrypto,
  }) as JsonObject;

test("every suite and protection opens, in every envelope and length form", () => {
  fc.assert(
    fc.property(seals, envelopes, lengths, (seal, envelope, lengthOf) => {
      const content = sealed(seal);
      const octets = Uint8Array.of(...fromHex(envelope), ...lengthOf(content.length), ...content);
      const keys = { guek: toHex(seal.guek), gak: toHex(seal.gak) };
      expect(ask(octets, keys)).toMatchObject({
        outer: {
          security_control: seal.control.toString(16).padStart(2, "0"),
          suite: seal.control & 0x0f,
          authenticated: (seal.control & 0x10) !== 0,
          encrypted: (seal.control & 0x20) !== 0,
          invocation_counter: seal.counter,
        },
        plaintext: toHex(plaintext),
        decoded: { apdu: "get-request", obis: "1.0.1.8.0.255" },
      });
      const replayed = { ...keys, last_seen_ic: seal.counter };
      expect(() => ask(octets, replayed)).toThrow(DlmsError);
    }),
  );
});

test("no changed octet of authenticated content opens", () => {
  fc.assert(
    fc.property(seals, fc.nat(), fc.integer({ min: 1, max: 0xff }), (seal, at, change) => {
      const authenticated = { ...seal, control: seal.control | 0x10 };
      const content = sealed(authenticated);
      const place = at % content.length;
      content[place]! ^= change;
      const octets = Uint8Array.of(0xc8, content.length, ...content);
      const keys = { guek: toHex(seal.guek), gak: toHex(seal.gak) };
      const both = { required_protection: { authenticated: true, encrypted: true }, strict: true };
      const needed = (authenticated.control & 0x20) === 0 ? { authenticated: true } : both;
      const given = "authenticated" in needed ? { required_protection: needed } : needed;
      // The key set is no part of what the tag proves where one key serves both sets.
      const opens = place === 0 && (change & ~0xc0) === 0;
      if (opens) return;
      expect(() => ask(octets, keys, given)).toThrow(DlmsError);
    }),
  );
});

test("no cut of a ciphered APDU opens", () => {
  const seal = { control: 0x30, counter: 5, guek: new Uint8Array(16), gak: new Uint8Array(16) };
  const content = sealed(seal);
  const octets = Uint8Array.of(0xc8, content.length, ...content);
  const keys = { guek: toHex(seal.guek), gak: toHex(seal.gak) };
  for (let end = 0; end < octets.length; end++) {
    expect(() => ask(octets.subarray(0, end), keys, { strict: true })).toThrow(DlmsError);
  }
});

/** The plaintext in blocks of general block transfer. */
function blocks(size: number): readonly string[] {
  const made: string[] = [];
  for (let at = 0; at < plaintext.length; at += size) {
    const data = plaintext.subarray(at, at + size);
    const last = at + size >= plaintext.length ? 0x80 : 0x40;
    made.push(toHex(Uint8Array.of(0xe0, last | 3, 0, made.length + 1, 0, 0, data.length, ...data)));
  }
  return made;
}

test("blocks are put together whatever was lost, repeated or out of order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.infiniteStream(fc.nat(99)),
      fc.nat(12),
      (size, order, pick) => {
        const sent = blocks(size);
        const lost = pick % sent.length;
        const received = sent
          .filter((_, at) => at !== lost)
          .flatMap((block) => (order.next().value % 3 === 0 ? [block, block] : [block]))
          .map((block) => ({ block, place: order.next().value }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ block }) => block);
        const told = translate("gbt-procedure", {
          octets: new Uint8Array(0),
          keys: {},
          given: { received, then_received: sent.slice(lost) },
        });
        expect(told).toMatchObject({
          missing_block: lost + 1,
          expected_ack: lost,
          reassembled: toHex(plaintext),
          decoded: { apdu: "get-request" },
        });
        const never = translate("gbt-procedure", {
          octets: new Uint8Array(0),
          keys: {},
          given: { received },
        });
        expect(never).toMatchObject({ valid: false, missing_block: lost + 1 });
      },
    ),
  );
});
