import { type MeterObject, readObjectList } from "@lectura/dlms-node";
import type { Data } from "@lectura/dlms/axdr";
import {
  catalogue,
  className,
  decodeScalerUnit,
  isScaledAttribute,
  scalerUnitAttribute,
  toExactValue,
} from "@lectura/dlms/cosem";
import { DecodeError } from "@lectura/dlms/octets";
import { valueText } from "@lectura/gateway";
import type { Context } from "../context.ts";
import { dataJson } from "../data-json.ts";
import { dataText } from "../data-text.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { cutText, writeTable } from "../fitted-table.ts";
import { unitSymbol } from "../format.ts";
import { parseCount } from "../parse.ts";
import { Progress } from "../progress.ts";
import { fill } from "../texts/texts.ts";
import { parseNumbers } from "./field-options.ts";
import { withNewestRows } from "./newest-rows.ts";
import { refusal, withMeter } from "./field-session.ts";
import { type ObjectValues, readObjectValues } from "./object-values.ts";
import type { WireOptions } from "./wire-options.ts";

export interface ObjectsOptions extends WireOptions {
  readonly values?: boolean;
  readonly rows?: string;
  readonly class?: string;
}

/** Format of the JSON, which `lectura simulate --from` reads back. */
const meterFormat = "lectura-meter-1";
/** Rows of one profile in the file at most. */
const rowsMax = 10_000;
const associationObject = "0.0.40.0.0.255";

/** `objects`: what the meter has, and with `--values` what is in it. */
export async function objects(context: Context, options: ObjectsOptions): Promise<ExitCode> {
  const { output } = context;
  const classes =
    options.class === undefined ? undefined : parseNumbers("--class", options.class, 0, 0xffff);
  const rows = options.rows === undefined ? 0 : parseCount("--rows", options.rows, 1, rowsMax);
  using progress = new Progress(context);
  const { sentences } = output.texts;
  const { listed, read } = await withMeter(context, options, async ({ session, request }) => {
    const list = await readObjectList(session, {
      ...request,
      ...(options.referencing === "sn" ? { referencing: "sn" as const } : {}),
      onProgress: (octets) =>
        progress.show(octets, undefined, fill(sentences.objectsReading, { octets })),
    });
    if (!list.ok) throw refusal(associationObject, list.reason);
    const chosen = list.objects.filter(({ classId }) => classes?.has(classId) ?? true);
    if (options.values !== true && rows === 0) return { listed: chosen, read: undefined };
    const { conformance } = session.negotiated;
    const values = await readObjectValues(session, chosen, {
      ...request,
      lists:
        conformance.has("multiple-references") && options.quirk?.includes("noGetWithList") !== true,
      onRead: (done, total) =>
        progress.show(done, total, fill(sentences.objectsValues, { done, total })),
    });
    if (rows === 0) return { listed: chosen, read: values };
    return { listed: chosen, read: await withNewestRows(session, values, rows, request) };
  });
  progress.clear();
  const shown = read ?? listed.map((object) => withoutValues(object));
  output.document({ format: meterFormat, objects: shown.map(objectJson) });
  if (read === undefined) writeObjects(context, listed);
  else writeValues(context, read);
  const summary = read === undefined ? sentences.objectsSummary : sentences.objectsValuesSummary;
  output.note(fill(summary, summaryOf(shown)));
  return exitCodes.done;
}

function withoutValues(object: MeterObject): ObjectValues {
  return { object, values: new Map(), refused: new Map() };
}

function summaryOf(shown: readonly ObjectValues[]): Readonly<Record<string, number>> {
  return {
    objects: shown.length,
    values: shown.reduce((sum, { values }) => sum + values.size, 0),
    refused: shown.reduce((sum, { refused }) => sum + refused.size, 0),
  };
}

type AccessMode = "none" | "read" | "write" | "read-write";

function modeOf({ read, write }: { read: boolean; write: boolean }): AccessMode {
  if (read) return write ? "read-write" : "read";
  return write ? "write" : "none";
}

/**
 * One object of the format; rights are absent where the meter does not say them, attributes of the
 * maker's own (negative numbers) always.
 */
