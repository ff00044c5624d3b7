/** ACSE APDUs from their trees, as `acse-tree.ts` gives them. */
import type { AssociateMembers, ReleaseMembers } from "../acse/apdu.ts";
import { encodeAcse } from "../acse/codec.ts";
import type { ApplicationContext, DiagnosticSource, Mechanism } from "../acse/names.ts";
import type { BerElement } from "../ber/element.ts";
import { DecodeError } from "../error.ts";
import { translateApdu } from "./apdu-tree.ts";
import type { Json } from "./json.ts";
import { isSameTree, refuse, type TreeObject } from "./tree-object.ts";

/** Names of ACSE APDUs. */
export const acseKinds: ReadonlySet<string> = new Set(["aarq", "aare", "rlrq", "rlre"]);

/** Encodes an APDU from its tree. */
export type TreeEncoder = (tree: Json, path: string) => Uint8Array;

/** AARQ, AARE, RLRQ or RLRE; `encode` takes what the user-information carries. */
export function acseFromTree(tree: TreeObject, encode: TreeEncoder): Uint8Array {
  const octets = (name: string): Uint8Array => tree.octets(name);
  const integer = (name: string): number => tree.integer(name);
  const release = {
    ...userInformationOf(tree, encode),
    ...tree.optional("otherElements", "other_elements", (name) => tree.list(name).map(elementOf)),
  } satisfies ReleaseMembers;
  switch (tree.text("apdu")) {
    case "aarq":
      return encodeAcse({
        kind: "aarq",
        ...associateOf(tree),
        ...tree.optional("calledApTitle", "called_ap_title", octets),
        ...tree.optional("calledAeQualifier", "called_ae_qualifier", octets),
        ...tree.optional("calledApInvocationId", "called_ap_invocation_id", integer),
        ...tree.optional("calledAeInvocationId", "called_ae_invocation_id", integer),
        ...tree.optional("callingApTitle", "calling_ap_title", octets),
        ...tree.optional("callingAeQualifier", "calling_ae_qualifier", octets),
        ...tree.optional("callingApInvocationId", "calling_ap_invocation_id", integer),
        ...tree.optional("callingAeInvocationId", "calling_ae_invocation_id", integer),
        ...release,
      });
    case "aare":
      return encodeAcse({
        kind: "aare",
        ...associateOf(tree),
        result: tree.integer("result"),
        diagnostic: { source: sourceOf(tree), value: tree.integer("diagnostic") },
        ...tree.optional("respondingApTitle", "responding_ap_title", octets),
        ...tree.optional("respondingAeQualifier", "responding_ae_qualifier", octets),
        ...tree.optional("respondingApInvocationId", "responding_ap_invocation_id", integer),
        ...tree.optional("respondingAeInvocationId", "responding_ae_invocation_id", integer),
        ...release,
      });
    case "rlrq":
      return encodeAcse({
        kind: "rlrq",
        ...tree.optional("reason", "reason", integer),
        ...release,
      });
    default:
      return encodeAcse({
        kind: "rlre",
        ...tree.optional("reason", "reason", integer),
        ...release,
      });
  }
}

function associateOf(tree: TreeObject): AssociateMembers {
  const octets = (name: string): Uint8Array => tree.octets(name);
  return {
    ...tree.optional("protocolVersion", "protocol_version", octets),
    applicationContext: tree.text("application_context") as ApplicationContext,
    ...tree.optional("acseRequirements", "acse_requirements", octets),
    ...tree.optional("mechanism", "mechanism", (name) => mechanismOf(tree.text(name))),
    ...tree.optional("authenticationValue", "authentication_value", octets),
    ...tree.optional("authenticationValueTag", "authentication_value_tag", (name) =>
      tree.hexNumber(name),
    ),
    ...tree.optional("implementationInformation", "implementation_information", octets),
  };
}

/** The vectors call mechanism 2 plainly `high`. */
function mechanismOf(word: string): Mechanism {
  return (word === "high" ? "high-manufacturer" : word) as Mechanism;
}

function sourceOf(tree: TreeObject): DiagnosticSource {
  const source = tree.text("diagnostic_source");
  if (source === "acse-service-user" || source === "acse-service-provider") return source;
  return refuse(tree.pathOf("diagnostic_source"), source, "acse-service-user or -provider");
}

function elementOf(tree: TreeObject): BerElement {
  return { tag: tree.hexNumber("tag"), contents: tree.octets("hex") };
}

function userInformationOf(
  tree: TreeObject,
  encode: TreeEncoder,
): { readonly userInformation?: Uint8Array } {
  const userInformation = carriedOf(tree, "user_information_hex", "user_information", encode);
  return userInformation === undefined ? {} : { userInformation };
}

/**
 * An APDU that a tree shows twice, as octets and as a tree of its own: the octets where they say
 * what the tree says, else the tree encoded, which somebody has changed then.
 */
export function carriedOf(
  tree: TreeObject,
  hexName: string,
  treeName: string,
  encode: TreeEncoder,
): Uint8Array | undefined {
  const octets = tree.has(hexName) ? tree.octets(hexName) : undefined;
  const said = tree.get(treeName);
  if (said === undefined) return octets;
  if (octets !== undefined && isSameTree(translationOf(octets), said)) return octets;
  return encode(said, tree.pathOf(treeName));
}

function translationOf(octets: Uint8Array): Json | undefined {
  try {
    return translateApdu(octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
