import { DecodeError } from "../error.ts";
import { type P1Telegram, parseP1Telegram } from "../iec62056-21/p1.ts";
import { type Apdu, type ApduLeniency, decodeApdu } from "../xdlms/apdu.ts";
import { encodeUnit } from "../xdlms/apdu-codec.ts";
import { type DataNotification, dataNotificationConfirm } from "../xdlms/data-notification.ts";
import type { EventNotification } from "../xdlms/event-notification.ts";
import type { InformationReport } from "../xdlms/information-report.ts";
import type { LongInvokeIdAndPriority } from "../xdlms/invoke-id.ts";
import { decodeRawAlarm, type RawAlarm } from "./alarm.ts";
import { isCipheredTag, type PushMessage } from "./push-unwrap.ts";
import { type PushContent, type PushNaming, readPushBody } from "./push-values.ts";
import { type TelegramValues, telegramValues } from "./telegram-values.ts";
import { decodeUntaggedPush } from "./untagged-push.ts";

/** What a pushed message says. */
export type PushMeaning =
  | {
      readonly kind: "data";
      readonly invoke: LongInvokeIdAndPriority;
      /** 0 octets, or a COSEM date-time of 12. */
      readonly dateTime: Uint8Array;
      /** Absent where the body is no Data (R62). */
      readonly apdu?: DataNotification;
      readonly content: PushContent;
    }
  | { readonly kind: "event"; readonly apdu: EventNotification }
  | { readonly kind: "report"; readonly apdu: InformationReport }
  /** Ciphered, and nobody could open it: the key is missing (R36). */
  | { readonly kind: "closed"; readonly apdu: Apdu }
  /** A P1 telegram, plain (R67) or under an envelope (R46); its check is right, if it has one. */
  | {
      readonly kind: "telegram";
      readonly telegram: P1Telegram;
      readonly content: TelegramValues;
    }
  /** What begins like a telegram and is none. */
  | { readonly kind: "text"; readonly octets: Uint8Array }
  | { readonly kind: "alarm"; readonly alarm: RawAlarm };

/** How to understand what is pushed. */
export interface PushReading extends PushNaming {
  /** Forms outside the standard to accept. Absent: all that pushes are known for. */
  readonly leniency?: ApduLeniency;
}

/** Forms outside the standard that pushing meters are known for (R33, R57, R61). */
export const pushLeniency: ApduLeniency = {
  taggedDateTime: true,
  taggedEventTime: true,
  emptySystemTitle: true,
};

/** First octet of a P1 telegram; of no APDU. */
const slash = 0x2f;

/** What a push means, with its values named. @throws {DecodeError} no pushed APDU, or malformed. */
export function readPush({ plaintext }: PushMessage, reading: PushReading = {}): PushMeaning {
  if (plaintext[0] === slash) return readText(plaintext);
  const apdu = decodePush(plaintext, reading);
  if (apdu.kind === "data") return apdu;
  if (apdu.kind === "data-notification") {
    const { invoke, dateTime, body } = apdu;
    return { kind: "data", invoke, dateTime, apdu, content: readPushBody(body, reading) };
  }
  if (apdu.kind === "event-notification") return { kind: "event", apdu };
  if (apdu.kind === "information-report") return { kind: "report", apdu };
  if (isCipheredTag(plaintext[0] ?? 0)) return { kind: "closed", apdu };
  throw new DecodeError("xdlms", "push", 0, `${apdu.kind} is not pushed`);
}

/** @throws {DecodeError} iec62056-21/checksum: a telegram that came damaged */
function readText(octets: Uint8Array): PushMeaning {
  let telegram: P1Telegram;
  try {
    telegram = parseP1Telegram(octets);
  } catch (error) {
    if (!(error instanceof DecodeError) || error.code === "iec62056-21/checksum") throw error;
    return { kind: "text", octets };
  }
  return { kind: "telegram", telegram, content: telegramValues(telegram) };
}

type Untagged = Extract<PushMeaning, { readonly kind: "data" }>;

/** The standard form first, what leniency allows next, the untagged list last. */
function decodePush(octets: Uint8Array, { leniency }: PushReading): Apdu | Untagged {
  try {
    return decodeApdu(octets);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const lenient = attempt(() => decodeApdu(octets, leniency ?? pushLeniency));
    if (lenient !== undefined) return lenient;
    const untagged = attempt(() => decodeUntaggedPush(octets));
    if (untagged === undefined) throw error;
    const { invoke, dateTime, values } = untagged;
    return { kind: "data", invoke, dateTime, content: { form: "pairs", values, unnamed: [] } };
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Octets without any APDU: an alarm, a text, or undefined. */
export function readUnknownPush(octets: Uint8Array): PushMeaning | undefined {
  const alarm = attempt(() => decodeRawAlarm(octets));
  if (alarm !== undefined) return { kind: "alarm", alarm };
  return octets[0] === slash ? { kind: "text", octets } : undefined;
}

/**
 * The APDU that confirms a message: undefined where it does not ask for one (Green Book, service
 * class of the long invoke-id).
 */
export function confirmationOf(meaning: PushMeaning): Uint8Array | undefined {
  if (meaning.kind !== "data" || !meaning.invoke.confirmed) return undefined;
  return encodeUnit(dataNotificationConfirm, {
    kind: "data-notification-confirm",
    invoke: meaning.invoke,
    dateTime: new Uint8Array(0),
  });
}
