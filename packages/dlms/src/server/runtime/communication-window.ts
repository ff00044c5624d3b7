/** When a window of times with open parts is open (Blue Book 4.4.8, communication_window). */
import { civilToMs } from "../../cosem/civil-time.ts";
import {
  civilTime,
  type CosemDateTime,
  deviationNotSpecified,
  utcMs,
} from "../../cosem/date-time.ts";
import { matchesDate, momentsOfDay } from "./date-match.ts";
import type { WallClock } from "./wall-clock.ts";

/** From when until when; parts left open come again. */
export interface OpenWindow {
  readonly startTime: CosemDateTime;
  readonly endTime: CosemDateTime;
}

/** A day that leaves a part open comes within this many days, or not for us. */
const daysAhead = 366;

/** True where no window is given, or one of them is open at the meter's `meterMs`. */
export function isWindowOpen(
  windows: readonly OpenWindow[],
  wall: WallClock,
  meterMs: number,
): boolean {
  if (windows.length === 0) return true;
  return windows.some(({ startTime, endTime }) => {
    const opens = nextMoment(startTime, wall, meterMs);
    const closes = nextMoment(endTime, wall, meterMs);
    // What comes next is the end: the beginning is past.
    return closes < opens;
  });
}

/** The meter's UTC ms at which the next window opens; Infinity: none does. */
export function nextOpening(
  windows: readonly OpenWindow[],
  wall: WallClock,
  meterMs: number,
): number {
  return Math.min(...windows.map(({ startTime }) => nextMoment(startTime, wall, meterMs)));
}

/** The first moment after `afterMs` that the date-time means; Infinity: none. */
function nextMoment(time: CosemDateTime, wall: WallClock, afterMs: number): number {
  const civil = civilTime(time);
  if (civil !== undefined) {
    const said = time.deviationMinutes === deviationNotSpecified ? undefined : utcMs(time);
    const ms = said ?? wall.utcMs(civilToMs(civil));
    return ms > afterMs ? ms : Number.POSITIVE_INFINITY;
  }
  for (let days = 0; days <= daysAhead; days++) {
    const day = wall.dayAt(afterMs, days);
    if (!matchesDate(time, day)) continue;
    const moments = momentsOfDay(time).map((atMs) => wall.utcMs(day.wallMs + atMs));
    const next = moments.find((ms) => ms > afterMs);
    if (next !== undefined) return next;
  }
  return Number.POSITIVE_INFINITY;
}
