/**
 * General-ciphering (Green Book 9.2.7.2 and 9.5): content under a key that the APDU names, wraps or
 * lets both sides agree on.
 */
import { ProtocolError } from "../error.ts";
import { concatOctets, OctetWriter } from "../octets.ts";
import type { GeneralCiphering, GeneralHeader, KeyInfo } from "../xdlms/general-ciphering.ts";
import { type SecuredContent, splitSecuredContent } from "../xdlms/secured-content.ts";
import { openContent, openUnverified, sealContent } from "./content.ts";
import type { ContentKeys } from "./content-cipher.ts";
import type { CryptoPort, KeyPair } from "./crypto.ts";
import { refuseCompression } from "./envelope.ts";
import {
  agreementParameters,
  contentKeyOf,
  type EphemeralSignature,
  requireCurve,
  sharedSecret,
  signPublicKey,
  splitSignedKey,
  staticPartyV,
  verifyPublicKey,
} from "./key-agreement.ts";
import { unwrapOrFail } from "./key-transfer.ts";
import { type CipheringKeys, keyOf, type ReplayWindows } from "./keys.ts";
import type { Secret } from "./secret.ts";
import { type Protection, protectionBits, requireProtection } from "./security-control.ts";
import { writeHeader } from "./signing.ts";
import { type SecuritySuite, suiteOf, type SuiteParameters } from "./suite.ts";

/**
 * What of the header stands behind SC | AK in the additional data; the sources do not settle it
 * (decision 0005): every member's octets, the same with their lengths, or nothing.
 */
export type HeaderInAdditionalData = "members" | "members-with-lengths" | "nothing";

/** KEK-id of Wrapped-Key: the only one the Green Book names. */
const masterKeyId = 0;

/** Keys beyond the association's own. */
export interface GeneralKeys extends CipheringKeys {
  /** Master key, KEK: opens wrapped keys. */
  readonly master?: Secret;
  /** Own static key agreement key, raw. */
  readonly agreementPrivate?: Secret;
  /** The peer's static key agreement key, for C(0e,2s). */
  readonly peerAgreementPublic?: Uint8Array;
  /** The peer's digital signature key, for the ephemeral key of C(1e,1s). */
  readonly peerSigningPublic?: Uint8Array;
  /** Own digital signature key, for the same when sending. */
  readonly signingPrivate?: Secret;
}

/** What both directions of general-ciphering take. */
export interface GeneralOptions {
  readonly crypto: CryptoPort;
  readonly keys: GeneralKeys;
  /** Absent = "members", the words of the Green Book. */
  readonly headerInAdditionalData?: HeaderInAdditionalData;
  /** Absent = "either". */
  readonly ephemeralSignature?: EphemeralSignature;
}

/** What a receiver of general-ciphering knows and demands. */
export interface GeneralReceiveRules extends GeneralOptions {
  readonly suite?: SecuritySuite;
  readonly required: Protection;
  /** Titles where the header leaves them out. */
  readonly peerSystemTitle?: Uint8Array;
  readonly ownSystemTitle?: Uint8Array;
  /** For identified keys; wrapped and agreed ones are the APDU's own. */
  readonly windows?: ReplayWindows;
  /** Opens without a look at the tag where there is no authentication key (R34). */
  readonly allowUnverified?: boolean;
  /** Takes an ephemeral key whose signature nobody can check. Only for looking at octets. */
  readonly allowUnsignedEphemeral?: boolean;
}

/** General-ciphering opened. */
export interface OpenedGeneral {
  readonly plaintext: Uint8Array;
  readonly secured: SecuredContent;
  readonly verified: boolean;
  /** Whether the ephemeral key's signature verified; undefined where there is none. */
  readonly ephemeralVerified?: boolean;
}

/**
 * Opens a general-ciphering APDU (Green Book 9.2).
 * @throws {DecodeError | ProtocolError} as `openEnvelope`; security/tag for key signatures, too
 */
export function openGeneral(apdu: GeneralCiphering, rules: GeneralReceiveRules): OpenedGeneral {
  const secured = splitSecuredContent(apdu.content);
  refuseCompression(secured);
  const suite = suiteOf(secured.suite);
  if (rules.suite !== undefined && rules.suite !== suite.suite) {
    const problem = `suite ${suite.suite} where ${rules.suite} is agreed`;
    throw new ProtocolError("security/policy", problem);
  }
  requireProtection(secured, rules.required);
  const header = completeHeader(apdu, rules);
  const { key, ephemeralVerified } = contentKey(apdu.keyInfo, header, suite, rules);
  const unverifiable = rules.allowUnverified === true && rules.keys.authentication === undefined;
  const verified = secured.authenticated && !unverifiable;
  const plaintext = verified
    ? openContent(rules.crypto, secured, gcmKeys(key, apdu, suite, rules), header.originator)
    : openUnverified(rules.crypto, secured, key, header.originator);
  const window = windowName(apdu.keyInfo);
  if (window !== undefined) {
    rules.windows?.of(window).accept(secured.invocationCounter, verified);
  }
  return {
    plaintext,
    secured,
    verified,
    ...(ephemeralVerified === undefined ? {} : { ephemeralVerified }),
  };
}

