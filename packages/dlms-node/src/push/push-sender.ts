import { randomInt } from "node:crypto";
import { DlmsError, ProtocolError } from "@lectura/dlms/octets";
import { framePush, pushAnswers, pushDelayMs, type Unasked } from "@lectura/dlms/server";
import { decodeApdu, encodeApdu } from "@lectura/dlms/xdlms";
import { type Clock, systemClock } from "../clock.ts";
import type { Port } from "../ports/port.ts";
import { PortError } from "../ports/port-error.ts";
import type { PushOutcome, PushSender, PushSenderOptions } from "./push-sender-options.ts";
import { openTcpPort } from "../ports/tcp-port.ts";
import { openUdpPort } from "../ports/udp-port.ts";

const pendingMaxDefault = 16;
const confirmMsDefault = 5000;
const connectMsDefault = 5000;
/** Steps of the random part of the first wait. */
const randomSteps = 1_000_000;

/**
 * Sends what a meter pushes by a connection of its own: one push after the other, each framed,
 * ciphered where told, repeated as its push setup says. Nothing is opened before the first push.
 *
 * @throws {RangeError} addresses or sizes of the link @throws {ProtocolError} xdlms/limit
 */
export function openPushSender(options: PushSenderOptions): PushSender {
  // What is wrong with the addresses is the caller's fault, and said before a push waits for it.
  framePush(Uint8Array.of(0), options.link, options.apduOctetsMax);
  return new QueuedSender(options);
}

interface Job {
  readonly apdu: Unasked;
  readonly settle: (outcome: PushOutcome) => void;
}

class QueuedSender implements PushSender {
  readonly #options: PushSenderOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #closing = new AbortController();
  readonly #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #underWay = 0;
  #port: Port | undefined;
  /** Why a port that was given is of no use any more. */
  #lost: DlmsError | undefined;
  /** Told of each APDU the client sends back, and of the end of the stream. */
  #onAnswer: ((apdu: Uint8Array) => void) | undefined;
  #onClosed: ((error: DlmsError | undefined) => void) | undefined;

  constructor(options: PushSenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? (() => randomInt(randomSteps) / randomSteps);
  }

  get pending(): number {
    return this.#queue.length + this.#underWay;
  }

  send(apdu: Unasked): Promise<PushOutcome> {
    if (this.#closing.signal.aborted) {
      return Promise.resolve({ result: "cancelled", attempts: 0 });
    }
    if (this.pending >= (this.#options.pendingMax ?? pendingMaxDefault)) {
      return Promise.resolve({ result: "dropped", attempts: 0 });
    }
    return new Promise((settle) => {
      this.#queue.push({ apdu, settle });
      this.#running ??= this.#run();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.#closePort();
  }

  async #run(): Promise<void> {
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      this.#underWay = 1;
      const outcome = await this.#push(job.apdu);
      this.#underWay = 0;
      job.settle(outcome);
    }
    this.#running = undefined;
    await this.#closePort();
  }

  /** All attempts of one push. */
  async #push(apdu: Unasked): Promise<PushOutcome> {
    const { timing = {} } = this.#options;
    const { retries = 0 } = timing;
    const { signal } = this.#closing;
    for (let attempt = 0; ; attempt++) {
      const delayMs = pushDelayMs(timing, attempt, this.#random());
      try {
        if (delayMs > 0) await this.#clock.sleep(delayMs, signal);
        signal.throwIfAborted();
        const result = await this.#attempt(apdu);
        return { result, attempts: attempt + 1 };
      } catch (error) {
        await this.#closePort();
        if (signal.aborted) return { result: "cancelled", attempts: attempt };
        if (!(error instanceof DlmsError)) throw error;
        this.#options.onFailure?.(error, attempt + 1);
        // Only time mends the way; what the octets themselves are stays.
        const hopeless = error.recovery === "operator" || error.recovery === "park-object";
        if (attempt >= retries || hopeless) {
          return { result: "failed", attempts: attempt + 1, error };
        }
      }
    }
  }

  /** @throws {DlmsError} the way is closed, or the confirmation did not come */
  async #attempt(apdu: Unasked): Promise<"sent" | "confirmed"> {
    const { link, ciphering, apduOctetsMax } = this.#options;
    await ciphering?.reserve();
    const plain = encodeApdu(apdu);
    const units = framePush(ciphering?.protect(plain) ?? plain, link, apduOctetsMax);
    const port = await this.#open();
    if (this.#lost !== undefined) throw this.#lost;
    const awaited = apdu.kind === "data-notification" && apdu.invoke.confirmed;
    const answer = awaited ? this.#confirmation(apdu.invoke.invokeId) : undefined;
    for (const unit of units) port.send(unit);
    if (answer === undefined) return "sent";
    await answer;
    return "confirmed";
  }

  async #open(): Promise<Port> {
    if (this.#port !== undefined) return this.#port;
    const { to, link, connectTimeoutMs = connectMsDefault } = this.#options;
    const { signal } = this.#closing;
    const port =
      "port" in to
        ? to.port
        : to.transport === "udp"
          ? await openUdpPort({ host: to.host, port: to.portNumber, signal })
          : await openTcpPort({
              host: to.host,
              port: to.portNumber,
              connectTimeoutMs,
              signal,
              clock: this.#clock,
            });
    this.#port = port;
    const answers = pushAnswers(link, (apdu) => this.#onAnswer?.(apdu));
    port.listen({
      receive: (octets) => answers.push(octets),
      closed: (error) => {
        if (this.#port === port) this.#port = undefined;
        if ("port" in to) this.#lost = error ?? new PortError("tcp/closed", port.label, "closed");
        this.#onClosed?.(error);
      },
    });
    return port;
  }

  async #closePort(): Promise<void> {
    // A port given stays its owner's, and is listened to all the while.
    if ("port" in this.#options.to) return;
    const port = this.#port;
    this.#port = undefined;
    await port?.[Symbol.asyncDispose]();
  }

  /** @throws {DlmsError} xdlms/no-answer, or why the port closed */
  async #confirmation(invokeId: number): Promise<void> {
    const { confirmTimeoutMs = confirmMsDefault } = this.#options;
    const { signal } = this.#closing;
    const answered = Promise.withResolvers<void>();
    const onAbort = (): void => answered.reject(signal.reason as Error);
    using _timer = this.#clock.timer(confirmTimeoutMs, () => {
      answered.reject(new ProtocolError("xdlms/no-answer", "the push is not confirmed"));
    });
    this.#onAnswer = (apdu) => {
      if (this.#confirms(apdu, invokeId)) answered.resolve();
    };
    this.#onClosed = (error) => {
      answered.reject(error ?? new ProtocolError("xdlms/no-answer", "the port closed"));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await answered.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#onAnswer = undefined;
      this.#onClosed = undefined;
    }
  }

  /** What is no confirmation of this push, or does not open, confirms nothing. */
  #confirms(apdu: Uint8Array, invokeId: number): boolean {
    try {
      const answer = decodeApdu(this.#options.ciphering?.unprotect(apdu) ?? apdu);
      return answer.kind === "data-notification-confirm" && answer.invoke.invokeId === invokeId;
    } catch (error) {
      if (error instanceof DlmsError) return false;
      throw error;
    }
  }
}
