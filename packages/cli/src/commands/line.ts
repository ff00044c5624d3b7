import {
  endpointText as placeText,
  type GatewayControl,
  type Line,
  type LineDraft,
  type LineEdit,
} from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseDurationMs } from "../parse.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { lineEndpoint, type LineEndpointOptions } from "./line-endpoint.ts";

export interface LineOptions extends LineEndpointOptions {
  readonly name?: string;
  readonly framing?: string;
  readonly gap?: string;
  readonly timeout?: string;
}

export function parseFraming(text: string): Line["framing"] {
  if (text === "hdlc" || text === "wrapper" || text === "auto") return text;
  throw new CliError("usage/choice", { name: "--framing", text, choices: "hdlc, wrapper, auto" });
}

function lineEdit(options: LineOptions): LineEdit {
  const endpoint = lineEndpoint(options);
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(options.framing === undefined ? {} : { framing: parseFraming(options.framing) }),
    ...(options.gap === undefined ? {} : { gapMs: parseDurationMs(options.gap) }),
    ...(options.timeout === undefined
      ? {}
      : { responseTimeoutMs: parseDurationMs(options.timeout) }),
  };
}

/** Where a line is: `host:port`, `tls://host:port`, `udp://host:port`, a path. */
export function endpointText({ endpoint }: Line): string {
  return placeText(endpoint);
}

/** A line's place in JSON: `at`, and `tcp` (`host:port`) of lines over TCP. */
export function placeJson(line: Line): { readonly at: string; readonly tcp?: string } {
  const at = endpointText(line);
  return line.endpoint.kind === "tcp" ? { at, tcp: at.replace("tls://", "") } : { at };
}

/** A line as `--json` shows it. */
export function lineJson(line: Line): Readonly<Record<string, unknown>> {
  return { ...line, ...placeJson(line) };
}

export async function listLines(context: Context): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const lines = await control.lines();
    const { output } = context;
    output.document({ lines: lines.map(lineJson) });
    if (lines.length === 0) output.line(output.texts.sentences.noLines);
    else {
      const { words } = output.texts;
      output.table([
        ["id", words.name, words.endpoint, words.framing, words.state],
        ...lines.map((line) => [
          String(line.id),
          line.name,
          endpointText(line),
          line.framing,
          line.paused ? words.paused : words.active,
        ]),
      ]);
    }
    return exitCodes.done;
  });
}

export async function addLine(context: Context, options: LineOptions): Promise<ExitCode> {
  const endpoint = lineEndpoint(options);
  if (endpoint === undefined) {
    throw new CliError("usage/missing", { name: "--tcp | --udp | --serial | --listen" });
  }
  const draft: LineDraft = { ...lineEdit(options), endpoint };
  return report(context, "added", (control) => control.addLine(draft));
}

export async function showLine(context: Context, name: string): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const line = await control.line(name);
    const { output } = context;
    const { words } = output.texts;
    output.document(lineJson(line));
    output.table([
      [words.name, line.name],
      [words.endpoint, endpointText(line)],
      [words.framing, line.framing],
      ["gap", `${line.gapMs} ms`],
      ["timeout", `${line.responseTimeoutMs} ms`],
      [words.state, line.paused ? words.paused : words.active],
    ]);
    return exitCodes.done;
  });
}

export async function editLine(
  context: Context,
  name: string,
  options: LineOptions,
): Promise<ExitCode> {
  return report(context, "edited", (control) => control.editLine(name, lineEdit(options)));
}

export async function removeLine(context: Context, name: string): Promise<ExitCode> {
  return report(context, "removed", async (control) => {
    const line = await control.line(name);
    await control.removeLine(name);
    return line;
  });
}

export async function pauseLine(context: Context, name: string): Promise<ExitCode> {
  return report(context, "pausedNow", (control) => control.pauseLine(name));
}

export async function resumeLine(context: Context, name: string): Promise<ExitCode> {
  return report(context, "resumedNow", (control) => control.resumeLine(name));
}

async function report(
  context: Context,
  sentence: "added" | "edited" | "removed" | "pausedNow" | "resumedNow",
  change: (control: GatewayControl) => Promise<Line>,
): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const line = await change(control);
    const { output } = context;
    output.document(lineJson(line));
    output.line(
      fill(output.texts.sentences[sentence], { what: output.texts.words.line, name: line.name }),
    );
    return exitCodes.done;
  });
}
