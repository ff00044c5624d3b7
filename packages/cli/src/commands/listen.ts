import { readFile } from "node:fs/promises";
import {
  identifyByDeviceName,
  listenForMeters,
  listenForPushes,
  type ListenForPushesOptions,
  type MeterListenerEvent,
  type PushListenerEvent,
} from "@lectura/dlms-node";
import { toHex } from "@lectura/dlms/octets";
import { pushTemplates } from "@lectura/dlms/push";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { CliError, describeProblem } from "../problem.ts";
import { fill } from "../texts/texts.ts";
import { untilInterrupted } from "../until-interrupted.ts";
import { peerText, writePush } from "./push-writer.ts";
import { type SenderOptions, sendersOf } from "./push-senders.ts";
import { streamOf } from "./wire-stream.ts";

export interface ListenOptions extends SenderOptions {
  readonly tcp?: string;
  readonly udp?: string;
  readonly serial?: string;
  readonly baud?: string;
  readonly framing?: string;
  readonly cert?: string;
  readonly certKey?: string;
  readonly ca?: string;
  readonly dialIn?: boolean;
  /** False: `--no-confirm`. */
  readonly confirm?: boolean;
  readonly count?: string;
  readonly duration?: string;
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

type Tls = NonNullable<NonNullable<ListenForPushesOptions["tcp"]>["tls"]>;
type Framing = NonNullable<NonNullable<ListenForPushesOptions["reading"]>["framing"]>;

/** Nobody outside this machine is heard unless an address is given. */
const loopback = "127.0.0.1";
/** Registered for DLMS/COSEM. */
const portDefault = 4059;
const countMax = 1_000_000_000;
/** Lists named by position; a list of one value would be anybody's. */
const namingTemplates = pushTemplates.filter(({ columns }) => columns.length > 1);
const framings: readonly Framing[] = ["hdlc", "wrapper", "mbus", "apdu"];

/** `listen`: what meters send unasked, or with `--dial-in` the meters that call. */
export async function listen(context: Context, options: ListenOptions): Promise<ExitCode> {
  return options.dialIn === true
    ? await listenForCalls(context, options)
    : await listenForPushed(context, options);
}

async function listenForPushed(context: Context, options: ListenOptions): Promise<ExitCode> {
  const { output } = context;
  const { sentences } = output.texts;
  const tally = new Tally(options.count);
  const open = await sendersOf(context, options);
  const framing = parsePushFraming(options.framing ?? "auto");
  const where = await entrancesOf(options);
  await using listener = await listenForPushes({
    ...where,
    onNotification: (delivery) => tally.add("pushes", writePush(context, delivery)),
    onEvent: (event) => tellEvent(context, event, tally),
    reading: {
      templates: namingTemplates,
      ...(framing === undefined ? {} : { framing }),
      ...(open === undefined ? {} : { open }),
    },
    confirm: options.confirm !== false,
  });
  const places = [
    ...(listener.tcp === undefined ? [] : [`tcp ${listener.tcp.host}:${listener.tcp.port}`]),
    ...(listener.udp === undefined ? [] : [`udp ${listener.udp.host}:${listener.udp.port}`]),
    ...(options.serial === undefined ? [] : [options.serial]),
  ];
  output.document({ type: "ready", endpoints: places });
  output.note(fill(sentences.listenReady, { places: places.join(", ") }));
  await untilEnded(context, options, tally);
  return tell(context, tally, sentences.listenSummary);
}

async function listenForCalls(context: Context, options: ListenOptions): Promise<ExitCode> {
  const { output, environment } = context;
  const { sentences } = output.texts;
  if (options.udp !== undefined || options.serial !== undefined) {
    throw new CliError("usage/one-of", { names: "--dial-in, --udp, --serial" });
  }
  const tally = new Tally(options.count);
  const framing = parsePushFraming(options.framing ?? "wrapper");
  if (framing !== "hdlc" && framing !== "wrapper") {
    const text = options.framing ?? "";
    throw new CliError("usage/choice", { name: "--framing", text, choices: "hdlc, wrapper" });
  }
  const tls = await tlsOf(options);
  await using listener = await listenForMeters({
    ...parseListen(options.tcp),
    ...(tls === undefined ? {} : { tls }),
    identify: identifyByDeviceName({ framing }),
    onEvent: (event) => tellCall(context, event, tally),
  });
  const place = `tcp ${listener.host}:${listener.port}`;
  output.document({ type: "ready", endpoints: [place] });
  output.note(fill(sentences.listenDialIn, { places: place }));
  const taking = (async () => {
    for await (const meter of listener) {
      const { peer, identity } = meter;
      const receivedAt = new Date(environment.nowMs()).toISOString();
      output.document({ type: "meter", receivedAt, peer, name: identity });
      output.line(
        `${output.colour.bold(identity)}  ${output.colour.cyan(`${peer.address}:${peer.port}`)}`,
      );
      await meter[Symbol.asyncDispose]();
      tally.add("pushes", 1);
    }
  })();
  await untilEnded(context, options, tally);
  await listener[Symbol.asyncDispose]();
  await taking;
  return tell(context, tally, sentences.listenDialInSummary);
}

type TallyName = "pushes" | "connections" | "failed" | "dropped" | "refused" | "duplicates";

/** Counts what came, and tells when as much has come as was asked for. */
class Tally {
  readonly counts: Record<TallyName | "values", number> = {
    pushes: 0,
    values: 0,
    connections: 0,
    failed: 0,
    dropped: 0,
    refused: 0,
    duplicates: 0,
  };
  readonly enough: Promise<void>;
  readonly #wanted: number;
  readonly #end: () => void;

