import { type FrameObserver, systemClock } from "@lectura/dlms-node";
import { DlmsError } from "@lectura/dlms/octets";
import { type GatewayControl, valueText } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { unitSymbol } from "../format.ts";
import { parseCount, parseDurationMs, parseReadTarget, type ReadTarget } from "../parse.ts";
import { CliError } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { ReadStatistics } from "./read-statistics.ts";
import { type ReadAnswer, ScaledReader } from "./scaled-reader.ts";
import {
  openWire,
  type PreparedWire,
  prepareWire,
  templateOf,
  type WireOptions,
} from "./wire-options.ts";
import { endpointOf } from "./wire-stream.ts";
import { watchWire } from "./wire-watch.ts";

export interface ReadOptions extends WireOptions {
  readonly repeat?: string;
  readonly every?: string;
}

/** What is read again and again: a session of our own, or the running gateway's line owner. */
interface Source extends AsyncDisposable {
  read(): Promise<readonly ReadAnswer[]>;
}

function answerJson(meter: string, answer: ReadAnswer): Readonly<Record<string, unknown>> {
  const { target, atMs } = answer;
  const head = { type: "reading", meter, key: target.key, obis: target.logicalName };
  if (!answer.ok) return { ...head, error: answer.code, measuredAt: atMs };
  return {
    ...head,
    value: valueText(answer.value),
    unit: unitSymbol(answer.unit),
    measuredAt: atMs,
    receivedAt: atMs,
    origin: "poll",
    quality: [],
  };
}

function write(context: Context, meter: string, answers: readonly ReadAnswer[]): void {
  const { output } = context;
  for (const answer of answers) {
    output.document(answerJson(meter, answer));
    const text = answer.ok
      ? `${output.colour.bold(valueText(answer.value))} ${unitSymbol(answer.unit)}`
      : output.colour.red(answer.code);
    output.line(`${answer.target.key.padEnd(18)} ${answer.target.logicalName.padEnd(16)} ${text}`);
  }
}

async function wireSource(
  wire: PreparedWire,
  targets: readonly ReadTarget[],
  observer: FrameObserver | undefined,
): Promise<Source> {
  const session = await openWire(wire, observer);
  const reader = new ScaledReader(session, targets);
  return {
    read: () => reader.read(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function ownerSource(
  control: GatewayControl,
  meter: string,
  targets: readonly ReadTarget[],
  signal: AbortSignal,
): Source {
  return {
    async read() {
      const items = targets.length === 0 ? undefined : targets;
      const { outcomes } = await control.readNow(meter, items, { signal });
      return outcomes.map((outcome): ReadAnswer => {
        const { key, obis } = outcome.ok ? outcome.reading : outcome;
        const target = { key, classId: 0, logicalName: obis, attributeId: 0 };
        return outcome.ok
          ? {
              ok: true,
              target,
              value: outcome.reading.value,
              unit: outcome.reading.unit,
              atMs: outcome.reading.measuredAt,
            }
          : { ok: false, target, code: outcome.code, atMs: systemClock.nowMs() };
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function repeat(
  context: Context,
  meter: string,
  options: ReadOptions,
  open: () => Promise<Source>,
): Promise<ExitCode> {
  const { interrupted } = context.environment;
  const count = parseCount("--repeat", options.repeat ?? "1", 1, 1_000_000_000);
  const everyMs = options.every === undefined ? 0 : parseDurationMs(options.every);
  const statistics = new ReadStatistics(systemClock.monotonicMs());
  let source = await open();
  try {
    for (let done = 0; done < count && !interrupted.aborted; done++) {
      const startedMs = systemClock.monotonicMs();
      try {
        const answers = await source.read();
        statistics.add(systemClock.monotonicMs() - startedMs, answers);
        write(context, meter, answers);
      } catch (error) {
        if (interrupted.aborted) break;
        if (!(error instanceof DlmsError) || count === 1) throw error;
        statistics.fail();
        // Only a broken session is opened again; a credential never goes out twice by itself.
        if (error.recovery === "hold-credential" || error.recovery === "operator") throw error;
        context.output.problem(error);
        await source[Symbol.asyncDispose]();
        source = await open();
        statistics.reconnected();
      }
      const restMs = everyMs - (systemClock.monotonicMs() - startedMs);
      if (restMs > 0 && done + 1 < count) {
        await systemClock.sleep(restMs, interrupted).catch(() => undefined);
      }
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
  const summary = statistics.summary(systemClock.monotonicMs());
  if (options.repeat !== undefined) {
    context.output.document({ type: "summary", ...summary });
    context.output.note(fill(context.output.texts.sentences.readSummary, summary));
  }
  if (interrupted.aborted) return exitCodes.interrupted;
  return summary.errors === 0 ? exitCodes.done : exitCodes.failed;
}

/** `read METER|--tcp HOST:PORT [KEY|OBIS ...]`. */
export async function read(
  context: Context,
  words: readonly string[],
  options: ReadOptions,
): Promise<ExitCode> {
  const endpoint = endpointOf(options);
  if (endpoint !== undefined) {
    const keys = words.length > 0 ? words : (templateOf(options)?.plan.keys ?? []);
    const targets = keys.map(parseReadTarget);
    if (targets.length === 0) throw new CliError("usage/nothing-to-read");
    using watch = watchWire(context, options);
    const wire = await prepareWire(context, options);
    return await repeat(context, endpoint, options, () =>
      wireSource(wire, targets, watch.observer),
    );
  }
  const [meter, ...keys] = words;
  if (meter === undefined) throw new CliError("usage/missing", { name: "METER" });
  const targets = keys.map(parseReadTarget);
  return withControl(context, ({ control }) =>
    repeat(context, meter, options, () =>
      Promise.resolve(ownerSource(control, meter, targets, context.environment.interrupted)),
    ),
  );
}
