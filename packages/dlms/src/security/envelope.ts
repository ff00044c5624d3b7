/**
 * Ciphering envelopes around whole APDUs (Green Book 9.5): glo- and ded- with a tag for each
 * service, general-glo- and general-ded-ciphering with the sender's system title.
 */
import { DecodeError, ProtocolError } from "../error.ts";
import type { SecuredContent } from "../xdlms/secured-content.ts";
import { type CipheredApdu, type ClosedApdu, closedApdu, plainTagIn } from "./closed-apdu.ts";
import { systemTitleOctets } from "./content-cipher.ts";
import { ContentCiphers } from "./content-ciphers.ts";
import type { CryptoPort } from "./crypto.ts";
import { type CipheringKeys, type KeyName, type ReplayWindows } from "./keys.ts";
import { type Protection, requireProtection } from "./security-control.ts";
import { type SecuritySuite, suiteOf } from "./suite.ts";

export type { CipheredApdu } from "./closed-apdu.ts";

/** Envelope to send in: a tag for each service, or one for all. */
export type EnvelopeForm = "service" | "general";

const generalTags = { global: 0xdb, dedicated: 0xdc } as const;

/**
 * Tag of a plain APDU's own ciphered form; undefined where it has none (access, notifications,
 * exceptions): those go in general-ciphering. Services of short names and initiate: plus 20 or 40;
 * of logical names: plus 08 or 10.
 */
export function cipheredTag(plainTag: number, key: "global" | "dedicated"): number | undefined {
  const global = plainTag >= 0x80 ? plainTag + 0x08 : plainTag | 0x20;
  const dedicated = plainTag >= 0x80 ? plainTag + 0x10 : plainTag | 0x40;
  const tag = key === "global" ? global : dedicated;
  return plainTagIn(tag) === plainTag ? tag : undefined;
}

/** Octets that stand before the content of an envelope. */
export function envelopeHead(
  contentOctets: number,
  plainTag: number,
  key: "global" | "dedicated",
  form: EnvelopeForm,
  systemTitle: Uint8Array,
): number {
  const own = form === "service" ? cipheredTag(plainTag, key) : undefined;
  return (own === undefined ? 2 + systemTitle.length : 1) + lengthOctets(contentOctets);
}

/**
 * An envelope with room for its content, which begins at `envelopeHead`. `general` carries the
 * sender's system title.
 */
export function openedEnvelope(
  contentOctets: number,
  plainTag: number,
  key: "global" | "dedicated",
  form: EnvelopeForm,
  systemTitle: Uint8Array,
): Uint8Array {
  const head = envelopeHead(contentOctets, plainTag, key, form, systemTitle);
  const envelope = new Uint8Array(head + contentOctets);
  const own = form === "service" ? cipheredTag(plainTag, key) : undefined;
  envelope[0] = own ?? generalTags[key];
  if (own === undefined) {
    envelope[1] = systemTitle.length;
    envelope.set(systemTitle, 2);
  }
  writeLengthAt(envelope, head, contentOctets);
  return envelope;
}

/** Puts sealed content into its envelope, octets of its own. */
export function writeEnvelope(
  content: Uint8Array,
  plainTag: number,
  key: "global" | "dedicated",
  form: EnvelopeForm,
  systemTitle: Uint8Array,
): Uint8Array {
  const envelope = openedEnvelope(content.length, plainTag, key, form, systemTitle);
  envelope.set(content, envelope.length - content.length);
  return envelope;
}

function lengthOctets(length: number): 1 | 2 | 3 | 4 {
  if (length < 0x80) return 1;
  if (length <= 0xff) return 2;
  return length <= 0xffff ? 3 : 4;
}

/** The shortest form of a length (A-XDR), ending before `end`. */
function writeLengthAt(octets: Uint8Array, end: number, length: number): void {
  const count = lengthOctets(length);
  let left = length;
  for (let at = end - 1; at > end - count; at--) {
    octets[at] = left;
    left >>>= 8;
  }
  octets[end - count] = count === 1 ? length : 0x80 | (count - 1);
}

