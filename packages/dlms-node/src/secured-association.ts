/**
 * Security as a person states it (suite, mechanism, keys, protection) to what `openSession` takes:
 * HLS with a fresh challenge, ciphering with the counters and keys of one association.
 */
import {
  type ApduProtection,
  type ClientAuthentication,
  clientHls,
  clientProtection,
} from "@lectura/dlms/client";
import {
  ApduCiphering,
  type CipheringKeys,
  coordinateOctets,
  type CryptoPort,
  type EnvelopeForm,
  hlsAes,
  hlsEcdsa,
  hlsGmac,
  hlsMd5,
  type HlsMechanismFunctions,
  hlsSha1,
  hlsSha256,
  type InvocationCounter,
  type Protection,
  type ReplayWindows,
  Secret,
  type SecuritySuite,
  suites,
} from "@lectura/dlms/security";
import { nodeCrypto } from "./crypto/node-crypto.ts";
import { SecuritySettingsError } from "./security-settings-error.ts";

/** Mechanisms 0 to 7 of the Green Book, as settings and command line name them. */
export type SecurityMechanism = ClientAuthentication["mechanism"];

/** Keys of one meter, by the names of the Blue Book. AES keys have 16 octets, 32 in suite 2. */
export interface SecurityKeys extends Omit<CipheringKeys, "dedicated"> {
  /** Own private key of digital signature, raw: 32 octets in suite 1, 48 in suite 2. */
  readonly signing?: Secret;
  /** The meter's public key of digital signature, raw x || y: 64 or 96 octets. */
  readonly serverSigning?: Uint8Array;
}

/** What a ciphered association needs: suite, policy, keys and counters (Green Book 9.2). */
export interface SecuritySettings {
  readonly mechanism: SecurityMechanism;
  /** LLS password, or the shared secret of HLS 2 (manufacturer), 3, 4 and 6. */
  readonly secret?: Secret;
  /** Green Book 9.2.3.7. Absent = 0. */
  readonly suite?: SecuritySuite;
  readonly keys?: SecurityKeys;
  /** Of services, both ways. Absent = "none". */
  readonly protection?: Protection;
  /** The least that is accepted of the meter. Absent = `protection`. */
  readonly required?: Protection;
  /** Of InitiateRequest and -Response. Absent = "authenticated-encrypted". */
  readonly initiateProtection?: Protection;
  /** Application context with ciphering though services are plain. Absent = false. */
  readonly cipheredContext?: boolean;
  /** glo-/ded- by service, or general-glo-/general-ded-ciphering. Absent = "service". */
  readonly form?: EnvelopeForm;
  /** Services under a key made for this association (ded-). Absent = false. */
  readonly dedicatedKey?: boolean;
  /** Eight octets; needed for ciphering and by mechanisms 5, 6 and 7. */
  readonly clientSystemTitle?: Uint8Array;
  /** Eight octets. Absent: the meter says it in its AARE. */
  readonly serverSystemTitle?: Uint8Array;
  /** Octets of CtoS, 8..64; 32..64 for ECDSA. Absent = 16, or 32 for ECDSA. */
  readonly challengeOctets?: number;
  /** Of the unicast key: needed for ciphering and by GMAC. Shared by all that send under it. */
  readonly counter?: InvocationCounter;
  /** What was seen from this meter; shared by its associations. Absent: this one's own. */
  readonly windows?: ReplayWindows;
}

/** The part of `SessionOptions` that security decides. Good for one `openSession`. */
export interface SecuredAssociation {
  readonly authentication: ClientAuthentication;
  readonly protection?: ApduProtection;
}

/** What the four passes prove with, of mechanisms that need no key but a shared secret. */
const secretMechanisms = {
  "hls-manufacturer": hlsAes,
  "hls-md5": hlsMd5,
  "hls-sha1": hlsSha1,
  "hls-sha256": hlsSha256,
} as const;

/** It is an AES-128 key. */
const manufacturerSecretOctetsMax = 16;
const titleOctets = 8;
const challengeOctetsMax = 64;
const challengeOctetsMin = 8;
const ecdsaChallengeOctetsMin = 32;
const challengeOctetsDefault = 16;

/**
 * A fresh association: new challenge, new dedicated key. Call it for every `openSession`; a second
 * use would repeat the challenge.
 *
 * @throws {SecuritySettingsError} settings that cannot work; nothing is sent then
 */
