import type { Context } from "../context.ts";
import { withControl } from "../control-connection.ts";
import { csvCell } from "../csv-cell.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { readingJson, readingText, unitSymbol } from "../format.ts";
import { parseCount, parseInstantMs } from "../parse.ts";
import { valueText } from "@lectura/gateway";

export interface HistoryOptions {
  readonly key?: string;
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
  readonly limit?: string;
}

/** Rows a person sees when no limit is given; CSV and JSON give all that were asked for. */
const screenRows = 50;
const rowsMax = 100_000;

export async function history(
  context: Context,
  name: string,
  options: HistoryOptions,
): Promise<ExitCode> {
  return withControl(context, async ({ control }) => {
    const { output } = context;
    const whole = options.csv === true || output.json;
    const limit =
      options.limit === undefined
        ? whole
          ? rowsMax
          : screenRows
        : parseCount("--limit", options.limit, 1, rowsMax);
    const rows = await control.history(name, {
      limit,
      newestFirst: !whole && options.from === undefined,
      ...(options.key === undefined ? {} : { key: options.key }),
      ...(options.from === undefined ? {} : { fromMs: parseInstantMs(options.from) }),
      ...(options.to === undefined ? {} : { toMs: parseInstantMs(options.to) }),
    });
    if (options.csv === true) {
      output.raw("measured_at,key,obis,value,unit,origin,quality\n");
      for (const reading of rows) {
        const cells = [
          new Date(reading.measuredAt).toISOString(),
          reading.key,
          reading.obis,
          valueText(reading.value),
          unitSymbol(reading.unit),
          reading.origin,
          reading.quality.join(" "),
        ];
        output.raw(`${cells.map(csvCell).join(",")}\n`);
      }
      return exitCodes.done;
    }
    output.document({ readings: rows.map((reading) => readingJson(name, reading)) });
    const { words, sentences } = output.texts;
    if (rows.length === 0) output.line(sentences.noReadings);
    else {
      output.table([
        [words.time, words.key, words.value, words.quality],
        ...rows.map((reading) => [
          new Date(reading.measuredAt).toISOString(),
          reading.key,
          readingText(reading),
          reading.quality.join(", "),
        ]),
      ]);
    }
    return exitCodes.done;
  });
}
