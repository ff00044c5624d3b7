/**
 * Data block of a readout (IEC 62056-21 clause 6.3.14), and the data lines it shares with P1:
 *
 *   STX  line CR LF  line CR LF ...  ! CR LF  ETX  BCC
 *   line: address(value*unit)(value)...address(value)...
 *
 * An address is a reduced OBIS code, `1-0:1.8.0*255` or as short as `1.8.0`, or a maker's own; it may
 * be empty in lines that go on with the list before.
 */
import { DecodeError } from "../error.ts";
import { ascii } from "./line.ts";

/** One value in brackets. */
export interface ReadoutValue {
  /** As sent: digits keep their leading zeros and decimals. */
  readonly value: string;
  /** What stands behind the star. */
  readonly unit?: string;
}

/** One data set: what it is, and its values in order. */
export interface ReadoutEntry {
  /** As sent: `"1-0:1.8.0"`, `"F.F"`; empty: it goes on with the entry before. */
  readonly address: string;
  readonly values: readonly ReadoutValue[];
}

/** The lines of a block, and what they say. */
export interface ReadoutLines {
  readonly entries: readonly ReadoutEntry[];
  /** Lines that are no data sets, as sent. */
  readonly unread: readonly string[];
}

const startOfText = 0x02;
const endOfText = 0x03;

/** Exclusive-or of the octets, seven bits: the block check character. */
export function blockCheck(octets: Uint8Array): number {
  let check = 0;
  for (let at = 0; at < octets.length; at++) check ^= octets[at]!;
  return check & 0x7f;
}

/** A data block of these lines. @throws {RangeError} a line holds other than printable ASCII. */
export function buildDataBlock(lines: readonly string[]): Uint8Array {
  if (lines.some((line) => !/^[ -~]*$/.test(line))) throw new RangeError("a line is not printable");
  const checked = ascii([...lines, "!", ""].join("\r\n"));
  const block = new Uint8Array(checked.length + 3);
  block[0] = startOfText;
  block.set(checked, 1);
  block[block.length - 2] = endOfText;
  block[block.length - 1] = blockCheck(block.subarray(1, -1));
  return block;
}

/**
 * A data block, from STX to BCC; parity bits are dropped.
 *
 * @throws {DecodeError} iec62056-21/malformed: no block; iec62056-21/checksum: damaged on its way
 */
export function parseDataBlock(octets: Uint8Array): ReadoutLines {
  const plain = octets.map((octet) => octet & 0x7f);
  if (plain.length < 3 || plain[0] !== startOfText || plain.at(-2) !== endOfText) {
    throw new DecodeError("iec62056-21", "data block", 0, "does not stand between STX and ETX");
  }
  const expected = blockCheck(plain.subarray(1, -1));
  if (plain.at(-1) !== expected) {
    const detail = `is ${plain.at(-1)}, not ${expected}`;
    throw new DecodeError("iec62056-21", "block check", plain.length - 1, detail, "checksum");
  }
  return parseReadoutLines(readoutTextOf(plain.subarray(1, -2)));
}

/** Data lines up to the line that begins with `!`, CR LF or LF behind each. Never throws. */
export function parseReadoutLines(text: string): ReadoutLines {
  const entries: ReadoutEntry[] = [];
  const unread: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("!")) break;
    if (line === "") continue;
    const read = entriesOf(line);
    if (read === undefined) unread.push(line);
    else entries.push(...read);
  }
  return { entries, unread };
}

/** Octets as text, one character each. */
export function readoutTextOf(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 4096) {
    text += String.fromCharCode(...octets.subarray(at, at + 4096));
  }
  return text;
}

/** The data sets of one line; `undefined` when it is not made of data sets. */
function entriesOf(line: string): readonly ReadoutEntry[] | undefined {
  const entries: { address: string; values: ReadoutValue[] }[] = [];
  let at = 0;
  while (at < line.length) {
    const open = line.indexOf("(", at);
    const close = line.indexOf(")", open);
    if (open < 0 || close < 0) return undefined;
    const address = line.slice(at, open);
    const inside = line.slice(open + 1, close);
    if (address.includes(")") || inside.includes("(")) return undefined;
    // A second value in brackets belongs to the same data set.
    if (address !== "" || entries.length === 0) entries.push({ address, values: [] });
    entries.at(-1)?.values.push(valueOf(inside));
    at = close + 1;
  }
  return entries;
}

function valueOf(inside: string): ReadoutValue {
  const star = inside.indexOf("*");
  if (star < 0) return { value: inside };
  return { value: inside.slice(0, star), unit: inside.slice(star + 1) };
}
