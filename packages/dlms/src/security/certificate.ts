/**
 * X.509 certificates of suites 1 and 2, as far as DLMS uses them (Green Book 9.2.6.4): an ECDSA
 * signature by P-256 or P-384, one public key, the system title as common name. Nothing else of
 * X.509 is looked at: no chains, no revocation, no policies.
 */
import { type BerElement, enter, readElement } from "../ber/element.ts";
import { readObjectIdentifier } from "../ber/primitive.ts";
import { civilToMs, daysInMonth } from "../cosem/civil-time.ts";
import { DecodeError } from "../error.ts";
import { noOctets, OctetReader } from "../octets.ts";
import type { CryptoPort, CurveName } from "./crypto.ts";
import { coordinateOctets } from "./suite.ts";

/** Octets of one certificate; a larger one is refused. */
export const certificateOctetsMax = 4096;

/** What a certificate says; views of its octets. */
export interface Certificate {
  /** Contents of the INTEGER. */
  readonly serialNumber: Uint8Array;
  /** DER of the names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** DER of the extension; empty where there is none. */
  readonly subjectAltName: Uint8Array;
  /** From the common name of the subject, 16 hexadecimal digits; undefined: it is another name. */
  readonly systemTitle: Uint8Array | undefined;
  /** UTC, milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Of the key certified. */
  readonly curve: CurveName;
  /** Raw x || y. */
  readonly publicKey: Uint8Array;
  /** Extension key usage; without it the key may do both. */
  readonly signs: boolean;
  readonly agrees: boolean;
  /** Octets under the signature. */
  readonly signed: Uint8Array;
  /** Of the issuer's key; by its hash, which DLMS ties to the curve. */
  readonly signatureCurve: CurveName;
  /** Raw r || s. */
  readonly signature: Uint8Array;
}

const tags = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30 } as const;
const versionTag = 0xa0;
const extensionsTag = 0xa3;
const utcTimeTag = 0x17;
const ecPublicKey = "1.2.840.10045.2.1";
const commonName = "2.5.4.3";
const keyUsage = "2.5.29.15";
const subjectAltName = "2.5.29.17";
const curves = new Map<string, CurveName>([
  ["1.2.840.10045.3.1.7", "P-256"],
  ["1.3.132.0.34", "P-384"],
]);
const signatures = new Map<string, CurveName>([
  ["1.2.840.10045.4.3.2", "P-256"],
  ["1.2.840.10045.4.3.3", "P-384"],
]);

/**
 * An X.509 certificate, as far as DLMS uses it.
 * @throws {DecodeError} security/malformed: not DER of that form
 */
export function decodeCertificate(octets: Uint8Array): Certificate {
  if (octets.length > certificateOctetsMax) {
    throw new DecodeError("security", "certificate", 0, `${octets.length} octets`, "limit");
  }
  const unit = new OctetReader(octets, "security");
  const whole = within(unit, tags.sequence, "certificate");
  unit.finish("certificate");
  const start = whole.offset;
  const body = within(whole, tags.sequence, "tbsCertificate");
  const signed = octets.subarray(start, whole.offset);
  const signatureCurve = signatureAlgorithm(whole);
  const signature = rawSignature(bitString(whole, "signature"), signatureCurve);
  whole.finish("certificate");
  return { ...decodeBody(body), signed, signatureCurve, signature };
}

/** Whether the issuer's key has signed it. Says nothing about its time. */
export function verifyCertificate(
  crypto: CryptoPort,
  certificate: Certificate,
  issuerPublicKey: Uint8Array,
): boolean {
  const { signatureCurve, signed, signature } = certificate;
  return crypto.verify(signatureCurve, issuerPublicKey, signed, signature);
}

function decodeBody(
  body: OctetReader,
): Omit<Certificate, "signed" | "signatureCurve" | "signature"> {
  if (body.peek() === versionTag) readElement(body, "version");
  const serialNumber = expect(body, tags.integer, "serialNumber").contents;
  signatureAlgorithm(body);
  const issuer = name(body, "issuer");
  const validity = within(body, tags.sequence, "validity");
  const notBeforeMs = time(validity, "notBefore");
  const notAfterMs = time(validity, "notAfter");
  const subject = name(body, "subject");
  const { curve, publicKey } = subjectPublicKey(body);
  const extensions = readExtensions(body);
  const usage = extensions.get(keyUsage);
  return {
    serialNumber,
    issuer,
    subject,
    subjectAltName: extensions.get(subjectAltName) ?? noOctets,
    systemTitle: titleIn(subject),
    notBeforeMs,
    notAfterMs,
    curve,
    publicKey,
    // BIT STRING: unused bits, then digitalSignature 80, keyAgreement 08.
    signs: usage === undefined || ((usage[3] ?? 0) & 0x80) !== 0,
    agrees: usage === undefined || ((usage[3] ?? 0) & 0x08) !== 0,
  };
}