/** How the content key of an APDU to send is told. */
export type SendKey =
  /** Absent Key-Info (`undefined` id): the unicast key both know; 0 unicast, 1 broadcast. */
  | { readonly type: "identified"; readonly keyId: 0 | 1 | undefined }
  /** A fresh content key, wrapped with the master key. */
  | { readonly type: "wrapped"; readonly contentKey: Secret }
  /** C(1e,1s): a fresh ephemeral pair and the recipient's static key. */
  | { readonly type: "one-pass"; readonly ephemeral: KeyPair; readonly recipientPublic: Uint8Array }
  /** C(0e,2s): both static keys; the transaction-id is the nonce and must be fresh. */
  | { readonly type: "static"; readonly recipientPublic: Uint8Array };

/** What a sender of general-ciphering says. */
export interface GeneralSend extends GeneralOptions {
  readonly suite: SecuritySuite;
  readonly protection: Protection;
  readonly key: SendKey;
  /** Originator and recipient with 8 octets each. */
  readonly header: GeneralHeader;
  readonly invocationCounter: number;
}

/**
 * Seals an APDU into general-ciphering (Green Book 9.2).
 * @throws {ProtocolError} security/key-missing, security/policy
 */
export function sealGeneral(plaintext: Uint8Array, send: GeneralSend): GeneralCiphering {
  const { crypto, header, invocationCounter } = send;
  const suite = suiteOf(send.suite);
  const { key, keyInfo } = sendKey(send, suite);
  const bits = protectionBits(send.protection);
  const keys = bits.authenticated ? gcmKeys(key, header, suite, send) : { encryption: key };
  const origin = { systemTitle: header.originator, invocationCounter };
  const control = { suite: suite.suite, ...bits };
  const { transactionId, originator, recipient, dateTime, otherInformation } = header;
  return {
    kind: "general-ciphering",
    transactionId,
    originator,
    recipient,
    dateTime,
    otherInformation,
    ...(keyInfo === undefined ? {} : { keyInfo }),
    content: sealContent(crypto, control, keys, origin, plaintext),
  };
}

function completeHeader(apdu: GeneralCiphering, rules: GeneralReceiveRules): GeneralHeader {
  const originator = apdu.originator.length > 0 ? apdu.originator : rules.peerSystemTitle;
  const recipient = apdu.recipient.length > 0 ? apdu.recipient : rules.ownSystemTitle;
  if (originator === undefined) {
    throw new ProtocolError("security/key-missing", "the originator's system title is not known");
  }
  return { ...apdu, originator, recipient: recipient ?? new Uint8Array(0) };
}

interface ContentKey {
  readonly key: Uint8Array;
  readonly ephemeralVerified?: boolean;
}

function contentKey(
  keyInfo: KeyInfo | undefined,
  header: GeneralHeader,
  suite: SuiteParameters,
  rules: GeneralReceiveRules,
): ContentKey {
  if (keyInfo?.type === "wrapped") {
    if (keyInfo.kekId !== masterKeyId) throw missing("key-encrypting key by that number");
    if (rules.keys.master === undefined) throw missing("master key");
    const key = unwrapOrFail(rules.crypto, rules.keys.master, keyInfo.wrappedKey);
    if (key.length !== suite.keyOctets) throw missing(`content key of ${suite.keyOctets} octets`);
    return { key };
  }
  if (keyInfo?.type === "agreed") return agreedKey(keyInfo, header, suite, rules);
  const name = windowName(keyInfo);
  if (name === undefined) throw missing("key by that number");
  return { key: keyOf(rules.keys, name, suite) };
}

function windowName(keyInfo: KeyInfo | undefined): "unicast" | "broadcast" | undefined {
  if (keyInfo === undefined) return "unicast";
  if (keyInfo.type !== "identified") return undefined;
  if (keyInfo.keyId === 0) return "unicast";
  return keyInfo.keyId === 1 ? "broadcast" : undefined;
}

