import { unitOf } from "@lectura/dlms/cosem";
import type { Reading } from "@lectura/gateway";
import { valueText } from "@lectura/gateway";
import { fill } from "./texts/texts.ts";
import type { Texts } from "./texts/vocabulary.ts";

/** `2d 3h`, `53m 20s`, `4s`: the two largest parts of a duration. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0s";
  return parts
    .slice(first, first + 2)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

export function agoText(texts: Texts, nowMs: number, thenMs: number | undefined): string {
  if (thenMs === undefined) return texts.words.never;
  return fill(texts.words.ago, { time: durationText(nowMs - thenMs) });
}

/** Exact value and unit symbol, `135.19 V`. */
export function readingText(reading: Reading): string {
  const symbol = unitSymbol(reading.unit);
  return symbol === "" ? valueText(reading.value) : `${valueText(reading.value)} ${symbol}`;
}

/** Symbol of a Blue Book unit code; empty for 255 (none). */
export function unitSymbol(code: number): string {
  return code === 255 ? "" : unitOf(code).symbol;
}

/** The stream's form of a Reading: exact value as text, times as integer ms. */
export function readingJson(meter: string, reading: Reading): Readonly<Record<string, unknown>> {
  return {
    type: "reading",
    meter,
    key: reading.key,
    obis: reading.obis,
    value: valueText(reading.value),
    unit: unitSymbol(reading.unit),
    measuredAt: reading.measuredAt,
    receivedAt: reading.receivedAt,
    origin: reading.origin,
    quality: reading.quality,
  };
}

/** `97.5 %` with a bar of ten cells; nothing scheduled shows as a dash. */
export function rateText(part: number, whole: number): string {
  if (whole === 0) return "-".repeat(10);
  const share = Math.max(0, Math.min(1, part / whole));
  const cells = Math.round(share * 10);
  return `${"\u2588".repeat(cells)}${"\u2591".repeat(10 - cells)} ${(share * 100).toFixed(1)} %`;
}
