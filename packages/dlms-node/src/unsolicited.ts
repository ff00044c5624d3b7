import type { ApduProtection } from "@lectura/dlms/client";
import { DlmsError } from "@lectura/dlms/octets";
import {
  type Apdu,
  decodeApdu,
  type DataNotification,
  type EventNotification,
  type InformationReport,
} from "@lectura/dlms/xdlms";

/** What a meter says without being asked, in an open association. */
export type UnsolicitedApdu = DataNotification | EventNotification | InformationReport;

const kinds: ReadonlySet<Apdu["kind"]> = new Set<UnsolicitedApdu["kind"]>([
  "data-notification",
  "event-notification",
  "information-report",
]);

/**
 * The notification in octets that came unasked, copied; `undefined` for anything else, and for what
 * does not open or decode: nobody waits for it, so nothing fails. `protection` where it is closed.
 */
export function readUnsolicited(
  octets: Uint8Array,
  protection: ApduProtection | undefined,
): UnsolicitedApdu | undefined {
  try {
    const plain = protection?.unprotect(octets) ?? octets;
    const apdu = decodeApdu(plain.slice());
    return isUnsolicited(apdu) ? apdu : undefined;
  } catch (error) {
    if (error instanceof DlmsError) return undefined;
    throw error;
  }
}

function isUnsolicited(apdu: Apdu): apdu is UnsolicitedApdu {
  return kinds.has(apdu.kind);
}
