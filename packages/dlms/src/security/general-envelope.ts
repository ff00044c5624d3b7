/** General-ciphering and general-signing of one association: headers, keys of each APDU, replay. */
import { dateTimeFromUtcMs, encodeDateTime } from "../cosem/date-time.ts";
import { DecodeError, InvariantError, ProtocolError } from "../error.ts";
import { equalOctets, noOctets } from "../octets.ts";
import { decodeUnit, encodeUnit } from "../xdlms/apdu-codec.ts";
import {
  generalCiphering,
  type GeneralCiphering,
  type GeneralHeader,
  generalSigning,
  type KeyInfo,
} from "../xdlms/general-ciphering.ts";
import type { SecuredContent } from "../xdlms/secured-content.ts";
import type { CryptoPort } from "./crypto.ts";
import { type GeneralKeys, openGeneral, sealGeneral, type SendKey } from "./general-ciphering.ts";
import type {
  GeneralKeyKind,
  GeneralProtection,
  SigningProtection,
  TransactionOptions,
} from "./general-protection.ts";
import { agreementParameters, requireCurve } from "./key-agreement.ts";
import type { ReplayWindows } from "./keys.ts";
import { Secret } from "./secret.ts";
import type { Protection, ProtectionBits } from "./security-control.ts";
import { openSigned, signApdu } from "./signing.ts";
import { type SecuritySuite, suites } from "./suite.ts";
import { type Transaction, TransactionWindow } from "./transaction-window.ts";

/** Who speaks and under what, at this moment. */
export interface GeneralParties {
  readonly crypto: CryptoPort;
  readonly suite: SecuritySuite;
  readonly keys: GeneralKeys;
  readonly own: Uint8Array;
  /** Undefined: the peer has not said it yet. */
  readonly peer: Uint8Array | undefined;
}

/** What a general envelope said that its answer repeats. */
export interface GeneralOrigin {
  readonly transactionId: Uint8Array;
  readonly dateTime: Uint8Array;
}

/** General-ciphering opened by the rules of an association. */
export interface OpenedCiphering extends GeneralOrigin, ProtectionBits {
  readonly plaintext: Uint8Array;
  readonly kind: GeneralKeyKind;
  /** What replays are told apart by; undefined where an invocation counter has done it. */
  readonly identity: Uint8Array | undefined;
  /** Whether the date-time is proved. */
  readonly dated: boolean;
}

/** Transactions of one association, whichever envelope they come in. */
export class Transactions {
  readonly #crypto: CryptoPort;
  readonly #options: TransactionOptions;
  readonly #window: TransactionWindow;
  /** That of the request that waits for its answer. */
  #outstanding: Uint8Array | undefined;

  constructor(crypto: CryptoPort, options: TransactionOptions) {
    this.#crypto = crypto;
    this.#options = options;
    const { window, nowMs } = options;
    this.#window = window ?? new TransactionWindow(nowMs === undefined ? {} : { nowMs });
  }

  /** The header of what is sent next; an answer repeats the transaction-id. */
  header({ own, peer }: GeneralParties, answered: GeneralOrigin | undefined): GeneralHeader {
    if (peer === undefined) {
      throw new ProtocolError("security/key-missing", "the recipient's system title is not known");
    }
    const { nextTransactionId, nowMs } = this.#options;
    const fresh = (): Uint8Array => nextTransactionId?.() ?? this.#crypto.randomOctets(8);
    const transactionId = answered?.transactionId ?? fresh();
    if (answered === undefined) this.#outstanding = transactionId;
    return {
      transactionId,
      originator: own,
      recipient: peer,
      dateTime: nowMs === undefined ? noOctets : encodeDateTime(dateTimeFromUtcMs(nowMs(), 0, 0)),
      otherInformation: noOctets,
    };
  }

  /**
   * Takes what was opened: the answer to the request under way, once, or a transaction that was not
   * seen before. `identity` undefined: an invocation counter has done that already.
   * @throws {ProtocolError} security/replay, security/policy, security/window-full
   */
  accept(
    origin: GeneralOrigin,
    identity: Uint8Array | undefined,
    dated: boolean,
    originator: Uint8Array,
    isAnswer: boolean,
  ): void {
    if (isAnswer && this.#options.answers !== "any") {
      const expected = this.#outstanding;
      if (expected === undefined || !equalOctets(expected, origin.transactionId)) {
        throw new ProtocolError("security/replay", "the answer belongs to another transaction");
      }
      this.#outstanding = undefined;
      // Fresh by our own id where something proves it: nothing to remember.
      if (dated) return;
    }
    if (identity === undefined) return;
    const dateTime = dated ? origin.dateTime : noOctets;
    this.#window.accept({ originator, identity, dateTime });
  }
}

