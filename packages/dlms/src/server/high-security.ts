/** Passes 3 and 4 of high level security, server side (Green Book 9.2.7.4). */
import { octetString } from "../axdr/construct.ts";
import type { OctetWriter } from "../octets.ts";
import type { HlsDialogue } from "../security/hls-dialogue.ts";
import { type ActionRequest, actionRequest } from "../xdlms/action-request.ts";
import { actionResponse } from "../xdlms/action-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { AssociationView } from "./view.ts";

const associationClass = 15;
const replyToHlsAuthentication = 1;

/** Pass 3 and nothing else: a call of the association's own method 1. @throws {DecodeError} */
export function readPass3(
  apdu: Uint8Array,
): Extract<ActionRequest, { readonly type: "normal" }> | undefined {
  if (apdu[0] !== actionRequest.tag) return undefined;
  const request = decodeUnit(actionRequest, apdu);
  if (request.type !== "normal") return undefined;
  const { classId, logicalName, methodId } = request.method;
  const own = logicalName.startsWith("0.0.40.0.");
  return classId === associationClass && own && methodId === replyToHlsAuthentication
    ? request
    : undefined;
}

/**
 * Writes pass 4: f(CtoS) where the client has proved who it is, a refusal without it where it has
 * not. True: it has. @throws {ProtocolError} security/*: our own proof cannot be made
 */
export function answerPass3(
  request: Extract<ActionRequest, { readonly type: "normal" }>,
  { authentication }: AssociationView,
  dialogue: HlsDialogue,
  writer: OctetWriter,
): boolean {
  const { invoke, parameters } = request;
  const proof = parameters?.type === "octet-string" ? parameters.value : undefined;
  const proved =
    "hls" in authentication &&
    proof !== undefined &&
    authentication.hls.verify("client", proof, dialogue);
  if (!proved) {
    const refusal = { kind: "action-response", type: "normal", invoke } as const;
    actionResponse.encode(writer, { ...refusal, result: "other-reason" });
    return false;
  }
  actionResponse.encode(writer, {
    kind: "action-response",
    type: "normal",
    invoke,
    result: "success",
    returned: { ok: true, value: octetString(authentication.hls.prove("server", dialogue)) },
  });
  return true;
}
