import { type DlmsError, fromHex } from "@lectura/dlms/octets";
import type { ReplayWindows } from "@lectura/dlms/security";
import type { EventSeverity } from "../../store/store.ts";
import type { Meter, PlanItem } from "../../registry/model.ts";
import type { LineOwner, Turn } from "../line/line-owner.ts";
import {
  closeMeterSession,
  type MeterSession,
  type OpenAttempt,
  openMeterSession,
} from "../line/meter-session.ts";
import { loadFacts, MeterFacts } from "../meter-facts.ts";
import type { AcquisitionParts } from "../meter-parts.ts";
import { ParkedObjects, parkedMs } from "../recovery/parked-objects.ts";
import { changeMeterKeys, type MeterKeyChange } from "../security/change-meter-keys.ts";
import { SeenCounters } from "../security/seen-counters.ts";
import { type Digest, digest } from "./digest.ts";
import { poll, type PollResult } from "./poll.ts";
import { ScalerCache } from "./scaler-cache.ts";
import { wantedOf } from "./wanted.ts";

/** How often it is checked that this is still the same meter; also after every broken session. */
const identityMs = 24 * 3_600_000;
/** Polls in which a list broke the session and singles then worked, before lists are given up. */
const listSilencesMax = 2;

/** Whether a meter has taken the keys it was sent. */
export type KeyOutcome = "changed" | "unchanged";

/** One attempt to read: what came, made sense of. `result.error` when it broke. */
export interface ReadAttempt {
  readonly result: PollResult;
  readonly digest: Digest;
}

/**
 * Reads one meter: keeps its session, its scalers, and what it learned about it. Knows nothing of
 * schedules and waits. Every method is called inside a turn of the line.
 */
export class MeterReader {
  readonly #parts: AcquisitionParts;
  readonly #line: LineOwner;
  readonly #parked = new ParkedObjects();
  readonly #mismatched = new Set<string>();
  #meter: Meter;
  #facts = new MeterFacts(new Map(), () => {});
  #scalers = new ScalerCache();
  #session: MeterSession | undefined;
  readonly #seen = new SeenCounters();
  /** How the last change of keys ended. */
  #keyOutcome: KeyOutcome | undefined;
  /** Monotonic; 0 asks with the next poll. */
  #identityDueMs = 0;
  #listSilences = 0;
  #listSuspect = false;

  constructor(meter: Meter, line: LineOwner, parts: AcquisitionParts) {
    this.#meter = meter;
    this.#line = line;
    this.#parts = parts;
  }

  set meter(meter: Meter) {
    this.#meter = meter;
  }

  /** An association is open and was not closed by the other side. */
  get isOpen(): boolean {
    return this.#session !== undefined && !this.#session.session.closed && !this.#isSpent;
  }

