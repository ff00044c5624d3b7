import type { ApduProtection } from "@lectura/dlms/client";
import { DlmsError } from "@lectura/dlms/octets";
import { isCipheredTag, pushLeniency } from "@lectura/dlms/push";
import { BlockAssembly } from "@lectura/dlms/transfer";
import {
  type Apdu,
  type ApduLeniency,
  decodeApdu,
  type DataNotification,
  type EventNotification,
  type GeneralBlockTransfer,
  type InformationReport,
} from "@lectura/dlms/xdlms";

/** What a meter says without being asked, in an open association. */
export type UnsolicitedApdu = DataNotification | EventNotification | InformationReport;

const kinds: ReadonlySet<Apdu["kind"]> = new Set<UnsolicitedApdu["kind"]>([
  "data-notification",
  "event-notification",
  "information-report",
]);

/** Octets of one notification that comes in blocks; beyond: it is dropped. */
const transferOctetsMax = 256 * 1024;
const blockTag = 0xe0;

/** Blocks put together so far. */
interface Transfer {
  readonly assembly: BlockAssembly;
  /** They came ciphered: what they carry may be plain then. */
  readonly sealed: boolean;
}

/**
 * Reads what came unasked in one session, whole or in general blocks that stream (window 0),
 * plain, ciphered, or in ciphered blocks. Holds one transfer at most; nobody asks for a block that
 * is lost, so a transfer with a gap is dropped, and a new first block begins a new one.
 */
export class UnsolicitedReader {
  readonly #leniency: ApduLeniency;
  #transfer: Transfer | undefined;

  /** `leniency`: forms beside the standard that are read; absent: those of pushes. */
  constructor(leniency: ApduLeniency = pushLeniency) {
    this.#leniency = leniency;
  }

  /**
   * The notification that is whole with `octets`, copied; `undefined` for anything else, and for
   * what does not open or decode: nobody waits for it, so nothing fails. `protection` where it is
   * closed.
   */
  read(octets: Uint8Array, protection: ApduProtection | undefined): UnsolicitedApdu | undefined {
    try {
      if (octets[0] === blockTag) return this.#takeBlock(octets, protection, false);
      const plain = protection?.unprotect(octets) ?? octets;
      return plain[0] === blockTag
        ? this.#takeBlock(plain, protection, true)
        : this.#notificationIn(plain);
    } catch (error) {
      if (error instanceof DlmsError) return undefined;
      throw error;
    }
  }

  #takeBlock(
    octets: Uint8Array,
    protection: ApduProtection | undefined,
    sealed: boolean,
  ): UnsolicitedApdu | undefined {
    const apdu = decodeApdu(octets);
    if (apdu.kind !== "general-block-transfer") return undefined;
    const begins = apdu.blockNumber === 1 && apdu.blockData.length > 0;
    // A plain block may not join ciphered ones, nor end them.
    if (!sealed && this.#transfer?.sealed === true) return undefined;
    if (begins) {
      const assembly = new BlockAssembly({ octetsMax: transferOctetsMax, heldBlocksMax: 0 });
      this.#transfer = { assembly, sealed };
    }
    const transfer = this.#transfer;
    if (transfer === undefined || transfer.sealed !== sealed) return undefined;
    const { assembly } = transfer;
    if (!this.#accepts(assembly, apdu) || !assembly.complete) return undefined;
    this.#transfer = undefined;
    const whole = assembly.finish();
    const isOpen = protection === undefined || (sealed && !isCipheredTag(whole[0] ?? 0));
    return this.#notificationIn(isOpen ? whole : protection.unprotect(whole));
  }

  /** False: the transfer is lost. */
  #accepts(assembly: BlockAssembly, block: GeneralBlockTransfer): boolean {
    let kept = false;
    try {
      kept = assembly.accept(block) !== "dropped";
    } finally {
      if (!kept) this.#transfer = undefined;
    }
    return kept;
  }

  #notificationIn(plain: Uint8Array): UnsolicitedApdu | undefined {
    const apdu = decodeApdu(plain.slice(), this.#leniency);
    return isUnsolicited(apdu) ? apdu : undefined;
  }
}

function isUnsolicited(apdu: Apdu): apdu is UnsolicitedApdu {
  return kinds.has(apdu.kind);
}
