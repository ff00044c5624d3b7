import type { DataAccessResult } from "@lectura/dlms/xdlms";

/** Refusals in a row after which an object is left alone. */
const refusalsMax = 3;
/** How long it is left alone. */
export const parkedMs: number = 24 * 3_600_000;

/** Answers that say the object is not for us; others (temporary-failure, ...) may pass. */
const lasting: ReadonlySet<DataAccessResult> = new Set<DataAccessResult>([
  "object-undefined",
  "object-unavailable",
  "object-class-inconsistent",
  "read-write-denied",
  "scope-of-access-violated",
]);

/**
 * Objects of one meter that answered "undefined" or "denied" too often: parked for 24 h, so that the
 * others go on at full speed. Bounded by the reading plan. Times are monotonic ms.
 */
export class ParkedObjects {
  readonly #refusals = new Map<string, number>();
  readonly #parkedUntil = new Map<string, number>();

  isParked(key: string, nowMs: number): boolean {
    const until = this.#parkedUntil.get(key);
    if (until === undefined) return false;
    if (nowMs < until) return true;
    this.#parkedUntil.delete(key);
    // One more refusal parks it again: it has had its three chances.
    this.#refusals.set(key, refusalsMax - 1);
    return false;
  }

  /** Counts a refusal; true when this one parked the object. */
  refused(key: string, reason: string, nowMs: number): boolean {
    if (!lasting.has(reason as DataAccessResult)) return false;
    const refusals = (this.#refusals.get(key) ?? 0) + 1;
    this.#refusals.set(key, refusals);
    if (refusals < refusalsMax) return false;
    this.#parkedUntil.set(key, nowMs + parkedMs);
    return true;
  }

  answered(key: string): void {
    this.#refusals.delete(key);
  }

  clear(): void {
    this.#refusals.clear();
    this.#parkedUntil.clear();
  }
}
