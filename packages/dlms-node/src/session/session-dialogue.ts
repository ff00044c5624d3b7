import {
  type AssociationOutcome,
  type AssociationProfile,
  type Exchange,
  type ExchangeContext,
  exchangeContext,
  requestOctet,
} from "@lectura/dlms/client";
import type { DlmsError } from "@lectura/dlms/octets";
import type { Clock } from "../clock.ts";
import type { Port } from "../ports/port.ts";
import { SessionAssociation } from "./session-association.ts";
import { SessionError } from "./session-error.ts";
import { type ExchangesOptions, SessionExchanges } from "./session-exchanges.ts";
import { SessionJob } from "./session-job.ts";
import { SessionUnsolicited, type UnsolicitedOptions } from "./session-unsolicited.ts";
import { SessionWire, type WireOwner } from "./session-wire.ts";
import type { RequestOptions } from "./session.ts";

/** What a dialogue is had with, and how long its steps may take. */
export interface DialogueOptions extends ExchangesOptions, UnsolicitedOptions {
  readonly port: Port;
  readonly clock: Clock;
  /** Release, disconnect and close together. */
  readonly releaseMs: number;
  /** The port stays open when the session ends. */
  readonly portIsBorrowed: boolean;
  readonly requestsMax: number | undefined;
}

/**
 * Association and requests over one wire, from the first APDU to the end. What comes from the
 * meter goes to the association until it is open, then to the exchange under way; what belongs to
 * neither came unasked.
 */
export class SessionDialogue implements WireOwner {
  readonly wire: SessionWire;
  readonly clock: Clock;
  readonly releaseMs: number;
  readonly portIsBorrowed: boolean;
  requests = 0;
  readonly association: SessionAssociation;
  readonly #exchanges: SessionExchanges;
  readonly #unsolicited: SessionUnsolicited;
  readonly #profile: AssociationProfile;
  /** Also in the profile; here because every request looks at it. */
  readonly #invokeFlags: number;
  readonly #requestsMax: number;
  #context: ExchangeContext | undefined;
  #invokeId = 0;
  #failure: DlmsError | undefined;

  constructor(options: DialogueOptions) {
    this.#profile = options.profile;
    this.#invokeFlags = requestOctet(0, options.profile.quirks);
    this.clock = options.clock;
    this.releaseMs = options.releaseMs;
    this.portIsBorrowed = options.portIsBorrowed;
    this.#requestsMax = options.requestsMax ?? Number.POSITIVE_INFINITY;
    this.wire = new SessionWire(options.port, this, options.clock, options.observer);
    this.association = new SessionAssociation(this.wire, options.profile, options.responseMs);
    this.#unsolicited = new SessionUnsolicited(options);
    this.#exchanges = new SessionExchanges(this.wire, this.#unsolicited, options);
  }

  /** Why nothing can be asked any more; `undefined` while something can. */
  get failure(): DlmsError | undefined {
    return this.#failure;
  }

  /** Answers that came after their time and were given to nobody. */
  get lateReplies(): number {
    return this.#exchanges.lateReplies + this.association.staleApdus;
  }

  /** Units of requests that were sent. */
  get roundTrips(): number {
    return this.#exchanges.sender.roundTrips;
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
    const { preEstablished, protection } = this.#profile;
    await protection?.reserve();
    if (this.#failure !== undefined) throw this.#failure;
    const outcome =
      preEstablished === undefined
        ? await this.association.open()
        : this.association.adopt(preEstablished);
    if (outcome === undefined) throw sessionClosed();
    this.#context = exchangeContext(outcome, this.#profile);
    this.#exchanges.open(this.#context, outcome.maxPduOctets);
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
    this.#exchanges.end(reason);
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
      this.requests++;
      this.#exchanges.enter(new SessionJob(exchange, options, resolve, reject) as SessionJob);
    });
  }

  // What the wire tells.

  apdu(octets: Uint8Array, start: number, end: number): void {
    if (this.association.pending) this.association.apdu(octets.subarray(start, end));
    else if (!this.#exchanges.apdu(octets, start, end)) this.unasked(octets.subarray(start, end));
  }

  unasked(apdu: Uint8Array): void {
    this.#unsolicited.tell(apdu, this.#profile.protection);
  }

  acknowledged(): void {
    this.#exchanges.acknowledged();
  }

  silent(): boolean {
    return !this.association.pending && this.#exchanges.silent();
  }

  overdue(): void {
    if (this.association.pending) this.association.overdue();
    else this.#exchanges.overdue();
  }

  lost(error: DlmsError): void {
    this.#exchanges.linkLost();
    this.end(error);
    this.association.settle(error);
  }
}

function requestsExhausted(requestsMax: number): SessionError {
  const detail = `this association may have ${requestsMax} requests`;
  return new SessionError("session/requests-exhausted", detail);
}

function sessionClosed(cause?: DlmsError): SessionError {
  return new SessionError("session/closed", "the session has ended", { cause });
}
