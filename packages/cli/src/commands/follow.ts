import type { StreamItem } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { CliError } from "../problem.ts";
import { errorText, hasErrorText } from "../texts/error-texts.ts";

function clockText(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** One line of the stream for people. */
export function streamText(output: Output, item: StreamItem): string {
  const { colour } = output;
  if (item.type === "reading") {
    const flags = item.quality.length === 0 ? "" : colour.yellow(` [${item.quality.join(", ")}]`);
    const value = colour.bold(item.value.padStart(14));
    return (
      `${colour.dim(clockText(item.measuredAt))} ${item.meter.padEnd(14)} ` +
      `${item.key.padEnd(16)} ${value} ${item.unit}${flags}`
    );
  }
  const paint = {
    info: colour.cyan,
    warning: colour.yellow,
    error: colour.red,
    critical: colour.red,
  }[item.severity];
  const who = item.meter ?? item.line ?? "";
  const head = `${colour.dim(clockText(item.at))} ${who.padEnd(14)}`;
  const next = item.severity === "info" ? undefined : nextStep(output, item.code);
  const advice = next === undefined ? "" : `\n${" ".repeat(24)}${colour.cyan("next")}: ${next}`;
  return `${head} ${paint(item.code)} ${item.message}${advice}`;
}

/** What a person does about a code; undefined where it has no text of its own. */
export function nextStep({ language }: Output, code: string): string | undefined {
  if (!hasErrorText(code, language)) return undefined;
  const { next } = errorText(code, {}, "", language);
  // A step that names facts the event does not carry says nothing here.
  return next.includes("{") ? undefined : next;
}

/** A stream item as `--json` shows it. */
export function writeStreamItem(output: Output, item: StreamItem): void {
  output.document(item);
  output.line(streamText(output, item));
}

/** Streams until interrupted, or until the gateway goes away. */
export async function follow(context: Context, name: string | undefined): Promise<ExitCode> {
  return withControl(context, async ({ control, running }) => {
    if (!running) throw new CliError("cli/not-running");
    if (name !== undefined) await control.meter(name);
    const { output, environment } = context;
    output.note(output.texts.sentences.following);
    using subscription = control.subscribe((item) => {
      if (name === undefined || item.meter === name) writeStreamItem(output, item);
    });
    void subscription;
    const ended = Promise.withResolvers<void>();
    environment.interrupted.addEventListener("abort", () => ended.resolve(), { once: true });
    if (environment.interrupted.aborted) ended.resolve();
    await ended.promise;
    return exitCodes.interrupted;
  });
}
