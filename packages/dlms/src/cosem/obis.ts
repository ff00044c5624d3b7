import { DecodeError } from "../error.ts";

declare const brand: unique symbol;

/** Canonical text of a logical name, six decimal groups: `"1.0.1.8.0.255"`. Made only here. */
export type ObisCode = string & { readonly [brand]: "ObisCode" };

/** The six value groups of an OBIS code (IEC 62056-61), each 0..255; `f` 255 = the current value. */
export interface ObisGroups {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/** `dotted`: `1.0.1.8.0.255`; `standard`: `1-0:1.8.0*255`; `reduced`: `1-0:1.8.0`, `*F` only if not 255. */
export type ObisNotation = "dotted" | "standard" | "reduced";

/** A logical name, or why the text is none. */
export type ObisParseResult =
  | { readonly ok: true; readonly code: ObisCode }
  | { readonly ok: false; readonly problem: string };

/** Codes whose octets are remembered: more than any one meter's object list. The oldest goes first. */
const memoMax = 4096;
const octetsOfCode = new Map<ObisCode, Uint8Array>();

const dotted = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.(\d+)\.(\d+)$/;
const standard = /^(\d+)-(\d+):(\d+)\.(\d+)\.(\d+)(?:[*&.](\d+))?$/;
const withoutMedium = /^(\d+)\.(\d+)\.(\d+)(?:[*&](\d+))?$/;
const hexOctets = /^[0-9a-fA-F]{2}(?:([ :-]?)[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}$/;

/**
 * OBIS code from any usual notation: `1.0.1.8.0.255`, `1-0:1.8.0*255`, `1-0:1.8.0&255`, `1-0:1.8.0.255`,
 * `1-0:1.8.0`, `1.8.0` (then A = 1 electricity, B = 0), `1.8.0*255`, and six hex octets `0100010800FF`
 * (blank, colon or hyphen between octets allowed). F is 255 where it is left out.
 * @throws {RangeError} the text is none of these; the message names the problem.
 */
export function obis(text: string): ObisCode {
  const parsed = parseObis(text);
  if (!parsed.ok) throw new RangeError(`"${text}" is no OBIS code: ${parsed.problem}`);
  return parsed.code;
}

/** As `obis`, for texts of people: the problem is a value, not an exception. */
export function parseObis(text: string): ObisParseResult {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, problem: "it is empty" };
  const six = dotted.exec(trimmed) ?? standard.exec(trimmed);
  if (six !== null) return fromGroups(six.slice(1, 7));
  const short = withoutMedium.exec(trimmed);
  if (short !== null) return fromGroups(["1", "0", ...short.slice(1, 5)]);
  if (hexOctets.test(trimmed)) {
    return { ok: true, code: obisFromOctets(Uint8Array.fromHex(trimmed.replaceAll(/[ :-]/g, ""))) };
  }
  return { ok: false, problem: problemOf(trimmed) };
}

/** Six octets of a logical name to its canonical text. @throws {RangeError} not six octets. */
export function obisFromOctets(octets: Uint8Array): ObisCode {
  if (octets.length !== 6)
    throw new RangeError(`a logical name has 6 octets, not ${octets.length}`);
  return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}.${octets[4]}.${octets[5]}` as ObisCode;
}

/** As `obisFromOctets`, for octets a peer sent. @throws {DecodeError} cosem/malformed. */
export function decodeObis(octets: Uint8Array, field: string): ObisCode {
  if (octets.length !== 6) {
    throw new DecodeError("cosem", field, 0, `a logical name has 6 octets, not ${octets.length}`);
  }
  return obisFromOctets(octets);
}

/** Six octets of a code. The array is shared between calls: read it, do not write to it. */
export function obisToOctets(code: ObisCode): Uint8Array {
  return octetsOfCode.get(code) ?? parseAndRemember(code);
}

function parseAndRemember(code: ObisCode): Uint8Array {
  const groups = code.split(".");
  const octets = new Uint8Array(6);
  for (let at = 0; at < 6; at++) octets[at] = Number(groups[at]);
  if (octetsOfCode.size >= memoMax) {
    const oldest = octetsOfCode.keys().next();
    if (oldest.done !== true) octetsOfCode.delete(oldest.value);
  }
  octetsOfCode.set(code, octets);
  return octets;
}

/** The six value groups of a code. */
export function obisGroups(code: ObisCode): ObisGroups {
  const [a, b, c, d, e, f] = obisToOctets(code);
  return { a: a!, b: b!, c: c!, d: d!, e: e!, f: f! };
}

/** Text for people; `standard` unless told. Every notation parses back to the same code. */
export function formatObis(code: ObisCode, notation: ObisNotation = "standard"): string {
  if (notation === "dotted") return code;
  const { a, b, c, d, e, f } = obisGroups(code);
  const head = `${a}-${b}:${c}.${d}.${e}`;
  return notation === "reduced" && f === 255 ? head : `${head}*${f}`;
}

function fromGroups(groups: readonly (string | undefined)[]): ObisParseResult {
  let text = "";
  for (let at = 0; at < 6; at++) {
    const digits = groups[at] ?? "255";
    const value = Number(digits);
    if (value > 255) {
      return { ok: false, problem: `group ${"ABCDEF"[at]} is ${digits}, at most 255` };
    }
    text += at === 0 ? String(value) : `.${value}`;
  }
  return { ok: true, code: text as ObisCode };
}

function problemOf(text: string): string {
  const strange = /[^0-9a-fA-F.:*& -]/.exec(text);
  if (strange !== null) return `unexpected "${strange[0]}" at position ${strange.index + 1}`;
  const groups = text.split(/[.:*&-]/);
  const empty = groups.indexOf("");
  if (empty !== -1) return `group ${empty + 1} is empty`;
  return `${groups.length} groups in a form that is neither A-B:C.D.E*F nor A.B.C.D.E.F nor C.D.E`;
}
