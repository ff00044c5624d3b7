import { nodeCrypto as crypto } from "@lectura/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementOctets } from "../../ber/element.ts";
import { type ObjectIdentifier, objectIdentifierContents } from "../../ber/primitive.ts";
import { DlmsError } from "../../error.ts";
import { concatOctets, fromHex, toHex } from "../../octets.ts";
import {
  certificateOctetsMax,
  decodeCertificate,
  verifyCertificate,
} from "../../security/certificate.ts";
import type { CurveName, KeyPair } from "../../security/crypto.ts";
import { certificateList } from "./certificate-list.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const sequence = (...members: Uint8Array[]): Uint8Array =>
  elementOctets(0x30, concatOctets(members));
const oid = (identifier: ObjectIdentifier): Uint8Array =>
  elementOctets(0x06, objectIdentifierContents(identifier));
const bits = (octets: Uint8Array): Uint8Array =>
  elementOctets(0x03, concatOctets([Uint8Array.of(0), octets]));
const integer = (octets: Uint8Array): Uint8Array =>
  elementOctets(0x02, octets[0]! >= 0x80 ? concatOctets([Uint8Array.of(0), octets]) : octets);
const nameOf = (common: string): Uint8Array =>
  sequence(elementOctets(0x31, sequence(oid("2.5.4.3"), elementOctets(0x0c, text(common)))));

interface Wanted {
  readonly curve: CurveName;
  readonly subject: string;
  readonly usage?: number;
  readonly serial?: number;
}

/** A certificate as an authority would sign it. */
function certify(authority: KeyPair, publicKey: Uint8Array, wanted: Wanted): Uint8Array {
  const { curve, subject, usage = 0x80, serial = 7 } = wanted;
  const algorithm = sequence(
    oid(curve === "P-256" ? "1.2.840.10045.4.3.2" : "1.2.840.10045.4.3.3"),
  );
  const curveId = oid(curve === "P-256" ? "1.2.840.10045.3.1.7" : "1.3.132.0.34");
  const point = bits(concatOctets([Uint8Array.of(4), publicKey]));
  const keyUsage = elementOctets(0x04, elementOctets(0x03, Uint8Array.of(3, usage)));
  const body = sequence(
    elementOctets(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(serial)),
    algorithm,
    nameOf("root"),
    sequence(
      elementOctets(0x17, text("250101000000Z")),
      elementOctets(0x18, text("20550101000000Z")),
    ),
    nameOf(subject),
    sequence(sequence(oid("1.2.840.10045.2.1"), curveId), point),
    elementOctets(
      0xa3,
      sequence(sequence(oid("2.5.29.15"), elementOctets(0x01, Uint8Array.of(255)), keyUsage)),
    ),
  );
  const raw = crypto.sign(curve, authority.privateKey, body);
  const half = raw.length / 2;
  const signature = sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
  return sequence(body, algorithm, bits(signature));
}

const serverSystemTitle = fromHex("4c43540000000002");

describe.each(["P-256", "P-384"] as const)("a certificate of %s", (curve) => {
  const authority = crypto.generateKeyPair(curve);
  const meter = crypto.generateKeyPair(curve);
  const der = certify(authority, meter.publicKey, { curve, subject: "4C43540000000002" });

  test("says whom it names, what for, until when, and who has signed it", () => {
    const certificate = decodeCertificate(der);
    expect(certificate).toMatchObject({
      serialNumber: Uint8Array.of(7),
      systemTitle: serverSystemTitle,
      curve,
      publicKey: meter.publicKey,
      signs: true,
      agrees: false,
      notBeforeMs: Date.UTC(2025, 0, 1),
      notAfterMs: Date.UTC(2055, 0, 1),
    });
    expect(verifyCertificate(crypto, certificate, authority.publicKey)).toBe(true);
    expect(verifyCertificate(crypto, certificate, meter.publicKey)).toBe(false);
  });

  test("cut or changed anywhere it is a typed error, or does not verify", () => {
    for (let count = 0; count < der.length; count++) {
      expect(() => decodeCertificate(der.subarray(0, count))).toThrow(DlmsError);
    }
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const bad = der.slice();
        bad[at]! ^= mask;
        try {
          const certificate = decodeCertificate(bad);
          const proved = verifyCertificate(crypto, certificate, authority.publicKey);
          // Outside the signature stand lengths and the algorithm's name alone.
          if (proved) expect(certificate.signed).toEqual(decodeCertificate(der).signed);
        } catch (error) {
          expect(error).toBeInstanceOf(DlmsError);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("is kept where an authority has signed it, once, in its time, and while there is room", () => {
    let now = Date.UTC(2026, 0, 1);
    const certificates = certificateList({
      crypto,
      authorities: [authority.publicKey],
      serverSystemTitle,
      nowMs: () => now,
      certificatesMax: 2,
    });
    const other = crypto.generateKeyPair(curve);
    expect(certificates.add!(certify(other, meter.publicKey, { curve, subject: "x" }))).toBe(false);
    expect(certificates.add!(der)).toBe(true);
    expect(certificates.add!(der)).toBe(false);
    expect(certificates.list()).toMatchObject([{ entity: 0, type: 0 }]);
    const client = { curve, subject: "4c43540000000001", usage: 0x08, serial: 8 } as const;
    const second = certify(authority, other.publicKey, client);
    now = Date.UTC(2060, 0, 1);
    expect(certificates.add!(second)).toBe(false);
    now = Date.UTC(2026, 0, 1);
    expect(certificates.add!(second)).toBe(true);
    expect(certificates.list()[1]).toMatchObject({ entity: 1, type: 1 });
    const third = certify(authority, other.publicKey, { ...client, serial: 9 });
    expect(certificates.add!(third)).toBe(false);
    const named = { by: "entity", entity: 0, type: 0, systemTitle: serverSystemTitle } as const;
    expect(certificates.find!(named)).toEqual(der);
    expect(certificates.remove!(named)).toBe(true);
    expect(certificates.remove!(named)).toBe(false);
    const { issuer, serialNumber } = certificates.list()[0]!;
    expect(certificates.find!({ by: "serial", issuer, serialNumber })).toEqual(second);
  });
});

test("a time that no calendar has is a typed error: nothing is before or after it", () => {
  const pair = crypto.generateKeyPair("P-256");
  const der = certify(pair, pair.publicKey, { curve: "P-256", subject: "x" });
  const at = toHex(der).indexOf(toHex(text("250101000000Z"))) / 2;
  for (const time of ["251301000000Z", "250001000000Z", "250229000000Z", "250101240000Z"]) {
    const bad = der.slice();
    bad.set(text(time), at);
    expect(() => decodeCertificate(bad), time).toThrow(/calendar/);
  }
});

test("any octets are a typed error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (octets) => {
      expect(() => decodeCertificate(octets)).toThrow(DlmsError);
    }),
  );
  expect(() => decodeCertificate(new Uint8Array(certificateOctetsMax + 1))).toThrow(DlmsError);
});
