/**
 * Makes the objects of a server act as a meter does: schedules run scripts, calendars switch,
 * profiles capture, monitors look, pushes wait for their window. A machine without a clock: its
 * owner calls `tick` and is told when to call it again.
 *
 * What happens to the clock decides what happens to what has its time (Blue Book 4.5.3, schedule):
 *
 *   goes on, or is set by little    everything once, however late the tick
 *   set forward, power failure      scripts of schedules within their validity window; the
 *                                   last one of a calendar; no rows; single actions by option
 *   set back                        what comes again is done again
 *   put forward (daylight saving)   what falls into the gap is done at its moment
 *   put back                        what comes twice is done the first time; rows are captured on
 */
import { civilTime, deviationNotSpecified, utcMs } from "../../cosem/date-time.ts";
import { civilToMs } from "../../cosem/civil-time.ts";
import type { ObisCode } from "../../cosem/obis.ts";
import { apduOctetsMax } from "../../limits.ts";
import type { ActionResult } from "../../xdlms/data-access-result.ts";
import { readEntry } from "../access.ts";
import type { AccessContext } from "../object.ts";
import type {
  ScheduleEntries,
  ServedActivityCalendar,
  ServedList,
  ServedSingleAction,
  SpecialDays,
} from "../objects/calendar-objects.ts";
import type { ServedClock } from "../objects/clock-object.ts";
import type { ServedMonitor } from "../objects/monitor-objects.ts";
import type { ServedProfile } from "../objects/profile-object.ts";
import type { ServedPushSetup } from "../objects/push-setup.ts";
import type { ScriptReference, ServedScriptTable } from "../objects/script-table-object.ts";
import type { ObjectDirectory } from "../view.ts";
import { calendarDue, type DueSource, scheduleDue, singleActionDue } from "./due-sources.ts";
import { dueRows, dueScripts, type DueWork, nextRow } from "./due-work.ts";
import { WallClock } from "./wall-clock.ts";

/** What a meter is made of, as far as it acts by itself. */
export interface MeterRuntimeOptions {
  /** Tells the meter's time; clients set it. */
  readonly clock: Pick<ServedClock, "timeMs" | "dateTime">;
  /** Where monitored values are read. */
  readonly directory: () => ObjectDirectory;
  readonly scriptTables?: readonly ServedScriptTable[];
  readonly singleActions?: readonly ServedSingleAction[];
  readonly schedules?: readonly ServedList<ScheduleEntries>[];
  /** Stand above the weekdays of schedules and calendars. */
  readonly specialDays?: readonly ServedList<SpecialDays>[];
  readonly calendars?: readonly ServedActivityCalendar[];
  readonly profiles?: readonly ServedProfile[];
  readonly monitors?: readonly ServedMonitor[];
  readonly pushSetups?: readonly ServedPushSetup[];
  /** How often monitors look. Absent: 1000 ms. */
  readonly monitorPeriodMs?: number;
  /**
   * Setting the clock by no more is a synchronisation: nothing is lost or done twice. Absent: 60 s.
   */
  readonly synchronisationMs?: number;
  /**
   * Single actions missed by power failure or a clock set forward; the standard is silent. Absent:
   * "skip".
   */
  readonly missedSingleActions?: "skip" | "execute";
  /** Told of each script that was run. Never throws back. */
  readonly onScript?: (run: ScriptRun) => void;
}

/** A script that was run by its time. */
export interface ScriptRun {
  readonly script: ScriptReference;
  /** When it was due, the meter's UTC ms. */
  readonly dueMs: number;
  readonly result: ActionResult;
}

const monitorPeriodMsDefault = 1000;
const synchronisationMsDefault = 60_000;
/** What was missed longer ago is not made up for. */
const catchUpMsMax = 31 * 86_400_000;
/** Things done in one tick; where more are due the oldest are left out. */
const workPerTickMax = 10_000;
/** Without anything due the runtime looks again after so long. */
const restMsMax = 86_400_000;
const allProtection = 0xfc;

/** One for each meter; see above. */
export class MeterRuntime {
  readonly #options: MeterRuntimeOptions;
  readonly #sources: readonly DueSource[];
  readonly #tables: ReadonlyMap<ObisCode, ServedScriptTable>;
  /** World and meter at the last tick. */
  #last: { readonly nowMs: number; readonly meterMs: number } | undefined;
  /** The meter's UTC ms up to which everything is done. */
  #doneMs = 0;

