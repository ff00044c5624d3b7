/**
 * Ciphering envelopes around whole APDUs (Green Book 9.5): glo- and ded- with a tag for each
 * service, general-glo- and general-ded-ciphering with the sender's system title.
 */
import { writeLength } from "../axdr/length.ts";
import { DecodeError, ProtocolError } from "../error.ts";
import { transferOctetsMax } from "../limits.ts";
import { OctetWriter } from "../octets.ts";
import {
  type CipheredService,
  type CipheredServiceKind,
  dedTags,
  gloTags,
} from "../xdlms/ciphered-service.ts";
import type { GeneralDedCiphering, GeneralGloCiphering } from "../xdlms/general-ciphered.ts";
import { type SecuredContent, splitSecuredContent } from "../xdlms/secured-content.ts";
import { openContent, openUnverified, systemTitleOctets } from "./content.ts";
import type { CryptoPort } from "./crypto.ts";
import { type CipheringKeys, type KeyName, keyOf, type ReplayWindows } from "./keys.ts";
import { type Protection, requireProtection } from "./security-control.ts";
import { type SecuritySuite, suiteOf } from "./suite.ts";

/** Envelopes that name a key of the association, all but general-ciphering. */
export type CipheredApdu = CipheredService | GeneralGloCiphering | GeneralDedCiphering;

/** Envelope to send in: a tag for each service, or one for all. */
export type EnvelopeForm = "service" | "general";

const generalTags = { global: 0xdb, dedicated: 0xdc } as const;
const tagsByKind: Readonly<Record<CipheredServiceKind, number>> = { ...gloTags, ...dedTags };
const serviceTags: ReadonlySet<number> = new Set(Object.values(tagsByKind));

/**
 * Tag of a plain APDU's own ciphered form; undefined where it has none (access, notifications,
 * exceptions): those go in general-ciphering. Services of short names and initiate: plus 20 or 40;
 * of logical names: plus 08 or 10.
 */
export function cipheredTag(plainTag: number, key: "global" | "dedicated"): number | undefined {
  const global = plainTag >= 0x80 ? plainTag + 0x08 : plainTag | 0x20;
  const dedicated = plainTag >= 0x80 ? plainTag + 0x10 : plainTag | 0x40;
  const tag = key === "global" ? global : dedicated;
  return serviceTags.has(tag) && plainTagOf(tag) === plainTag ? tag : undefined;
}

function plainTagOf(tag: number): number {
  if (tag >= 0xd0) return tag - 0x10;
  if (tag >= 0x80) return tag - 0x08;
  return tag & 0x1f;
}

/** Puts sealed content into its envelope. `general` carries the sender's system title. */
export function writeEnvelope(
  content: Uint8Array,
  plainTag: number,
  key: "global" | "dedicated",
  form: EnvelopeForm,
  systemTitle: Uint8Array,
): Uint8Array {
  const writer = new OctetWriter(transferOctetsMax, content.length + 16);
  const own = form === "service" ? cipheredTag(plainTag, key) : undefined;
  if (own === undefined) {
    writer.uint8(generalTags[key]);
    writeLength(writer, systemTitle.length);
    writer.octets(systemTitle);
  } else {
    writer.uint8(own);
  }
  writeLength(writer, content.length);
  writer.octets(content);
  return writer.view();
}

/** What a receiver knows and demands. */
export interface ReceiveRules {
  readonly crypto: CryptoPort;
  readonly keys: CipheringKeys;
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
  const secured = splitSecuredContent(apdu.content);
  refuseCompression(secured);
  const suite = suiteOf(secured.suite);
  if (rules.suite !== undefined && rules.suite !== suite.suite) {
    const problem = `suite ${suite.suite} where ${rules.suite} is agreed`;
    throw new ProtocolError("security/policy", problem);
  }
  requireProtection(secured, rules.required);
  const key = keyNameOf(apdu, secured);
  const systemTitle = senderTitle(apdu, rules.peerSystemTitle);
  const encryption = keyOf(rules.keys, key, suite);
  const verified = secured.authenticated && !isUnverifiable(rules);
  const plaintext = verified
    ? openContent(
        rules.crypto,
        secured,
        { encryption, authentication: keyOf(rules.keys, "authentication", suite) },
        systemTitle,
      )
    : openUnverified(rules.crypto, secured, encryption, systemTitle);
  checkService(apdu, plaintext);
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

function keyNameOf(apdu: CipheredApdu, secured: SecuredContent): KeyName {
  if (apdu.kind.startsWith("ded-") || apdu.kind === "general-ded-ciphering") return "dedicated";
  return secured.broadcastKey ? "broadcast" : "unicast";
}

function senderTitle(apdu: CipheredApdu, peer: Uint8Array | undefined): Uint8Array {
  const named = "systemTitle" in apdu && apdu.systemTitle.length > 0 ? apdu.systemTitle : undefined;
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
function checkService(apdu: CipheredApdu, plaintext: Uint8Array): void {
  if (apdu.kind === "general-glo-ciphering" || apdu.kind === "general-ded-ciphering") return;
  if (plaintext[0] !== plainTagOf(tagsByKind[apdu.kind])) {
    throw new DecodeError("security", apdu.kind, 0, "holds another service than it says");
  }
}
