import {
  type ApduProtection,
  type AssociationOutcome,
  type AssociationProfile,
  type Exchange,
  type ExchangeContext,
  exchangeContext,
  requestOctet,
} from "@lectura/dlms/client";
import { HdlcClientLink } from "@lectura/dlms/hdlc";
import { apduOctetsMax, type DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { isCipheredTag } from "@lectura/dlms/push";
import type { ApduLeniency } from "@lectura/dlms/xdlms";
import type { Clock } from "../clock.ts";
import type { FrameObserver } from "../observer.ts";
import type { Port } from "../ports/port.ts";
import { scratch } from "./scratch.ts";
import { SessionAssociation } from "./session-association.ts";
import { SessionError } from "./session-error.ts";
import { type JobOwner, SessionJob } from "./session-job.ts";
import {
  type GeneralBlockTransferOptions,
  SessionTransfer,
  type TransferOwner,
} from "./session-transfer.ts";
import { SessionWire, type WireOwner } from "./session-wire.ts";
import type { RequestOptions } from "./session.ts";
import { type UnsolicitedApdu, UnsolicitedReader } from "./unsolicited.ts";

/** Requests that wait for their turn; one more is refused with `session/queue-full`. */
export const requestsQueuedMax = 256;

const blockTag = 0xe0;
/** Blocks we take at once where no link says how many. */
const windowDefault = 8;

export interface DialogueOptions {
  readonly port: Port;
  readonly clock: Clock;
  readonly observer: FrameObserver | undefined;
  readonly profile: AssociationProfile;
  readonly responseMs: number;
  /** Release, disconnect and close together. */
  readonly releaseMs: number;
  /** The port stays open when the session ends. */
  readonly portIsBorrowed: boolean;
  readonly blockTransfer: GeneralBlockTransferOptions | undefined;
  readonly requestsMax: number | undefined;
  readonly onUnsolicited: ((apdu: UnsolicitedApdu) => void) | undefined;
  readonly leniency: ApduLeniency | undefined;
}

/**
 * Association and requests over one wire: one APDU under way at a time, the rest in a queue. What
 * comes from the meter goes to the association until it is open, then to the exchange under way;
 * what belongs to neither is counted and bounded in time.
 */
export class SessionDialogue implements WireOwner, JobOwner, TransferOwner {
  readonly wire: SessionWire;
  readonly clock: Clock;
  readonly releaseMs: number;
  readonly portIsBorrowed: boolean;
  requests = 0;
  roundTrips = 0;
  readonly association: SessionAssociation;
  readonly #profile: AssociationProfile;
  /** Also in the profile; here because every request looks at them. */
  readonly #protection: ApduProtection | undefined;
  readonly #invokeFlags: number;
  readonly #responseMs: number;
  readonly #observer: FrameObserver | undefined;
  readonly #options: DialogueOptions;
  readonly #requestsMax: number;
  #transfer: SessionTransfer | undefined;
  #peerPduOctets = apduOctetsMax;
  #lateReplies = 0;
  #context: ExchangeContext | undefined;
  #invokeId = 0;
  #job: SessionJob | undefined;
  #queue: SessionJob[] | undefined;
  #failure: DlmsError | undefined;
  #unsolicited: UnsolicitedReader | undefined;

  constructor(options: DialogueOptions) {
    this.#profile = options.profile;
    this.#protection = options.profile.protection;
    this.#invokeFlags = requestOctet(0, options.profile.quirks);
    this.clock = options.clock;
    this.releaseMs = options.releaseMs;
    this.portIsBorrowed = options.portIsBorrowed;
    this.#responseMs = options.responseMs;
    this.#observer = options.observer;
    this.#options = options;
    this.#requestsMax = options.requestsMax ?? Number.POSITIVE_INFINITY;
    this.wire = new SessionWire(options.port, this, options.clock, options.observer);
    this.association = new SessionAssociation(this.wire, options.profile, options.responseMs);
  }

  /** Why nothing can be asked any more; `undefined` while something can. */
  get failure(): DlmsError | undefined {
    return this.#failure;
  }

  /** Answers that came after their time and were given to nobody. */
  get lateReplies(): number {
    return this.#lateReplies + this.association.staleApdus;
  }

  /** What exchanges may do; there once associated. */
  get context(): ExchangeContext {
    return this.#context!;
  }

  /** Invoke-id-and-priority of the next request. Ids count 1..15, 0, 1 and so on. */
  nextInvoke(): number {
    this.#invokeId = (this.#invokeId + 1) & 0x0f;
    return this.#invokeFlags | this.#invokeId;
  }

  /** Opens the association on an open link. */
  async associate(): Promise<AssociationOutcome> {
    await this.#protection?.reserve();
    if (this.#failure !== undefined) throw this.#failure;
    const { preEstablished } = this.#profile;
    const outcome =
      preEstablished === undefined
        ? await this.association.open()
        : this.association.adopt(preEstablished);
    if (outcome === undefined) throw sessionClosed();
    if (outcome.maxPduOctets > 0) this.#peerPduOctets = outcome.maxPduOctets;
    this.#context = exchangeContext(outcome, this.#profile);
    return outcome;
  }

  /** Ends the `associate` under way: nobody waits for it any more. */
  abort(reason: unknown): void {
    this.wire.abort(reason);
    this.association.settle(reason);
  }

  /** Refuses every request from now on, those that wait included. */
  end(reason: DlmsError): void {
    this.#failure ??= reason;
    const job = this.#job;
    const queue = this.#queue;
    this.#job = undefined;
    this.#queue = undefined;
    this.#transfer?.close();
    this.#transfer = undefined;
    this.wire.answered();
    job?.reject(reason);
    if (queue !== undefined) for (const waiting of queue) waiting.reject(reason);
  }

  /** One request, from its turn to its result. */
  run<T>(exchange: Exchange<T>, options: RequestOptions | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (options?.signal?.aborted === true) {
        reject(options.signal.reason as Error);
        return;
      }
      if (this.#failure !== undefined) {
        reject(sessionClosed(this.#failure));
        return;
      }
      if (this.requests >= this.#requestsMax) {
        reject(requestsExhausted(this.#requestsMax));
        return;
      }
      const job = new SessionJob(exchange, options, resolve, reject) as SessionJob;
      this.requests++;
      if (this.#job === undefined) {
        job.watch(this);
        this.#start(job);
      } else {
        this.#enqueue(job);
      }
    });
  }

  /** A job under way goes on until the meter has answered; one that waits just leaves the queue. */
  cancelled(job: SessionJob): void {
    const at = this.#queue?.indexOf(job) ?? -1;
    if (at >= 0) this.#queue?.splice(at, 1);
  }

  // What the wire tells.

  apdu(octets: Uint8Array, start: number, end: number): void {
    if (this.association.pending) {
      this.association.apdu(octets.subarray(start, end));
    } else if (this.#job === undefined) {
      this.unasked(octets.subarray(start, end));
    } else if (octets[start] === blockTag) {
      this.#takeBlock(this.#job, octets.subarray(start, end), false);
    } else if (this.#protection === undefined) {
      this.#toJob(this.#job, octets, start, end);
    } else {
      this.#unprotect(this.#job, this.#protection, octets.subarray(start, end));
    }
  }

  unasked(apdu: Uint8Array): void {
    this.#tellUnsolicited(apdu, this.#protection);
  }

  acknowledged(): void {
    const job = this.#job;
    if (this.#transfer !== undefined) {
      this.#transfer.linkFree();
    } else if (job?.exchange.unconfirmed === true) {
      job.resolve();
      this.#next();
    }
  }

  silent(): boolean {
    const job = this.#job;
    if (this.association.pending || job === undefined) return false;
    if (this.#transfer !== undefined) {
      this.#transfer.silent();
      return true;
    }
    if (job.exchange.longGet === undefined) return false;
    job.interrupt(new ProtocolError("xdlms/no-answer", "the next block does not come"));
    this.#next();
    return true;
  }

  // What a general block transfer tells.

  assembled(apdu: Uint8Array): void {
    const wasSealed = this.#transfer?.sealed === true;
    this.#transfer = undefined;
    const job = this.#job;
    if (job === undefined) return;
    const protection = this.#protection;
    // What came in ciphered blocks may be ciphered once more, and need not be.
    const isOpen = protection === undefined || (wasSealed && !isCipheredTag(apdu[0] ?? 0));
    if (isOpen) this.#toJob(job, apdu, 0, apdu.length);
    else this.#unprotect(job, protection, apdu);
  }

  transferFailed(error: unknown): void {
    this.#transfer = undefined;
    this.#job?.reject(error);
    this.#next();
  }

  blockSent(): void {
    this.roundTrips++;
  }

  overdue(): void {
    if (this.association.pending) {
      this.association.overdue();
    } else if (this.wire.link?.busy === true) {
      this.wire.awaitAnswer(this.#responseMs); // the link is waiting too, and gives up by itself
    } else {
      this.#job?.interrupt(new ProtocolError("xdlms/no-answer", "other APDUs came, but no answer"));
      this.#next();
    }
  }

  lost(error: DlmsError): void {
    // An answer that was whole before the link broke is an answer.
    this.#transfer?.linkLost();
    this.end(error);
    this.association.settle(error);
  }

  #enqueue(job: SessionJob): void {
    this.#queue ??= [];
    if (this.#queue.length >= requestsQueuedMax) {
      job.reject(new SessionError("session/queue-full", `${requestsQueuedMax} requests wait`));
      return;
    }
    this.#queue.push(job);
    job.watch(this);
  }

  #start(job: SessionJob): void {
    this.#job = job;
    try {
      const prefixOctets = this.#beginUnit();
      job.exchange.start(scratch);
      const { sendOctetsMax } = this.#context!;
      job.oversized = scratch.length - prefixOctets > sendOctetsMax;
      if (job.oversized) this.#startLong(job, prefixOctets);
      else this.#sendUnit(job);
      job.sent = true;
    } catch (error) {
      job.reject(error);
      this.#next();
    }
  }

  #next(): void {
    this.#job = undefined;
    if (this.#transfer !== undefined) {
      this.#transfer.close();
      this.#transfer = undefined;
    }
    this.wire.answered();
    const job = this.#queue?.shift();
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
      this.#beginUnit();
      if (job.abandoned) {
        this.#endTransfer(job, octets.subarray(start, end));
        return;
      }
      switch (job.exchange.receive(octets, scratch, start, end)) {
        case "done":
          job.resolve();
          this.#next();
          return;
        case "send":
          job.progress();
          this.#sendUnit(job);
          return;
        case "late":
          this.#lateReplies++;
          this.#observer?.event?.({ type: "late-reply", apdu: octets.subarray(start, end) });
          this.wire.awaitAnswer(this.#responseMs);
          return;
        case "unsolicited":
          this.#tellUnsolicited(octets.subarray(start, end), undefined);
          this.wire.awaitAnswer(this.#responseMs);
      }
    } catch (error) {
      this.#fail(job, error, octets.subarray(start, end));
    }
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
    const { link } = this.wire;
    const window = link instanceof HdlcClientLink ? link.negotiated.receiveWindow : windowDefault;
    return new SessionTransfer(this.wire, this, {
      window,
      ...this.#options.blockTransfer,
      apduOctetsMax: this.#peerPduOctets,
      seal: sealed ? this.#protection : undefined,
    });
  }

  #tellUnsolicited(apdu: Uint8Array, protection: ApduProtection | undefined): void {
    this.#observer?.event?.({ type: "unsolicited", apdu });
    const { onUnsolicited, leniency } = this.#options;
    if (onUnsolicited === undefined) return;
    this.#unsolicited ??= new UnsolicitedReader(leniency);
    const notification = this.#unsolicited.read(apdu, protection);
    if (notification !== undefined) onUnsolicited(notification);
  }

  #fail(job: SessionJob, error: unknown, apdu: Uint8Array): void {
    job.reject(error);
    job.abandoned = true;
    this.#endTransfer(job, apdu);
  }

  /** Nobody waits for the job any more: ends its block transfer at the meter, or goes on. */
  #endTransfer(job: SessionJob, apdu: Uint8Array): void {
    if (this.wire.connected && this.wire.link?.busy === false) {
      this.#beginUnit();
      if (job.exchange.abandon(apdu, scratch)) {
        this.#sendUnit(job);
        return;
      }
    }
    this.#next();
  }

  /** Octets written before the APDU. */
  #beginUnit(): number {
    scratch.reset();
    if (this.#protection === undefined) this.wire.writePrefix(scratch);
    return scratch.length;
  }

  /** The request does not fit one PDU: in general blocks, once it is protected. */
  #startLong(job: SessionJob, prefixOctets: number): void {
    const { generalBlockTransfer, sendOctetsMax } = this.#context!;
    if (generalBlockTransfer !== true) refuseSize(scratch.length - prefixOctets, sendOctetsMax);
    const inBlocks = this.#options.blockTransfer?.ciphering === "blocks";
    if (this.#protection === undefined || inBlocks) {
      this.#sendInBlocks(job, scratch.view(prefixOctets).slice());
    } else {
      this.#sendUnit(job);
    }
  }

  #sendUnit(job: SessionJob): void {
    const protection = this.#protection;
    if (protection === undefined) {
      this.roundTrips++;
      this.wire.send(scratch.view(), !job.exchange.unconfirmed);
      return;
    }
    const reserved = protection.reserve();
    if (reserved === undefined) {
      this.#sendProtected(job, scratch.view());
    } else {
      // The shared buffer belongs to others while the counter is being stored.
      void this.#sendWhenReserved(job, scratch.finish(), reserved);
    }
  }

  async #sendWhenReserved(
    job: SessionJob,
    plain: Uint8Array,
    reserved: Promise<void>,
  ): Promise<void> {
    try {
      await reserved;
      if (this.#job === job) this.#sendProtected(job, plain);
    } catch (error) {
      job.reject(error);
      if (this.#job === job) this.#next();
    }
  }

  #sendProtected(job: SessionJob, plain: Uint8Array): void {
    const protectedUnit = this.#protection!.protect(plain);
    // Where services are plain it is the same octets, about to be written over by the prefix.
    const unit = protectedUnit === plain ? plain.slice() : protectedUnit;
    if (job.oversized) {
      this.#sendInBlocks(job, unit.slice());
      return;
    }
    this.roundTrips++;
    scratch.reset();
    this.wire.writePrefix(scratch);
    scratch.octets(unit);
    this.wire.send(scratch.view(), !job.exchange.unconfirmed);
  }

  #sendInBlocks(job: SessionJob, apdu: Uint8Array): void {
    const sealed =
      this.#protection !== undefined && this.#options.blockTransfer?.ciphering === "blocks";
    job.oversized = false;
    this.#transfer = this.#newTransfer(sealed);
    this.#transfer.send(apdu);
  }
}

function requestsExhausted(requestsMax: number): SessionError {
  const detail = `this association may have ${requestsMax} requests`;
  return new SessionError("session/requests-exhausted", detail);
}

function refuseSize(octets: number, octetsMax: number): never {
  throw new ProtocolError(
    "xdlms/pdu-too-long",
    `the request has ${octets} octets, the meter takes ${octetsMax}`,
  );
}

function sessionClosed(cause?: DlmsError): SessionError {
  return new SessionError("session/closed", "the session has ended", { cause });
}