  constructor(options: MeterRuntimeOptions) {
    this.#options = options;
    const { specialDays = [], missedSingleActions = "skip" } = options;
    const missed = missedSingleActions === "execute";
    this.#sources = [
      ...(options.calendars ?? []).map((calendar) => calendarDue(calendar, specialDays)),
      ...(options.schedules ?? []).map((schedule) => scheduleDue(schedule, specialDays)),
      ...(options.singleActions ?? []).map((single) => singleActionDue(single, missed)),
    ];
    this.#tables = new Map(
      (options.scriptTables ?? []).map((table) => [table.object.logicalName, table]),
    );
  }

  /**
   * The meter is switched on. `stoppedAtMs`: when it was switched off, the meter's UTC ms: what
   * was due in between was missed. Absent: nothing was. Returns as `tick`.
   */
  start(nowMs: number, stoppedAtMs?: number): number {
    const meterMs = this.#options.clock.timeMs(nowMs);
    this.#last = { nowMs, meterMs };
    this.#doneMs = meterMs;
    if (stoppedAtMs !== undefined && stoppedAtMs < meterMs) {
      this.#doneMs = stoppedAtMs;
      this.#work(nowMs, meterMs, true);
    }
    return this.#settle(nowMs);
  }

  /**
   * Does what has become due by `nowMs` (UTC), in its order. Returns when to call again, UTC ms and
   * later than `nowMs`: sooner, where a client may have changed a schedule.
   */
  tick(nowMs: number): number {
    const last = this.#last;
    if (last === undefined) return this.start(nowMs);
    const { clock, synchronisationMs = synchronisationMsDefault } = this.#options;
    const meterMs = clock.timeMs(nowMs);
    const setMs = meterMs - last.meterMs - (nowMs - last.nowMs);
    this.#last = { nowMs, meterMs };
    if (setMs < -synchronisationMs) this.#doneMs = meterMs;
    else if (meterMs > this.#doneMs) this.#work(nowMs, meterMs, setMs > synchronisationMs);
    return this.#settle(nowMs);
  }

  #work(nowMs: number, meterMs: number, missed: boolean): void {
    const wall = new WallClock(this.#options.clock, nowMs);
    const fromMs = Math.max(this.#doneMs, meterMs - catchUpMsMax);
    this.#doneMs = meterMs;
    this.#activate(wall, meterMs);
    const rows = missed
      ? []
      : (this.#options.profiles ?? []).flatMap((each) => dueRows(each, wall, fromMs, meterMs));
    const scripts = dueScripts(this.#sources, wall, fromMs, meterMs, missed);
    // Rows first: they tell what was before a script changes it. The order of equals is kept.
    const work = [...rows, ...scripts].sort((a, b) => a.dueMs - b.dueMs);
    for (const each of work.slice(-workPerTickMax)) {
      this.#carryOut(each, this.#context(missed ? nowMs : wall.worldMs(each.dueMs)));
    }
  }

  #activate(wall: WallClock, meterMs: number): void {
    for (const calendar of this.#options.calendars ?? []) {
      const atMs = activationMs(calendar, wall);
      if (atMs !== undefined && atMs <= meterMs) calendar.activate();
    }
  }

  #carryOut(work: DueWork, context: AccessContext): void {
    if ("profile" in work) {
      work.profile.capture(context);
      return;
    }
    const { script, dueMs } = work;
    const table = this.#tables.get(script.scriptLogicalName);
    const result = table?.execute(script.scriptSelector, context) ?? "object-undefined";
    this.#options.onScript?.({ script, dueMs, result });
  }

  /** What goes on all the time, and when to look again. */
  #settle(nowMs: number): number {
    const { monitors = [], pushSetups = [], monitorPeriodMs } = this.#options;
    for (const monitor of monitors) this.#observe(monitor, nowMs);
    const wall = new WallClock(this.#options.clock, nowMs);
    const pushes = pushSetups.map((setup) => setup.tick(nowMs));
    const watch =
      monitors.length === 0 ? [] : [nowMs + (monitorPeriodMs ?? monitorPeriodMsDefault)];
    const next = Math.min(
      nowMs + restMsMax,
      wall.worldMs(this.#nextDueMs(wall)),
      ...watch,
      ...pushes.filter((ms) => ms !== undefined),
    );
    return Math.max(nowMs + 1, next);
  }

  #observe(monitor: ServedMonitor, nowMs: number): void {
    const { classId, logicalName, attributeId } = monitor.monitored;
    const entry = this.#options.directory().find(logicalName);
    const value = readEntry(entry, classId, attributeId, this.#context(nowMs));
    if (typeof value !== "string") monitor.observe(value, nowMs);
  }

  /** The meter's UTC ms; Infinity: nothing within the next day. */
  #nextDueMs(wall: WallClock): number {
    const { profiles = [], calendars = [] } = this.#options;
    const afterMs = this.#doneMs;
    const scripts = dueScripts(this.#sources, wall, afterMs, afterMs + restMsMax, false);
    const activations = calendars.map((calendar) => activationMs(calendar, wall));
    return Math.min(
      ...scripts.map(({ dueMs }) => dueMs),
      ...profiles.map((profile) => nextRow(profile, wall, afterMs)),
      ...activations.filter((ms) => ms !== undefined),
    );
  }

  #context(nowMs: number): AccessContext {
    const directory = this.#options.directory();
    return {
      nowMs,
      protection: allProtection,
      association: {
        clientSap: 0,
        mechanism: "none",
        conformance: 0,
        serverMaxPduOctets: apduOctetsMax,
        clientMaxPduOctets: apduOctetsMax,
        entries: directory.entries,
      },
    };
  }
}

/** The meter's UTC ms; a time without deviation is local. Undefined: not at all. */
function activationMs(
  { activationTime }: ServedActivityCalendar,
  wall: WallClock,
): number | undefined {
  if (activationTime.deviationMinutes !== deviationNotSpecified) return utcMs(activationTime);
  const civil = civilTime(activationTime);
  return civil && wall.utcMs(civilToMs(civil));
}
