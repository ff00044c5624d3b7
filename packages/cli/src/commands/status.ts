import type { GatewayStatus, MeterStatus } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { agoText, durationText, rateText, readingJson, readingText } from "../format.ts";
import { visibleLength } from "../output.ts";
import { endpointText } from "./line.ts";
import { mechanismNotes } from "./mechanism-note.ts";
import { meterJson } from "./meter.ts";
import { sinkTable } from "./sink.ts";

/** A reading is stale after this many intervals without a newer one. */
const staleIntervals = 3;

/** Whether a meter that should be read gives values in time. */
export function isHealthy(status: MeterStatus, nowMs: number): boolean {
  const { meter, line, state, lastReadingAt } = status;
  if (meter.paused || line.paused) return true;
  if (state === "failing" || state === "held") return false;
  const ageMaxMs = Math.max(staleIntervals * meter.plan.intervalMs, 10_000);
  return lastReadingAt !== undefined && nowMs - lastReadingAt <= ageMaxMs;
}

function statusJson(status: MeterStatus, nowMs: number): Readonly<Record<string, unknown>> {
  const { meter, line, latest, ...live } = status;
  return {
    ...meterJson(meter, line),
    ...live,
    healthy: isHealthy(status, nowMs),
    latest: latest.map((reading) => readingJson(meter.name, reading)),
  };
}

/** The card of one meter, as wide as its content. */
export function statusCard(context: Context, status: MeterStatus): readonly string[] {
  const { output, environment } = context;
  const { words } = output.texts;
  const { colour } = output;
  const nowMs = environment.nowMs();
  const { meter, line, cycles, readings, code } = status;
  const paint = isHealthy(status, nowMs) ? colour.green : colour.red;
  const row = (label: string, text: string): string => `${label.padEnd(16)} ${text}`;
  const head = [
    colour.bold(meter.name),
    row(words.endpoint, endpointText(line)),
    row(words.state, paint(words[status.state]) + (code === undefined ? "" : ` (${code})`)),
  ];
  const live = [
    ...(meter.keyChangePending ? [row(words.keyChange, words.notProved)] : []),
    row(words.readSuccess, rateText(readings.journaled, readings.scheduled)),
    row(
      words.cycles,
      `${cycles.ok}/${cycles.scheduled} (${cycles.failed} ${words.failures}), ` +
        `${status.requests} ${words.requests}, ${status.reconnects} ${words.reconnects}`,
    ),
    row(
      words.uptime,
      status.upSinceMs === undefined ? "-" : durationText(nowMs - status.upSinceMs),
    ),
    row(words.lastReading, agoText(output.texts, nowMs, status.lastReadingAt)),
    ...(status.nextAttemptAt === undefined || status.state !== "waiting"
      ? []
      : [row(words.nextAttempt, durationText(status.nextAttemptAt - nowMs))]),
  ];
  const values = status.latest.map((reading) => {
    const flags = reading.quality.length === 0 ? "" : ` [${reading.quality.join(", ")}]`;
    return `  ${reading.key.padEnd(16)} ${readingText(reading)}${flags}`;
  });
  return box([head, live, values.length === 0 ? [] : [`${words.currentValues}:`, ...values]]);
}

function box(sections: readonly (readonly string[])[]): readonly string[] {
  const filled = sections.filter((section) => section.length > 0);
  const width = Math.max(...filled.flat().map(visibleLength)) + 2;
  const bar = "\u2500".repeat(width + 2);
  const framed = (text: string): string =>
    `\u2502  ${text}${" ".repeat(width - visibleLength(text))}\u2502`;
  return [
    `\u250c${bar}\u2510`,
    ...filled.flatMap((section, index) => [
      ...(index === 0 ? [] : [`\u251c${bar}\u2524`]),
      ...section.map(framed),
    ]),
    `\u2514${bar}\u2518`,
  ];
}

export async function status(context: Context, name: string | undefined): Promise<ExitCode> {
  return withControl(context, async ({ control, running }) => {
    const { output, environment } = context;
    const nowMs = environment.nowMs();
    const meters =
      name === undefined ? (await control.status()).meters : [await control.meterStatus(name)];
    const sinks: GatewayStatus["sinks"] = await control.sinks();
    const healthy = running && meters.every((meter) => isHealthy(meter, nowMs));
    output.document({
      running,
      healthy,
      meters: meters.map((meter) => statusJson(meter, nowMs)),
      sinks,
    });
    if (!running) output.note(output.colour.yellow(output.texts.sentences.notRunning));
    if (meters.length === 0) output.line(output.texts.sentences.noMeters);
    for (const meter of meters) for (const text of statusCard(context, meter)) output.line(text);
    if (sinks.length > 0) sinkTable(context, sinks);
    const asked = meters.map(({ meter }) => meter);
    for (const note of mechanismNotes(output.texts, asked)) output.note(note);
    return healthy ? exitCodes.done : exitCodes.unhealthy;
  });
}
