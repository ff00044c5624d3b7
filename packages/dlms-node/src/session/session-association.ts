import {
  type AssociationInput,
  type AssociationOutcome,
  type AssociationProfile,
  type AssociationState,
  type AssociationTransition,
  closedAssociation,
  type PreEstablishedAssociation,
  preEstablishedOutcome,
  stepAssociation,
} from "@lectura/dlms/client";
import type { DlmsError } from "@lectura/dlms/octets";
import type { Clock } from "../clock.ts";
import { scratch } from "./scratch.ts";
import type { SessionWire } from "./session-wire.ts";

/** The association machine on its wire: opens it, releases it, takes its APDUs in between. */
export class SessionAssociation {
  /** APDUs that belonged to something earlier. */
  staleApdus = 0;
  readonly #wire: SessionWire;
  readonly #profile: AssociationProfile;
  readonly #responseMs: number;
  #state: AssociationState = closedAssociation;
  /** The opening, computed while the link is being opened: the meter takes its time, we use it. */
  #prepared: AssociationTransition | undefined;
  /** The opening or release that somebody waits for. */
  #step: PromiseWithResolvers<AssociationOutcome | undefined> | undefined;

  constructor(wire: SessionWire, profile: AssociationProfile, responseMs: number) {
    this.#wire = wire;
    this.#profile = profile;
    this.#responseMs = responseMs;
  }

  /** True while APDUs are for the association. */
  get pending(): boolean {
    return this.#step !== undefined;
  }

  /** Builds the AARQ ahead of time, unless it needs an invocation counter. */
  prepare(): void {
    const { protection, preEstablished } = this.#profile;
    if (protection !== undefined || preEstablished !== undefined) return;
    this.#prepared ??= stepAssociation(closedAssociation, { type: "open" }, this.#profile);
  }

  /** Opens the association on an open link; `undefined` when it was given up. */
  open(): Promise<AssociationOutcome | undefined> {
    this.#step = Promise.withResolvers();
    const opening = this.#step.promise;
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined) this.#take({ type: "open" });
    else this.#follow(prepared);
    return opening;
  }

  /** An association that is there without being opened. @throws {ProtocolError} the title's */
  adopt(association: PreEstablishedAssociation): AssociationOutcome {
    const { protection, referencing } = this.#profile;
    const { serverSystemTitle } = association;
    if (serverSystemTitle !== undefined) protection?.acceptServerSystemTitle(serverSystemTitle);
    return preEstablishedOutcome(association, referencing);
  }

  /** RLRQ, if there is something to release and the meter is free to listen. */
  async release(budgetMs: number, clock: Clock): Promise<void> {
    const idle = this.#wire.connected && this.#wire.link?.busy === false;
    if (this.#state.at !== "associated" || !idle || this.#profile.quirks.skipRelease) return;
    await this.#profile.protection?.reserve();
    this.#step = Promise.withResolvers();
    const releasing = this.#step.promise.catch(() => undefined);
    const bound = clock.timer(budgetMs, () => this.settle());
    this.#take({ type: "release" });
    await releasing;
    bound[Symbol.dispose]();
  }

  apdu(apdu: Uint8Array): void {
    this.#take({ type: "apdu", apdu });
  }

  /** The answer has not come. */
  overdue(): void {
    this.#take({ type: "silence" });
  }

  /** Ends the opening or release under way, for this reason if there is one. */
  settle(reason?: unknown, outcome?: AssociationOutcome): void {
    const step = this.#step;
    this.#step = undefined;
    if (reason === undefined) step?.resolve(outcome);
    else step?.reject(reason);
  }

  #take(input: AssociationInput): void {
    this.#follow(stepAssociation(this.#state, input, this.#profile));
  }

  #follow({ state, command }: AssociationTransition): void {
    this.#state = state;
    switch (command.type) {
      case "send":
        this.#wire.sensitive = command.sensitive;
        scratch.reset();
        this.#wire.writePrefix(scratch);
        scratch.octets(command.apdu);
        this.#wire.send(scratch.view());
        return;
      case "stale":
        this.staleApdus++;
        this.#wire.awaitAnswer(this.#responseMs);
        return;
      case "failed":
        this.#end(command.error);
        return;
      case "associated":
        this.#end(undefined, command.outcome);
        return;
      case "released":
        this.#end();
    }
  }

  #end(error?: DlmsError, outcome?: AssociationOutcome): void {
    this.#wire.sensitive = false;
    this.#wire.answered();
    this.settle(error, outcome);
  }
}
