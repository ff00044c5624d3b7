import { catalogue, type CatalogueEntry, className } from "@lectura/dlms/cosem";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { writeTable } from "../fitted-table.ts";
import { unitSymbol } from "../format.ts";
import { parseCount } from "../parse.ts";
import { languages } from "../texts/language.ts";
import { fill } from "../texts/texts.ts";

export interface SearchOptions {
  readonly limit?: string;
}

/** Objects a person sees when no limit is given; `--json` gives all. */
const screenEntries = 20;
const entriesMax = 10_000;

/** What is found in the person's language first, then what only the other one finds. */
function found(text: string, context: Context): readonly CatalogueEntry[] {
  const { language } = context.output;
  const others = languages.filter((other) => other !== language);
  return [...new Set([language, ...others].flatMap((wish) => catalogue.search(text, wish)))];
}

function entryJson(entry: CatalogueEntry): Readonly<Record<string, unknown>> {
  const { key, aliases, logicalName, classId, attributeId, unit, note } = entry;
  return {
    key,
    aliases,
    obis: logicalName,
    classId,
    class: className(classId),
    attributeId,
    unit: unit === undefined ? null : unitSymbol(unit),
    category: entry.category,
    kind: entry.valueKind,
    description: entry.description,
    profiles: entry.profiles,
    note: note ?? null,
  };
}

/** `search TEXT`: the OBIS catalogue, in both languages. Exit 3 when nothing is found. */
export async function search(
  context: Context,
  words: readonly string[],
  options: SearchOptions,
): Promise<ExitCode> {
  const { output } = context;
  const { words: names, sentences } = output.texts;
  const query = words.join(" ");
  const entries = found(query, context);
  const limit =
    options.limit === undefined
      ? output.json
        ? entriesMax
        : screenEntries
      : parseCount("--limit", options.limit, 1, entriesMax);
  const shown = entries.slice(0, limit);
  output.document({ query, found: entries.length, objects: shown.map(entryJson) });
  if (entries.length === 0) {
    output.note(fill(sentences.searchNothing, { text: query }));
    return exitCodes.notFound;
  }
  const { colour, language } = output;
  writeTable(
    context,
    [
      { heading: "OBIS", paint: colour.cyan },
      { heading: names.key, paint: colour.green },
      { heading: names.unit },
      { heading: names.description, flexible: true, wrap: true },
    ],
    shown.map((entry) => [
      entry.logicalName,
      entry.key,
      entry.unit === undefined ? "" : unitSymbol(entry.unit),
      entry.description[language],
    ]),
  );
  const more = entries.length - shown.length;
  if (more > 0) output.note(fill(sentences.searchMore, { more }));
  return exitCodes.done;
}
