import { type ObisCode, parseObis } from "@lectura/dlms/cosem";
import type { AddressRange } from "@lectura/dlms/hdlc";
import { parseCount, parseDurationMs, parseInstantMs } from "../parse.ts";
import { CliError } from "../problem.ts";

/** `3,7,8`: whole numbers between `min` and `max`. */
export function parseNumbers(
  name: string,
  text: string,
  min: number,
  max: number,
): ReadonlySet<number> {
  return new Set(text.split(",").map((part) => parseCount(name, part.trim(), min, max)));
}

/** `16-115` or `17`: both ends included. */
export function parseRange(name: string, text: string, max: number): AddressRange {
  const [from = "", to = from, ...more] = text.split("-");
  const first = parseCount(name, from, 0, max);
  const last = parseCount(name, to, 0, max);
  if (more.length === 0 && first <= last) return { first, last };
  throw new CliError("usage/range", { name, text });
}

/** A time as `parseInstantMs` takes it, or a time span before now: `24h`, `7d`. UTC ms. */
export function parseMoment(text: string, nowMs: number): number {
  if (text === "now") return nowMs;
  if (/^\d+(?:\.\d+)?\s*(?:s|m|min|h|d)$/.test(text.trim())) return nowMs - parseDurationMs(text);
  return parseInstantMs(text);
}

/** `--object OBIS`, else the usual one. */
export function objectName(text: string | undefined, usual: string): ObisCode {
  const parsed = parseObis(text ?? usual);
  if (parsed.ok) return parsed.code;
  throw new CliError("usage/key", { text: text ?? usual });
}
