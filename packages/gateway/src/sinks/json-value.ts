import { floatText, scale } from "@lectura/dlms/cosem";
import type { ReadingValue } from "../readings/reading.ts";

/**
 * The value as a JSON literal, exact: numbers never pass through a double. Octets are hex text,
 * date-times UTC where the meter determines it and local time otherwise. `undefined` for a float
 * that is no number, which JSON cannot write.
 */
export function jsonValue(value: ReadingValue): string | undefined {
  switch (value.kind) {
    case "decimal":
      return scale(value.raw, value.scaler);
    case "float":
      return finite(floatText(value, value.scaler));
    case "text":
      return JSON.stringify(value.text);
    case "octets":
      return `"${value.octets.toHex()}"`;
    case "datetime":
      return JSON.stringify(dateTimeText(value));
    case "boolean":
      return value.value ? "true" : "false";
  }
}

/** As the meter sent it, before the scaler. */
export function jsonRawValue(value: ReadingValue): string | undefined {
  if (value.kind === "decimal") return value.raw.toString();
  return value.kind === "float" ? finite(floatText(value)) : jsonValue(value);
}

/** UTC in ISO 8601 where it is known, the meter's local time where it is not. */
export function dateTimeText(value: Extract<ReadingValue, { kind: "datetime" }>): string {
  return value.utcMs === undefined ? value.local : new Date(value.utcMs).toISOString();
}

function finite(text: string): string | undefined {
  return /^-?\d/.test(text) ? text : undefined;
}
