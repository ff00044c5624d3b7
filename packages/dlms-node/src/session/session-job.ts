import { type Exchange, LongGetInterrupted } from "@lectura/dlms/client";
import { DlmsError, ProtocolError } from "@lectura/dlms/octets";
import type { RequestOptions } from "./session.ts";

/** Whose turn-taking a cancelled job must leave. */
export interface JobOwner {
  cancelled(job: SessionJob): void;
}

/** One request of a session: its exchange, the promise somebody waits for, and how it may end. */
export class SessionJob<T = unknown> {
  readonly exchange: Exchange<T>;
  /** True once nobody waits any more, while the meter's answer is still to come. */
  abandoned = false;
  /** True once its first APDU was sent: from then on its outcome may be unknown. */
  sent = false;
  /** Its request does not fit one PDU of the meter: it goes by general block transfer. */
  oversized = false;
  readonly #options: RequestOptions | undefined;
  readonly #resolve: (result: T) => void;
  readonly #reject: (reason: unknown) => void;
  #onAbort: (() => void) | undefined;

  constructor(
    exchange: Exchange<T>,
    options: RequestOptions | undefined,
    resolve: (result: T) => void,
    reject: (reason: unknown) => void,
  ) {
    this.exchange = exchange;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Tells `owner` when the caller's signal aborts, until the job is settled. */
  watch(owner: JobOwner): void {
    const signal = this.#options?.signal;
    if (signal === undefined) return;
    this.#onAbort = () => {
      this.#onAbort = undefined;
      this.#reject(signal.reason);
      this.abandoned = true;
      owner.cancelled(this as SessionJob);
    };
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  progress(octets: number = this.exchange.transferredOctets): void {
    if (!this.abandoned) this.#options?.onProgress?.(octets);
  }

  /** Gives up between two blocks, if that is where it stands: the caller may take it up again. */
  interrupt(reason: ProtocolError): void {
    const { longGet } = this.exchange;
    this.reject(longGet === undefined ? reason : new LongGetInterrupted(longGet, reason));
  }

  resolve(): void {
    if (this.#onAbort !== undefined) this.#unwatch();
    this.#resolve(this.exchange.result as T);
  }

  /**
   * A request that changes the meter, whose answer is lost, may have been carried out: that is what
   * its caller is told, with the reason as the cause.
   */
  reject(reason: unknown): void {
    if (this.abandoned) return;
    if (this.#onAbort !== undefined) this.#unwatch();
    const lost = this.sent && this.exchange.outcomeUnknown && leavesOpen(reason);
    this.#reject(
      lost
        ? new ProtocolError(
            "xdlms/unknown-outcome",
            "the answer is lost, the meter may have acted",
            {
              cause: reason,
            },
          )
        : reason,
    );
  }

  #unwatch(): void {
    this.#options?.signal?.removeEventListener("abort", this.#onAbort!);
    this.#onAbort = undefined;
  }
}

/** An exception-response is the meter's word that it has not acted; anything else is not. */
function leavesOpen(reason: unknown): boolean {
  if (!(reason instanceof DlmsError)) return true;
  return !["xdlms/exception", "xdlms/service-not-supported", "xdlms/pdu-too-long"].includes(
    reason.code,
  );
}