function agreedKey(
  keyInfo: Extract<KeyInfo, { readonly type: "agreed" }>,
  header: GeneralHeader,
  suite: SuiteParameters,
  rules: GeneralReceiveRules,
): ContentKey {
  const { crypto, keys } = rules;
  const { curve } = requireCurve(suite);
  if (keys.agreementPrivate === undefined) throw missing("own key agreement key");
  const own = keys.agreementPrivate.reveal();
  const parameters = keyInfo.parameters.length === 1 ? keyInfo.parameters[0] : undefined;
  if (parameters === agreementParameters.onePass) {
    const signed = splitSignedKey(curve, keyInfo.cipheredData);
    const signer = keys.peerSigningPublic;
    const ephemeralVerified =
      signer !== undefined &&
      verifyPublicKey(crypto, curve, signer, signed, parameters, rules.ephemeralSignature);
    if (!ephemeralVerified && rules.allowUnsignedEphemeral !== true) {
      throw signer === undefined
        ? missing("peer's digital signature key")
        : new ProtocolError("security/tag", "the ephemeral key's signature does not verify");
    }
    const z = sharedSecret(crypto, curve, own, signed.publicKey);
    return { key: contentKeyOf(crypto, suite, z, onePassParties(header)), ephemeralVerified };
  }
  if (parameters === agreementParameters.staticUnified && keyInfo.cipheredData.length === 0) {
    if (keys.peerAgreementPublic === undefined) throw missing("peer's key agreement key");
    const z = sharedSecret(crypto, curve, own, keys.peerAgreementPublic);
    return { key: contentKeyOf(crypto, suite, z, staticParties(header)) };
  }
  throw missing("key agreement scheme of that kind");
}

type Parties = { readonly partyU: Uint8Array; readonly partyV: Uint8Array };

const onePassParties = ({ originator, recipient }: GeneralHeader): Parties => ({
  partyU: originator,
  partyV: recipient,
});

const staticParties = (header: GeneralHeader): Parties => ({
  partyU: header.originator,
  partyV: staticPartyV(header),
});

function sendKey(
  send: GeneralSend,
  suite: SuiteParameters,
): { readonly key: Uint8Array; readonly keyInfo?: KeyInfo } {
  const { crypto, keys, header, key } = send;
  if (key.type === "identified") {
    const encryption = keyOf(keys, key.keyId === 1 ? "broadcast" : "unicast", suite);
    if (key.keyId === undefined) return { key: encryption };
    return { key: encryption, keyInfo: { type: "identified", keyId: key.keyId } };
  }
  if (key.type === "wrapped") {
    if (keys.master === undefined) throw missing("master key");
    const content = key.contentKey.reveal();
    const wrappedKey = crypto.wrapKey(keys.master.reveal(), content);
    return { key: content, keyInfo: { type: "wrapped", kekId: masterKeyId, wrappedKey } };
  }
  const { curve } = requireCurve(suite);
  if (key.type === "one-pass") {
    if (keys.signingPrivate === undefined) throw missing("own digital signature key");
    const { onePass } = agreementParameters;
    const signing = keys.signingPrivate.reveal();
    const form = send.ephemeralSignature;
    const cipheredData = signPublicKey(crypto, curve, signing, key.ephemeral, onePass, form);
    const z = sharedSecret(crypto, curve, key.ephemeral.privateKey, key.recipientPublic);
    const keyInfo = { type: "agreed", parameters: Uint8Array.of(onePass), cipheredData } as const;
    return { key: contentKeyOf(crypto, suite, z, onePassParties(header)), keyInfo };
  }
  if (keys.agreementPrivate === undefined) throw missing("own key agreement key");
  const z = sharedSecret(crypto, curve, keys.agreementPrivate.reveal(), key.recipientPublic);
  const parameters = Uint8Array.of(agreementParameters.staticUnified);
  const keyInfo = { type: "agreed", parameters, cipheredData: new Uint8Array(0) } as const;
  return { key: contentKeyOf(crypto, suite, z, staticParties(header)), keyInfo };
}

function gcmKeys(
  encryption: Uint8Array,
  header: GeneralHeader,
  suite: SuiteParameters,
  options: GeneralOptions,
): ContentKeys {
  const authentication = keyOf(options.keys, "authentication", suite);
  const form = options.headerInAdditionalData ?? "members";
  return { encryption, authentication, additional: headerOctets(header, form) };
}

function headerOctets(header: GeneralHeader, form: HeaderInAdditionalData): Uint8Array {
  if (form === "nothing") return new Uint8Array(0);
  const { transactionId, originator, recipient, dateTime, otherInformation } = header;
  if (form === "members") {
    return concatOctets([transactionId, originator, recipient, dateTime, otherInformation]);
  }
  const writer = new OctetWriter(0x1_0000);
  writeHeader(writer, header);
  return writer.finish();
}

function missing(what: string): ProtocolError {
  return new ProtocolError("security/key-missing", `no ${what}`);
}
