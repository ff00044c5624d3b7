/** When a push goes out and when again (Blue Book, class 40 attributes 4 to 6). */

/** Times of one push setup. */
export interface PushTiming {
  /** The first attempt waits for a random part of so long. Absent = 0. */
  readonly randomisationMs?: number;
  /** Attempts after the first. Absent = 0. */
  readonly retries?: number;
  /** Wait before an attempt is repeated. Absent = 0. */
  readonly repetitionDelay?: RepetitionDelay;
}

/** A fixed wait, or from version 2 on one that grows: min, min * exponent, ... up to max. */
export interface RepetitionDelay {
  readonly minMs: number;
  /** Per cent of the wait before; 100 keeps it. Absent = 100. */
  readonly exponentPercent?: number;
  /** Absent = no end. */
  readonly maxMs?: number;
}

/** Wait before attempt `attempt`, 0 the first; `random` is 0 to below 1. Milliseconds, whole. */
export function pushDelayMs(timing: PushTiming, attempt: number, random: number): number {
  const { randomisationMs = 0, repetitionDelay } = timing;
  if (attempt === 0) return Math.floor(randomisationMs * random);
  if (repetitionDelay === undefined) return 0;
  const { minMs, exponentPercent = 100, maxMs = Number.MAX_SAFE_INTEGER } = repetitionDelay;
  let delayMs = minMs;
  for (let at = 1; at < attempt && delayMs < maxMs; at++) {
    delayMs = Math.floor((delayMs * exponentPercent) / 100);
  }
  return Math.min(delayMs, maxMs);
}
