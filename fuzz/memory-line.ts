/** A line in memory that a fuzzer stands in the middle of, and a clock it moves. */
import { type Clock, type Port, PortError, type PortReceiver, sleepOn } from "@lectura/dlms-node";

/** Turns of the microtask queue that settle any chain of awaits here. */
const settleTurns = 40;

/** Lets promises run, without timers of the platform. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < settleTurns; turn++) await Promise.resolve();
}

interface Timer {
  readonly clock: StepClock;
  readonly dueMs: number;
  readonly fire: () => void;
}

/** Time that several clocks share: it moves from timer to timer, when it is told to. */
export class Timeline {
  nowMs = 0;
  readonly timers: Set<Timer> = new Set();

  /** Moves on by so much, timer by timer. */
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs;
    while (this.step(endMs));
    this.nowMs = endMs;
  }

  /** Moves to the timer that is due first, and fires it. False: none is due until then. */
  step(untilMs: number = Infinity): boolean {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    }
    if (first === undefined || first.dueMs > untilMs) return false;
    this.timers.delete(first);
    this.nowMs = first.dueMs;
    first.fire();
    return true;
  }
}

/** One side's clock on a timeline, so that its timers can be told from the other side's. */
export class StepClock implements Clock {
  readonly #line: Timeline;

  constructor(line: Timeline) {
    this.#line = line;
  }

  /** Timers of this side that are not due yet. */
  get pending(): number {
    return [...this.#line.timers].filter(({ clock }) => clock === this).length;
  }

  nowMs(): number {
    return 1_780_315_200_000 + this.#line.nowMs;
  }

  monotonicMs(): number {
    return this.#line.nowMs;
  }

  sleep(afterMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, afterMs, signal);
  }

  timer(afterMs: number, fire: () => void): Disposable {
    const { timers, nowMs } = this.#line;
    const timer: Timer = { clock: this, dueMs: nowMs + Math.max(0, afterMs), fire };
    timers.add(timer);
    return { [Symbol.dispose]: () => void timers.delete(timer) };
  }
}

/** One end of the line; what it sends waits until it is delivered. */
export class LineEnd implements Port {
  readonly label = "memory";
  /** What this end has sent and nobody has got. */
  readonly sent: Uint8Array[] = [];
  #receiver: PortReceiver | undefined;
  #closed = false;

  send(octets: Uint8Array): void {
    if (!this.#closed) this.sent.push(octets.slice());
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
  }

  /** Octets of their own, overwritten afterwards: who keeps a view is found out. */
  deliver(octets: Uint8Array): void {
    if (this.#closed) return;
    const own = octets.slice();
    this.#receiver?.receive(own);
    own.fill(0xee);
  }

  /** The far end has gone. */
  break(): void {
    this.#end(new PortError("tcp/closed", this.label, "closed by the far end"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end(undefined);
    return Promise.resolve();
  }

  #end(error: PortError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver?.closed(error);
  }
}
