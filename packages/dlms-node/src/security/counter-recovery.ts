/** Where an invocation counter goes on: below neither what was stored nor the meter's (R29). */
import { ExceptionError } from "@lectura/dlms/client";
import type { InvocationCounter } from "@lectura/dlms/security";

/**
 * The next counter to use: `max(stored, meter's + 1)`, up to 2^32 (none left).
 * @param stored first counter not used yet, as the store says; undefined: nothing is stored
 * @param meterLast highest counter the meter has seen; undefined: not asked
 */
export function nextInvocationCounter(
  stored: number | undefined,
  meterLast: number | undefined,
): number {
  return Math.max(stored ?? 0, meterLast === undefined ? 0 : meterLast + 1);
}

/**
 * How far `resynchronise` goes forward: the exception is not authenticated, and whoever forges one
 * could use up the key's counters else. Beyond: a person, or the counter read from the meter.
 */
export const resynchroniseStepMax = 1_000_000;

/**
 * After an exception invocation-counter-error: goes on with what the meter expects. Only forward: a
 * lower number than ours is no way out of a replay, but somebody's attempt at one, or a new key.
 * True: the counter has moved, and the request may be made again, once, in a new association.
 */
export function resynchronise(counter: InvocationCounter, error: unknown): boolean {
  if (!(error instanceof ExceptionError)) return false;
  const { serviceError, invocationCounter: expected } = error.response;
  if (serviceError !== "invocation-counter-error" || expected === undefined) return false;
  const { next } = counter;
  if (expected <= next || expected - next > resynchroniseStepMax) return false;
  counter.advanceTo(expected);
  return true;
}
