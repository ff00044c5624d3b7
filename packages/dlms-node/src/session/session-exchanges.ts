import type { ApduProtection, AssociationProfile, ExchangeContext } from "@lectura/dlms/client";
import { apduOctetsMax, ProtocolError } from "@lectura/dlms/octets";
import { isCipheredTag } from "@lectura/dlms/push";
import type { FrameObserver } from "../observer.ts";
import { scratch } from "./scratch.ts";
import type { SessionJob } from "./session-job.ts";
import { type SenderOwner, SessionSender } from "./session-sender.ts";
import {
  type GeneralBlockTransferOptions,
  SessionTransfer,
  type TransferOwner,
} from "./session-transfer.ts";
import { SessionTurns } from "./session-turns.ts";
import type { SessionUnsolicited } from "./session-unsolicited.ts";
import type { SessionWire } from "./session-wire.ts";

const blockTag = 0xe0;

/** What exchanges go by. */
export interface ExchangesOptions {
  readonly profile: AssociationProfile;
  readonly observer: FrameObserver | undefined;
  readonly responseMs: number;
  readonly blockTransfer: GeneralBlockTransferOptions | undefined;
}

/**
 * The exchange under way, from its turn to its result: its APDUs out, in general blocks where one
 * is too long, and what comes in for it.
 */
export class SessionExchanges implements SenderOwner, TransferOwner {
  /** Answers that came after their time and were given to nobody. */
  lateReplies = 0;
  readonly sender: SessionSender;
  readonly #wire: SessionWire;
  readonly #options: ExchangesOptions;
  readonly #protection: ApduProtection | undefined;
  readonly #unsolicited: SessionUnsolicited;
  readonly #turns = new SessionTurns();
  #context: ExchangeContext | undefined;
  #peerPduOctets = apduOctetsMax;
  #transfer: SessionTransfer | undefined;

  constructor(wire: SessionWire, unsolicited: SessionUnsolicited, options: ExchangesOptions) {
    this.#wire = wire;
    this.#unsolicited = unsolicited;
    this.#options = options;
    this.#protection = options.profile.protection;
    this.sender = new SessionSender(wire, this.#turns, this.#protection, this);
  }

  /** The association is open; `peerPduOctets`: octets of one APDU the meter takes, 0: any. */
  open(context: ExchangeContext, peerPduOctets: number): void {
    this.#context = context;
    if (peerPduOctets > 0) this.#peerPduOctets = peerPduOctets;
  }

  /** Starts the exchange of `job` when its turn comes. */
  enter(job: SessionJob): void {
    if (this.#turns.enter(job)) this.#start(job);
  }

  /** Refuses the exchange under way and all that wait. */
  end(reason: unknown): void {
    this.#closeTransfer();
    this.#wire.answered();
    this.#turns.end(reason);
  }

  // What the wire tells.

  /** False: no exchange is under way, nobody has asked for it. */
  apdu(octets: Uint8Array, start: number, end: number): boolean {
    const job = this.#turns.current;
    if (job === undefined) return false;
    if (octets[start] === blockTag) {
      this.#takeBlock(job, octets.subarray(start, end), false);
    } else if (this.#protection === undefined) {
      this.#toJob(job, octets, start, end);
    } else {
      this.#unprotect(job, this.#protection, octets.subarray(start, end));
    }
    return true;
  }

  acknowledged(): void {
    const job = this.#turns.current;
    if (this.#transfer !== undefined) {
      this.#transfer.linkFree();
    } else if (job?.exchange.unconfirmed === true) {
      job.resolve();
      this.#next();
    }
  }

  silent(): boolean {
    const job = this.#turns.current;
    if (job === undefined) return false;
    if (this.#transfer !== undefined) {
      this.#transfer.silent();
      return true;
    }
    if (job.exchange.longGet === undefined) return false;
    job.interrupt(new ProtocolError("xdlms/no-answer", "the next block does not come"));
    this.#next();
    return true;
  }

  overdue(): void {
    if (this.#wire.link?.busy === true) {
      // The link is waiting too, and gives up by itself.
      this.#wire.awaitAnswer(this.#options.responseMs);
    } else {
      const reason = new ProtocolError("xdlms/no-answer", "other APDUs came, but no answer");
      this.#turns.current?.interrupt(reason);
      this.#next();
    }
  }

  /** An answer that was whole before the link broke is an answer. */
  linkLost(): void {
    this.#transfer?.linkLost();
  }

  // What the sender tells.

  oversized(job: SessionJob, apdu: Uint8Array): void {
    this.#sendInBlocks(job, apdu, false);
  }

  unsent(job: SessionJob): void {
    if (this.#turns.current === job) this.#next();
  }

  // What a general block transfer tells.

  assembled(apdu: Uint8Array): void {
    const wasSealed = this.#transfer?.sealed === true;
    this.#transfer = undefined;
    const job = this.#turns.current;
    if (job === undefined) return;
    const protection = this.#protection;
    // What came in ciphered blocks may be ciphered once more, and need not be.
    const isOpen = protection === undefined || (wasSealed && !isCipheredTag(apdu[0] ?? 0));
    if (isOpen) this.#toJob(job, apdu, 0, apdu.length);
    else this.#unprotect(job, protection, apdu);
  }

  transferFailed(error: unknown): void {
    this.#transfer = undefined;
    this.#turns.current?.reject(error);
    this.#next();
  }

  #start(job: SessionJob): void {
    try {
      const prefixOctets = this.sender.begin();
      job.exchange.start(scratch);
      const { sendOctetsMax } = this.#context!;
      job.oversized = scratch.length - prefixOctets > sendOctetsMax;
      if (job.oversized) this.#startLong(job, prefixOctets);
      else this.sender.send(job);
      job.sent = true;
    } catch (error) {
      job.reject(error);
      this.#next();
    }
  }

  /** The request does not fit one PDU: in general blocks, once it is protected. */
  #startLong(job: SessionJob, prefixOctets: number): void {
    const { generalBlockTransfer, sendOctetsMax } = this.#context!;
    if (generalBlockTransfer !== true) {
      const octets = scratch.length - prefixOctets;
      const detail = `the request has ${octets} octets, the meter takes ${sendOctetsMax}`;
      throw new ProtocolError("xdlms/pdu-too-long", detail);
    }
    const inBlocks = this.#options.blockTransfer?.ciphering === "blocks";
    if (this.#protection === undefined || inBlocks) {
      const apdu = scratch.view(prefixOctets).slice();
      this.#sendInBlocks(job, apdu, this.#protection !== undefined);
    } else {
      this.sender.send(job);
    }
  }

  #sendInBlocks(job: SessionJob, apdu: Uint8Array, sealed: boolean): void {
    job.oversized = false;
    this.#transfer = this.#newTransfer(sealed);
    this.#transfer.send(apdu);
  }