function objectJson({ object, values }: ObjectValues): Readonly<Record<string, unknown>> {
  const { classId, version, logicalName, attributes, methods } = object;
  const said = attributes.length > 0 || methods.length > 0;
  return {
    classId,
    version,
    logicalName,
    attributes: Object.fromEntries(
      [...values].filter(([id]) => id > 0).map(([id, data]) => [id, dataJson(data)]),
    ),
    ...(said
      ? {
          access: {
            attributes: Object.fromEntries(
              attributes
                .filter(({ attributeId }) => attributeId > 0)
                .map((access) => [access.attributeId, modeOf(access)]),
            ),
            methods: Object.fromEntries(
              methods.map(({ methodId, execute }) => [methodId, execute]),
            ),
          },
        }
      : {}),
  };
}

/** `r1-3 w2 x1`: attributes that can be read and written, methods that can be invoked. */
function rightsText({ attributes, methods }: MeterObject): string {
  const listed = (letter: string, ids: readonly number[]): readonly string[] =>
    ids.length === 0 ? [] : [letter + rangesText(ids)];
  return [
    ...listed(
      "r",
      attributes.filter(({ read }) => read).map(({ attributeId }) => attributeId),
    ),
    ...listed(
      "w",
      attributes.filter(({ write }) => write).map(({ attributeId }) => attributeId),
    ),
    ...listed(
      "x",
      methods.filter(({ execute }) => execute).map(({ methodId }) => methodId),
    ),
  ].join(" ");
}

/** `1-3,5` of 1, 2, 3, 5. */
function rangesText(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

function descriptionOf(context: Context, { logicalName }: MeterObject): string {
  return catalogue.byObis(logicalName)?.description[context.output.language] ?? "";
}

function writeObjects(context: Context, listed: readonly MeterObject[]): void {
  const { colour, texts } = context.output;
  const { words } = texts;
  writeTable(
    context,
    [
      { heading: words.class, right: true, paint: colour.dim },
      { heading: "", flexible: true },
      { heading: "v", right: true, paint: colour.dim },
      { heading: "OBIS", paint: colour.cyan },
      { heading: words.rights, paint: colour.green },
      { heading: words.description, flexible: true },
    ],
    listed.map((object) => [
      String(object.classId),
      className(object.classId),
      String(object.version),
      object.logicalName,
      rightsText(object),
      descriptionOf(context, object),
    ]),
  );
}

function writeValues(context: Context, read: readonly ObjectValues[]): void {
  const { output, environment } = context;
  const { colour } = output;
  for (const { object, values, refused } of read) {
    const { classId, version, logicalName } = object;
    const kind = `${className(classId)} (${classId} v${version})`;
    const width = environment.stdoutIsTerminal ? output.columns : Infinity;
    const taken = logicalName.length + kind.length + 4;
    const description = cutText(descriptionOf(context, object), Math.max(0, width - taken));
    output.line(
      `${colour.cyan(colour.bold(logicalName))}  ${kind}  ${colour.dim(description)}`.trimEnd(),
    );
    const names = new Map(
      object.interfaceClass?.attributes.map(({ attributeId, name }) => [attributeId, name]),
    );
    const nameColumns = Math.max(0, ...[...names.values()].map(({ length }) => length));
    const ids = [...values.keys(), ...refused.keys()].toSorted((a, b) => a - b);
    for (const id of ids) {
      const head = `  ${String(id).padStart(2)} ${(names.get(id) ?? "").padEnd(nameColumns)}`;
      const value = values.get(id);
      const text =
        value === undefined ? (refused.get(id) ?? "") : attributeText(object, id, values);
      const cut = cutText(text, width - head.length - 1);
      output.line(`${head} ${value === undefined ? colour.yellow(cut) : cut}`);
    }
  }
}

/** A scaled value with its unit; anything else as it is. */
function attributeText(
  { classId }: MeterObject,
  attributeId: number,
  values: ReadonlyMap<number, Data>,
): string {
  const data = values.get(attributeId);
  if (data === undefined) return "";
  const scalerAttribute = scalerUnitAttribute(classId);
  const scalerData = scalerAttribute === undefined ? undefined : values.get(scalerAttribute);
  const isScaled = isScaledAttribute(classId, attributeId);
  if (scalerData === undefined || !(isScaled || attributeId === scalerAttribute)) {
    return dataText(data);
  }
  try {
    const { scaler, unit } = decodeScalerUnit(scalerData);
    if (!isScaled) return `10^${scaler} ${unitSymbol(unit)}`.trimEnd();
    const exact = toExactValue(data, scaler);
    if (exact !== undefined) return `${valueText(exact)} ${unitSymbol(unit)}`.trimEnd();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return dataText(data);
}
