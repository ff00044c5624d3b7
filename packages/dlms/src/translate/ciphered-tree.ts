import { toHex } from "../octets.ts";
import type { GeneralHeader, KeyInfo } from "../xdlms/general-ciphering.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import type { JsonObject } from "./json.ts";

/** What a ciphered APDU carries, still closed. @throws {DecodeError} too short. */
export function securedTree(content: Uint8Array): JsonObject {
  const secured = splitSecuredContent(content);
  return {
    security_control: secured.securityControl.toString(16).padStart(2, "0"),
    suite: secured.suite,
    authenticated: secured.authenticated,
    encrypted: secured.encrypted,
    broadcast_key: secured.broadcastKey,
    compressed: secured.compressed,
    invocation_counter: secured.invocationCounter,
    ciphertext: toHex(secured.text),
    ...(secured.tag === undefined ? {} : { tag: toHex(secured.tag) }),
  };
}

export function generalHeaderTree(header: GeneralHeader): JsonObject {
  return {
    transaction_id: toHex(header.transactionId),
    originator: toHex(header.originator),
    recipient: toHex(header.recipient),
    date_time: toHex(header.dateTime),
    other_information: toHex(header.otherInformation),
  };
}

export function keyInfoTree(keyInfo: KeyInfo): JsonObject {
  switch (keyInfo.type) {
    case "identified":
      return { identified_key: keyInfo.keyId };
    case "wrapped":
      return { wrapped_kek: keyInfo.kekId, wrapped_key: toHex(keyInfo.wrappedKey) };
    case "agreed":
      return {
        agreed_parameters: toHex(keyInfo.parameters),
        agreed_ciphered_data: toHex(keyInfo.cipheredData),
      };
  }
}
