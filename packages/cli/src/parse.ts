import { catalogue, obis, type ObisCode } from "@lectura/dlms/cosem";
import { CliError } from "./problem.ts";

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `500ms`, `2s`, `15m`, `1h`; a bare number is seconds. Milliseconds, at least 1. */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?$/.exec(text.trim());
  const ms = match === null ? Number.NaN : Number(match[1]) * (unitsMs[match[2] ?? "s"] ?? 1000);
  if (!Number.isFinite(ms) || ms < 1) throw new CliError("usage/duration", { text });
  return Math.round(ms);
}

/** `host:port` or `[ipv6]:port`; port 1 to 65535. */
export function parseEndpoint(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new CliError("usage/endpoint", { text });
  }
  return { host, port };
}

/** A whole number between `min` and `max`. */
export function parseCount(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < min || value > max) {
    throw new CliError("usage/number", { name, text, min, max });
  }
  return value;
}

/** ISO 8601 or milliseconds since 1970, to UTC ms. A time without zone is this machine's. */
export function parseInstantMs(text: string): number {
  if (/^\d{9,}$/.test(text)) return Number(text);
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new CliError("usage/time", { text });
  return ms;
}

/** What to read: one attribute with the key it is shown under. */
export interface ReadTarget {
  readonly key: string;
  readonly classId: number;
  readonly logicalName: ObisCode;
  readonly attributeId: number;
}

/** `KEY` of the catalogue or `[CLASS:]OBIS[:ATTRIBUTE]`; class 3 attribute 2 by default. */
export function parseReadTarget(text: string): ReadTarget {
  const entry = catalogue.byKey(text);
  if (entry !== undefined) {
    return {
      key: text,
      classId: entry.classId,
      logicalName: entry.logicalName,
      attributeId: entry.attributeId,
    };
  }
  const parts = /^(?:(\d{1,5}):)?([\d.*&:-]*\d+\.\d+[\d.*&-]*?)(?::(\d{1,3}))?$/.exec(text.trim());
  if (parts?.[2] === undefined) throw new CliError("usage/key", { text });
  // `A-B:C.D.E` has a colon of its own: a leading number followed by a dash belongs to the OBIS code.
  const classText = parts[1];
  try {
    return {
      key: text,
      classId: classText === undefined ? 3 : Number(classText),
      logicalName: obis(parts[2]),
      attributeId: parts[3] === undefined ? 2 : Number(parts[3]),
    };
  } catch (error) {
    throw new CliError("usage/key", { text }, { cause: error });
  }
}