  /** The meter gives an association so many requests, and another poll would go beyond. */
  get #isSpent(): boolean {
    const { requestsMax } = this.#meter.association.settings ?? {};
    if (requestsMax === undefined) return false;
    const used = this.#session?.session.counters.requests ?? 0;
    // Values, scalers and the identity one by one: a list needs less.
    const wanted = 2 * this.#meter.plan.items.length + 1;
    return used > 0 && used + wanted > requestsMax;
  }

  get holdsSession(): boolean {
    return this.#session !== undefined;
  }

  /** What link and association agreed on: "hdlc, 1/17 (4), max PDU 1024". */
  get agreement(): string {
    const negotiated = this.#session?.session.negotiated;
    if (negotiated === undefined) return "";
    const { address, framing, maxPduOctets } = negotiated;
    const where = address === undefined ? "" : `, ${address.upper}/${address.lower}`;
    const size = address === undefined ? "" : ` (${address.size})`;
    return `${framing}${where}${size}, max PDU ${maxPduOctets}`;
  }

  get roundTrips(): number {
    return this.#session?.session.counters.roundTrips ?? 0;
  }

  /** Scalers and facts of earlier runs. Never rejects: without them it reads a little more. */
  async load(): Promise<ReadonlyMap<string, string>> {
    const { store } = this.#parts;
    const { id } = this.#meter;
    const failed = (error: unknown): void =>
      this.#parts.onInternal(`what is known of meter ${id} could not be read or kept`, error);
    const [saved, loaded] = await Promise.all([
      store.scalers(id).catch((error: unknown) => {
        failed(error);
        return [];
      }),
      loadFacts(store, id, failed),
    ]);
    this.#scalers = new ScalerCache(saved);
    this.#facts = loaded.facts;
    return loaded.recalled;
  }

  /** How many items a poll asks for now: those that are not parked. */
  activeItems(): number {
    const nowMs = this.#parts.clock.monotonicMs();
    return this.#meter.plan.items.filter((item) => !this.#parked.isParked(item.key, nowMs)).length;
  }

  /** @throws {DlmsError} whatever keeps the association from opening. */
  async open(turn: Turn, signal: AbortSignal, attempt: OpenAttempt): Promise<void> {
    if (this.isOpen) return;
    await this.close(turn);
    const { wire, clock, credentials, counters, keyStore } = this.#parts;
    const { id, association } = this.#meter;
    const { clientSystemTitle } = association.security ?? {};
    const keyName =
      clientSystemTitle === undefined
        ? undefined
        : (await credentials(id)).counterName(fromHex(clientSystemTitle));
    this.#session = await openMeterSession({
      meter: this.#meter,
      line: this.#line,
      facts: this.#facts,
      turn,
      wire,
      clock,
      signal,
      credentials,
      counters,
      windows: this.#seen.windows(keyName, this.#facts),
      keyStore,
      onKeys: (outcome, windows) => this.#settleKeys(outcome, windows),
      onCounter: (next, why) => this.#tellCounter(next, why),
      attempt,
    });
  }

  /**
   * Gives the meter new keys and opens the association that proves them.
   * @throws {KeyChangeError} what cannot be, or is refused; {DlmsError} pending then
   */
  async changeKeys(turn: Turn, signal: AbortSignal, change: MeterKeyChange): Promise<KeyOutcome> {
    const attempt = { repeat: true, onDemand: true };
    await this.open(turn, signal, attempt);
    const { session } = this.#session!;
    const { keyStore, counters, credentials } = this.#parts;
    const { id, association } = this.#meter;
    const known = await credentials(id);
    const { suite = 0, clientSystemTitle = "" } = association.security ?? {};
    await changeMeterKeys(change, {
      session: { action: (...call) => turn.exchange(() => session.action(...call)) },
      store: keyStore(id),
      suite,
      counters,
      counterName: (key) => known.counterName(fromHex(clientSystemTitle), key),
      signal,
    });
    await this.close(turn);
    this.#keyOutcome = undefined;
    await this.open(turn, signal, attempt);
    return this.#keyOutcome ?? "changed";
  }

  /** Reads items on the open session. Rejects only with our own bugs. */
  async read(
    turn: Turn,
    signal: AbortSignal,
    items: readonly PlanItem[] = this.#meter.plan.items,
  ): Promise<ReadAttempt> {
    const { clock } = this.#parts;
    const { session } = this.#session!;
    const onDemand = items !== this.#meter.plan.items;
    const monotonicMs = clock.monotonicMs();
    const wanted = wantedOf({
      items,
      scalers: this.#scalers,
      parked: onDemand ? new ParkedObjects() : this.#parked,
      identity: !onDemand && monotonicMs >= this.#identityDueMs,
      nowMs: clock.nowMs(),
      monotonicMs,
    });
    const useList = this.#mayList(session.negotiated.conformance);
    const nowMs = (): number => clock.nowMs();
    const exchange = <T>(run: () => Promise<T>): Promise<T> => turn.exchange(run);
    const result = await poll({ session, wanted, useList, signal, nowMs, exchange });
    this.#seen.keep(this.#facts, false);
    this.#judgeList(result, useList);
    const digested = digest(this.#meter, result, this.#scalers);
    this.#keepScalers(digested);
    if (!onDemand) {
      this.#judgeIdentity(result, digested);
      this.#judgeItems(digested);
    }
    return { result, digest: digested };
  }

  /** Releases the association. The next poll after a broken session checks the identity again. */
  async close(turn: Turn, broken = false): Promise<void> {
    const open = this.#session;
    this.#session = undefined;
    if (broken) this.#identityDueMs = 0;
    if (open === undefined) return;
    await closeMeterSession(open, this.#line, turn);
    this.#seen.keep(this.#facts, true);
  }

  /** A person asked: the meter may begin its counters anew. */
  forgetCounters(): void {
    this.#seen.forget(this.#facts);
  }

  /** Framing and address form did not lead anywhere: look for them again. */
  forgetAddress(): void {
    this.#facts.forgetAddress();
  }

  /** `meter restart`: as if it had never been read. */
  async forget(): Promise<void> {
    this.#parked.clear();
    this.#mismatched.clear();
    this.#facts.forgetAddress();
    this.#facts.allowList();
    this.#listSuspect = false;
    this.#identityDueMs = 0;
    this.#scalers.clear();
    await this.#parts.store.clearScalers(this.#meter.id);
  }

  /** The plan changed: what was parked or flagged may be another object now. */
  planChanged(): void {
    this.#parked.clear();
    this.#mismatched.clear();
  }

  #settleKeys(outcome: KeyOutcome, windows: ReplayWindows): void {
    this.#seen.replace(windows);
    this.#keyOutcome = outcome;
    const message =
      outcome === "changed"
        ? "the meter has proved its new keys; they are in force"
        : "the meter has not taken its new keys; the old ones are in force";
    this.#tell(`meter/keys-${outcome}`, outcome === "changed" ? "info" : "warning", message);
  }

  #tellCounter(next: number, why: "unknown" | "refused"): void {
    const cause = why === "unknown" ? "it was not known" : "the meter refused ours";
    const message = `the invocation counter was asked for (${cause}); it goes on at ${next}`;
    this.#tell("meter/counter-read", "info", message);
  }

  #mayList(conformance: ReadonlySet<string>): boolean {
    if (this.#meter.association.quirks.noGetWithList === true || this.#listSuspect) return false;
    return (
      conformance.has("multiple-references") && !this.#facts.listRefused(this.#parts.clock.nowMs())
    );
  }

  /**
   * A list that failed while singles work is a refusal, said or unsaid; conformance is advice. An
   * answer settles it at once; silence, which may have another cause, has to happen twice.
   */
  #judgeList(result: PollResult, useList: boolean): void {
    const { listFailure, error } = result;
    if (listFailure === undefined) {
      if (useList && error === undefined) this.#listSilences = 0;
      else if (this.#listSuspect && error === undefined) {
        this.#listSuspect = false;
        if (++this.#listSilences >= listSilencesMax) this.#giveUpLists("silence");
      }
      return;
    }
    if (error === undefined && isAnswer(listFailure)) this.#giveUpLists(listFailure.code);
    else if (listFailure.recovery !== "retry-request") this.#listSuspect = true;
  }

  #giveUpLists(why: string): void {
    this.#listSilences = 0;
    this.#facts.refuseList(this.#parts.clock.nowMs());
    this.#tell(
      "meter/list-refused",
      "info",
      `GET-with-list is refused (${why}); reading one by one`,
    );
  }

  #keepScalers({ scalersLearned }: Digest): void {
    if (scalersLearned.length === 0) return;
    const { store, onInternal } = this.#parts;
    store.saveScalers(this.#meter.id, scalersLearned).catch((error: unknown) => {
      onInternal(`scalers of meter ${this.#meter.id} could not be saved`, error);
    });
  }

  /** Another device behind the same address has other scalers: nothing cached is true any more. */
  #judgeIdentity(result: PollResult, { identity }: Digest): void {
    const asked = result.answers.some(({ wanted }) => wanted.part === "identity");
    if (!asked) return;
    this.#identityDueMs = this.#parts.clock.monotonicMs() + identityMs;
    const known = this.#facts.identity;
    if (identity === undefined || identity === known) return;
    this.#facts.identity = identity;
    if (known === undefined) return;
    this.#scalers.clear();
    this.planChanged();
    this.#parts.store.clearScalers(this.#meter.id).catch((error: unknown) => {
      this.#parts.onInternal(`scalers of meter ${this.#meter.id} could not be cleared`, error);
    });
    const message = "another device answers at this address; its scalers are read again";
    this.#tell("meter/identity-changed", "warning", message);
  }

  #judgeItems({ readings, failures }: Digest): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const { key, unit, quality } of readings) {
      this.#parked.answered(key);
      if (!quality.includes("unit-mismatch")) this.#mismatched.delete(key);
      else if (!this.#mismatched.has(key)) {
        this.#mismatched.add(key);
        const message = `${key} has unit ${unit}, the plan expects another; kept as the meter says`;
        this.#tell("meter/unit-mismatch", "warning", message);
      }
    }
    for (const { key, obis, code } of failures) {
      if (!this.#parked.refused(key, code, nowMs)) continue;
      const hours = parkedMs / 3_600_000;
      const message = `${key} (${obis}) answered ${code} again and again; parked for ${hours} h`;
      this.#tell("meter/object-parked", "warning", message);
    }
  }

  #tell(code: string, severity: EventSeverity, message: string): void {
    this.#parts.onEvent({ code, severity, meterId: this.#meter.id, message });
  }
}

/** The meter said something to the list, if only that it does not know it. */
function isAnswer(failure: DlmsError): boolean {
  return failure.code.startsWith("xdlms/");
}
