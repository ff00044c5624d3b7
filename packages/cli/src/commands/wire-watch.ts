import { closeSync, fchmodSync, openSync, writeSync } from "node:fs";
import {
  FrameMasker,
  type FrameObserver,
  type RecordedFrame,
  SessionRecorder,
  systemClock,
} from "@lectura/dlms-node";
import { DecodeError } from "@lectura/dlms/octets";
import { type Json, translate } from "@lectura/dlms/translate";
import type { Context } from "../context.ts";
import { CliError } from "../problem.ts";
import { treeLines } from "../tree.ts";

export interface WatchOptions {
  /** File of the recording. */
  readonly record?: string;
  readonly recordSecrets?: boolean;
  readonly verbose?: boolean;
}

/** What looks on while a command talks to a meter; disposed when the command ends. */
export interface WireWatch extends Disposable {
  /** `undefined`: nobody looks. */
  readonly observer: FrameObserver | undefined;
}

/** Readable by nobody else: a recording may hold a password. */
const ownerOnly = 0o600;

class FileRecorder implements WireWatch {
  readonly observer: SessionRecorder;
  readonly #file: number;
  readonly #context: Context;
  readonly #path: string;
  #failed = false;

  constructor(context: Context, path: string, secrets: "masked" | "present") {
    this.#context = context;
    this.#path = path;
    try {
      this.#file = openSync(path, "w", ownerOnly);
      fchmodSync(this.#file, ownerOnly);
    } catch (cause) {
      throw new CliError("usage/file", { file: path }, { cause });
    }
    this.observer = new SessionRecorder({ secrets, write: (lines) => this.#write(lines) });
  }

  [Symbol.dispose](): void {
    this.observer[Symbol.dispose]();
    closeSync(this.#file);
  }

  /** A full disk ends the recording, never the session. */
  #write(lines: string): void {
    if (this.#failed) return;
    try {
      writeSync(this.#file, lines);
    } catch (error) {
      this.#failed = true;
      this.#context.output.note(`${this.#path}: ${(error as Error).message}`);
    }
  }
}

function decoded({ octets }: RecordedFrame): Json {
  const layer = octets[0] === 0x7e ? "hdlc-frame" : "wrapper";
  try {
    return translate(layer, { octets, keys: {}, given: {} });
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.code, octet: error.offset };
    throw error;
  }
}

class Verbose implements WireWatch, FrameObserver {
  readonly observer: FrameObserver = this;
  readonly #context: Context;
  readonly #masker = new FrameMasker();
  readonly #startedMs = systemClock.nowMs();

  constructor(context: Context) {
    this.#context = context;
  }

  frame(direction: "tx" | "rx", octets: Uint8Array, atMs: number, sensitive: boolean): void {
    this.#show(this.#masker.take(direction, octets, atMs - this.#startedMs, sensitive));
  }

  [Symbol.dispose](): void {
    this.#show(this.#masker.finish());
  }

  #show(frames: readonly RecordedFrame[]): void {
    const { colour } = this.#context.output;
    for (const frame of frames) {
      const { direction, atMs, octets, masked } = frame;
      const head = `${colour.bold(direction)} ${atMs} ms, ${octets.length} octets`;
      this.#context.output.note(masked.length === 0 ? head : `${head}, ${colour.yellow("masked")}`);
      for (const line of treeLines(decoded(frame), colour, "  ")) this.#context.output.note(line);
    }
  }
}

/** `--record FILE [--record-secrets]` and `--verbose`. Secrets are masked in both, unless told. */
export function watchWire(context: Context, options: WatchOptions): WireWatch {
  const { record, recordSecrets, verbose } = options;
  const watches: WireWatch[] = [];
  if (verbose === true) watches.push(new Verbose(context));
  if (record !== undefined) {
    watches.push(new FileRecorder(context, record, recordSecrets === true ? "present" : "masked"));
  }
  const frame: FrameObserver["frame"] = (direction, octets, atMs, sensitive) => {
    for (const { observer } of watches) observer?.frame?.(direction, octets, atMs, sensitive);
  };
  return {
    observer: watches.length === 0 ? undefined : { frame },
    [Symbol.dispose]: () => {
      for (const watch of watches) watch[Symbol.dispose]();
    },
  };
}
