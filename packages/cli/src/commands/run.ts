import { dashboardDirectory } from "@lectura/dashboard";
import { startGateway, type StreamItem } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { dataDirectoryOf, settingsFileOf } from "../data-directory.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { fill } from "../texts/texts.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { writeStreamItem } from "./follow.ts";
import { meterJson } from "./meter.ts";
import { endpointText } from "./line.ts";

export interface RunOptions {
  readonly apiPort?: string;
  readonly duration?: string;
}

/** Kept until the first line is out; what comes beyond is not shown, as the store has it anyway. */
const earlyItemsMax = 10_000;

/** The gateway in the foreground until SIGINT or SIGTERM. */
export async function run(context: Context, options: RunOptions): Promise<ExitCode> {
  const { output, environment } = context;
  const settingsFile = settingsFileOf(context);
  // What happens before the first line is out waits for it: nothing of the start is missed.
  const early: StreamItem[] = [];
  const write = (item: StreamItem): void => {
    // Values go to sinks, `follow` and the page; what a log is for are the events.
    if (output.json || item.type === "event") writeStreamItem(output, item);
  };
  let take = (item: StreamItem): void => {
    if (early.length < earlyItemsMax) early.push(item);
  };
  await using gateway = await startGateway({
    dataDirectory: dataDirectoryOf(context),
    dashboardDirectory,
    ...(settingsFile === undefined ? {} : { settingsFile }),
    variables: environment.variables,
    onItem: (item) => take(item),
    ...(options.apiPort === undefined
      ? {}
      : { api: { port: parseCount("--api-port", options.apiPort, 0, 65_535) } }),
  });
  const { control } = gateway;
  const [meters, lines, sinks] = await Promise.all([
    control.meters(),
    control.lines(),
    control.sinks(),
  ]);
  const lineById = new Map(lines.map((line) => [line.id, line]));
  const api = gateway.api?.url ?? "-";
  for (const notice of gateway.notices) output.note(notice);
  const { sentences } = output.texts;
  output.document({
    type: "ready",
    api,
    mqtt: sinks.find(({ sink }) => sink.kind === "mqtt")?.sink.url ?? null,
    meters: meters.map((meter) => meterJson(meter, lineById.get(meter.lineId))),
    notices: gateway.notices,
  });
  const counts = { meters: meters.length, sinks: sinks.length, api };
  output.line(fill(sentences.runReady, counts));
  for (const meter of meters) {
    const line = lineById.get(meter.lineId);
    const endpoint = line === undefined ? "-" : endpointText(line);
    output.line(`  ${meter.name.padEnd(20)} ${endpoint}`);
  }
  if (meters.length === 0) output.line(sentences.noMeters);
  if (sinks.length === 0) output.line(sentences.sinkHint);
  for (const item of early.splice(0)) write(item);
  take = write;
  await untilInterrupted(environment, options.duration);
  output.note(sentences.stopping);
  const summary = await gateway.stop();
  output.document({ type: "summary", ...summary });
  output.note(sentences.stopped);
  return exitCodes.done;
}
