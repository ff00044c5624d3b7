/** Everything of a meter that has its time, put in order. */
import type { ServedProfile } from "../objects/profile-object.ts";
import type { DueSource } from "./due-sources.ts";
import type { ScriptReference } from "../objects/script-table-object.ts";
import type { WallClock } from "./wall-clock.ts";

/** One thing to do. */
export type DueWork =
  | { readonly dueMs: number; readonly profile: ServedProfile }
  | { readonly dueMs: number; readonly script: ScriptReference };

const minuteMs = 60_000;

/**
 * Scripts due after `fromMs`, up to `toMs` (the meter's UTC ms), in order. `missed`: nobody could run
 * them at their time; those are left whose validity window is still open.
 */
export function dueScripts(
  sources: readonly DueSource[],
  wall: WallClock,
  fromMs: number,
  toMs: number,
  missed: boolean,
): readonly DueWork[] {
  return sources.flatMap((source) => {
    const found: DueWork[] = [];
    const until = wall.dayAt(toMs, 1).wallMs;
    // A day earlier and later: a change of daylight saving may move what stands at their edges.
    for (let days = -1; ; days++) {
      const day = wall.dayAt(fromMs, days);
      if (day.wallMs > until) break;
      for (const { atMs, script, validityMinutes } of source.on(day)) {
        const dueMs = wall.utcMs(day.wallMs + atMs);
        if (dueMs <= fromMs || dueMs > toMs) continue;
        if (missed && toMs - dueMs > validityMinutes * minuteMs) continue;
        found.push({ dueMs, script });
      }
    }
    found.sort((a, b) => a.dueMs - b.dueMs);
    return missed && source.lastOnly ? found.slice(-1) : found;
  });
}

/** Rows to capture after `fromMs`, up to `toMs`: as many as the profile keeps, the newest. */
export function dueRows(
  profile: ServedProfile,
  wall: WallClock,
  fromMs: number,
  toMs: number,
): readonly DueWork[] {
  const periodMs = profile.capturePeriodSeconds * 1000;
  if (periodMs === 0) return [];
  const found: DueWork[] = [];
  let at = Math.max(fromMs, toMs - (profile.entriesMax + 1) * periodMs);
  for (;;) {
    at = nextRow(profile, wall, at);
    if (at > toMs) return found;
    found.push({ dueMs: at, profile });
  }
}

/** The next row after that moment: periods are those of the local day. Infinity: none by time. */
export function nextRow(profile: ServedProfile, wall: WallClock, afterMs: number): number {
  const periodMs = profile.capturePeriodSeconds * 1000;
  return periodMs === 0 ? Number.POSITIVE_INFINITY : wall.nextMultiple(afterMs, periodMs);
}