/** @throws {ProtocolError} security/key-missing: it speaks for or to somebody else */
export function checkParties(header: GeneralHeader, { own, peer }: GeneralParties): Uint8Array {
  const { originator, recipient } = header;
  if (originator.length > 0 && peer !== undefined && !equalOctets(originator, peer)) {
    throw new ProtocolError("security/key-missing", "the originator is not the peer");
  }
  if (recipient.length > 0 && !equalOctets(recipient, own)) {
    throw new ProtocolError("security/key-missing", "the recipient is somebody else");
  }
  const known = originator.length > 0 ? originator : peer;
  if (known !== undefined) return known;
  throw new ProtocolError("security/key-missing", "the originator's system title is not known");
}

/** Opens general-ciphering by the rules of one association. */
export function openCiphering(
  octets: Uint8Array,
  parties: GeneralParties,
  general: GeneralProtection,
  required: Protection,
  windows: ReplayWindows,
): OpenedCiphering {
  const apdu = decodeUnit(generalCiphering, octets);
  const { crypto, suite, keys, own, peer } = parties;
  const kind = kindOf(apdu.keyInfo);
  const accepts = general.accepts ?? (general.send === undefined ? undefined : [general.send]);
  if (kind === undefined || accepts?.includes(kind) === false) {
    throw new ProtocolError("security/policy", `a key that is ${kind ?? "told so"} is not agreed`);
  }
  checkParties(apdu, parties);
  const { headerInAdditionalData, ephemeralSignature } = general;
  const { plaintext, secured } = openGeneral(apdu, {
    crypto,
    keys,
    suite,
    required,
    windows,
    ownSystemTitle: own,
    ...(peer === undefined ? {} : { peerSystemTitle: peer }),
    ...(headerInAdditionalData === undefined ? {} : { headerInAdditionalData }),
    ...(ephemeralSignature === undefined ? {} : { ephemeralSignature }),
  });
  const { authenticated, encrypted } = secured;
  const { transactionId, dateTime } = apdu;
  return {
    plaintext,
    kind,
    authenticated,
    encrypted,
    transactionId,
    dateTime,
    ...provedOf(apdu, secured, headerInAdditionalData),
  };
}

/** What of an opened APDU tells replays apart, and whether its date-time is proved. */
function provedOf(
  apdu: GeneralCiphering,
  { authenticated, tag }: SecuredContent,
  header: GeneralProtection["headerInAdditionalData"],
): Pick<OpenedCiphering, "identity" | "dated"> {
  const kind = kindOf(apdu.keyInfo);
  // The transaction-id of C(0e,2s) is part of its key, so the tag proves it in every form.
  const dated = authenticated && header !== "nothing";
  const identity = dated || kind === "static" ? apdu.transactionId : (tag ?? apdu.transactionId);
  return { identity: kind === "identified" ? undefined : identity, dated };
}

/**
 * The transaction of an APDU that was opened outside an association, for a `TransactionWindow`;
 * undefined: an invocation counter tells its replays.
 */
export function transactionOf(
  apdu: GeneralCiphering,
  secured: SecuredContent,
  originator: Uint8Array,
  header: GeneralProtection["headerInAdditionalData"],
): Transaction | undefined {
  const { identity, dated } = provedOf(apdu, secured, header);
  if (identity === undefined) return undefined;
  return { originator, identity, dateTime: dated ? apdu.dateTime : noOctets };
}

/** Undefined: a kind nobody knows. */
function kindOf(keyInfo: KeyInfo | undefined): GeneralKeyKind | undefined {
  if (keyInfo?.type !== "agreed") return keyInfo?.type ?? "identified";
  const { parameters } = keyInfo;
  if (parameters.length !== 1) return undefined;
  if (parameters[0] === agreementParameters.onePass) return "one-pass";
  return parameters[0] === agreementParameters.staticUnified ? "static" : undefined;
}

