import { ReplayWindows } from "@lectura/dlms/security";
import type { MeterFacts } from "../meter-facts.ts";

/** Counters that may come again after a kill; a release keeps the last one exactly. */
const unkeptCountersMax = 64;

/**
 * Counters a meter has used under its unicast key: what comes again is a replay, in this process
 * and in the next. Keys of one association and broadcast keys are of this process alone.
 */
export class SeenCounters {
  #windows = new ReplayWindows();
  /** Of the key in use; undefined: nothing is ciphered. */
  #name: string | undefined;
  #kept = -1;

  /** For the association to be opened under the key of that name. */
  windows(name: string | undefined, facts: MeterFacts): ReplayWindows {
    if (name === this.#name) return this.#windows;
    // Another key, which somebody has stored: what was seen under the one before says nothing.
    if (this.#name !== undefined) this.#windows = new ReplayWindows();
    this.#name = name;
    const last = name === undefined ? undefined : facts.lastCounter(name);
    this.#kept = last ?? -1;
    if (last !== undefined && this.#windows.of("unicast").last === undefined) {
      this.#windows.restart("unicast", last);
    }
    return this.#windows;
  }

  /** Another key is in force: it counts in windows of its own. */
  replace(windows: ReplayWindows): void {
    this.#windows = windows;
    this.#name = undefined;
  }

  /** Keeps where the meter is, now and then, or exactly at the end of an association. */
  keep(facts: MeterFacts, exactly: boolean): void {
    const { last } = this.#windows.of("unicast");
    if (this.#name === undefined || last === undefined) return;
    if (last - this.#kept < (exactly ? 1 : unkeptCountersMax)) return;
    this.#kept = last;
    facts.keepCounter(this.#name, last);
  }

  /** A person asked: the meter may begin anew. */
  forget(facts: MeterFacts): void {
    this.replace(new ReplayWindows());
    facts.keepCounter("", undefined);
  }
}
