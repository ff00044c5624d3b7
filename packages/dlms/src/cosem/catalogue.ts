/**
 * The OBIS catalogue: what the objects of electricity meters are called, in English and
 * Spanish, and which unit they should have. It advises; the meter's own attribute 3 decides.
 */
import { catalogueTable } from "./catalogue-table.ts";
import { formatObis, obis, type ObisCode, parseObis } from "./obis.ts";

/** What the value is: `gauge` goes up and down, `counter` only up. */
export type CatalogueValueKind =
  | "gauge"
  | "counter"
  | "number"
  | "text"
  | "datetime"
  | "bool"
  | "bitmask"
  | "table"
  | "config"
  | "action";

/** Languages the catalogue describes objects in. */
export type CatalogueLanguage = "en" | "es";

/** One object of the catalogue. */
export interface CatalogueEntry {
  /** Stable key of a reading: `voltage_l1`. */
  readonly key: string;
  /** Other keys for the same object: `active_power_import` for `active_power`. */
  readonly aliases: readonly string[];
  /** With the usual B; meters with another B (Microstar: 1) are found by `byObis`. */
  readonly logicalName: ObisCode;
  readonly classId: number;
  /** Other classes this object has in some meters. */
  readonly otherClasses: readonly number[];
  readonly attributeId: number;
  /** Blue Book unit code to expect (255 = none); undefined where the object has no unit. */
  readonly unit: number | undefined;
  /** `instantaneous`, `energy`, `demand`, `power_quality`, `profile`, `events`, ... */
  readonly category: string;
  readonly valueKind: CatalogueValueKind;
  readonly description: Readonly<Record<CatalogueLanguage, string>>;
  /** Companion profiles that define it; empty = no particular one. */
  readonly profiles: readonly string[];
  readonly note: string | undefined;
}

/** The catalogue and its three ways in. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** By key or alias. */
  byKey(key: string): CatalogueEntry | undefined;
  /** By logical name; where no entry has its B, by A, C, D, E and F alone. */
  byObis(code: ObisCode): CatalogueEntry | undefined;
  /**
   * Objects with every word of the text in their key, code or description (accents and case do not
   * count), best first. An OBIS code finds its object. Empty text finds nothing.
   */
  search(text: string, language: CatalogueLanguage): readonly CatalogueEntry[];
}

const entries: readonly CatalogueEntry[] = catalogueTable.trim().split("\n").map(parseRow);
const byKey: ReadonlyMap<string, CatalogueEntry> = new Map(
  entries.flatMap((entry) => [entry.key, ...entry.aliases].map((key) => [key, entry] as const)),
);
const byCode: ReadonlyMap<ObisCode, CatalogueEntry> = new Map(
  entries.map((entry) => [entry.logicalName, entry]),
);
const byCodeWithoutB: ReadonlyMap<string, CatalogueEntry> = new Map(
  // The last one set wins, so the first of the catalogue is set last.
  entries.toReversed().map((entry) => [withoutB(entry.logicalName), entry]),
);

/** The built-in catalogue. */
export const catalogue: Catalogue = {
  entries,
  byKey(key) {
    return byKey.get(key);
  },
  byObis(code) {
    return byCode.get(code) ?? byCodeWithoutB.get(withoutB(code));
  },
  search(text, language) {
    const words = plain(text)
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return [];
    const code = parseObis(text);
    const exact = code.ok ? catalogue.byObis(code.code) : byKey.get(words.join("_"));
    const found = entries
      .filter((entry) => entry !== exact)
      .map((entry) => ({ entry, rank: rankOf(entry, words, language) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .map(({ entry }) => entry);
    return exact === undefined ? found : [exact, ...found];
  },
};

/** 0 = a word is missing; whole words weigh more than parts, keys more than descriptions. */
function rankOf(
  entry: CatalogueEntry,
  words: readonly string[],
  language: CatalogueLanguage,
): number {
  const keys = [entry.key, ...entry.aliases].map((key) => key.replaceAll("_", " ")).join(" ");
  const description = plain(entry.description[language]);
  const codes = `${entry.logicalName} ${formatObis(entry.logicalName, "standard")}`;
  let rank = 0;
  for (const word of words) {
    const bare = word.replaceAll("_", " ");
    const weight = Math.max(
      4 * weightOf(keys, bare),
      3 * weightOf(description, bare),
      codes.includes(word) ? 2 : 0,
    );
    if (weight === 0) return 0;
    rank += weight;
  }
  // Of equal matches the object with the fewest other words in its key is the most general one.
  return rank + 1 / keys.split(" ").length;
}

function weightOf(text: string, word: string): 0 | 1 | 2 | 3 {
  const at = text.indexOf(word);
  if (at === -1) return 0;
  const words = text.split(/[^\p{L}\p{N}]+/u);
  if (words.includes(word)) return 3;
  return words.some((candidate) => candidate.startsWith(word)) ? 2 : 1;
}

/** Lower case without accents. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .trim();
}

function withoutB(code: ObisCode): string {
  const groups = code.split(".");
  groups[1] = "*";
  return groups.join(".");
}

function parseRow(row: string): CatalogueEntry {
  const [
    key,
    aliases,
    name,
    classId,
    others,
    attribute,
    unit,
    category,
    kind,
    en,
    es,
    profiles,
    note,
  ] = row.split("~");
  return {
    key: key!,
    aliases: list(aliases),
    logicalName: obis(name!),
    classId: Number(classId),
    otherClasses: list(others).map(Number),
    attributeId: Number(attribute),
    unit: unit === "" ? undefined : Number(unit),
    category: category!,
    valueKind: kind as CatalogueValueKind,
    description: { en: en!, es: es! },
    profiles: list(profiles),
    note: note === "" ? undefined : note,
  };
}

function list(field: string | undefined): readonly string[] {
  return field === undefined || field === "" ? [] : field.split(",");
}
