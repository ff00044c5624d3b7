/** General-signing (Green Book 9.2.7.5): any APDU under a digital signature of suite 1 or 2. */
import { writeLength } from "../axdr/length.ts";
import { ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import type { GeneralHeader, GeneralSigning } from "../xdlms/general-ciphering.ts";
import type { CryptoPort, CurveName } from "./crypto.ts";

/**
 * Whether the length octets of `content` are under the signature; the sources do not settle it
 * (decision 0005). There is no accepting of both: one's content could be read as the other's.
 */
export type SignedContentLength = "omitted" | "included";

/** Octets under the signature: every member from transaction-id on, each with its length. */
export function signedOctets(
  header: GeneralHeader,
  content: Uint8Array,
  contentLength: SignedContentLength = "omitted",
): Uint8Array {
  const writer = new OctetWriter(transferOctetsMax);
  writeHeader(writer, header);
  if (contentLength === "included") writeLength(writer, content.length);
  writer.octets(content);
  return writer.finish();
}

/** The members of a general header, each an octet string with its length. */
export function writeHeader(writer: OctetWriter, header: GeneralHeader): void {
  const { transactionId, originator, recipient, dateTime, otherInformation } = header;
  for (const member of [transactionId, originator, recipient, dateTime, otherInformation]) {
    writeLength(writer, member.length);
    writer.octets(member);
  }
}

/** How signatures are made and checked. */
export interface SigningOptions {
  readonly crypto: CryptoPort;
  readonly curve: CurveName;
  readonly contentLength?: SignedContentLength;
}

/** Signs an APDU with the originator's digital signature key. */
export function signApdu(
  options: SigningOptions,
  privateKey: Uint8Array,
  header: GeneralHeader,
  content: Uint8Array,
): GeneralSigning {
  const { crypto, curve, contentLength } = options;
  const { transactionId, originator, recipient, dateTime, otherInformation } = header;
  const signature = crypto.sign(curve, privateKey, signedOctets(header, content, contentLength));
  return {
    kind: "general-signing",
    transactionId,
    originator,
    recipient,
    dateTime,
    otherInformation,
    content,
    signature,
  };
}

/** The APDU inside. @throws {ProtocolError} security/tag: the signature does not verify */
export function openSigned(
  options: SigningOptions,
  peerPublicKey: Uint8Array,
  apdu: GeneralSigning,
): Uint8Array {
  const { crypto, curve, contentLength } = options;
  const message = signedOctets(apdu, apdu.content, contentLength);
  if (!crypto.verify(curve, peerPublicKey, message, apdu.signature)) {
    throw new ProtocolError("security/tag", "the signature does not verify");
  }
  return apdu.content;
}
