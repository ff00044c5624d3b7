import {
  openSession,
  type ScanFinding,
  scanLine,
  type ScanLineOptions,
  type SessionOptions,
} from "@lectura/dlms-node";
import { dataObject } from "@lectura/dlms/cosem";
import { scanAddresses } from "@lectura/dlms/hdlc";
import { DlmsError } from "@lectura/dlms/octets";
import type { Context } from "../context.ts";
import { dataText } from "../data-text.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { writeTable } from "../fitted-table.ts";
import { parseDurationMs } from "../parse.ts";
import { CliError } from "../problem.ts";
import { Progress } from "../progress.ts";
import { fill } from "../texts/texts.ts";
import { parseNumbers, parseRange } from "./field-options.ts";
import { parseFraming } from "./line.ts";
import { endpointOf, type StreamOptions, streamOf } from "./wire-stream.ts";
import { type WatchOptions, watchWire } from "./wire-watch.ts";

export interface ScanOptions extends StreamOptions, WatchOptions {
  readonly framing?: string;
  readonly timeout?: string;
  readonly upper?: string;
  readonly lower?: string;
  readonly sizes?: string;
  readonly clients?: string;
  readonly names?: boolean;
}

/** Somebody on the line; the name where it was asked for and told. */
interface Found extends ScanFinding {
  readonly name?: string;
}

type Place = Pick<SessionOptions, "tcp" | "udp" | "serial" | "tls" | "modeE">;

const publicClient = 16;
const addressMax = 0x3fff;
const deviceName = "0.0.42.0.0.255";

/** `scan`: who is on a line. No credential is sent. Exit 3 when nobody answers. */
export async function scan(context: Context, options: ScanOptions): Promise<ExitCode> {
  const { output, environment } = context;
  if (endpointOf(options) === undefined) throw new CliError("usage/endpoint-missing");
  const { sentences } = output.texts;
  const place = await streamOf(options);
  const request = scanRequest(options);
  using watch = watchWire(context, options);
  using progress = new Progress(context);
  const observer = watch.observer === undefined ? {} : { observer: watch.observer };
  const found: Found[] = [];
  let asked = 0;
  try {
    await scanLine({
      ...place,
      ...request,
      ...observer,
      signal: environment.interrupted,
      onProgress: ({ done, total, clientSap, address }) => {
        asked = done;
        const where = `${address.upper}/${address.lower} (${address.size})`;
        const values = { done, total, where, client: clientSap, found: found.length };
        progress.show(done, total, fill(sentences.scanProgress, values));
      },
      onFinding: (finding) => void found.push(finding),
    });
    asked++;
    if (options.names === true) {
      for (const [index, finding] of found.entries()) {
        progress.show(index, found.length, fill(sentences.scanNames, { found: found.length }));
        const name = await nameOf(place, finding, {
          ...request,
          ...observer,
          signal: environment.interrupted,
        });
        if (name !== undefined) found[index] = { ...finding, name };
      }
    }
  } catch (error) {
    progress.clear();
    if (found.length > 0) tell(context, found, asked, options.names === true);
    throw error;
  }
  progress.clear();
  tell(context, found, asked, options.names === true);
  return found.length === 0 ? exitCodes.notFound : exitCodes.done;
}

type Request = Pick<ScanLineOptions, "upper" | "lower" | "sizes" | "clientSaps" | "responseMs"> & {
  readonly framing: "hdlc" | "wrapper";
};

function scanRequest(options: ScanOptions): Request {
  const { upper, lower, sizes, clients, timeout } = options;
  const framing = parseFraming(options.framing ?? (options.udp === undefined ? "hdlc" : "wrapper"));
  const request: Request = {
    framing: framing === "wrapper" ? "wrapper" : "hdlc",
    ...(upper === undefined ? {} : { upper: parseRange("--upper", upper, addressMax) }),
    ...(lower === undefined ? {} : { lower: parseRange("--lower", lower, addressMax) }),
    ...(sizes === undefined ? {} : { sizes: parseSizes(sizes) }),
    ...(clients === undefined
      ? {}
      : { clientSaps: [...parseNumbers("--clients", clients, 1, 127)] }),
    ...(timeout === undefined ? {} : { responseMs: parseDurationMs(timeout) }),
  };
  try {
    scanAddresses(request);
  } catch (cause) {
    const text = `${upper ?? "1"} x ${lower ?? "16-115"}`;
    throw new CliError("usage/range", { name: "--upper/--lower", text }, { cause });
  }
  return request;
}

function parseSizes(text: string): readonly (1 | 2 | 4)[] {
  return text.split(",").map((part) => {
    const size = Number(part);
    if (size === 1 || size === 2 || size === 4) return size;
    throw new CliError("usage/choice", { name: "--sizes", text: part, choices: "1, 2, 4" });
  });
}

/** Logical device name as the public client, or why it was not told. */
async function nameOf(
  place: Place,
  { address }: ScanFinding,
  { framing, responseMs, observer, signal }: Request & Pick<ScanLineOptions, "observer" | "signal">,
): Promise<string | undefined> {
  try {
    await using session = await openSession({
      ...place,
      framing,
      clientSap: publicClient,
      server: address,
      ...(responseMs === undefined ? {} : { timeouts: { responseMs } }),
      ...(observer === undefined ? {} : { observer }),
      ...(signal === undefined ? {} : { signal }),
    });
    const result = await session.get(
      dataObject(deviceName),
      signal === undefined ? {} : { signal },
    );
    if (!result.ok) return undefined;
    return dataText(result.value).replaceAll('"', "");
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof DlmsError)) throw error;
    return undefined;
  }
}

function tell(context: Context, found: readonly Found[], asked: number, names: boolean): void {
  const { output } = context;
  const { words, sentences } = output.texts;
  output.document({ asked, findings: found });
  if (found.length === 0) {
    output.note(fill(sentences.scanNobody, { asked }));
    return;
  }
  const { colour } = output;
  writeTable(
    context,
    [
      { heading: words.address, paint: colour.cyan },
      { heading: words.client, right: true },
      {
        heading: words.answer,
        paint: (text) => (text === words.open ? colour.green : colour.yellow)(text),
      },
      ...(names ? [{ heading: words.name, paint: colour.bold, flexible: true }] : []),
      { heading: words.details, flexible: true },
    ],
    found.map(({ address, clientSap, answer, name, hdlc, reason }) => [
      `${address.upper}/${address.lower} (${address.size})`,
      String(clientSap),
      answer === "open" ? words.open : words.refused,
      ...(names ? [name ?? "-"] : []),
      hdlc === undefined
        ? (reason ?? "")
        : fill(sentences.scanLink, { octets: hdlc.transmitOctetsMax, window: hdlc.transmitWindow }),
    ]),
  );
  output.note(fill(sentences.scanSummary, { found: found.length, asked }));
}
