import type { ApduProtection } from "@lectura/dlms/client";
import { scratch } from "./scratch.ts";
import type { SessionJob } from "./session-job.ts";
import type { SessionTurns } from "./session-turns.ts";
import type { SessionWire } from "./session-wire.ts";

/** Who is told what could not be sent as one unit. */
export interface SenderOwner {
  /** The APDU of `job` is protected, and too long for one PDU. */
  oversized(job: SessionJob, apdu: Uint8Array): void;
  /** The counter of `job` could not be stored; it has its error, and may be under way. */
  unsent(job: SessionJob): void;
}

/**
 * One APDU out on the wire: protected where the association is, no counter before it is stored,
 * behind the octets that stand before every APDU.
 */
export class SessionSender {
  /** Units sent. */
  roundTrips = 0;
  readonly #wire: SessionWire;
  readonly #turns: SessionTurns;
  readonly #protection: ApduProtection | undefined;
  readonly #owner: SenderOwner;

  constructor(
    wire: SessionWire,
    turns: SessionTurns,
    protection: ApduProtection | undefined,
    owner: SenderOwner,
  ) {
    this.#wire = wire;
    this.#turns = turns;
    this.#protection = protection;
    this.#owner = owner;
  }

  /** Makes the shared buffer ready for an APDU; octets that stand in it before the APDU. */
  begin(): number {
    scratch.reset();
    if (this.#protection === undefined) this.#wire.writePrefix(scratch);
    return scratch.length;
  }

  /** Sends the APDU of `job`, written since `begin`. */
  send(job: SessionJob): void {
    const protection = this.#protection;
    if (protection === undefined) {
      this.roundTrips++;
      this.#wire.send(scratch.view(), !job.exchange.unconfirmed);
      return;
    }
    const reserved = protection.reserve();
    if (reserved === undefined) {
      this.#sendProtected(job, protection, scratch.view());
    } else {
      // The shared buffer belongs to others while the counter is being stored.
      void this.#sendWhenReserved(job, protection, scratch.finish(), reserved);
    }
  }

  /** Sends an APDU as it is, from outside the shared buffer; `answered`: as the link's. */
  sendWhole(apdu: Uint8Array, answered: boolean): void {
    this.roundTrips++;
    scratch.reset();
    this.#wire.writePrefix(scratch);
    scratch.octets(apdu);
    this.#wire.send(scratch.view(), answered);
  }

  async #sendWhenReserved(
    job: SessionJob,
    protection: ApduProtection,
    plain: Uint8Array,
    reserved: Promise<void>,
  ): Promise<void> {
    try {
      await reserved;
      if (this.#turns.current === job) this.#sendProtected(job, protection, plain);
    } catch (error) {
      job.reject(error);
      this.#owner.unsent(job);
    }
  }

  #sendProtected(job: SessionJob, protection: ApduProtection, plain: Uint8Array): void {
    const protectedUnit = protection.protect(plain);
    // Where services are plain it is the same octets, about to be written over by the prefix.
    const unit = protectedUnit === plain ? plain.slice() : protectedUnit;
    if (job.oversized) this.#owner.oversized(job, unit.slice());
    else this.sendWhole(unit, !job.exchange.unconfirmed);
  }
}
