import { SessionError } from "./session-error.ts";
import type { JobOwner, SessionJob } from "./session-job.ts";

/** Requests that wait for their turn; one more is refused with `session/queue-full`. */
export const requestsQueuedMax = 256;

/** Whose turn it is: one request of a session is under way at a time, the rest wait in a row. */
export class SessionTurns implements JobOwner {
  #current: SessionJob | undefined;
  #waiting: SessionJob[] | undefined;

  /** The job under way. */
  get current(): SessionJob | undefined {
    return this.#current;
  }

  /** True: it is the turn of `job` at once. False: it waits, or was refused. */
  enter(job: SessionJob): boolean {
    const isFree = this.#current === undefined;
    if (isFree) {
      this.#current = job;
    } else {
      this.#waiting ??= [];
      if (this.#waiting.length >= requestsQueuedMax) {
        job.reject(new SessionError("session/queue-full", `${requestsQueuedMax} requests wait`));
        return false;
      }
      this.#waiting.push(job);
    }
    job.watch(this);
    return isFree;
  }

  /** Ends the turn of the job under way; the job whose turn it is now. */
  next(): SessionJob | undefined {
    this.#current = this.#waiting?.shift();
    return this.#current;
  }

  /** A job under way goes on until the meter has answered; one that waits just leaves. */
  cancelled(job: SessionJob): void {
    const at = this.#waiting?.indexOf(job) ?? -1;
    if (at >= 0) this.#waiting?.splice(at, 1);
  }

  /** Refuses the job under way and those that wait. */
  end(reason: unknown): void {
    const current = this.#current;
    const waiting = this.#waiting;
    this.#current = undefined;
    this.#waiting = undefined;
    current?.reject(reason);
    if (waiting !== undefined) for (const job of waiting) job.reject(reason);
  }
}
