import type { AcseApdu } from "../acse/apdu.ts";
import { decodeAcse } from "../acse/codec.ts";
import { toHex } from "../octets.ts";
import type { Json, JsonObject } from "./json.ts";

/** The vectors call mechanism 2, the manufacturer's own, plainly `high`. */
function mechanismWord(mechanism: string | undefined): string | undefined {
  return mechanism === "high-manufacturer" ? "high" : mechanism;
}

const hex = (octets: Uint8Array | undefined): string | undefined =>
  octets === undefined ? undefined : toHex(octets);

/** Members that are absent stay out: only what was on the wire is told. */
function present(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** AARQ, AARE, RLRQ or RLRE; `translate` names what the user-information carries. */
export function acseTree(octets: Uint8Array, translate: (apdu: Uint8Array) => Json): JsonObject {
  const apdu = decodeAcse(octets);
  const { userInformation } = apdu;
  return present({
    apdu: apdu.kind,
    ...kindTree(apdu),
    user_information_hex: hex(userInformation),
    user_information: userInformation === undefined ? undefined : translate(userInformation),
    other_elements: apdu.otherElements?.map(({ tag, contents }) => ({
      tag: tag.toString(16).padStart(2, "0"),
      hex: toHex(contents),
    })),
  });
}

function kindTree(apdu: AcseApdu): JsonObject {
  switch (apdu.kind) {
    case "aarq":
      return {
        ...associateTree(apdu),
        called_ap_title: hex(apdu.calledApTitle),
        called_ae_qualifier: hex(apdu.calledAeQualifier),
        called_ap_invocation_id: apdu.calledApInvocationId,
        called_ae_invocation_id: apdu.calledAeInvocationId,
        calling_ap_title: hex(apdu.callingApTitle),
        calling_ae_qualifier: hex(apdu.callingAeQualifier),
        calling_ap_invocation_id: apdu.callingApInvocationId,
        calling_ae_invocation_id: apdu.callingAeInvocationId,
      };
    case "aare":
      return {
        ...associateTree(apdu),
        result: apdu.result,
        diagnostic_source: apdu.diagnostic.source,
        diagnostic: apdu.diagnostic.value,
        responding_ap_title: hex(apdu.respondingApTitle),
        responding_ae_qualifier: hex(apdu.respondingAeQualifier),
        responding_ap_invocation_id: apdu.respondingApInvocationId,
        responding_ae_invocation_id: apdu.respondingAeInvocationId,
      };
    case "rlrq":
    case "rlre":
      return { reason: apdu.reason };
  }
}

function associateTree(apdu: Extract<AcseApdu, { readonly kind: "aarq" | "aare" }>): JsonObject {
  const value = apdu.authenticationValue;
  return {
    protocol_version: hex(apdu.protocolVersion),
    application_context: apdu.applicationContext,
    acse_requirements: hex(apdu.acseRequirements),
    mechanism: mechanismWord(apdu.mechanism),
    authentication_value_tag:
      value === undefined ? undefined : (apdu.authenticationValueTag ?? 0x80).toString(16),
    authentication_value: hex(value),
    implementation_information: hex(apdu.implementationInformation),
  };
}
