/** The end of an association (Green Book 9.4.4.2). */
import { decodeRlrq, encodeRlre } from "../acse/codec.ts";
import type { ApduCiphering } from "../security/apdu-ciphering.ts";
import { initiateAnswer } from "./negotiation.ts";
import type { AssociationFacts } from "./object.ts";

/**
 * RLRE. A ciphered association is released by who holds its keys, if anything comes with the RLRQ.
 * @throws {ProtocolError} security/*: what came does not open @throws {DecodeError} no RLRQ
 */
export function answerRelease(
  apdu: Uint8Array,
  facts: AssociationFacts | undefined,
  ciphering: ApduCiphering | undefined,
): Uint8Array {
  const carried =
    ciphering === undefined || facts === undefined ? undefined : decodeRlrq(apdu).userInformation;
  if (ciphering === undefined || facts === undefined || carried === undefined) {
    return encodeRlre({ kind: "rlre", reason: 0 });
  }
  ciphering.unprotect(carried);
  const userInformation = initiateAnswer(facts, ciphering);
  return encodeRlre({ kind: "rlre", reason: 0, userInformation });
}
