/** Whether security settings can work, before anything is sent. */
import {
  coordinateOctets,
  type CurveName,
  type Protection,
  type Secret,
  type SecuritySuite,
  suites,
} from "@lectura/dlms/security";
import type { SecurityKeys, SecurityMechanism, SecuritySettings } from "./secured-association.ts";
import { SecuritySettingsError } from "./security-settings-error.ts";

/** Mechanisms that need no key but a shared secret. */
const secretMechanisms: ReadonlySet<SecurityMechanism> = new Set<SecurityMechanism>([
  "hls-manufacturer",
  "hls-md5",
  "hls-sha1",
  "hls-sha256",
]);
/** It is an AES-128 key. */
const manufacturerSecretOctetsMax = 16;
const titleOctets = 8;
const challengeOctetsMax = 64;
const challengeOctetsMin = 8;
const ecdsaChallengeOctetsMin = 32;
const challengeOctetsDefault = 16;

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
    if (settings.general !== undefined) refuseUnciphered("general");
    if (settings.signing !== undefined) refuseUnciphered("signing");
  }
  if (settings.signing !== undefined) checkSignatureKeys(settings, "signing");
  const { send } = settings.general ?? {};
  if (send === "one-pass" || send === "static") checkCurve(settings, send);
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

function checkMechanism(settings: SecuritySettings): void {
  const { mechanism, secret } = settings;
  if (mechanism === "none") return;
  if (mechanism === "lls" || secretMechanisms.has(mechanism)) {
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
  if (mechanism === "hls-ecdsa") checkSignatureKeys(settings, mechanism);
  if (mechanism === "hls-sha256" || mechanism === "hls-ecdsa") needTitle(settings, mechanism);
  const octets = challengeOctetsOf(settings);
  const min = mechanism === "hls-ecdsa" ? ecdsaChallengeOctetsMin : challengeOctetsMin;
  if (Number.isInteger(octets) && octets >= min && octets <= challengeOctetsMax) return;
  const params = { octets, min, max: challengeOctetsMax };
  const detail = `a challenge has ${min} to ${challengeOctetsMax} octets, not ${octets}`;
  throw new SecuritySettingsError("security/challenge-length", detail, params);
}

function checkSignatureKeys(settings: SecuritySettings, use: string): void {
  const { suite = 0, keys = {} } = settings;
  const wanted = coordinateOctets(checkCurve(settings, use));
  needOctets("signing", keys.signing?.octetCount, wanted, suite, use);
  needOctets("serverSigning", keys.serverSigning?.length, 2 * wanted, suite, use);
}

/** The suite's curve, which `use` needs. */
function checkCurve({ suite = 0 }: SecuritySettings, use: string): CurveName {
  const { curve } = suites[suite];
  if (curve !== undefined) return curve;
  const detail = `${use} needs suite 1 or 2, not ${suite}`;
  throw new SecuritySettingsError("security/mechanism-suite", detail, { mechanism: use, suite });
}

/** Octets of CtoS: as set, or the mechanism's default. */
export function challengeOctetsOf({ mechanism, challengeOctets }: SecuritySettings): number {
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