function expect(reader: OctetReader, tag: number, field: string): BerElement {
  if (reader.peek() !== tag) reader.fail(field, `has not tag 0x${tag.toString(16)}`);
  return readElement(reader, field);
}

/** A reader over the contents of the next element. */
function within(reader: OctetReader, tag: number, field: string): OctetReader {
  return enter(reader, expect(reader, tag, field));
}

function name(reader: OctetReader, field: string): Uint8Array {
  const start = reader.offset;
  expect(reader, tags.sequence, field);
  return reader.octets.subarray(start, reader.offset);
}

function identifier(reader: OctetReader, field: string): string {
  return readObjectIdentifier(within(reader, tags.oid, field), field);
}

function signatureAlgorithm(reader: OctetReader): CurveName {
  const algorithm = within(reader, tags.sequence, "signatureAlgorithm");
  const curve = signatures.get(identifier(algorithm, "signatureAlgorithm"));
  return curve ?? reader.fail("signatureAlgorithm", "is no ECDSA with SHA-256 or SHA-384");
}

function bitString(reader: OctetReader, field: string): OctetReader {
  const bits = within(reader, tags.bits, field);
  if (bits.uint8(field) !== 0) bits.fail(field, "is no whole number of octets");
  return bits;
}

function subjectPublicKey(reader: OctetReader): Pick<Certificate, "curve" | "publicKey"> {
  const info = within(reader, tags.sequence, "subjectPublicKeyInfo");
  const algorithm = within(info, tags.sequence, "algorithm");
  if (identifier(algorithm, "algorithm") !== ecPublicKey) algorithm.fail("algorithm", "is no EC");
  const curve = curves.get(identifier(algorithm, "curve"));
  if (curve === undefined) return algorithm.fail("curve", "is neither P-256 nor P-384");
  const point = bitString(info, "subjectPublicKey");
  if (point.uint8("point") !== 4 || point.remaining !== 2 * coordinateOctets(curve)) {
    point.fail("point", "is no uncompressed point of its curve");
  }
  return { curve, publicKey: point.take(point.remaining, "point") };
}

/** `SEQUENCE { r INTEGER, s INTEGER }` to two numbers of fixed length. */
function rawSignature(reader: OctetReader, curve: CurveName): Uint8Array {
  const pair = within(reader, tags.sequence, "signature");
  const half = coordinateOctets(curve);
  const raw = new Uint8Array(2 * half);
  for (const end of [half, 2 * half]) {
    let number = expect(pair, tags.integer, "signature").contents;
    while (number.length > half && number[0] === 0) number = number.subarray(1);
    if (number.length > half) pair.fail("signature", "is too long for its curve");
    raw.set(number, end - number.length);
  }
  pair.finish("signature");
  return raw;
}

function readExtensions(body: OctetReader): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  while (body.remaining > 0 && body.peek() !== extensionsTag) readElement(body, "uniqueID");
  if (body.remaining === 0) return found;
  const list = within(within(body, extensionsTag, "extensions"), tags.sequence, "extensions");
  while (list.remaining > 0) {
    const extension = within(list, tags.sequence, "extension");
    const id = identifier(extension, "extension");
    if (extension.peek() !== tags.octets) readElement(extension, "critical");
    found.set(id, expect(extension, tags.octets, "extension").contents);
  }
  return found;
}

function titleIn(subject: Uint8Array): Uint8Array | undefined {
  const sets = within(new OctetReader(subject, "security"), tags.sequence, "subject");
  while (sets.remaining > 0) {
    const pair = within(enter(sets, readElement(sets, "subject")), tags.sequence, "subject");
    if (identifier(pair, "subject") !== commonName) continue;
    const text = String.fromCharCode(...readElement(pair, "commonName").contents);
    if (/^[0-9a-f]{16}$/i.test(text)) return Uint8Array.fromHex(text);
  }
  return undefined;
}

/** UTCTime (two digits of the year, 1950..2049) or GeneralizedTime, both in UTC. */
function time(reader: OctetReader, field: string): number {
  const { tag, contents } = readElement(reader, field);
  const text = String.fromCharCode(...contents);
  const full = tag === utcTimeTag ? `${text < "5" ? "20" : "19"}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (parts === null) return reader.fail(field, "is no time in UTC");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number);
  const isDay =
    year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isDay || hour > 23 || minute > 59 || second > 59) {
    reader.fail(field, "is no time of a calendar");
  }
  return civilToMs({ year, month, day, hour, minute, second, millisecond: 0 });
}