/** Seals general-ciphering, octets of its own. @throws {ProtocolError} security/key-missing */
export function sealCiphering(
  plaintext: Uint8Array,
  parties: GeneralParties,
  general: GeneralProtection,
  how: {
    readonly kind: GeneralKeyKind;
    readonly protection: Protection;
    readonly header: GeneralHeader;
    readonly invocationCounter: number;
  },
): Uint8Array {
  const { crypto, suite, keys } = parties;
  const { headerInAdditionalData, ephemeralSignature } = general;
  const apdu: GeneralCiphering = sealGeneral(plaintext, {
    crypto,
    suite,
    keys,
    protection: how.protection,
    key: sendKeyOf(how.kind, parties),
    header: how.header,
    invocationCounter: how.invocationCounter,
    ...(headerInAdditionalData === undefined ? {} : { headerInAdditionalData }),
    ...(ephemeralSignature === undefined ? {} : { ephemeralSignature }),
  });
  return encodeUnit(generalCiphering, apdu);
}

/** A fresh key for every APDU, but for the one both sides know. */
function sendKeyOf(kind: GeneralKeyKind, { crypto, suite, keys }: GeneralParties): SendKey {
  const parameters = suites[suite];
  if (kind === "identified") return { type: "identified", keyId: 0 };
  if (kind === "wrapped") {
    const contentKey = new Secret(crypto.randomOctets(parameters.keyOctets));
    return { type: "wrapped", contentKey };
  }
  const recipientPublic = keys.peerAgreementPublic;
  if (recipientPublic === undefined) {
    throw new ProtocolError("security/key-missing", "no peer's key agreement key");
  }
  if (kind === "static") return { type: "static", recipientPublic };
  const ephemeral = crypto.generateKeyPair(requireCurve(parameters).curve);
  return { type: "one-pass", ephemeral, recipientPublic };
}

/** The APDU under a signature that verifies, and its header. */
export function openSignature(
  octets: Uint8Array,
  { crypto, suite, own, peer }: GeneralParties,
  signing: SigningProtection,
): GeneralOrigin & { readonly content: Uint8Array; readonly originator: Uint8Array } {
  const apdu = decodeUnit(generalSigning, octets);
  const originator = checkParties(apdu, { crypto, suite, own, peer, keys: {} });
  const { curve } = requireCurve(suites[suite]);
  const { contentLength, peerPublicKey } = signing;
  const options = { crypto, curve, ...(contentLength === undefined ? {} : { contentLength }) };
  const content = openSigned(options, peerPublicKey, apdu);
  if (content.length === 0) throw new DecodeError("security", "signed content", 0, "is empty");
  const { transactionId, dateTime } = apdu;
  return { content, originator, transactionId, dateTime };
}

/** Signs an APDU, octets of its own. */
export function sealSignature(
  content: Uint8Array,
  { crypto, suite }: GeneralParties,
  signing: SigningProtection,
  header: GeneralHeader,
): Uint8Array {
  const { curve } = requireCurve(suites[suite]);
  const { contentLength, privateKey } = signing;
  const options = { crypto, curve, ...(contentLength === undefined ? {} : { contentLength }) };
  if (content.length === 0) throw new InvariantError("nothing to sign");
  return encodeUnit(generalSigning, signApdu(options, privateKey.reveal(), header, content));
}

/** Octets that a general envelope with a header adds at most; `random` transaction-ids have 8. */
export function generalOverhead(suite: SecuritySuite, transactionOctets: number): number {
  const headerOctets = 1 + 1 + transactionOctets + 9 + 9 + 13 + 1;
  const { curve, keyOctets } = suites[suite];
  const wrapped = 2 + 2 + keyOctets + 8;
  const agreed = curve === undefined ? 0 : 2 + 2 + 3 + (curve === "P-256" ? 128 : 192);
  return headerOctets + Math.max(wrapped, agreed) + 4;
}

/** Octets that a signature with its header adds at most. */
export function signatureOverhead(suite: SecuritySuite, transactionOctets: number): number {
  const headerOctets = 1 + 1 + transactionOctets + 9 + 9 + 13 + 1;
  return headerOctets + 4 + (suites[suite].curve === "P-384" ? 97 : 65);
}
