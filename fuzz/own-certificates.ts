/** Key pairs that are the same in every run, and certificates as an authority would sign them. */
import { createECDH } from "node:crypto";
import { concatOctets, fromHex } from "@lectura/dlms/octets";
import type { CryptoPort, CurveName, KeyPair } from "@lectura/dlms/security";

/** The pair whose private key is `octet` over and over: an input is reproduced under it. */
export function fixedKeyPair(curve: CurveName, octet: number): KeyPair {
  const pair = createECDH(curve === "P-256" ? "prime256v1" : "secp384r1");
  const privateKey = new Uint8Array(curve === "P-256" ? 32 : 48).fill(octet);
  pair.setPrivateKey(privateKey);
  return { privateKey, publicKey: new Uint8Array(pair.getPublicKey()).subarray(1) };
}

function element(tag: number, ...members: readonly Uint8Array[]): Uint8Array {
  const contents = concatOctets(members);
  const { length } = contents;
  const count = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return concatOctets([Uint8Array.of(tag, ...count), contents]);
}

const sequence = (...members: readonly Uint8Array[]): Uint8Array => element(0x30, ...members);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const integer = (octets: Uint8Array): Uint8Array =>
  octets[0]! >= 0x80 ? element(0x02, Uint8Array.of(0), octets) : element(0x02, octets);
const bits = (...octets: readonly Uint8Array[]): Uint8Array =>
  element(0x03, Uint8Array.of(0), ...octets);
/** Object identifiers as they stand in DER. */
const identifiers = {
  ecdsaWithSha256: fromHex("06082a8648ce3d040302"),
  ecPublicKey: fromHex("06072a8648ce3d0201"),
  p256: fromHex("06082a8648ce3d030107"),
  commonName: fromHex("0603550403"),
  keyUsage: fromHex("0603551d0f"),
  subjectAltName: fromHex("0603551d11"),
};
const nameOf = (common: string): Uint8Array =>
  sequence(element(0x31, sequence(identifiers.commonName, element(0x0c, text(common)))));

/** A certificate of a P-256 key, 2025 to 2055. `usage`: the octet of the extension, if it is there. */
export function issueCertificate(
  crypto: CryptoPort,
  authority: KeyPair,
  publicKey: Uint8Array,
  subject: string,
  usage?: number,
): Uint8Array {
  const extensions =
    usage === undefined
      ? [sequence(identifiers.subjectAltName, element(0x04, sequence(element(0x82, text("m")))))]
      : [
          sequence(
            identifiers.keyUsage,
            element(0x01, Uint8Array.of(255)),
            element(0x04, element(0x03, Uint8Array.of(3, usage))),
          ),
        ];
  const algorithm = sequence(identifiers.ecdsaWithSha256);
  const body = sequence(
    element(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(subject.length, usage ?? 0)),
    algorithm,
    nameOf("root"),
    sequence(element(0x17, text("250101000000Z")), element(0x18, text("20550101000000Z"))),
    nameOf(subject),
    sequence(
      sequence(identifiers.ecPublicKey, identifiers.p256),
      bits(Uint8Array.of(4), publicKey),
    ),
    element(0xa3, sequence(...extensions)),
  );
  const raw = crypto.sign("P-256", authority.privateKey, body);
  const signature = sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return sequence(body, algorithm, bits(signature));
}
