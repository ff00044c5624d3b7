import { DecodeError, ProtocolError } from "../error.ts";
import type { CryptoPort } from "../security/crypto.ts";
import { type CipheredApdu, openEnvelope } from "../security/envelope.ts";
import {
  type GeneralKeys,
  type HeaderInAdditionalData,
  openGeneral,
} from "../security/general-ciphering.ts";
import { transactionOf } from "../security/general-envelope.ts";
import type { ReplayWindows } from "../security/keys.ts";
import type { Protection } from "../security/security-control.ts";
import type { SecuritySuite } from "../security/suite.ts";
import type { TransactionWindow } from "../security/transaction-window.ts";
import { decodeApdu } from "../xdlms/apdu.ts";
import { splitSecuredContent } from "../xdlms/secured-content.ts";
import { pushLeniency } from "./push-notification.ts";
import type { PushOrigin } from "./push-origin.ts";
import { isCipheredTag, type OpenedPush, type PushOpener } from "./push-unwrap.ts";

/** What is known of one meter that pushes ciphered. */
export interface PushSender {
  /** Eight octets. */
  readonly systemTitle: Uint8Array;
  readonly keys: GeneralKeys;
  /** The least that is accepted. */
  readonly required: Protection;
  /** Kept by the owner for as long as the keys last: a replay is refused. */
  readonly windows: ReplayWindows;
  /**
   * The same for wrapped and agreed keys, whose counters tell no replay. Absent: replays of these
   * are not looked for.
   */
  readonly transactions?: TransactionWindow;
  /** What of the header is under the tag of general-ciphering. Absent = "members". */
  readonly headerInAdditionalData?: HeaderInAdditionalData;
  /** Absent: whichever the security control names. */
  readonly suite?: SecuritySuite;
  /** Opens without a look at the tag where there is no authentication key (R34). */
  readonly allowUnverified?: boolean;
}

/**
 * Finds a meter by the system title an envelope names; undefined where it names none (service
 * tags, empty titles): the origin may tell then.
 */
export type PushSenders = (
  systemTitle: Uint8Array | undefined,
  origin: PushOrigin,
) => PushSender | undefined;

/** Opens pushes with the keys of their senders (R70). A sender nobody knows is `key-missing`. */
export function pushOpener(crypto: CryptoPort, find: PushSenders): PushOpener {
  return (octets, origin) => {
    const apdu = decodeApdu(octets, pushLeniency);
    if (apdu.kind === "general-signing" || !isCipheredTag(octets[0] ?? 0)) {
      throw new DecodeError("security", apdu.kind, 0, "cannot be opened", "unsupported");
    }
    if (apdu.kind === "general-ciphering") {
      const sender = known(find(apdu.originator, origin));
      const opened = openGeneral(apdu, rulesOf(crypto, sender));
      const { systemTitle, headerInAdditionalData, transactions } = sender;
      const { secured } = opened;
      const transaction = transactionOf(apdu, secured, systemTitle, headerInAdditionalData);
      if (transaction !== undefined) transactions?.accept(transaction);
      return openedPush(opened.plaintext, opened.verified, sender, apdu.content);
    }
    const envelope = apdu as CipheredApdu;
    const named = "systemTitle" in envelope && envelope.systemTitle.length > 0;
    const sender = known(find(named ? envelope.systemTitle : undefined, origin));
    const { plaintext, verified } = openEnvelope(envelope, rulesOf(crypto, sender));
    return openedPush(plaintext, verified, sender, envelope.content);
  };
}

function known(sender: PushSender | undefined): PushSender {
  if (sender !== undefined) return sender;
  throw new ProtocolError("security/key-missing", "nobody knows the keys of this system title");
}

function rulesOf(
  crypto: CryptoPort,
  sender: PushSender,
): Omit<PushSender, "systemTitle"> & {
  readonly crypto: CryptoPort;
  readonly peerSystemTitle: Uint8Array;
} {
  const { systemTitle, ...rest } = sender;
  return { ...rest, crypto, peerSystemTitle: systemTitle };
}

function openedPush(
  plaintext: Uint8Array,
  verified: boolean,
  sender: PushSender,
  content: Uint8Array,
): OpenedPush {
  const { invocationCounter } = splitSecuredContent(content);
  return { plaintext, verified, systemTitle: sender.systemTitle, invocationCounter };
}
