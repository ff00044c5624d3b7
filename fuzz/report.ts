import type { Failure } from "./runner.ts";

/** What the watcher asks of the worker. */
export interface WorkerTask {
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
  /** Indices into `targets`. */
  readonly targets: readonly number[];
  readonly forMs: number;
  readonly sliceMs: number;
}

/** One target's slice of time. */
export interface SliceReport {
  readonly target: string;
  readonly inputs: number;
  /** Different behaviours met so far. */
  readonly behaviours: number;
  /** Met so far, each kind once. */
  readonly failures: readonly Failure[];
}
