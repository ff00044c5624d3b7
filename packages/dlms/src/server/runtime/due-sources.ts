/** What schedules and calendars want run on one day (Blue Book 4.5.3 to 4.5.7). */
import { type CosemDate, resolveDay } from "../../cosem/date-time.ts";
import { dayMs, epochDay } from "../../cosem/civil-time.ts";
import { equalOctets } from "../../octets.ts";
import type {
  CalendarTables,
  ScheduleEntries,
  ServedActivityCalendar,
  ServedList,
  ServedSingleAction,
  SpecialDays,
} from "../objects/calendar-objects.ts";
import type { ScriptReference } from "../objects/script-table-object.ts";
import { matchesDate, momentsOfDay, withinDates } from "./date-match.ts";
import type { CivilDay } from "./wall-clock.ts";

/** One script and when. */
export interface DueScript {
  /** Milliseconds since midnight, wall time. */
  readonly atMs: number;
  readonly script: ScriptReference;
  /** Minutes in which it is made up for where it was missed; Infinity: always. */
  readonly validityMinutes: number;
}

/** Something that says what is to be run on a day. */
export interface DueSource {
  on(day: CivilDay): readonly DueScript[];
  /** Of several that were missed only the last is run: it says what holds now. */
  readonly lastOnly: boolean;
}

const alwaysValid = 65_535;
const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

/** Class 22. `missed`: whether what was missed is made up for. */
export function singleActionDue(single: ServedSingleAction, missed: boolean): DueSource {
  return {
    lastOnly: false,
    on: (day) =>
      single.entries.value
        .filter(({ date }) => matchesDate(date, day))
        .flatMap(({ time }) => momentsOfDay(time))
        .map((atMs) => ({
          atMs,
          script: single.script,
          validityMinutes: missed ? Number.POSITIVE_INFINITY : 0,
        })),
  };
}

/** Class 10, with the special days that stand above its weekdays. */
export function scheduleDue(
  schedule: ServedList<ScheduleEntries>,
  specialDays: readonly ServedList<SpecialDays>[],
): DueSource {
  return {
    lastOnly: false,
    on: (day) => {
      const special = specialDayId(specialDays, day);
      return schedule.entries.value
        .filter((entry) => {
          const bits = special === undefined ? entry.execWeekdays : entry.execSpecdays;
          const runs = bits[special ?? day.dayOfWeek - 1] === "1";
          return entry.enable && runs && withinDates(entry.beginDate, entry.endDate, day);
        })
        .flatMap((entry) => {
          const { scriptLogicalName, scriptSelector, switchTime, validityWindow } = entry;
          const script = { scriptLogicalName, scriptSelector };
          const validityMinutes =
            validityWindow === alwaysValid ? Number.POSITIVE_INFINITY : validityWindow;
          return momentsOfDay(switchTime).map((atMs) => ({ atMs, script, validityMinutes }));
        });
    },
  };
}

/** Class 20: the actions of the active calendar. */
export function calendarDue(
  calendar: ServedActivityCalendar,
  specialDays: readonly ServedList<SpecialDays>[],
): DueSource {
  return {
    lastOnly: true,
    on: (day) => {
      const id = specialDayId(specialDays, day) ?? dayIdOf(calendar.active, day);
      const plan = calendar.active.days.find(({ dayId }) => dayId === id);
      return (plan?.daySchedule ?? []).flatMap(({ startTime, ...script }) =>
        momentsOfDay(startTime).map((atMs) => ({
          atMs,
          script,
          validityMinutes: Number.POSITIVE_INFINITY,
        })),
      );
    },
  };
}

function specialDayId(
  tables: readonly ServedList<SpecialDays>[],
  day: CivilDay,
): number | undefined {
  for (const { entries } of tables) {
    const found = entries.value.find(({ specialdayDate }) => matchesDate(specialdayDate, day));
    if (found !== undefined) return found.dayId;
  }
  return undefined;
}

/** The season that began last, its week, the day of that week. */
function dayIdOf({ seasons, weeks }: CalendarTables, day: CivilDay): number | undefined {
  let began = Number.NEGATIVE_INFINITY;
  let weekName: Uint8Array | undefined;
  for (const season of seasons) {
    const at = lastBeginning(season.seasonStart, day);
    if (at === undefined || at < began) continue;
    began = at;
    ({ weekName } = season);
  }
  const name = weekName;
  if (name === undefined) return undefined;
  const week = weeks.find(({ weekProfileName }) => equalOctets(weekProfileName, name));
  return week?.[weekdays[day.dayOfWeek - 1]!];
}

/** Wall ms of the day the season began last, up to `day`. Wholly open: it has always been. */
function lastBeginning(start: CosemDate, day: CivilDay): number | undefined {
  if (start.month > 12) return Number.NEGATIVE_INFINITY;
  const years = start.year > 9999 ? [day.year, day.year - 1] : [start.year];
  for (const year of years) {
    const found = resolveDay(
      start.day > 31 && start.day < 0xfd ? { ...start, day: 1 } : start,
      year,
    );
    if (found === undefined) continue;
    const wallMs = epochDay(found.year, found.month, found.day) * dayMs;
    if (wallMs <= day.wallMs) return wallMs;
  }
  return undefined;
}
