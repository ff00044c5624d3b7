import type {
  GatewayControl,
  SinkDefinition,
  SinkDraft,
  SinkStatus,
  TlsSettings,
} from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { rateText } from "../format.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { readSecrets, type SecretOptions } from "./secrets.ts";

export interface SinkOptions extends SecretOptions {
  readonly kind?: string;
  readonly url?: string;
  readonly topic?: string;
  readonly statusTopic?: string;
  readonly username?: string;
  readonly format?: string;
  readonly retain?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly certKey?: string;
}

const formats = ["original", "flat", "senml"] as const;

function tlsOf(options: SinkOptions): TlsSettings | undefined {
  const { ca, cert, certKey } = options;
  if (ca === undefined && cert === undefined && certKey === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certificateFile: cert }),
    ...(certKey === undefined ? {} : { keyFile: certKey }),
  };
}

type MqttDraft = Extract<SinkDraft, { kind: "mqtt" }>;

async function mqttFields(
  context: Context,
  options: SinkOptions,
): Promise<Partial<Omit<MqttDraft, "kind" | "name" | "url">>> {
  const { password } = await readSecrets(context, options);
  const format = formats.find((name) => name === options.format);
  if (options.format !== undefined && format === undefined) {
    const choices = formats.join(", ");
    throw new CliError("usage/choice", { name: "--format", text: options.format, choices });
  }
  const tls = tlsOf(options);
  return {
    ...(options.topic === undefined ? {} : { topic: options.topic }),
    ...(options.statusTopic === undefined ? {} : { statusTopic: options.statusTopic }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.retain === undefined ? {} : { retain: options.retain }),
    ...(format === undefined ? {} : { format }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

export async function listSinks(context: Context): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const sinks = await control.sinks();
    const { output } = context;
    output.document({ sinks });
    if (sinks.length === 0) output.line(output.texts.sentences.noSinks);
    else sinkTable(context, sinks);
    return exitCodes.done;
  });
}

/** Sinks with their health and counters, as `status` and `sink list` show them. */
export function sinkTable(context: Context, sinks: readonly SinkStatus[]): void {
  const { output } = context;
  const { words } = output.texts;
  output.table(
    [
      [
        words.sink,
        words.kind,
        words.endpoint,
        words.state,
        words.publishSuccess,
        words.acknowledged,
        words.pending,
        words.deadLettered,
        words.dropped,
      ],
      ...sinks.map(({ sink, health, counts }) => [
        sink.name,
        sink.kind,
        sink.url,
        `${words[health.state]}${health.code === undefined ? "" : ` (${health.code})`}`,
        rateText(counts.acknowledged, counts.produced),
        String(counts.acknowledged),
        String(counts.pending),
        String(counts.deadLettered),
        String(counts.dropped),
      ]),
    ],
    new Set([5, 6, 7, 8]),
  );
}

export async function addSink(
  context: Context,
  name: string,
  options: SinkOptions,
): Promise<ExitCode> {
  const kind = options.kind ?? "mqtt";
  const { url } = options;
  if (url === undefined) throw new CliError("usage/missing", { name: "--url" });
  if (kind !== "mqtt" && kind !== "thingsboard-device") {
    const choices = "mqtt, thingsboard-device";
    throw new CliError("usage/choice", { name: "--kind", text: kind, choices });
  }
  const tls = tlsOf(options);
  const draft: SinkDraft =
    kind === "mqtt"
      ? { kind, name, url, ...(await mqttFields(context, options)) }
      : { kind, name, url, ...(tls === undefined ? {} : { tls }) };
  return report(context, "added", (control) => control.addSink(draft));
}

export async function showSink(context: Context, name: string): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const status = await control.sink(name);
    context.output.document(status);
    sinkTable(context, [status]);
    if (status.health.message !== undefined) context.output.line(status.health.message);
    return exitCodes.done;
  });
}

export async function editSink(
  context: Context,
  name: string,
  options: SinkOptions,
): Promise<ExitCode> {
  const edit = {
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(await mqttFields(context, options)),
  };
  return report(context, "edited", (control) => control.editSink(name, edit));
}

export async function removeSink(context: Context, name: string): Promise<ExitCode> {
  return report(context, "removed", async (control) => {
    const { sink } = await control.sink(name);
    await control.removeSink(name);
    return sink;
  });
}

export async function pauseSink(context: Context, name: string): Promise<ExitCode> {
  return report(context, "pausedNow", (control) => control.pauseSink(name));
}

export async function resumeSink(context: Context, name: string): Promise<ExitCode> {
  return report(context, "resumedNow", (control) => control.resumeSink(name));
}

async function report(
  context: Context,
  sentence: "added" | "edited" | "removed" | "pausedNow" | "resumedNow",
  change: (control: GatewayControl) => Promise<SinkDefinition>,
): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const sink = await change(control);
    const { output } = context;
    output.document(sink);
    output.line(
      fill(output.texts.sentences[sentence], { what: output.texts.words.sink, name: sink.name }),
    );
    return exitCodes.done;
  });
}
