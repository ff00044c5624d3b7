import type { FrameObserver } from "../observer.ts";
import { FrameMasker } from "./frame-masker.ts";
import {
  cutLine,
  frameLine,
  headLine,
  type RecordedFrame,
  type Recording,
  recordingOctetsMax,
} from "./recording.ts";

/** What a recorder keeps, and where it writes. */
export interface SessionRecorderOptions {
  /** Takes whole lines of the recording, at once and in order. */
  readonly write: (lines: string) => void;
  /** "present" keeps passwords and keys as they were on the wire. Default "masked". */
  readonly secrets?: Recording["secrets"];
  /** Default `recordingOctetsMax`. */
  readonly octetsMax?: number;
}

/**
 * Records a session: give it as `observer` of `openSession`, and dispose it when the session has
 * ended. Beyond its limit it writes `cut` and nothing more.
 */
export class SessionRecorder implements FrameObserver, Disposable {
  readonly #write: (lines: string) => void;
  readonly #secrets: Recording["secrets"];
  readonly #masker: FrameMasker | undefined;
  #octetsLeft: number;
  #startedMs: number | undefined;

  constructor(options: SessionRecorderOptions) {
    this.#write = options.write;
    this.#secrets = options.secrets ?? "masked";
    this.#masker = this.#secrets === "masked" ? new FrameMasker() : undefined;
    this.#octetsLeft = options.octetsMax ?? recordingOctetsMax;
  }

  frame(direction: "tx" | "rx", octets: Uint8Array, atMs: number, sensitive: boolean): void {
    if (this.#octetsLeft < 0) return;
    if (this.#startedMs === undefined) {
      this.#startedMs = atMs;
      const framing = octets[0] === 0x7e ? "hdlc" : "wrapper";
      const startedAt = new Date(atMs).toISOString();
      this.#put(headLine({ framing, secrets: this.#secrets, startedAt }));
    }
    const sinceMs = Math.max(0, atMs - this.#startedMs);
    const ready = this.#masker?.take(direction, octets, sinceMs, sensitive) ?? [
      { direction, atMs: sinceMs, octets, masked: [] },
    ];
    this.#putAll(ready);
  }

  /** Writes what was held back. */
  [Symbol.dispose](): void {
    if (this.#octetsLeft >= 0) this.#putAll(this.#masker?.finish() ?? []);
    this.#octetsLeft = -1;
  }

  #putAll(frames: readonly RecordedFrame[]): void {
    for (const frame of frames) this.#put(frameLine(frame));
  }

  #put(line: string): void {
    if (this.#octetsLeft < 0) return;
    this.#octetsLeft -= line.length;
    this.#write(this.#octetsLeft < 0 ? cutLine : line);
  }
}
