import { openSession, openTcpPort, systemClock } from "@lectura/dlms-node";
import { obis } from "@lectura/dlms/cosem";
import { DlmsError } from "@lectura/dlms/octets";
import type { TestReport } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseDurationMs, parseEndpoint } from "../parse.ts";
import { describeProblem } from "../problem.ts";
import { nextStep } from "./follow.ts";
import { sessionOptions, type WireOptions } from "./wire-options.ts";
import { watchWire } from "./wire-watch.ts";

type Stage = TestReport["stages"][number];

/** Every meter has one: the logical device name. */
const logicalDeviceName = { classId: 1, logicalName: obis("0.0.42.0.0.255"), attributeId: 2 };

async function testEndpoint(
  context: Context,
  tcp: string,
  options: WireOptions,
): Promise<{ report: TestReport; error: unknown }> {
  const stages: Stage[] = [];
  const wire = await sessionOptions(context, { ...options, tcp });
  const timed = async <Result>(
    stage: Stage["stage"],
    act: () => Promise<Result>,
    describe: (result: Result) => string,
  ): Promise<Result> => {
    const startedMs = systemClock.monotonicMs();
    const ms = (): number => Math.round((systemClock.monotonicMs() - startedMs) * 10) / 10;
    try {
      const result = await act();
      stages.push({ stage, ok: true, ms: ms(), detail: describe(result) });
      return result;
    } catch (error) {
      const { code, message } = describeProblem(error, context.output.language);
      stages.push({ stage, ok: false, ms: ms(), code, detail: message });
      throw error;
    }
  };
  try {
    const signal = context.environment.interrupted;
    const connectTimeoutMs =
      options.timeout === undefined ? 5000 : parseDurationMs(options.timeout);
    const trust = wire.tls === undefined ? {} : { tls: wire.tls };
    await using port = await timed(
      "tcp",
      () => openTcpPort({ ...parseEndpoint(tcp), connectTimeoutMs, signal, ...trust }),
      ({ label }) => label,
    );
    const { tcp: _endpoint, tls: _trust, ...rest } = wire;
    using watch = watchWire(context, options);
    const { observer } = watch;
    await using session = await timed(
      "session",
      () => openSession({ ...rest, port, ...(observer === undefined ? {} : { observer }) }),
      ({ negotiated }) => {
        const { address, framing, maxPduOctets } = negotiated;
        const where =
          address === undefined
            ? framing
            : `${framing}, ${address.upper}/${address.lower} (${address.size})`;
        return `${where}, max PDU ${maxPduOctets}`;
      },
    );
    await timed(
      "read",
      () => session.get(logicalDeviceName, { signal }),
      (result) => (result.ok ? "0.0.42.0.0.255" : result.reason),
    );
    return { report: { meter: tcp, ok: true, stages }, error: undefined };
  } catch (error) {
    return { report: { meter: tcp, ok: false, stages }, error };
  }
}

/** `test METER|HOST:PORT`: each stage with its time; exit 4 when it is reached but not healthy. */
export async function test(
  context: Context,
  target: string,
  options: WireOptions,
): Promise<ExitCode> {
  const { output } = context;
  const isEndpoint = /:\d+$/.test(target);
  const { report, error } = isEndpoint
    ? await testEndpoint(context, target, options)
    : await withControl(context, async ({ control }) => ({
        report: await control.testMeter(target, { signal: context.environment.interrupted }),
        error: undefined,
      }));
  const failed = report.stages.find(({ ok }) => !ok);
  const code = failed?.code;
  const next = code === undefined ? undefined : nextStep(output, code);
  output.document(
    code === undefined ? report : { ...report, error: { code, message: failed?.detail, next } },
  );
  for (const stage of report.stages) {
    const mark = stage.ok ? output.colour.green("ok  ") : output.colour.red("FAIL");
    const cause = stage.code === undefined ? "" : `${stage.code}: `;
    output.line(
      `${mark} ${stage.stage.padEnd(8)} ${stage.ms.toFixed(1).padStart(8)} ms  ${cause}${stage.detail}`,
    );
  }
  if (report.ok) {
    output.note(output.texts.sentences.testOk);
    return exitCodes.done;
  }
  if (error !== undefined && !output.json) output.problem(error);
  else if (next !== undefined) output.note(`${output.colour.cyan("next")}: ${next}`);
  const reached = report.stages.some(({ ok }) => ok);
  if (error !== undefined && !(error instanceof DlmsError)) return exitCodes.failed;
  return reached ? exitCodes.unhealthy : exitCodes.failed;
}
