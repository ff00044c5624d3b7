import type { DerivedBuffer, Json, TranslationNode } from "@lectura/dlms/translate";
import type pc from "picocolors";
import { visibleLength } from "./output.ts";

type Colours = ReturnType<typeof pc.createColors>;

/** How to draw a tree. */
export interface TreeStyle {
  readonly colour: Colours;
  /** Columns to keep within. */
  readonly columns: number;
  /** A note in the person's language. */
  readonly note: (text: string) => string;
}

/** Octets shown beside a part; more end in an ellipsis. */
const hexOctetsMax = 8;
/** `*0000-0004  ` and eight octets with their ellipsis. */
const gutterColumns = 12 + 2 * hexOctetsMax + 3;
const valueColumnsMin = 24;

/**
 * A translation as lines: `range  octets  name: value  note`. A range marked `*` counts in a buffer
 * that was deciphered or put together; the line of the buffer names it. Long values go on below.
 */
export function octetTreeLines(
  root: TranslationNode,
  octets: Uint8Array,
  style: TreeStyle,
): readonly string[] {
  return (root.children ?? []).flatMap((node) => nodeLines(node, { octets, depth: 0 }, style));
}

interface Place {
  readonly octets: Uint8Array;
  readonly depth: number;
  /** The octets are not those that were given. */
  readonly derived?: true;
}

function nodeLines(node: TranslationNode, place: Place, style: TreeStyle): readonly string[] {
  const { buffer, children = [] } = node;
  const { colour } = style;
  const depth = place.depth + 1;
  if (buffer !== undefined) {
    const octets = Uint8Array.fromHex(buffer.hex);
    const head = `${"  ".repeat(place.depth)}${colour.magenta(bufferTitle(node.name, buffer, style.note("octets")))}`;
    const note = node.note === undefined ? "" : `  ${colour.dim(style.note(node.note))}`;
    const inside: Place = { octets, depth, derived: true };
    return [
      `${" ".repeat(gutterColumns)}${head}${note}`,
      ...children.flatMap((child) => nodeLines(child, inside, style)),
    ];
  }
  const own = partLines(node, place, style);
  return [...own, ...children.flatMap((child) => nodeLines(child, { ...place, depth }, style))];
}

function bufferTitle(name: string, { hex }: DerivedBuffer, octetsWord: string): string {
  return `${name}: ${hex.length / 2} ${octetsWord} *`;
}

function partLines(node: TranslationNode, place: Place, style: TreeStyle): readonly string[] {
  const { colour } = style;
  const indent = "  ".repeat(place.depth);
  const gutter = gutterOf(node, place, colour);
  if (node.error !== undefined) {
    const { layer, field, octet, message } = node.error;
    const text = `${layer}: ${field} at octet ${octet}: ${message}`;
    return wrapped(gutter, `${indent}${colour.red("! ")}`, text, colour.red, style);
  }
  const type = node.type === undefined ? "" : ` ${colour.dim(node.type)}`;
  const head = `${indent}${colour.cyan(node.name)}${type}`;
  const value = node.value === undefined ? undefined : valueText(node.value);
  const note = node.note === undefined ? undefined : style.note(node.note);
  const text = value === undefined ? "" : value === "" ? '""' : value;
  const lines = wrapped(gutter, text === "" ? head : `${head}: `, text, colour.green, style);
  if (note === undefined) return lines;
  const last = lines.at(-1) ?? "";
  if (visibleLength(last) + 2 + note.length <= style.columns) {
    return [...lines.slice(0, -1), `${last}  ${colour.dim(note)}`];
  }
  const below = `${" ".repeat(gutterColumns)}${indent}    `;
  return [...lines, ...wrapped("", below, note, colour.dim, style)];
}

/** `*0000-0004  c001c100030100...  ` in a fixed number of columns. */
function gutterOf({ range }: TranslationNode, { octets, derived }: Place, colour: Colours): string {
  const [start, end] = range;
  const mark = derived === undefined ? " " : "*";
  const place = `${mark}${padded(start)}-${padded(end)}`;
  const shown = octets.subarray(start, Math.min(end, start + hexOctetsMax)).toHex();
  const cut = end - start > hexOctetsMax ? ".." : "";
  const hex = `${shown}${cut}`.padEnd(gutterColumns - 12);
  const paint = derived === undefined ? colour.dim : colour.magenta;
  return `${paint(place)}  ${colour.yellow(hex)}`;
}

const padded = (octet: number): string => String(octet).padStart(4, "0");

/** Text behind `gutter` and `head`; what does not fit goes on below, under the head's end. */
function wrapped(
  gutter: string,
  head: string,
  text: string,
  paint: (text: string) => string,
  { columns }: TreeStyle,
): readonly string[] {
  const begin = `${gutter}${head}`;
  const used = visibleLength(begin);
  const room = Math.max(valueColumnsMin, columns - used);
  const first = text.slice(0, cutAt(text, room));
  const lines = [`${begin}${first === "" ? "" : paint(first)}`];
  const indent = " ".repeat(used <= columns * 0.6 ? used : gutterColumns + 4);
  const below = Math.max(valueColumnsMin, columns - indent.length);
  for (let rest = text.slice(first.length).trimStart(); rest !== "";) {
    const part = rest.slice(0, cutAt(rest, below));
    lines.push(`${indent}${paint(part)}`);
    rest = rest.slice(part.length).trimStart();
  }
  return lines;
}

/** Where to cut a text that is longer than `room`: at a blank where there is one. */
function cutAt(text: string, room: number): number {
  if (text.length <= room) return text.length;
  const blank = text.lastIndexOf(" ", room);
  return blank > room / 2 ? blank : room;
}

function valueText(value: Json): string {
  if (Array.isArray(value)) return value.map((item) => valueText(item as Json)).join(" ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Octets shown before and behind the one that is wrong. */
const aroundOctets = 8;

/** The octets around the first error, and a mark below the one it names. */
export function aroundError(
  root: TranslationNode,
  given: Uint8Array,
  colour: Colours,
): readonly string[] {
  const found = findError(root, given);
  if (found === undefined) return [];
  const { octets, octet } = found;
  const start = Math.max(0, octet - aroundOctets);
  const shown = octets.subarray(start, octet + aroundOctets);
  const hex = Array.from(shown, (value) => value.toString(16).padStart(2, "0")).join(" ");
  const head = `${padded(start)}  `;
  const mark = `${" ".repeat(head.length + 3 * (octet - start))}^`;
  return ["", `${colour.dim(head)}${hex}`, `${colour.red(mark)} ${octet}`];
}

/** The first error of a tree, and the octets it counts in. */
function findError(
  node: TranslationNode,
  octets: Uint8Array,
): { readonly octets: Uint8Array; readonly octet: number } | undefined {
  if (node.error !== undefined) return { octets, octet: node.error.octet };
  const inside = node.buffer === undefined ? octets : Uint8Array.fromHex(node.buffer.hex);
  for (const child of node.children ?? []) {
    const found = findError(child, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}
