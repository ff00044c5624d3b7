/** What a peer has to know of a row, as the words `name=value` that every peer's script reads. */
import { clientTitle, dedicatedKey, peerKeys, serverTitle, signatureKeys } from "./our-security.ts";
import type { Security } from "./securities.ts";

/** `role` is the peer's: which title and which signature key are its own. */
export function securityWords(security: Security, role: "client" | "server"): readonly string[] {
  const { mechanism, protection, suite, envelope, service, clientSap } = security;
  const keys = peerKeys(security);
  const { privateKey, peerPublicKey } = signatureKeys(suite, role);
  const words: Readonly<Record<string, string | number>> = {
    sap: clientSap,
    mechanism,
    protection: protection === "none" ? "plain" : protection,
    suite,
    envelope,
    service,
    secret: hex(keys.secret),
    unicast: hex(keys.unicast),
    authentication: hex(keys.authentication),
    title: hex(role === "client" ? clientTitle : serverTitle),
    ...(envelope === "ded" ? { dedicated: hex(dedicatedKey(suite)) } : {}),
    ...(mechanism === "ecdsa" ? { signing: hex(privateKey), verifying: hex(peerPublicKey) } : {}),
  };
  return Object.entries(words).map(([name, value]) => `${name}=${value}`);
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}
