import { type ClockReading, readClock, setClock, systemClock } from "@lectura/dlms-node";
import { localText, type ObisCode } from "@lectura/dlms/cosem";
import { confirmed } from "../confirmed.ts";
import type { Context } from "../context.ts";
import { dateTimeText } from "../data-text.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { durationText } from "../format.ts";
import { fill } from "../texts/texts.ts";
import { objectName } from "./field-options.ts";
import { type MeterAtHand, refusal, withMeter } from "./field-session.ts";
import type { WireOptions } from "./wire-options.ts";

export interface ClockOptions extends Omit<WireOptions, "set"> {
  readonly object?: string;
  readonly set?: boolean;
  readonly yes?: boolean;
}

type Reading = Extract<ClockReading, { ok: true }>;

const usualName = "0.0.1.0.0.255";
/** Beyond, a difference deserves attention. */
const offsetNoticedMs = 30_000;

/** `clock`: the meter's time and how far it is off; `--set` gives it this machine's. */
export async function clock(context: Context, options: ClockOptions): Promise<ExitCode> {
  const { output } = context;
  const { set, object, yes, ...wire } = options;
  const logicalName = objectName(object, usualName);
  return withMeter(context, wire, async (meter) => {
    const before = await readOrRefuse(meter, logicalName);
    if (set !== true) {
      output.document(clockJson(logicalName, before));
      writeClock(context, before);
      return exitCodes.done;
    }
    writeClock(context, before);
    const question = fill(output.texts.sentences.clockQuestion, { offset: offsetText(before) });
    if (!(await confirmed(context, yes, question))) return exitCodes.failed;
    const result = await setClock(meter.session, systemClock, { ...meter.request, logicalName });
    if (result !== "success") throw refusal(logicalName, result);
    const after = await readOrRefuse(meter, logicalName);
    output.document({
      ...clockJson(logicalName, after),
      set: true,
      before: clockJson(logicalName, before),
    });
    output.line(output.colour.green(output.texts.sentences.clockSet));
    writeClock(context, after);
    return exitCodes.done;
  });
}

async function readOrRefuse(
  { session, request }: MeterAtHand,
  logicalName: ObisCode,
): Promise<Reading> {
  const reading = await readClock(session, systemClock, { ...request, logicalName });
  if (!reading.ok) throw refusal(logicalName, reading.reason);
  return reading;
}

function clockJson(obis: ObisCode, reading: Reading): Readonly<Record<string, unknown>> {
  const { time, utcMs, status, deviationMinutes, offsetMs, roundTripMs } = reading;
  return {
    obis,
    local: localText(time) ?? null,
    utc: utcMs === undefined ? null : new Date(utcMs).toISOString(),
    deviationMinutes: deviationMinutes ?? null,
    dst: status?.dst ?? null,
    status: status ?? null,
    offsetMs: offsetMs === undefined ? null : Math.round(offsetMs),
    roundTripMs: Math.round(roundTripMs),
  };
}

/** `+2m 3s`, to the second where that is all the meter says. */
function offsetText({ offsetMs }: Reading): string {
  if (offsetMs === undefined) return "?";
  const size = Math.abs(offsetMs);
  if (size < 50) return "0.0 s";
  const sign = offsetMs < 0 ? "-" : "+";
  return size < 60_000 ? `${sign}${(size / 1000).toFixed(1)} s` : `${sign}${durationText(size)}`;
}

/** `UTC+01:00`: the zone, which is the deviation with the other sign. */
function zoneText(deviationMinutes: number): string {
  const zone = -deviationMinutes;
  const size = Math.abs(zone);
  const padded = (part: number): string => String(part).padStart(2, "0");
  return `UTC${zone < 0 ? "-" : "+"}${padded(Math.floor(size / 60))}:${padded(size % 60)}`;
}

function writeClock({ output }: Context, reading: Reading): void {
  const { words, sentences } = output.texts;
  const { colour } = output;
  const { utcMs, status, deviationMinutes, offsetMs, roundTripMs } = reading;
  const row = (label: string, text: string): void => output.line(`${label.padEnd(14)} ${text}`);
  row(words.meterTime, colour.bold(dateTimeText(reading.time)));
  row(
    "UTC",
    utcMs === undefined ? "?" : new Date(utcMs).toISOString().slice(0, 19).replace("T", " "),
  );
  row(
    words.deviation,
    deviationMinutes === undefined
      ? "?"
      : `${deviationMinutes} min (${zoneText(deviationMinutes)})`,
  );
  row(words.daylightSaving, status === undefined ? "?" : status.dst ? words.yes : words.no);
  const flags = statusFlags(reading);
  row(words.clockStatus, flags === "" ? colour.green("ok") : colour.yellow(flags));
  const far = offsetMs === undefined || Math.abs(offsetMs) > offsetNoticedMs;
  const uncertain = fill(sentences.clockUncertain, {
    ms: Math.max(1, Math.round(roundTripMs / 2)),
  });
  row(
    words.difference,
    `${(far ? colour.yellow : colour.green)(offsetText(reading))} ${colour.dim(uncertain)}`,
  );
}

/** The standard's words for what the status says is wrong. */
function statusFlags({ status }: Reading): string {
  if (status === undefined) return "";
  const { invalid, doubtful, differentBase, invalidClockStatus } = status;
  const flags: readonly (readonly [boolean, string])[] = [
    [invalid, "invalid value"],
    [doubtful, "doubtful value"],
    [differentBase, "different clock base"],
    [invalidClockStatus, "invalid clock status"],
  ];
  return flags
    .filter(([set]) => set)
    .map(([, name]) => name)
    .join(", ");
}
