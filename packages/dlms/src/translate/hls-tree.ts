/** Layers of high level security: passes 3 and 4, looked at with the secrets of the question. */
import { fromHex, toHex } from "../octets.ts";
import type { CryptoPort } from "../security/crypto.ts";
import { hlsGmac, hlsSha256 } from "../security/hls.ts";
import { hlsAes, hlsMd5, hlsSha1 } from "../security/hls-digest.ts";
import {
  dialogueOctets,
  type HlsDialogue,
  type HlsMechanismFunctions,
  type HlsRole,
} from "../security/hls-dialogue.ts";
import { InvocationCounter } from "../security/invocation-counter.ts";
import { Secret } from "../security/secret.ts";
import { suiteOf } from "../security/suite.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import type { JsonObject } from "./json.ts";
import {
  curveNamed,
  keyRing,
  type NamedKeys,
  needCrypto,
  needOctets,
  octetsNamed,
} from "./key-ring.ts";
import type { TranslationRequest } from "./request.ts";

/** Mechanisms that compute their proof from a secret, by number. */
const secretMechanisms: Readonly<
  Record<number, (crypto: CryptoPort, secret: Secret) => HlsMechanismFunctions>
> = { 2: hlsAes, 3: hlsMd5, 4: hlsSha1, 6: hlsSha256 };

/** The mechanism with the secret it is given. @throws {RangeError} another mechanism */
export function secretMechanism(
  crypto: CryptoPort,
  mechanism: unknown,
  secret: Uint8Array,
): HlsMechanismFunctions {
  const make = typeof mechanism === "number" ? secretMechanisms[mechanism] : undefined;
  if (make === undefined) throw new RangeError("mechanism is 2, 3, 4 or 6 here");
  return make(crypto, new Secret(secret));
}

function dialogueOf(keys: NamedKeys): HlsDialogue {
  return {
    clientToServer: needOctets(keys, "CtoS"),
    serverToClient: needOctets(keys, "StoC"),
    clientSystemTitle: octetsNamed(keys, "client_system_title"),
    serverSystemTitle: octetsNamed(keys, "server_system_title"),
  };
}

/** A GMAC proof taken apart, and whether it is right. @throws {DecodeError} too short */
export function gmacTree(
  crypto: CryptoPort,
  keys: NamedKeys,
  proof: Uint8Array,
  challenge: Uint8Array,
  systemTitle: Uint8Array,
): JsonObject & { readonly valid: boolean } {
  const secured = splitSecuredContent(proof);
  const mechanism = hlsGmac({
    crypto,
    suite: suiteOf(secured.suite).suite,
    keys: keyRing(keys),
    counter: new InvocationCounter({ next: 0 }),
  });
  // Role does not matter to GMAC: one challenge, and the title of who answered it.
  const dialogue: HlsDialogue = {
    clientToServer: challenge,
    serverToClient: challenge,
    clientSystemTitle: systemTitle,
    serverSystemTitle: systemTitle,
  };
  return {
    sc: secured.securityControl.toString(16).padStart(2, "0"),
    ic: secured.invocationCounter,
    tag: secured.tag === undefined ? undefined : toHex(secured.tag),
    valid: mechanism.verify("client", proof, dialogue),
  };
}

/** Layer `hls-gmac`. */
export function translateHlsGmac({ octets, keys, crypto }: TranslationRequest): JsonObject {
  const challenge = needOctets(keys, "challenge");
  return gmacTree(needCrypto(crypto), keys, octets, challenge, needOctets(keys, "system_title"));
}

/** Layer `hls-digest`: what both sides have to prove, mechanisms 2, 3, 4 and 6. */
export function translateHlsDigest({ keys, given, crypto }: TranslationRequest): JsonObject {
  const secret = needOctets(keys, "secret");
  const mechanism = secretMechanism(needCrypto(crypto), given["mechanism"], secret);
  const dialogue = dialogueOf(keys);
  return {
    f_StoC: toHex(mechanism.prove("client", dialogue)),
    f_CtoS: toHex(mechanism.prove("server", dialogue)),
  };
}

/** Layer `hls-ecdsa`: both messages, and whether every signature given is right. */
export function translateHlsEcdsa(request: TranslationRequest): JsonObject {
  const { keys, given } = request;
  const crypto = needCrypto(request.crypto);
  const curve = curveNamed(keys);
  const dialogue = dialogueOf(keys);
  const client = dialogueOctets("client", dialogue);
  const server = dialogueOctets("server", dialogue);
  const checks = [
    [given["f_StoC"], "client_public", client],
    [given["f_CtoS"], "server_public", server],
  ] as const;
  const valid = checks.every(
    ([signature, key, message]) =>
      typeof signature !== "string" ||
      crypto.verify(curve, needOctets(keys, key), message, fromHex(signature)),
  );
  return { f_StoC_message: toHex(client), f_CtoS_message: toHex(server), valid };
}

/** Layer `hls-negative`: a proof of any mechanism that may be wrong. */
export function translateHlsProof(request: TranslationRequest): JsonObject {
  const { octets, keys, given } = request;
  if (keys["challenge"] !== undefined) return translateHlsGmac(request);
  const crypto = needCrypto(request.crypto);
  const dialogue = dialogueOf(keys);
  const roles = rolesOf(given["role"]);
  if (given["mechanism"] === 7) {
    const curve = curveNamed(keys);
    const valid = roles.some((role) => {
      const key = octetsNamed(keys, `${role}_public`);
      const message = dialogueOctets(role, dialogue);
      return key !== undefined && crypto.verify(curve, key, message, octets);
    });
    return { valid };
  }
  const mechanism = secretMechanism(crypto, given["mechanism"], needOctets(keys, "secret"));
  return { valid: roles.some((role) => mechanism.verify(role, octets, dialogue)) };
}

/** `f(StoC) client->server` or `f(CtoS) server->client`; both where it is not said. */
function rolesOf(role: unknown): readonly HlsRole[] {
  if (typeof role !== "string") return ["client", "server"];
  return role.startsWith("f(StoC)") ? ["client"] : ["server"];
}
