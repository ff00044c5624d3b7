/** One record of a CSV file and the line it starts on (1-based). */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What spreadsheets write: comma, semicolon (where the comma is a decimal sign) or tab. */
function delimiterOf(text: string): string {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/**
 * RFC 4180: quoted fields may hold delimiters, doubled quotes and line breaks. A byte order mark is
 * passed over, empty lines too. @throws {RangeError} a quote that never closes, with its line.
 */
export function parseCsv(source: string): readonly CsvRecord[] {
  const text = source.replace(/^\ufeff/, "");
  const delimiter = delimiterOf(text);
  const records: CsvRecord[] = [];
  let line = 1;
  let start = 1;
  let fields: string[] = [];
  let at = 0;
  const endRecord = (): void => {
    if (fields.some((field) => field.trim() !== "")) records.push({ line: start, fields });
    fields = [];
    start = line;
  };
  while (at < text.length) {
    const { field, next, lines } = readField(text, at, delimiter, line);
    fields.push(field);
    line += lines;
    at = next;
    if (text[at] === delimiter) {
      at++;
      if (at === text.length) fields.push("");
      continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    endRecord();
  }
  if (fields.length > 0) endRecord();
  return records;
}

function readField(
  text: string,
  from: number,
  delimiter: string,
  line: number,
): { readonly field: string; readonly next: number; readonly lines: number } {
  if (text[from] !== '"') {
    let end = from;
    while (end < text.length && !`${delimiter}\r\n`.includes(text[end]!)) end++;
    return { field: text.slice(from, end).trim(), next: end, lines: 0 };
  }
  let field = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new RangeError(`line ${line}: a quote is never closed`);
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      return { field, next: quote + 1, lines: field.split("\n").length - 1 };
    }
    field += '"';
    at = quote + 2;
  }
}

/** A field as a CSV file writes it: quoted only where it must be. */
export function csvField(value: string | number | boolean): string {
  const text = String(value);
  return /[",;\t\r\n]/.test(text) || text.trim() !== text
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