export function securedAssociation(
  settings: SecuritySettings,
  crypto: CryptoPort = nodeCrypto,
): SecuredAssociation {
  checkSecurity(settings);
  const authentication = authenticationOf(settings, crypto);
  if (!isCiphered(settings)) return { authentication };
  const { suite = 0, keys = {}, clientSystemTitle, counter } = settings;
  const { unicast, broadcast, authentication: gak } = keys;
  const { required, initiateProtection, form, windows, serverSystemTitle } = settings;
  const ciphering = new ApduCiphering({
    crypto,
    suite,
    ownSystemTitle: clientSystemTitle!,
    keys: {
      ...(unicast === undefined ? {} : { unicast }),
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(gak === undefined ? {} : { authentication: gak }),
    },
    counter: counter!,
    protection: settings.protection ?? "none",
    ...(required === undefined ? {} : { required }),
    ...(initiateProtection === undefined ? {} : { initiateProtection }),
    ...(form === undefined ? {} : { form }),
    ...(windows === undefined ? {} : { windows }),
    ...(serverSystemTitle === undefined ? {} : { peerSystemTitle: serverSystemTitle }),
  });
  const dedicated =
    settings.dedicatedKey === true
      ? new Secret(crypto.randomOctets(suites[suite].keyOctets))
      : undefined;
  return { authentication, protection: clientProtection(ciphering, dedicated) };
}

/**
 * Whether settings can work: every key, title and secret is there and fits the suite.
 * @throws {SecuritySettingsError}
 */
export function checkSecurity(settings: SecuritySettings): void {
  const { mechanism, suite = 0, counter } = settings;
  checkTitle("client", settings.clientSystemTitle);
  checkTitle("server", settings.serverSystemTitle);
  checkMechanism(settings);
  const protections = isCiphered(settings)
    ? [settings.protection ?? "none", settings.initiateProtection ?? "authenticated-encrypted"]
    : [];
  if (protections.length === 0) {
    if (settings.dedicatedKey === true) refuseUnciphered("dedicatedKey");
    if (settings.form === "general") refuseUnciphered("form");
  }
  const use = mechanism === "hls-gmac" ? mechanism : protections[0];
  if (use === undefined) return;
  needKey(settings, "unicast", use);
  const authenticates = mechanism === "hls-gmac" || protections.some(isAuthenticated);
  if (authenticates) needKey(settings, "authentication", use);
  needTitle(settings, use);
  checkLength("broadcast", settings.keys?.broadcast, suite);
  if (counter !== undefined) return;
  throw new SecuritySettingsError("security/counter-absent", `${use} needs a counter`, { use });
}

/** Whether the application context is one with ciphering. */
export function isCiphered({ protection, cipheredContext }: SecuritySettings): boolean {
  return cipheredContext === true || (protection ?? "none") !== "none";
}

/** Whether an invocation counter is used up: by ciphering, or by the proof of mechanism 5. */
export function needsCounter(settings: SecuritySettings): boolean {
  return settings.mechanism === "hls-gmac" || isCiphered(settings);
}

function authenticationOf(settings: SecuritySettings, crypto: CryptoPort): ClientAuthentication {
  const { mechanism, secret } = settings;
  if (mechanism === "none") return { mechanism };
  if (mechanism === "lls") return { mechanism, password: secret! };
  const challenge = crypto.randomOctets(challengeOctetsOf(settings));
  const functions = functionsOf({ ...settings, mechanism }, crypto);
  const { clientSystemTitle, serverSystemTitle } = settings;
  const hls = clientHls(functions, challenge, clientSystemTitle, serverSystemTitle);
  return { mechanism, hls };
}

function functionsOf(
  settings: SecuritySettings & { readonly mechanism: Exclude<SecurityMechanism, "none" | "lls"> },
  crypto: CryptoPort,
): HlsMechanismFunctions {
  const { mechanism, secret, suite = 0, keys = {}, counter } = settings;
  switch (mechanism) {
    case "hls-gmac":
      return hlsGmac({ crypto, suite, keys, counter: counter! });
    case "hls-ecdsa":
      return hlsEcdsa({
        crypto,
        curve: suites[suite].curve!,
        privateKey: keys.signing!,
        peerPublicKey: keys.serverSigning!,
      });
    case "hls-manufacturer":
    case "hls-md5":
    case "hls-sha1":
    case "hls-sha256":
      return secretMechanisms[mechanism](crypto, secret!);
  }
}

