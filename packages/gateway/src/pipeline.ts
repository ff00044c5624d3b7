/**
 * The product in one picture:
 *
 *     meter > octets > frame > APDU > COSEM data > RawRead > Reading > journal + outbox > sinks
 *             `------------ acquisition -----------'  `- readings -'  `--- store ---'
 *
 * Acquisition hands in what one poll of one meter gave; it is journaled, with one outbox row for
 * each sink, in one commit; then the sinks' drains are told. When the store cannot take anything (full
 * disk, read-only), polling stops until it can: nothing is read that could not be kept.
 */
import { unitSymbol } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import type { Clock } from "@lectura/dlms-node";
import type { RecordIntake } from "./acquisition/meter-parts.ts";
import type { StreamItem } from "./control/control.ts";
import type { Happening } from "./observe/event-book.ts";
import type { PollRecord } from "./readings/reading.ts";
import { valueText } from "./readings/value-text.ts";
import type { Store } from "./store/store.ts";

export interface PipelineParts {
  readonly store: Pick<Store, "append">;
  readonly clock: Clock;
  /** Sinks that are to get a meter's readings, paused ones too: theirs wait in the outbox. */
  readonly sinksOf: (meterId: number) => readonly number[];
  /** A record and its outbox rows are on disk: the drains look again. */
  readonly committed: (record: PollRecord) => void;
  /** The store takes records again. */
  readonly resumed: () => void;
  readonly meterName: (meterId: number) => string | undefined;
  readonly publish: (item: StreamItem) => void;
  readonly isHeard: () => boolean;
  readonly tell: (happening: Happening) => void;
}

/** Records waiting in memory for a store that failed; more are refused, counted not journaled. */
const waitingMax = 10_000;
/** How often a failed store is tried again, with the oldest record that waits. */
const storeRetryMs = 2_000;

interface Waiting {
  readonly record: PollRecord;
  readonly settle: (journaled: number) => void;
}

export class Pipeline implements RecordIntake {
  readonly #parts: PipelineParts;
  readonly #waiting: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #blockedBy: string | undefined;
  #retry: Disposable | undefined;
  #stopped = false;
  #journaled = 0;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  get accepting(): boolean {
    return this.#blockedBy === undefined && !this.#stopped;
  }

  /** Stable code of what keeps the store from taking records. */
  get blockedBy(): string | undefined {
    return this.#blockedBy;
  }

  /** Readings on disk since the start. */
  get journaled(): number {
    return this.#journaled;
  }

  accept(record: PollRecord): Promise<number> {
    return new Promise((settle) => {
      const waiting: Waiting = { record, settle };
      if (this.#blockedBy !== undefined) this.#queue(waiting);
      else this.#begin(waiting);
    });
  }

  /** Gives the store a last chance to take what waits; what it refuses is not journaled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.[Symbol.dispose]();
    await Promise.all(this.#underWay);
    for (const waiting of this.#waiting.splice(0)) await this.#append(waiting);
  }

  #begin(waiting: Waiting): void {
    const appended = this.#append(waiting).finally(() => this.#underWay.delete(appended));
    this.#underWay.add(appended);
  }

  async #append(waiting: Waiting): Promise<void> {
    const error = await this.#commit(waiting);
    if (error === undefined) return;
    this.#block(error);
    this.#queue(waiting);
  }

  /** Undefined when the record is on disk; else why it is not. */
  async #commit({ record, settle }: Waiting): Promise<Error | undefined> {
    const { store, sinksOf, committed } = this.#parts;
    try {
      const receipt = await store.append(record, sinksOf(record.meterId));
      this.#journaled += receipt.readings;
      settle(receipt.readings);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    committed(record);
    this.#publish(record);
    return undefined;
  }

  #queue(waiting: Waiting): void {
    if (this.#stopped || this.#waiting.length >= waitingMax) waiting.settle(0);
    else this.#waiting.push(waiting);
  }

  #block(error: Error): void {
    if (this.#blockedBy !== undefined || this.#stopped) return;
    const code = error instanceof DlmsError ? error.code : "store/failed";
    this.#blockedBy = code;
    const message = `nothing can be stored, so nothing is read: ${error.message}`;
    this.#parts.tell({ code, severity: "critical", message });
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retry = this.#parts.clock.timer(storeRetryMs, () => void this.#tryAgain());
  }

  /** One record alone tells whether the store is back; then the others follow in their order. */
  async #tryAgain(): Promise<void> {
    while (!this.#stopped) {
      const oldest = this.#waiting[0];
      if (oldest === undefined) break;
      if ((await this.#commit(oldest)) !== undefined) {
        this.#retryLater();
        return;
      }
      this.#waiting.shift();
    }
    if (this.#stopped) return;
    this.#blockedBy = undefined;
    const message = "the store takes readings again; reading goes on";
    this.#parts.tell({ code: "store/recovered", severity: "info", message });
    this.#parts.resumed();
  }

  #publish(record: PollRecord): void {
    if (!this.#parts.isHeard()) return;
    const meter = this.#parts.meterName(record.meterId) ?? String(record.meterId);
    for (const reading of record.readings) {
      const { key, obis, measuredAt, receivedAt, origin, quality } = reading;
      const value = valueText(reading.value);
      const unit = unitSymbol(reading.unit);
      const times = { measuredAt, receivedAt, origin, quality };
      this.#parts.publish({ type: "reading", meter, key, obis, value, unit, ...times });
    }
  }
}
