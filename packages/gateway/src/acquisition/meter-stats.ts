/** Counts of one meter since the gateway started. */
export interface MeterCounts {
  readonly cycles: { readonly scheduled: number; readonly ok: number; readonly failed: number };
  readonly readings: { readonly scheduled: number; readonly journaled: number };
  readonly requests: number;
  readonly reconnects: number;
  /** Ticks that came while the poll before was still under way. */
  readonly overruns: number;
}

/**
 * A cycle is one tick of the cadence. It is ok when every item asked for was answered before the
 * next tick, at once or by a retry; else it failed. scheduled = ok + failed + the open one.
 */
export class MeterStats {
  #scheduled = 0;
  #ok = 0;
  #failed = 0;
  #readingsScheduled = 0;
  #openReadings: number | undefined;
  /** Readings that attempts of the open cycle have brought, at most as many as were due. */
  #broughtReadings = 0;
  readingsJournaled = 0;
  requests = 0;
  reconnects = 0;
  overruns = 0;

  /** Whether a cycle waits for its poll. */
  get isOpen(): boolean {
    return this.#openReadings !== undefined;
  }

  open(readings: number): void {
    this.close(false);
    this.#scheduled++;
    this.#readingsScheduled += readings;
    this.#openReadings = readings;
    this.#broughtReadings = 0;
  }

  /** A tick, or several, that no poll was started for. */
  skip(cycles: number, readingsEach: number): void {
    this.#scheduled += cycles;
    this.#failed += cycles;
    this.#readingsScheduled += cycles * readingsEach;
  }

  close(ok: boolean): void {
    if (this.#openReadings === undefined) return;
    this.#openReadings = undefined;
    if (ok) this.#ok++;
    else this.#failed++;
  }

  /** The open cycle never happened: the gateway stops or the meter was paused before its poll. */
  withdraw(): void {
    if (this.#openReadings === undefined) return;
    this.#scheduled--;
    this.#readingsScheduled -= this.#openReadings - this.#broughtReadings;
    this.#openReadings = undefined;
  }

  /**
   * Readings an attempt brought, to be journaled. Those of a withdrawn cycle were due after all,
   * and so were those that a retry brings once more: nothing is journaled that was not scheduled.
   */
  brought(readings: number): void {
    const due = this.#openReadings === undefined ? 0 : this.#openReadings - this.#broughtReadings;
    this.#broughtReadings += Math.min(due, readings);
    this.#readingsScheduled += Math.max(0, readings - due);
  }

  snapshot(): MeterCounts {
    return {
      cycles: { scheduled: this.#scheduled, ok: this.#ok, failed: this.#failed },
      readings: { scheduled: this.#readingsScheduled, journaled: this.readingsJournaled },
      requests: this.requests,
      reconnects: this.reconnects,
      overruns: this.overruns,
    };
  }
}
