import type { Clock, Port } from "@lectura/dlms-node";
import { GatewayError } from "../../errors.ts";
import { modeEOf } from "../../registry/line-endpoint.ts";
import type { Line } from "../../registry/model.ts";
import { ReconnectBudget } from "../recovery/backoff.ts";
import {
  afterFailure,
  afterPerson,
  afterSuccess,
  type Failure,
  type Health,
  type HealthEvent,
} from "../recovery/health.ts";
import { failureOf } from "../recovery/failure.ts";
import type { SharedPort, Wire } from "../wire.ts";
import { LineDownError } from "./line-down-error.ts";
import { LineQueue, type LineWork } from "./line-queue.ts";
import { onLine, watchPort } from "./watch-port.ts";

/**
 * Silence after which a session is released instead of kept: converters close an idle client after
 * 30 s. Learned downwards when an endpoint closes earlier.
 */
export const keepIdleMsMax = 20_000;

/** One holder's right to the line, for as long as its work is performed. */
export interface Turn {
  /**
   * Runs one exchange: waits the line's gap, and in a scheduled turn lets on-demand work go first.
   * On-demand work therefore waits for at most one exchange of the schedule: the response time-out
   * times the repeats, or one session opening.
   */
  exchange<T>(run: () => Promise<T>): Promise<T>;
}

export interface LineOwnerParts {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: (event: HealthEvent) => void;
}

/**
 * The one owner of one endpoint. Everything that wants the wire waits here; exactly one exchange is
 * under way at any time. The stream is opened for the first session and closed after the last.
 */
export class LineOwner {
  readonly #parts: LineOwnerParts;
  readonly #queue = new LineQueue();
  readonly #budget: ReconnectBudget;
  /** Meters that may use this line now, and those that did not answer since it was opened. */
  readonly #members = new Set<number>();
  readonly #silent = new Set<number>();
  #line: Line;
  #health: Health = { at: "good" };
  #port: { readonly port: Port; readonly shared: SharedPort } | undefined;
  readonly #leases = new Set<Port>();
  #pumping = false;
  #exchanging = false;
  #exchangedAtMs = -Infinity;
  #keepIdleMs = keepIdleMsMax;
  #stopped = false;

  constructor(line: Line, parts: LineOwnerParts) {
    this.#line = line;
    this.#parts = parts;
    this.#budget = new ReconnectBudget(parts.clock.monotonicMs());
  }

  get line(): Line {
    return this.#line;
  }

  /** Name and pauses may change under an open line; another endpoint is another line owner. */
  set line(line: Line) {
    this.#line = line;
  }

  get health(): Health {
    return this.#health;
  }

  /** Monotonic ms before which no session can be opened; 0 when the line is usable. */
  get closedUntilMs(): number {
    return this.#health.at === "failing" && this.#port === undefined
      ? this.#health.nextAttemptAt
      : 0;
  }

  /** 0: sessions are not kept. A sign-on is one meter's: the next one's would find no line free. */
  get keepIdleMs(): number {
    return this.#isOneAtATime && this.#members.size > 1 ? 0 : this.#keepIdleMs;
  }

  /** Mode E sets the line for one meter, until its link is closed. */
  get #isOneAtATime(): boolean {
    return modeEOf(this.#line.endpoint) !== undefined;
  }

