import { floatText, scale } from "@lectura/dlms/cosem";
import type { PollRecord, ReadingValue } from "../../readings/reading.ts";
import { dateTimeText } from "../json-value.ts";

/** One value of a telemetry message: its key and the literal ThingsBoard gets. */
export interface TelemetryValue {
  readonly key: string;
  readonly literal: string;
}

/** A double keeps this many significant digits of any decimal. */
const digitsMax = 15;
/** More places than these and ThingsBoard stores the number as a text (JsonConverter). */
const placesMax = 16;

/** What of a poll can be stored, in plan order. Values that could not be read are absent. */
export function telemetryValues(record: PollRecord): readonly TelemetryValue[] {
  return record.readings.flatMap(({ key, value }) => {
    const literal = thingsBoardLiteral(value);
    return literal === undefined ? [] : [{ key, literal }];
  });
}

/**
 * `{"ts":ms,"values":{...}}` for values of one instant. The explicit time makes a re-send overwrite
 * itself. Never called without values: ThingsBoard does not acknowledge an empty message.
 */
export function telemetryPayload(measuredAt: number, values: readonly TelemetryValue[]): string {
  const fields = values.map(({ key, literal }) => `${JSON.stringify(key)}:${literal}`);
  return `{"ts":${measuredAt},"values":{${fields.join(",")}}}`;
}

/**
 * Cuts a poll into messages of at most `octetsMax`. A value that is longer by itself makes a
 * message of its own, which the connection then refuses as too large.
 */
export function splitValues(
  values: readonly TelemetryValue[],
  octetsMax: number,
): readonly (readonly TelemetryValue[])[] {
  const parts: TelemetryValue[][] = [];
  let octets = Infinity;
  for (const value of values) {
    const own = Buffer.byteLength(value.key) + Buffer.byteLength(value.literal) + 4;
    if (octets + own > octetsMax) {
      parts.push([]);
      octets = 0;
    }
    parts.at(-1)!.push(value);
    octets += own;
  }
  return parts;
}

/**
 * The literal ThingsBoard stores as what it is. Its rules (JsonConverter): without a point LONG,
 * or STRING beyond int64; with a point DOUBLE, or STRING beyond 16 places; a text that looks like
 * a number becomes one. So integers stay integers, decimals keep their point, decimals a double
 * cannot keep (more than 15 digits) are text by our own choice, and texts are guarded.
 */
export function thingsBoardLiteral(value: ReadingValue): string | undefined {
  switch (value.kind) {
    case "decimal":
      return decimalLiteral(scale(value.raw, value.scaler));
    case "float":
      return doubleLiteral(Number(floatText(value, value.scaler)));
    case "text":
      return guardedText(value.text);
    case "octets":
      return guardedText(value.octets.toHex());
    case "datetime":
      return JSON.stringify(dateTimeText(value));
    case "boolean":
      return value.value ? "true" : "false";
  }
}

/**
 * String guard. ThingsBoard (JSON_TYPE_CAST_ENABLED, the default) turns "0012345678" into 12345678
 * and "1.10" into 1.1; with a `#` in front a serial number stays the text it is.
 */
export function guardedText(text: string): string {
  const castable = /^-?\p{Nd}*\.?\p{Nd}+$/u.test(text);
  return JSON.stringify(castable ? `#${text}` : text);
}

function decimalLiteral(text: string): string {
  if (!text.includes(".")) return insideInt64(text) ? text : `"${text}"`;
  const trimmed = text.replace(/(\.\d+?)0+$/, "$1");
  const digits = trimmed.replaceAll(/[-.]/g, "").replace(/^0+/, "");
  const places = trimmed.length - trimmed.indexOf(".") - 1;
  return digits.length <= digitsMax && places <= placesMax ? trimmed : `"${trimmed}"`;
}

function insideInt64(text: string): boolean {
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value;
}

/**
 * A meter's float, at the 15 digits any double keeps: 0.1 + 0.2 is 0.3 and not the 17-place literal
 * that ThingsBoard would store as a text. Always with a point, so that the key stays DOUBLE.
 */
function doubleLiteral(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const rounded = Number(value.toPrecision(digitsMax));
  // Beyond int64 only plain digits with a point are a DOUBLE; an exponent makes it a text.
  if (Math.abs(rounded) >= 1e15) return `${BigInt(rounded)}.0`;
  const plain = String(rounded);
  const places = plain.length - plain.indexOf(".") - 1;
  const fits = !plain.includes("e") && (!plain.includes(".") || places <= placesMax);
  return withPoint(fits ? plain : rounded.toFixed(placesMax).replace(/(\.\d+?)0+$/, "$1"));
}

function withPoint(text: string): string {
  return text.includes(".") ? text : `${text}.0`;
}
