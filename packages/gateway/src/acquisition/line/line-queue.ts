/** One piece of work for a line, waiting for its turn. */
export interface LineWork {
  readonly priority: "on-demand" | "scheduled";
  perform(): Promise<void>;
}

/** On-demand work waiting on one line; beyond, `submit` is refused with `line/queue-full`. */
export const onDemandQueuedMax = 32;
/** On-demand work in a row before the schedule gets one turn again. */
const onDemandInARowMax = 4;

/**
 * What waits for one line. On-demand work goes first, but not for ever; the schedule is first come,
 * first served, and since a meter has at most one poll waiting, that is a fair round.
 */
export class LineQueue {
  readonly #onDemand: LineWork[] = [];
  readonly #scheduled: LineWork[] = [];
  #inARow = 0;

  get size(): number {
    return this.#onDemand.length + this.#scheduled.length;
  }

  get isFull(): boolean {
    return this.#onDemand.length >= onDemandQueuedMax;
  }

  push(work: LineWork): void {
    (work.priority === "on-demand" ? this.#onDemand : this.#scheduled).push(work);
  }

  remove(work: LineWork): boolean {
    const queue = work.priority === "on-demand" ? this.#onDemand : this.#scheduled;
    const at = queue.indexOf(work);
    if (at !== -1) queue.splice(at, 1);
    return at !== -1;
  }

  /** Whatever goes next. */
  next(): LineWork | undefined {
    const urgent = this.nextOnDemand();
    if (urgent !== undefined) return urgent;
    this.#inARow = 0;
    return this.#scheduled.shift() ?? this.#onDemand.shift();
  }

  /** What may go before the next exchange of a poll that is under way. */
  nextOnDemand(): LineWork | undefined {
    if (this.#inARow >= onDemandInARowMax) return undefined;
    const work = this.#onDemand.shift();
    if (work !== undefined) this.#inARow++;
    return work;
  }

  /** A scheduled exchange went through: on-demand work may go first again. */
  scheduledExchanged(): void {
    this.#inARow = 0;
  }
}
