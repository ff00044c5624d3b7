import {
  describeProfile,
  type MeterProfileDescription,
  type ProfileEntries,
  type ProfilePart,
  type ProfileTimes,
  readAttribute,
  readProfile,
} from "@lectura/dlms-node";
import {
  catalogue,
  type ObisCode,
  parseObis,
  profileGenericObject,
  type ProfileReading,
  restrictingColumn,
} from "@lectura/dlms/cosem";
import { valueNumber } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { parseCount } from "../parse.ts";
import { CliError } from "../problem.ts";
import { Progress } from "../progress.ts";
import { type PlotPoint, plotLines } from "../terminal-plot.ts";
import { fill } from "../texts/texts.ts";
import { parseMoment } from "./field-options.ts";
import { type MeterAtHand, refusal, withMeter } from "./field-session.ts";
import { columnsToRead, namedColumns, type ShownColumn, shownColumns } from "./profile-columns.ts";
import {
  CsvProfile,
  JsonProfile,
  type ProfileWriter,
  rowTime,
  TableProfile,
} from "./profile-writer.ts";
import type { WireOptions } from "./wire-options.ts";

export interface ProfileOptions extends WireOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly columns?: string;
  readonly csv?: boolean;
  /** True: a column of the command's choice. */
  readonly plot?: string | true;
}

type Rows = ProfileTimes | ProfileEntries;
/** What the options ask for: a time range, or so many of the newest rows. */
type Wish = ProfileTimes | { readonly last: number };

const lastDefault = 24;
const lastMax = 1_000_000;
/** Rows of one request: what is lost where a session breaks, and the step of the progress. */
const rowsPerRequest = 200;
const dayMs = 86_400_000;
const plotRows = 8;
/** Characters of `2026-01-31 00:15`. */
const minuteLength = 16;

/** `profile OBIS|KEY`: rows of a load profile, exact, with units and quality. */
export async function profile(
  context: Context,
  name: string,
  options: ProfileOptions,
): Promise<ExitCode> {
  const logicalName = parseProfileName(name);
  const wish = wishOf(options, context.environment.nowMs());
  const { output } = context;
  const writer: ProfileWriter = output.json
    ? new JsonProfile(context, logicalName)
    : options.csv === true
      ? new CsvProfile(context)
      : new TableProfile(context);
  const reading = new ProfileCommand(context, logicalName, options, writer);
  try {
    await withMeter(context, options, (meter) => reading.run(meter, wish));
  } finally {
    reading.end();
  }
  return exitCodes.done;
}

function parseProfileName(text: string): ObisCode {
  const entry = catalogue.byKey(text);
  if (entry !== undefined) return entry.logicalName;
  const parsed = parseObis(text);
  if (parsed.ok) return parsed.code;
  throw new CliError("usage/key", { text });
}

function wishOf({ from, to, last }: ProfileOptions, nowMs: number): Wish {
  if (last !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw new CliError("usage/one-of", { names: "--last, --from/--to" });
    }
    return { last: parseCount("--last", last, 1, lastMax) };
  }
  if (from === undefined) {
    if (to !== undefined) throw new CliError("usage/missing", { name: "--from" });
    return { last: lastDefault };
  }
  const fromMs = parseMoment(from, nowMs);
  // A meter's clock may be ahead of ours: without an end all that is there is wanted.
  const toMs = to === undefined ? Math.max(nowMs, fromMs) + dayMs : parseMoment(to, nowMs);
  if (toMs < fromMs) throw new CliError("usage/range", { name: "--from/--to", text: from });
  return { fromMs, toMs };
}

/** One reading: what was asked, what has come, and where to go on. */
class ProfileCommand {
  readonly #context: Context;
  readonly #logicalName: ObisCode;
  readonly #options: ProfileOptions;
  readonly #writer: ProfileWriter;
  readonly #progress: Progress;
  readonly #points: PlotPoint[] = [];
  #columns: readonly ShownColumn[] = [];
  #plotted: ShownColumn | undefined;
  #count = 0;
  /** Rows whose time is not to be trusted. */
  #doubtful = 0;
  #began = false;
  #complete = false;
  /** Where a range goes on; undefined where a new reading has to begin anew. */
  #nextMs: number | undefined;

  constructor(
    context: Context,
    logicalName: ObisCode,
    options: ProfileOptions,
    writer: ProfileWriter,
  ) {
    this.#context = context;
    this.#logicalName = logicalName;
    this.#options = options;
    this.#writer = writer;
    this.#progress = new Progress(context);
  }

