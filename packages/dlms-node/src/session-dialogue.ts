import {
  type ApduProtection,
  type AssociationOutcome,
  type AssociationProfile,
  type Exchange,
  type ExchangeContext,
  exchangeContext,
  requestOctet,
} from "@lectura/dlms/client";
import { type DlmsError, ProtocolError } from "@lectura/dlms/octets";
import type { Clock } from "./clock.ts";
import type { FrameObserver } from "./observer.ts";
import type { Port } from "./port.ts";
import { scratch } from "./scratch.ts";
import { SessionAssociation } from "./session-association.ts";
import { SessionError } from "./session-error.ts";
import { type JobOwner, SessionJob } from "./session-job.ts";
import { SessionWire, type WireOwner } from "./session-wire.ts";
import type { RequestOptions } from "./session.ts";

/** Requests that wait for their turn; one more is refused with `session/queue-full`. */
export const requestsQueuedMax = 256;

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
}

/**
 * Association and requests over one wire: one APDU under way at a time, the rest in a queue. What
 * comes from the meter goes to the association until it is open, then to the exchange under way;
 * what belongs to neither is counted and bounded in time.
 */
export class SessionDialogue implements WireOwner, JobOwner {
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
  #lateReplies = 0;
  #context: ExchangeContext | undefined;
  #invokeId = 0;
  #job: SessionJob | undefined;
  #queue: SessionJob[] | undefined;
  #failure: DlmsError | undefined;

  constructor(options: DialogueOptions) {
    this.#profile = options.profile;
    this.#protection = options.profile.protection;
    this.#invokeFlags = requestOctet(0, options.profile.quirks);
    this.clock = options.clock;
    this.releaseMs = options.releaseMs;
    this.portIsBorrowed = options.portIsBorrowed;
    this.#responseMs = options.responseMs;
    this.#observer = options.observer;
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
    const outcome = await this.association.open();
    if (outcome === undefined) throw sessionClosed();
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
    } else if (this.#protection === undefined) {
      this.#toJob(this.#job, octets, start, end);
    } else {
      this.#unprotect(this.#job, this.#protection, octets.subarray(start, end));
    }
  }

  unasked(apdu: Uint8Array): void {
    this.#observer?.event?.({ type: "unsolicited", apdu });
  }

  overdue(): void {
    if (this.association.pending) {
      this.association.overdue();
    } else if (this.wire.link?.busy === true) {
      this.wire.awaitAnswer(this.#responseMs); // the link is waiting too, and gives up by itself
    } else {
      this.#job?.reject(new ProtocolError("xdlms/no-answer", "other APDUs came, but no answer"));
      this.#next();
    }
  }

  lost(error: DlmsError): void {
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
      checkSize(scratch.length - prefixOctets, this.#context!.sendOctetsMax);
      this.#sendUnit(job);
      job.sent = true;
    } catch (error) {
      job.reject(error);
      this.#next();
    }
  }

  #next(): void {
    this.#job = undefined;
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
    this.#toJob(job, plain, 0, plain.length);
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
          this.unasked(octets.subarray(start, end));
          this.wire.awaitAnswer(this.#responseMs);
      }
    } catch (error) {
      this.#fail(job, error, octets.subarray(start, end));
    }
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

  #sendUnit(job: SessionJob): void {
    this.roundTrips++;
    const protection = this.#protection;
    if (protection === undefined) {
      this.wire.send(scratch.view());
      return;
    }
    const reserved = protection.reserve();
    if (reserved === undefined) {
      this.#sendProtected(scratch.view());
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
      if (this.#job === job) this.#sendProtected(plain);
    } catch (error) {
      job.reject(error);
      if (this.#job === job) this.#next();
    }
  }

  #sendProtected(plain: Uint8Array): void {
    const protectedUnit = this.#protection!.protect(plain);
    // Where services are plain it is the same octets, about to be written over by the prefix.
    const unit = protectedUnit === plain ? plain.slice() : protectedUnit;
    scratch.reset();
    this.wire.writePrefix(scratch);
    scratch.octets(unit);
    this.wire.send(scratch.view());
  }
}

function checkSize(octets: number, octetsMax: number): void {
  if (octets <= octetsMax) return;
  throw new ProtocolError(
    "xdlms/pdu-too-long",
    `the request has ${octets} octets, the meter takes ${octetsMax}`,
  );
}

function sessionClosed(cause?: DlmsError): SessionError {
  return new SessionError("session/closed", "the session has ended", { cause });
}
