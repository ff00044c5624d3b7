import { floatNumber, floatText, scale } from "@lectura/dlms/cosem";
import type { ReadingValue } from "./reading.ts";

/**
 * The value as text, exact: `2307` with scaler -1 is `230.7`, and a trailing zero the meter measured
 * stays. Floats print their shortest round-trip form, octets as hex, date-times as UTC where the
 * meter's clock determines it and as its local time otherwise.
 */
export function valueText(value: ReadingValue): string {
  switch (value.kind) {
    case "decimal":
      return scale(value.raw, value.scaler);
    case "float":
      return floatText(value, value.scaler);
    case "text":
      return value.text;
    case "octets":
      return value.octets.toHex();
    case "datetime":
      return value.utcMs === undefined ? value.local : new Date(value.utcMs).toISOString();
    case "boolean":
      return value.value ? "true" : "false";
  }
}

/** The value as a double, for charts and rules; undefined where it is no number. May be rounded. */
export function valueNumber(value: ReadingValue): number | undefined {
  if (value.kind === "decimal") return Number(scale(value.raw, value.scaler));
  return value.kind === "float" ? floatNumber(value) * 10 ** value.scaler : undefined;
}