  async run(meter: MeterAtHand, wish: Wish): Promise<void> {
    const { session, request } = meter;
    const described = await describeProfile(session, this.#logicalName, request);
    if (!described.ok) throw refusal(this.#logicalName, described.reason);
    const { description } = described;
    this.#choose(description);
    const byTime = restrictingColumn(description.columns) !== undefined;
    if ("fromMs" in wish) {
      if (!byTime) throw new CliError("usage/profile-no-clock", { name: this.#logicalName });
      await this.#read(meter, description, wish);
    } else {
      const entries = await this.#newest(meter, description, wish.last);
      const taken =
        entries !== undefined && (await this.#read(meter, description, entries, byTime));
      if (!taken) await this.#read(meter, description, this.#lastTimes(description, wish.last));
    }
    this.#complete = true;
  }

  /** Writes what there is, and where to go on if that is not all. */
  end(): void {
    this.#progress.clear();
    this.#writer.end();
    if (!this.#began) return;
    const { output } = this.#context;
    const { sentences } = output.texts;
    if (!output.json && this.#options.csv !== true) this.#plot();
    const next = this.#complete || this.#nextMs === undefined ? undefined : this.#nextMs;
    const nextText = next === undefined ? undefined : new Date(next).toISOString();
    output.document({
      type: "summary",
      rows: this.#count,
      complete: this.#complete,
      ...(nextText === undefined ? {} : { next: nextText }),
    });
    if (this.#count === 0 && this.#complete) output.note(sentences.profileEmpty);
    else {
      const text = this.#doubtful === 0 ? sentences.profileSummary : sentences.profileDoubtful;
      output.note(fill(text, { rows: this.#count, doubtful: this.#doubtful }));
    }
    if (nextText !== undefined) output.note(fill(sentences.profileResume, { from: nextText }));
  }

  #choose(description: MeterProfileDescription): void {
    const all = shownColumns(description);
    const { columns, plot } = this.#options;
    if (columns === undefined) this.#columns = all;
    else {
      const wanted = columns.split(",").flatMap((word) => namedColumns(word, all));
      this.#columns = all.filter((column) => wanted.includes(column));
    }
    if (plot === undefined) return;
    this.#plotted = plot === true ? plottable(this.#columns) : namedColumns(plot, this.#columns)[0];
  }

  /** Entries of the newest rows; undefined where the meter does not say how many there are. */
  async #newest(
    { session, request }: MeterAtHand,
    { newestFirst }: MeterProfileDescription,
    last: number,
  ): Promise<ProfileEntries | undefined> {
    if (newestFirst) return { fromEntry: 1, toEntry: last };
    const { entriesInUse } = profileGenericObject(this.#logicalName);
    const inUse = await readAttribute(session, entriesInUse, request);
    if (!inUse.ok || inUse.value === 0) return undefined;
    return { fromEntry: Math.max(1, inUse.value - last + 1), toEntry: inUse.value };
  }

  /** As many capture periods before now. */
  #lastTimes({ capturePeriodSeconds }: MeterProfileDescription, last: number): ProfileTimes {
    if (capturePeriodSeconds === 0) {
      throw new CliError("usage/profile-no-period", { name: this.#logicalName });
    }
    const nowMs = this.#context.environment.nowMs();
    return { fromMs: nowMs - last * capturePeriodSeconds * 1000, toMs: nowMs + dayMs };
  }

  /** False: the meter refuses the first rows, and `mayRefuse` says that another way is open. */
  async #read(
    { session, request }: MeterAtHand,
    description: MeterProfileDescription,
    rows: Rows,
    mayRefuse = false,
  ): Promise<boolean> {
    const { columns } = this.#options;
    if ("fromMs" in rows) this.#nextMs = rows.fromMs;
    const { sentences } = this.#context.output.texts;
    const parts = readProfile(session, {
      ...request,
      profile: this.#logicalName,
      rows,
      description,
      rowsPerRequest,
      ...(columns === undefined
        ? {}
        : { columns: columnsToRead(columns, shownColumns(description)) }),
      onProgress: () => this.#showProgress(rows, sentences.profileReading),
    });
    this.#showProgress(rows, sentences.profileReading);
    for await (const part of parts) {
      if (!part.ok) {
        if (mayRefuse && !this.#began) return false;
        throw refusal(this.#logicalName, part.reason);
      }
      this.#take(part, description);
      this.#showProgress(rows, sentences.profileReading);
    }
    return true;
  }

  #take(part: Extract<ProfilePart, { ok: true }>, description: MeterProfileDescription): void {
    this.#progress.clear();
    if (!this.#began) this.#writer.head(this.#columns, description);
    this.#began = true;
    this.#count += part.rows.length;
    this.#doubtful += part.rows.filter(({ quality }) => quality !== "good").length;
    this.#writer.rows(part.rows);
    for (const row of part.rows) this.#addPoint(row);
    const lastMs = part.rows.at(-1)?.utcMs;
    if (part.next !== undefined && "fromMs" in part.next) this.#nextMs = part.next.fromMs;
    else if (!description.newestFirst && lastMs !== undefined) this.#nextMs = lastMs + 1000;
  }

  #showProgress(rows: Rows, text: string): void {
    const [done, total] =
      "fromMs" in rows
        ? [(this.#nextMs ?? rows.fromMs) - rows.fromMs, rows.toMs - rows.fromMs]
        : [this.#count, (rows.toEntry ?? 0) - rows.fromEntry + 1];
    this.#progress.show(done, total, fill(text, { rows: this.#count }));
  }

  #addPoint(row: ProfileReading): void {
    const object = this.#plotted?.object;
    if (object === undefined) return;
    const exact = row.values.find((value) => value.object === object)?.exact;
    const value = exact === undefined ? undefined : valueNumber(exact);
    if (value !== undefined)
      this.#points.push({ time: rowTime(row).slice(0, minuteLength), value });
  }

  #plot(): void {
    const column = this.#plotted;
    if (column === undefined) return;
    const { output } = this.#context;
    this.#points.sort((a, b) => a.time.localeCompare(b.time));
    const lines = plotLines(this.#points, {
      columns: output.columns,
      rows: plotRows,
      paint: output.colour.green,
      scaleText: (value) => `${Number(value.toPrecision(6))} ${column.unit}`.trimEnd(),
    });
    if (lines.length === 0) return;
    output.line();
    output.line(output.colour.bold(column.label));
    for (const line of lines) output.line(line);
  }
}

/** What goes up and down is worth a look; a register that only counts is not. */
function plottable(columns: readonly ShownColumn[]): ShownColumn | undefined {
  const isGauge = ({ object }: ShownColumn): boolean =>
    catalogue.byObis(object.logicalName)?.valueKind === "gauge";
  return columns.find(isGauge) ?? columns.find(({ unit }) => unit !== "") ?? columns[0];
}
