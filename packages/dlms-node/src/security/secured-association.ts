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
  type CryptoPort,
  type EnvelopeForm,
  type GeneralProtection,
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
  type SigningProtection,
  suites,
} from "@lectura/dlms/security";
import type { ApduLeniency } from "@lectura/dlms/xdlms";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { challengeOctetsOf, checkSecurity, isCiphered } from "./check-security.ts";

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
  /** General-ciphering of services, beyond glo- and ded-; needs ciphering. Absent: refused. */
  readonly general?: GeneralProtection;
  /**
   * General-signing of services with `keys.signing` and `keys.serverSigning`, suites 1 and 2; needs
   * a ciphered context. Absent: refused.
   */
  readonly signing?: Omit<SigningProtection, "privateKey" | "peerPublicKey">;
  /** Services under a key made for this association (ded-). Absent = false. */
  readonly dedicatedKey?: boolean;
  /** Eight octets; needed for ciphering and by mechanisms 5, 6 and 7. */
  readonly clientSystemTitle?: Uint8Array;
  /** Eight octets. Absent: the meter says it in its AARE. */
  readonly serverSystemTitle?: Uint8Array;
  /** Octets of CtoS, 8..64; 32..64 for ECDSA. Absent = 16, or 32 for ECDSA. */
  readonly challengeOctets?: number;
  /** Invocation counters a proof of mechanism 5 takes, 1..16 (R41). Absent = 1. */
  readonly counterStep?: number;
  /** Of the unicast key: needed for ciphering and by GMAC. Shared by all that send under it. */
  readonly counter?: InvocationCounter;
  /** Forms beside the standard that are read in ciphered APDUs. Absent: none. */
  readonly leniency?: ApduLeniency;
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

/**
 * A fresh association: new challenge, new dedicated key. Call it for every `openSession`; a second
 * use would repeat the challenge.
 *
 * @throws {SecuritySettingsError} settings that cannot work; nothing is sent then
 * @throws {RangeError} `counterStep` outside its range
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
  const { general, signing, counterStep, leniency } = settings;
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
    ...(general === undefined ? {} : { general }),
    ...(signing === undefined ? {} : { signing: { ...signing, ...signatureKeys(keys) } }),
    ...(leniency === undefined ? {} : { leniency }),
    ...(windows === undefined ? {} : { windows }),
    ...(serverSystemTitle === undefined ? {} : { peerSystemTitle: serverSystemTitle }),
  });
  const dedicated =
    settings.dedicatedKey === true
      ? new Secret(crypto.randomOctets(suites[suite].keyOctets))
      : undefined;
  return { authentication, protection: clientProtection(ciphering, dedicated, counterStep) };
}

/** They are there: `checkSecurity` has seen to it. */
function signatureKeys(
  keys: SecurityKeys,
): Pick<SigningProtection, "privateKey" | "peerPublicKey"> {
  return { privateKey: keys.signing!, peerPublicKey: keys.serverSigning! };
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
  const { mechanism, secret, suite = 0, keys = {}, counter, counterStep } = settings;
  switch (mechanism) {
    case "hls-gmac":
      return hlsGmac({
        crypto,
        suite,
        keys,
        counter: counter!,
        ...(counterStep === undefined ? {} : { counterStep }),
      });
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