  #next(): void {
    this.#closeTransfer();
    this.#wire.answered();
    const job = this.#turns.next();
    if (job !== undefined) this.#start(job);
  }

  #unprotect(job: SessionJob, protection: ApduProtection, apdu: Uint8Array): void {
    let plain: Uint8Array;
    try {
      plain = protection.unprotect(apdu);
    } catch (error) {
      this.#fail(job, error, apdu);
      return;
    }
    if (plain[0] === blockTag) this.#takeBlock(job, plain, true);
    else this.#toJob(job, plain, 0, plain.length);
  }

  /** One plain APDU, `octets[start..end)`. */
  #toJob(job: SessionJob, octets: Uint8Array, start: number, end: number): void {
    try {
      this.sender.begin();
      if (job.abandoned) {
        this.#abandon(job, octets.subarray(start, end));
        return;
      }
      switch (job.exchange.receive(octets, scratch, start, end)) {
        case "done":
          job.resolve();
          this.#next();
          return;
        case "send":
          job.progress();
          this.sender.send(job);
          return;
        case "late":
          this.#tellLate(octets.subarray(start, end));
          this.#wire.awaitAnswer(this.#options.responseMs);
          return;
        case "unsolicited":
          this.#unsolicited.tell(octets.subarray(start, end), undefined);
          this.#wire.awaitAnswer(this.#options.responseMs);
      }
    } catch (error) {
      this.#fail(job, error, octets.subarray(start, end));
    }
  }

  #tellLate(apdu: Uint8Array): void {
    this.lateReplies++;
    this.#options.observer?.event?.({ type: "late-reply", apdu });
  }

  /**
   * A block of an APDU that is too long for one PDU, or one that confirms such blocks of ours;
   * `sealed`: it came ciphered, as then all of its transfer do.
   */
  #takeBlock(job: SessionJob, apdu: Uint8Array, sealed: boolean): void {
    try {
      this.#transfer ??= this.#newTransfer(sealed);
      const transfer = this.#transfer;
      if (transfer.sealed && !sealed) {
        throw new ProtocolError("security/policy", "a plain block among ciphered ones");
      }
      if (job.abandoned && !transfer.sending) {
        if (transfer.drop(apdu)) this.#next();
        return;
      }
      transfer.receive(apdu);
      if (this.#transfer === transfer) job.progress(transfer.transferredOctets);
    } catch (error) {
      this.#fail(job, error, apdu);
    }
  }

  #newTransfer(sealed: boolean): SessionTransfer {
    return new SessionTransfer(this.#wire, this.sender, this, {
      ...this.#options.blockTransfer,
      apduOctetsMax: this.#peerPduOctets,
      seal: sealed ? this.#protection : undefined,
    });
  }

  #closeTransfer(): void {
    this.#transfer?.close();
    this.#transfer = undefined;
  }

  #fail(job: SessionJob, error: unknown, apdu: Uint8Array): void {
    job.reject(error);
    job.abandoned = true;
    this.#abandon(job, apdu);
  }

  /** Nobody waits for the job any more: ends its block transfer at the meter, or goes on. */
  #abandon(job: SessionJob, apdu: Uint8Array): void {
    if (this.#wire.connected && this.#wire.link?.busy === false) {
      this.sender.begin();
      if (job.exchange.abandon(apdu, scratch)) {
        this.sender.send(job);
        return;
      }
    }
    this.#next();
  }
}
