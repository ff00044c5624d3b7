import { decodeDateTime, utcMs } from "@lectura/dlms/cosem";
import type { Plain } from "./exchange.ts";

/** What an answer must be. A moment may be written in many ways: with or without weekday, say. */
export type Expected =
  | null
  | boolean
  | number
  | string
  | { readonly atMs: number }
  | readonly Expected[];

/** Undefined when `value` is what was expected; otherwise both, for a person. */
export function mismatch(expected: Expected, value: Plain): string | undefined {
  if (matches(expected, value)) return undefined;
  return `expected ${brief(expected)}, got ${brief(value)}`;
}

function matches(expected: Expected, value: Plain | undefined): boolean {
  if (isList(expected)) {
    return (
      isList(value) &&
      value.length === expected.length &&
      expected.every((each, index) => matches(each, value[index]))
    );
  }
  if (expected !== null && typeof expected === "object") return momentOf(value) === expected.atMs;
  return expected === value;
}

function isList<Item>(value: unknown): value is readonly Item[] {
  return Array.isArray(value);
}

/** 12 octets in hex, or a time a peer has decoded by itself. */
function momentOf(value: Plain | undefined): number | undefined {
  if (typeof value !== "string") return undefined;
  if (!/^[0-9a-f]{24}$/.test(value)) return Date.parse(value);
  return utcMs(decodeDateTime(Uint8Array.from(Buffer.from(value, "hex"))));
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 120 ? `${text.slice(0, 120)}... (${text.length} characters)` : text;
}
