/** Ciphered APDUs opened with the keys of the question: layer `ciphered-apdu`. */
import { decodeAcse, isAcseTag } from "../acse/codec.ts";
import { DecodeError } from "../error.ts";
import { toHex } from "../octets.ts";
import { type CipheredApdu, openEnvelope } from "../security/envelope.ts";
import { openGeneral } from "../security/general-ciphering.ts";
import { ReplayWindows } from "../security/keys.ts";
import type { Protection } from "../security/security-control.ts";
import { type Apdu, type ApduLeniency, decodeApdu } from "../xdlms/apdu.ts";
import { translateApdu } from "./apdu-tree.ts";
import { translateOrNothing } from "./frame-tree.ts";
import type { JsonObject } from "./json.ts";
import { keyRing, type NamedKeys, needCrypto, octetsNamed } from "./key-ring.ts";
import type { TranslationRequest } from "./request.ts";

/** What is accepted unless the question says `strict`. */
const lenient: ApduLeniency = { emptySystemTitle: true, overdeclaredCipheredLength: true };

/** What a ciphered APDU held, and whether a tag proved it. */
export interface Opened {
  readonly plaintext: Uint8Array;
  readonly verified: boolean;
}

/** How to open: by the keys named, from the sender named. */
export interface OpenQuestion {
  readonly crypto: TranslationRequest["crypto"];
  readonly keys: NamedKeys;
  /** Sender's system title, where the envelope does not say it. */
  readonly sender?: Uint8Array;
  readonly required: Protection;
}

/** Whether `openApdu` knows what to do with it. */
export function isClosed(apdu: Apdu): boolean {
  return /^(glo|ded|general-glo|general-ded)-/.test(apdu.kind) || apdu.kind === "general-ciphering";
}

/**
 * @throws {DecodeError | ProtocolError} why it does not open @throws {RangeError} no crypto port
 */
export function openApdu(apdu: Apdu, question: OpenQuestion): Opened {
  const { keys, sender, required } = question;
  const rules = {
    crypto: needCrypto(question.crypto),
    keys: keyRing(keys),
    required,
    allowUnverified: true,
    windows: windowsOf(keys),
    ...(sender === undefined ? {} : { peerSystemTitle: sender }),
  };
  if (apdu.kind !== "general-ciphering") return openEnvelope(apdu as CipheredApdu, rules);
  const own = octetsNamed(keys, "recipient_system_title");
  return openGeneral(apdu, {
    ...rules,
    allowUnsignedEphemeral: true,
    ...(own === undefined ? {} : { ownSystemTitle: own }),
  });
}

function windowsOf(keys: NamedKeys): ReplayWindows {
  const windows = new ReplayWindows();
  const last = keys["last_seen_ic"];
  if (typeof last === "number") {
    for (const key of ["unicast", "broadcast", "dedicated"] as const) windows.restart(key, last);
  }
  return windows;
}

function requiredOf(given: TranslationRequest["given"]): Protection {
  const asked = given["required_protection"];
  if (typeof asked !== "object" || asked === null) return "none";
  const { authenticated, encrypted } = asked as Readonly<Record<string, unknown>>;
  if (authenticated === true)
    return encrypted === true ? "authenticated-encrypted" : "authenticated";
  return encrypted === true ? "encrypted" : "none";
}

/** What carries the envelope: itself, or an ACSE APDU that names its sender. */
interface Carrier {
  readonly closed: Uint8Array;
  readonly sender?: Uint8Array;
}

/** The ciphered APDU in what was given, and its sender where that says it. */
export function carrierOf(octets: Uint8Array): Carrier {
  if (!isAcseTag(octets[0] ?? 0)) return { closed: octets };
  const acse = decodeAcse(octets);
  if (acse.userInformation === undefined) {
    throw new DecodeError("security", "user-information", 0, "is absent: nothing is ciphered");
  }
  const sender =
    (acse.kind === "aarq" ? acse.callingApTitle : undefined) ??
    (acse.kind === "aare" ? acse.respondingApTitle : undefined);
  return { closed: acse.userInformation, ...(sender === undefined ? {} : { sender }) };
}

/** Layer `ciphered-apdu`. @throws {DecodeError | ProtocolError} why it does not open */
export function translateCiphered(request: TranslationRequest): JsonObject {
  const { octets, keys, given } = request;
  const leniency = given["strict"] === true ? {} : lenient;
  const outer = translateApdu(octets, { leniency });
  const carrier = carrierOf(octets);
  const apdu = decodeApdu(carrier.closed, leniency);
  if (!isClosed(apdu)) throw new DecodeError("security", apdu.kind, 0, "is not ciphered");
  const sender = octetsNamed(keys, "system_title") ?? carrier.sender;
  const { plaintext, verified } = openApdu(apdu, {
    crypto: request.crypto,
    keys,
    required: requiredOf(given),
    ...(sender === undefined ? {} : { sender }),
  });
  return {
    outer,
    plaintext: toHex(plaintext),
    decoded: translateOrNothing(translateApdu, plaintext),
    verified,
  };
}
