/** Octets in the forms people have them: hex in any dress, hex dumps, logs, base64, files. */

/** Octets found in a text: one entry, or one for each line of a log that is no one stream. */
export type FoundOctets = readonly Uint8Array[];

/** Two hex digits, with or without `0x` or `\x`. */
const octet = String.raw`(?:0x|\\x)?[0-9a-f]{2}`;
/** Octets and what may stand between two of them; nothing of a word around. */
const octetRuns = new RegExp(
  String.raw`(?<![0-9a-z])${octet}(?:[\s,;:._-]*${octet})*(?![0-9a-z])`,
  "gi",
);
/** What may dress hex: prefixes, separators, brackets of a program's array. */
const dress = /0x|\\x|[\s,;:.{}[\]_-]+/gi;
/** `00000010  7e a0 ...  |~...|` of hexdump and `00000010: 7ea0 ...  ~...` of xxd. */
const dumpLine =
  /^(?:0x)?([0-9a-f]{4,8})(?::\s*|\s{2,}|$)((?:[0-9a-f]{2}\s{0,3})*)(?:\s.*|\|.*)?$/i;
/** A line of a log begins with a time. */
const logLine = /^\W*(?:\d{4}-\d\d-\d\d[T ]|\d{1,2}:\d\d:\d\d(?:[.,]\d+|[\s\]]))/;
const timeText = new RegExp(
  String.raw`(?:\d{4}-\d\d-\d\d[T ])?(?<![0-9a-f]:)\b\d{1,2}:\d\d:\d\d(?!:)` +
    String.raw`(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`,
  "g",
);
const base64Text = /^[A-Za-z0-9+/]{8,}={0,2}$/;

const flag = 0x7e;

/** The octets of a text; none where it holds none, or not a whole number of them. */
export function octetsInText(text: string): FoundOctets {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const dumped = octetsInDump(lines);
  if (dumped !== undefined) return [dumped];
  if (!lines.some((line) => logLine.test(line))) {
    const digits = text.replaceAll(dress, "");
    if (digits !== "" && /^[0-9a-f]+$/i.test(digits)) {
      return digits.length % 2 === 0 ? [Uint8Array.fromHex(digits)] : [];
    }
  }
  // Base64 has no blanks inside its lines.
  const packed = lines.map((line) => line.trim()).join("");
  if (base64Text.test(packed) && packed.length % 4 === 0) {
    return [new Uint8Array(Buffer.from(packed, "base64"))];
  }
  const found = lines.flatMap((line) => octetsInLine(line) ?? []);
  return found.length > 1 && isStream(found) ? [new Uint8Array(Buffer.concat(found))] : found;
}

/** The octets of a file: text of any of these forms, or the octets themselves. */
export function octetsInFile(contents: Uint8Array): FoundOctets {
  const isText = contents.every((code) => (code >= 0x09 && code <= 0x0d) || isPrintable(code));
  if (!isText) return [contents];
  const found = octetsInText(Buffer.from(contents).toString("latin1"));
  // Text that is no hex is what was meant: a line of a sign-on.
  return found.length > 0 ? found : [contents];
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code < 0x7f;
}

/** A dump's lines say where they begin: one that does not fit makes it something else. */
function octetsInDump(lines: readonly string[]): Uint8Array | undefined {
  let digits = "";
  for (const line of lines) {
    const [, offset, octets] = dumpLine.exec(line.trim()) ?? [];
    if (offset === undefined || Number.parseInt(offset, 16) * 2 !== digits.length) return undefined;
    digits += (octets ?? "").replaceAll(/\s/g, "");
  }
  return digits === "" ? undefined : Uint8Array.fromHex(digits);
}

/** The longest run of octets of one line, the time before it left out. */
function octetsInLine(line: string): readonly Uint8Array[] | undefined {
  const runs = line.replaceAll(timeText, "|").match(octetRuns) ?? [];
  const found = runs.map((run) => Uint8Array.fromHex(run.replaceAll(dress, "")));
  const [longest] = found.toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : [longest];
}

/** Frames with flags, or wrapper units, on every line are one conversation. */
function isStream(found: FoundOctets): boolean {
  const flagged = found.every(([first]) => first === flag);
  return flagged || found.every(([first, second]) => first === 0 && second === 1);
}
