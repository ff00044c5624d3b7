import type { MeterRuntime } from "@lectura/dlms/server";
import { type Clock, systemClock } from "../clock.ts";

/** How a meter is run. */
export interface RunMeterOptions {
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** When the meter was switched off, its own UTC ms: what was due since is made up for. */
  readonly stoppedAtMs?: number;
  /**
   * The longest pause between two looks: what clients change in schedules is seen after so long at
   * most. Absent: 1 s.
   */
  readonly pauseMsMax?: number;
}

const pauseMsMaxDefault = 1000;

/**
 * Lets a meter act by its clock until it is disposed. What its objects throw is thrown by the
 * timer.
 */
export function runMeter(runtime: MeterRuntime, options: RunMeterOptions = {}): Disposable {
  const { clock = systemClock, stoppedAtMs, pauseMsMax = pauseMsMaxDefault } = options;
  let timer: Disposable | undefined;
  const rest = (untilMs: number): void => {
    const pauseMs = Math.min(pauseMsMax, Math.max(1, untilMs - clock.nowMs()));
    timer = clock.timer(pauseMs, () => rest(runtime.tick(clock.nowMs())));
  };
  rest(runtime.start(clock.nowMs(), stoppedAtMs));
  return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}