  /** Who has dialled in stays: it may be long before it calls again. */
  get #staysOpen(): boolean {
    return this.#line.endpoint.kind === "listen" && !this.#stopped;
  }

  join(meterId: number): void {
    this.#members.add(meterId);
  }

  leave(meterId: number): void {
    this.#members.delete(meterId);
    this.#silent.delete(meterId);
  }

  /**
   * Performs `work` when it is its turn. Rejects with the work's error, or with the signal's reason
   * when it is aborted while it waits; running work listens to the signal itself.
   */
  submit<T>(
    priority: LineWork["priority"],
    signal: AbortSignal,
    work: (turn: Turn) => Promise<T>,
  ): Promise<T> {
    const { name } = this.#line;
    if (this.#stopped) {
      return Promise.reject(
        new GatewayError("line/stopped", `line ${name} is stopped`, { params: { name } }),
      );
    }
    if (priority === "on-demand" && this.#queue.isFull) {
      const detail = `line ${name} has too much work waiting; try again in a moment`;
      return Promise.reject(new GatewayError("line/queue-full", detail, { params: { name } }));
    }
    return new Promise<T>((resolve, reject) => {
      const aborted = (): void => {
        if (this.#queue.remove(entry)) reject(signal.reason as Error);
      };
      const entry: LineWork = {
        priority,
        perform: async () => {
          signal.removeEventListener("abort", aborted);
          await work(this.#turn(priority)).then(resolve, reject);
        },
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener("abort", aborted, { once: true });
      this.#queue.push(entry);
      void this.#pump();
    });
  }

  /**
   * A lease on the line's stream, which is opened when it is not. Only inside a turn; give it back
   * with `release`.
   * @throws {LineDownError} the line waits for its next attempt, or this attempt failed (`cause`).
   */
  async lease(signal: AbortSignal, onDemand = false): Promise<Port> {
    this.#port ??= await this.#open(signal, onDemand);
    const lease = onLine(this.#port.shared.lease(), this.#port.port);
    this.#leases.add(lease);
    return lease;
  }

  async release(lease: Port): Promise<void> {
    this.#leases.delete(lease);
    await lease[Symbol.asyncDispose]();
  }

  /** A meter answered: the line is good. */
  answered(meterId: number): void {
    this.#silent.delete(meterId);
    if (this.#health.at !== "good") this.#step(afterSuccess(this.#health, "line"));
  }

  /**
   * A meter's attempt failed. True when the line itself is down: its stream ended, or none of its
   * meters answers any more. The line is then closed and waits; the meter waits for the line.
   */
  async failed(meterId: number, failure: Failure): Promise<boolean> {
    if (failure.recovery === "reopen-line" || failure.code.startsWith("line/")) {
      this.#silent.add(meterId);
    }
    const allSilent = [...this.#members].every((member) => this.#silent.has(member));
    const streamGone = this.#port === undefined && failure.recovery === "reopen-line";
    if (!streamGone && !(allSilent && this.#silent.has(meterId))) return false;
    this.#fail(failure);
    await this.close();
    return true;
  }

  /** A person asked: no wait, one attempt now. */
  forgive(): void {
    this.#step(afterPerson(this.#health));
  }

  async close(): Promise<void> {
    const open = this.#port;
    this.#port = undefined;
    this.#leases.clear();
    this.#silent.clear();
    if (open !== undefined) await open.port[Symbol.asyncDispose]();
  }

  /** Nothing more is accepted; the stream is closed once the work under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#pumping) await this.close();
  }

  #turn(priority: LineWork["priority"]): Turn {
    return {
      exchange: async (run) => {
        if (priority === "scheduled" && !this.#isOneAtATime) await this.#performOnDemand();
        await this.#gap();
        this.#exchanging = true;
        try {
          return await run();
        } finally {
          this.#exchanging = false;
          this.#exchangedAtMs = this.#parts.clock.monotonicMs();
          if (priority === "scheduled") this.#queue.scheduledExchanged();
        }
      },
    };
  }

  async #performOnDemand(): Promise<void> {
    for (let work = this.#queue.nextOnDemand(); work !== undefined;) {
      await work.perform();
      work = this.#queue.nextOnDemand();
    }
  }

  async #gap(): Promise<void> {
    const { clock } = this.#parts;
    const waitMs = this.#exchangedAtMs + this.#line.gapMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs, new AbortController().signal);
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (;;) {
      const work = this.#queue.next();
      if (work !== undefined) await work.perform();
      else if (this.#port !== undefined && this.#leases.size === 0 && !this.#staysOpen) {
        await this.close();
      } else if (this.#port !== undefined && this.#stopped) {
        await this.close();
      } else break;
    }
    this.#pumping = false;
  }

  async #open(signal: AbortSignal, onDemand: boolean): Promise<{ port: Port; shared: SharedPort }> {
    const { wire, clock } = this.#parts;
    const { name, endpoint, connectTimeoutMs } = this.#line;
    const nowMs = clock.monotonicMs();
    if (this.#health.at === "failing") {
      const { nextAttemptAt, code } = this.#health;
      const tooEarly = nowMs < nextAttemptAt && !onDemand;
      if (tooEarly || !this.#budget.take(nowMs)) {
        const until = Math.max(nextAttemptAt, this.#budget.availableAt(nowMs));
        throw new LineDownError(name, code, until);
      }
    }
    try {
      const opened = await wire.openPort({ line: name, endpoint, connectTimeoutMs, signal });
      const watched = watchPort(opened, () => this.#streamEnded(watched));
      return { port: watched, shared: wire.sharePort(watched) };
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = failureOf(error);
      this.#fail(failure);
      throw new LineDownError(name, failure.code, this.closedUntilMs, { cause: error });
    }
  }

  /** The stream ended by itself. Between exchanges that is a converter's idle time-out: learn it. */
  #streamEnded(port: Port): void {
    if (this.#port?.port !== port) return;
    this.#port = undefined;
    this.#leases.clear();
    if (this.#exchanging || this.#pumping || this.#line.endpoint.kind !== "tcp") return;
    const idleMs = this.#parts.clock.monotonicMs() - this.#exchangedAtMs;
    this.#keepIdleMs = Math.min(this.#keepIdleMs, Math.floor(idleMs * 0.8));
    const message = `the endpoint closed an idle stream after ${Math.round(idleMs / 1000)} s`;
    this.#parts.onEvent({ code: "line/idle-closed", severity: "info", message });
  }

  #fail(failure: Failure): void {
    const { clock, random } = this.#parts;
    const nowMs = clock.monotonicMs();
    const context = { scope: "line", nowMs, random: random(), budget: this.#budget } as const;
    this.#step(afterFailure(this.#health, failure, context));
  }

  #step(step: { readonly health: Health; readonly events: readonly HealthEvent[] }): void {
    this.#health = step.health;
    for (const event of step.events) this.#parts.onEvent(event);
  }
}