function checkMechanism(settings: SecuritySettings): void {
  const { mechanism, secret } = settings;
  if (mechanism === "none") return;
  if (mechanism === "lls" || mechanism in secretMechanisms) {
    if (secret === undefined) {
      const detail = `${mechanism} needs a password or secret`;
      throw new SecuritySettingsError("security/secret-absent", detail, { mechanism });
    }
    if (mechanism === "hls-manufacturer" && secret.octetCount > manufacturerSecretOctetsMax) {
      const params = { octets: secret.octetCount, max: manufacturerSecretOctetsMax };
      const detail = `a secret for AES has at most 16 octets, not ${secret.octetCount}`;
      throw new SecuritySettingsError("security/secret-length", detail, params);
    }
  }
  if (mechanism === "lls") return;
  if (mechanism === "hls-ecdsa") checkSignatureKeys(settings);
  if (mechanism === "hls-sha256" || mechanism === "hls-ecdsa") needTitle(settings, mechanism);
  const octets = challengeOctetsOf(settings);
  const min = mechanism === "hls-ecdsa" ? ecdsaChallengeOctetsMin : challengeOctetsMin;
  if (Number.isInteger(octets) && octets >= min && octets <= challengeOctetsMax) return;
  const params = { octets, min, max: challengeOctetsMax };
  const detail = `a challenge has ${min} to ${challengeOctetsMax} octets, not ${octets}`;
  throw new SecuritySettingsError("security/challenge-length", detail, params);
}

function checkSignatureKeys({ mechanism, suite = 0, keys = {} }: SecuritySettings): void {
  const { curve } = suites[suite];
  if (curve === undefined) {
    const detail = `${mechanism} needs suite 1 or 2, not ${suite}`;
    throw new SecuritySettingsError("security/mechanism-suite", detail, { mechanism, suite });
  }
  const wanted = coordinateOctets(curve);
  needOctets("signing", keys.signing?.octetCount, wanted, suite, mechanism);
  needOctets("serverSigning", keys.serverSigning?.length, 2 * wanted, suite, mechanism);
}

function challengeOctetsOf({ mechanism, challengeOctets }: SecuritySettings): number {
  const least = mechanism === "hls-ecdsa" ? ecdsaChallengeOctetsMin : challengeOctetsDefault;
  return challengeOctets ?? least;
}

function isAuthenticated(protection: Protection): boolean {
  return protection === "authenticated" || protection === "authenticated-encrypted";
}

function checkTitle(title: "client" | "server", octets: Uint8Array | undefined): void {
  if (octets === undefined || octets.length === titleOctets) return;
  const detail = `the ${title}'s system title has 8 octets, not ${octets.length}`;
  const params = { title, octets: octets.length };
  throw new SecuritySettingsError("security/title-length", detail, params);
}

function needTitle({ clientSystemTitle }: SecuritySettings, use: string): void {
  if (clientSystemTitle !== undefined) return;
  const detail = `${use} needs the client's system title`;
  throw new SecuritySettingsError("security/title-absent", detail, { title: "client", use });
}

function needKey(
  { keys, suite = 0 }: SecuritySettings,
  key: "unicast" | "authentication",
  use: string,
): void {
  needOctets(key, keys?.[key]?.octetCount, suites[suite].keyOctets, suite, use);
}

function checkLength(key: "broadcast", secret: Secret | undefined, suite: SecuritySuite): void {
  if (secret === undefined) return;
  needOctets(key, secret.octetCount, suites[suite].keyOctets, suite, key);
}

function needOctets(
  key: keyof SecurityKeys,
  octets: number | undefined,
  wanted: number,
  suite: SecuritySuite,
  use: string,
): void {
  if (octets === wanted) return;
  if (octets === undefined) {
    const detail = `${use} needs the ${key} key`;
    throw new SecuritySettingsError("security/key-absent", detail, { key, use });
  }
  const detail = `the ${key} key has ${wanted} octets in suite ${suite}, not ${octets}`;
  const params = { key, wanted, octets, suite };
  throw new SecuritySettingsError("security/key-length", detail, params);
}

function refuseUnciphered(setting: string): never {
  const detail = `${setting} says how to cipher, and nothing is ciphered`;
  throw new SecuritySettingsError("security/not-ciphered", detail, { setting });
}
