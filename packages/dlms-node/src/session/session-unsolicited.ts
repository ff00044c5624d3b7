import type { ApduProtection } from "@lectura/dlms/client";
import type { ApduLeniency } from "@lectura/dlms/xdlms";
import type { FrameObserver } from "../observer.ts";
import { type UnsolicitedApdu, UnsolicitedReader } from "./unsolicited.ts";

/** Who hears what comes unasked. */
export interface UnsolicitedOptions {
  readonly observer: FrameObserver | undefined;
  readonly onUnsolicited: ((apdu: UnsolicitedApdu) => void) | undefined;
  readonly leniency: ApduLeniency | undefined;
}

/** Tells the observer what came unasked, and the caller what it says. */
export class SessionUnsolicited {
  readonly #options: UnsolicitedOptions;
  #reader: UnsolicitedReader | undefined;

  constructor(options: UnsolicitedOptions) {
    this.#options = options;
  }

  /** `protection`: the APDU is as it came, in an association that protects. */
  tell(apdu: Uint8Array, protection: ApduProtection | undefined): void {
    const { observer, onUnsolicited, leniency } = this.#options;
    observer?.event?.({ type: "unsolicited", apdu });
    if (onUnsolicited === undefined) return;
    this.#reader ??= new UnsolicitedReader(leniency);
    const notification = this.#reader.read(apdu, protection);
    if (notification !== undefined) onUnsolicited(notification);
  }
}