  constructor(count: string | undefined) {
    this.#wanted = count === undefined ? Infinity : parseCount("--count", count, 1, countMax);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.enough = promise;
    this.#end = resolve;
  }

  add(name: TallyName, values = 0): void {
    this.counts[name]++;
    this.counts.values += values;
    if (this.counts.pushes >= this.#wanted) this.#end();
  }
}

async function untilEnded(context: Context, options: ListenOptions, tally: Tally): Promise<void> {
  // A person's Ctrl-C is the usual end of listening.
  await Promise.race([untilInterrupted(context.environment, options.duration), tally.enough]);
}

function tell({ output }: Context, { counts }: Tally, sentence: string): ExitCode {
  output.document({ type: "summary", ...counts });
  output.note(fill(sentence, counts));
  return exitCodes.done;
}

function tellEvent(context: Context, event: PushListenerEvent, tally: Tally): void {
  switch (event.type) {
    case "connected":
      tally.add("connections");
      return;
    case "failed":
      tally.add("failed");
      tellFailure(context, peerText(event.peer), event.error, event.apdu);
      return;
    case "dropped":
      tally.add("dropped");
      return;
    case "refused":
      tally.add("refused");
      return;
    case "duplicate":
      tally.add("duplicates");
      return;
    case "rejected":
      tellFailure(context, peerText(event.peer), event.error);
      return;
    case "disconnected":
    case "forgotten":
  }
}

function tellCall(context: Context, event: MeterListenerEvent, tally: Tally): void {
  switch (event.type) {
    case "connected":
      tally.add("connections");
      return;
    case "refused":
      tally.add("refused");
      return;
    case "overflow":
      tally.add("dropped");
      return;
    case "unidentified":
      tally.add("failed");
      tellFailure(context, `${event.peer.address}:${event.peer.port}`, event.error);
      return;
    case "disconnected":
    case "identified":
  }
}

/** What could not be understood: a line of the stream, and cause and next step for people. */
function tellFailure(
  { output }: Context,
  peer: string,
  error: unknown,
  apdu: Uint8Array = new Uint8Array(0),
): void {
  const { code, message, next } = describeProblem(error, output.language);
  output.document({ type: "failed", peer, error: { code, message, next }, apdu: toHex(apdu) });
  output.note(`${output.colour.yellow(`${peer}: ${code}`)}: ${message}`);
  output.note(`${output.colour.cyan("next")}: ${next}`);
}

function parsePushFraming(text: string): Framing | undefined {
  if (text === "auto") return undefined;
  const found = framings.find((framing) => framing === text);
  if (found !== undefined) return found;
  const choices = ["auto", ...framings].join(", ");
  throw new CliError("usage/choice", { name: "--framing", text, choices });
}

/** `PORT`, `HOST:PORT` or `[IPV6]:PORT`; nothing: this machine alone, port 4059. 0 = a free port. */
function parseListen(text: string | undefined): Endpoint {
  if (text === undefined) return { host: loopback, port: portDefault };
  const match = /^(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@[\]]+)):)?(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new CliError("usage/endpoint", { text });
  return { host: match[1] ?? match[2] ?? loopback, port };
}

async function entrancesOf(
  options: ListenOptions,
): Promise<Pick<ListenForPushesOptions, "tcp" | "udp" | "serial">> {
  const { tcp, udp, serial, baud } = options;
  const alone = udp === undefined && serial === undefined;
  const tls = await tlsOf(options);
  const port =
    serial === undefined
      ? undefined
      : (await streamOf({ serial, ...(baud === undefined ? {} : { baud }) })).serial;
  return {
    ...(tcp !== undefined || alone
      ? { tcp: { ...parseListen(tcp), ...(tls === undefined ? {} : { tls }) } }
      : {}),
    ...(udp === undefined ? {} : { udp: parseListen(udp) }),
    ...(port === undefined ? {} : { serial: port }),
  };
}

/** TLS with our certificate; `--ca` asks meters for theirs. */
async function tlsOf({ cert, certKey, ca }: ListenOptions): Promise<Tls | undefined> {
  if (cert === undefined && certKey === undefined) return undefined;
  if (cert === undefined) throw new CliError("usage/missing", { name: "--cert" });
  if (certKey === undefined) throw new CliError("usage/missing", { name: "--cert-key" });
  return {
    cert: await pem(cert),
    key: await pem(certKey),
    ...(ca === undefined ? {} : { ca: await pem(ca), requestCert: true, rejectUnauthorized: true }),
  };
}

async function pem(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError("usage/file", { file }, { cause });
  });
}
