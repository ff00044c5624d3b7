/** Passes 3 and 4 of high level security, server side (Green Book 9.2.7.4). */
import { octetString } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import type { OctetWriter } from "../octets.ts";
import { actionRequest } from "../xdlms/action-request.ts";
import { actionResponse } from "../xdlms/action-response.ts";
import { decodeUnit } from "../xdlms/apdu-codec.ts";
import type { InvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import { readRequest } from "../xdlms/read-request.ts";
import { readResponse } from "../xdlms/read-response.ts";
import type { HighSecurityProof } from "./negotiation.ts";
import { shortNameAssociationClass, shortNameHlsReply } from "./short-name-association.ts";
import { associationBaseName } from "./short-names.ts";
import type { AssociationView } from "./view.ts";

const associationClass = 15;
const replyToHlsAuthentication = 1;

/** Pass 3: what the client proves, and how the request that carries it wants its answer. */
export interface Pass3 {
  readonly proof: Data | undefined;
  /** Undefined: by short name, a READ. */
  readonly invoke: InvokeIdAndPriority | undefined;
}

/** Pass 3 and nothing else: a call of the association's own method. @throws {DecodeError} */
export function readPass3(
  apdu: Uint8Array,
  referencing: "ln" | "sn",
  view: AssociationView,
): Pass3 | undefined {
  return referencing === "sn" ? readShortNamePass3(apdu, view) : readLogicalNamePass3(apdu);
}

function readLogicalNamePass3(apdu: Uint8Array): Pass3 | undefined {
  if (apdu[0] !== actionRequest.tag) return undefined;
  const request = decodeUnit(actionRequest, apdu);
  if (request.type !== "normal") return undefined;
  const { classId, logicalName, methodId } = request.method;
  const own = logicalName.startsWith("0.0.40.0.");
  return classId === associationClass && own && methodId === replyToHlsAuthentication
    ? { proof: request.parameters, invoke: request.invoke }
    : undefined;
}

/** A view without a class 12 object has the method where the standard's base name puts it. */
function readShortNamePass3(apdu: Uint8Array, { objects }: AssociationView): Pass3 | undefined {
  if (apdu[0] !== readRequest.tag) return undefined;
  const { variables } = decodeUnit(readRequest, apdu);
  const [variable] = variables;
  if (variables.length !== 1 || variable?.type !== "parameterized-access") return undefined;
  const { variableName, parameter } = variable;
  const target = objects.shortNames.find(variableName);
  const own =
    target === undefined
      ? variableName === associationBaseName + shortNameHlsReply.offset
      : target.entry.object.classId === shortNameAssociationClass &&
        target.member === "method" &&
        target.id === shortNameHlsReply.methodId;
  return own ? { proof: parameter, invoke: undefined } : undefined;
}

/**
 * Writes pass 4: f(CtoS) where the client has proved who it is, a refusal without it where it has
 * not. True: it has. @throws {ProtocolError} security/*: our own proof cannot be made
 */
export function answerPass3(
  { proof, invoke }: Pass3,
  { hls, dialogue }: HighSecurityProof,
  writer: OctetWriter,
): boolean {
  const octets = proof?.type === "octet-string" ? proof.value : undefined;
  const proved = octets !== undefined && hls.verify("client", octets, dialogue);
  const value = proved ? octetString(hls.prove("server", dialogue)) : undefined;
  if (invoke === undefined) writeShortNamePass4(value, writer);
  else writePass4(value, invoke, writer);
  return proved;
}

function writePass4(
  value: Data | undefined,
  invoke: InvokeIdAndPriority,
  writer: OctetWriter,
): void {
  const head = { kind: "action-response", type: "normal", invoke } as const;
  actionResponse.encode(
    writer,
    value === undefined
      ? { ...head, result: "other-reason" }
      : { ...head, result: "success", returned: { ok: true, value } },
  );
}

function writeShortNamePass4(value: Data | undefined, writer: OctetWriter): void {
  readResponse.encode(writer, {
    kind: "read-response",
    results: [
      value === undefined
        ? { type: "data-access-error", reason: "other-reason" }
        : { type: "data", value },
    ],
  });
}
