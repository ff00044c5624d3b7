import { toHex } from "@lectura/dlms/octets";
import type { Clock } from "../clock.ts";
import { PortError } from "../ports/port-error.ts";
import type { Port, PortReceiver } from "../ports/port.ts";
import type { RecordedFrame, Recording } from "./recording.ts";

/** How a recording is played. */
export interface ReplayOptions {
  /** With a clock, answers come after the pauses that were recorded; else at once. */
  readonly clock?: Clock;
}

/** How a replay stands. */
export interface ReplayPort extends Port {
  /** The first thing that differed from the recording, for people; `undefined` as long as nothing. */
  readonly difference: string | undefined;
  /** Every frame has been sent or received. */
  readonly complete: boolean;
}

/**
 * A recorded meter as the far end of a line: takes what the client sends, answers as it was
 * recorded. What the client sends must be what was recorded, masked octets aside; else the port
 * closes with `tcp/closed` and `difference` says where.
 */
export function replayPort(recording: Recording, options: ReplayOptions = {}): ReplayPort {
  return new RecordedLine(recording, options);
}

class RecordedLine implements ReplayPort {
  readonly label: string = "recording";
  difference: string | undefined;
  readonly #frames: readonly RecordedFrame[];
  readonly #clock: Clock | undefined;
  #receiver: PortReceiver | undefined;
  /** The frame that comes next. */
  #at = 0;
  /** Octets of the next frame that have been sent already. */
  #sent = 0;
  #delivering = false;
  #ended = false;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#frames = recording.frames;
    this.#clock = options.clock;
  }

  get complete(): boolean {
    return this.#at === this.#frames.length;
  }

  send(octets: Uint8Array): void {
    for (let at = 0; at < octets.length && !this.#ended; at++) this.#compare(octets, at);
    this.#schedule();
  }

  listen(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end(undefined);
    return Promise.resolve();
  }

  #compare(octets: Uint8Array, at: number): void {
    const frame = this.#frames[this.#at];
    if (frame === undefined || frame.direction === "rx") {
      this.#differ(frame === undefined ? "nothing more" : "the meter's turn", octets);
      return;
    }
    const position = this.#sent;
    const isMasked = frame.masked.some(([start, end]) => position >= start && position < end);
    if (!isMasked && frame.octets[position] !== octets[at]) {
      this.#differ(`${toHex(frame.octets)} (octet ${position})`, octets);
      return;
    }
    this.#sent++;
    if (this.#sent === frame.octets.length) {
      this.#sent = 0;
      this.#at++;
    }
  }

  #differ(recorded: string, octets: Uint8Array): void {
    this.difference = `frame ${this.#at + 1}: recorded ${recorded}, sent ${toHex(octets)}`;
    this.#end(new PortError("tcp/closed", this.label, "what was sent is not what was recorded"));
  }

  #end(error: PortError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#receiver?.closed(error);
  }

  /** Never answers within the call of `send`. */
  #schedule(): void {
    const frame = this.#frames[this.#at];
    if (this.#delivering || this.#ended || frame?.direction !== "rx") return;
    if (this.#receiver === undefined) return;
    this.#delivering = true;
    const afterMs = frame.atMs - (this.#frames[this.#at - 1]?.atMs ?? 0);
    if (this.#clock !== undefined && afterMs > 0) {
      this.#clock.timer(afterMs, () => this.#deliver(frame));
    } else {
      queueMicrotask(() => this.#deliver(frame));
    }
  }

  #deliver(frame: RecordedFrame): void {
    this.#delivering = false;
    if (this.#ended) return;
    this.#at++;
    this.#receiver?.receive(frame.octets.slice());
    this.#schedule();
  }
}