/** What a receiver knows and demands. */
export interface ReceiveRules {
  readonly crypto: CryptoPort;
  readonly keys: CipheringKeys;
  /** The same keys made ready, by whoever opens more than one APDU. */
  readonly ciphers?: ContentCiphers;
  /** Absent: whichever the security control names. */
  readonly suite?: SecuritySuite;
  /** The least that is accepted. */
  readonly required: Protection;
  /** Known peer: its title is not in every envelope, and has to be this one where it is. */
  readonly peerSystemTitle?: Uint8Array | undefined;
  /** Absent: replays are not looked for. */
  readonly windows?: ReplayWindows;
  /** Opens without a look at the tag where there is no authentication key (R34). */
  readonly allowUnverified?: boolean;
}

/** An envelope opened. */
export interface OpenedApdu {
  /** A view of the envelope where it is not encrypted. */
  readonly plaintext: Uint8Array;
  readonly secured: SecuredContent;
  readonly key: KeyName;
  /** The sender's. */
  readonly systemTitle: Uint8Array;
  /** Whether a tag proved sender and content. */
  readonly verified: boolean;
}

/**
 * Opens an envelope in the order of R44: form, policy, keys, tag, replay; nothing is remembered of
 * an APDU that fails.
 * @throws {DecodeError} security/malformed
 * @throws {ProtocolError} security/policy, security/key-missing, security/tag, security/replay
 */
export function openEnvelope(apdu: CipheredApdu, rules: ReceiveRules): OpenedApdu {
  return openClosed(closedApdu(apdu), rules);
}

/** The same for an envelope taken apart already. @throws as `openEnvelope` */
export function openClosed(closed: ClosedApdu, rules: ReceiveRules): OpenedApdu {
  const { secured } = closed;
  refuseCompression(secured);
  const suite = suiteOf(secured.suite);
  if (rules.suite !== undefined && rules.suite !== suite.suite) {
    const problem = `suite ${suite.suite} where ${rules.suite} is agreed`;
    throw new ProtocolError("security/policy", problem);
  }
  requireProtection(secured, rules.required);
  const key = keyNameOf(closed);
  const systemTitle = senderTitle(closed.systemTitle, rules.peerSystemTitle);
  const ciphers = rules.ciphers ?? new ContentCiphers(rules.crypto, rules.keys, "once");
  const cipher = ciphers.of(key, suite);
  const verified = secured.authenticated && !isUnverifiable(rules);
  const plaintext = verified
    ? cipher.open(secured, systemTitle)
    : cipher.openUnverified(secured, systemTitle);
  checkService(closed, plaintext);
  rules.windows?.of(key).accept(secured.invocationCounter, verified);
  return { plaintext, secured, key, systemTitle, verified };
}

function isUnverifiable({ allowUnverified, keys }: ReceiveRules): boolean {
  return allowUnverified === true && keys.authentication === undefined;
}

/** Compression (V.44) is not spoken here. @throws {ProtocolError} security/policy */
export function refuseCompression({ compressed }: SecuredContent): void {
  if (compressed) throw new ProtocolError("security/policy", "the content is compressed");
}

function keyNameOf({ dedicated, secured }: ClosedApdu): KeyName {
  if (dedicated) return "dedicated";
  return secured.broadcastKey ? "broadcast" : "unicast";
}

function senderTitle(named: Uint8Array | undefined, peer: Uint8Array | undefined): Uint8Array {
  const title = named ?? peer;
  if (title === undefined) {
    throw new ProtocolError("security/key-missing", "the sender's system title is not known");
  }
  if (title.length !== systemTitleOctets) {
    const problem = `has ${title.length} octets, not 8`;
    throw new DecodeError("security", "system title", 0, problem);
  }
  if (peer !== undefined && named !== undefined && peer.some((octet, at) => octet !== named[at])) {
    throw new ProtocolError("security/key-missing", "the system title is not the peer's");
  }
  return title;
}

/** The tag outside names the service inside; a wrong key without a tag shows here. */
function checkService({ plainTag }: ClosedApdu, plaintext: Uint8Array): void {
  if (plainTag !== undefined && plaintext[0] !== plainTag) {
    throw new DecodeError("security", "service", 0, "is another than the envelope says");
  }
}
