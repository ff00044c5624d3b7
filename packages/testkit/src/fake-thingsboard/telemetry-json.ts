/**
 * ThingsBoard's JsonConverter: which JSON it takes as telemetry or attributes, and which type each
 * value gets. Derived from the sources as described in the project's ThingsBoard notes, section 1.5.
 */

export type StoredValue =
  | { readonly type: "LONG"; readonly value: bigint }
  | { readonly type: "DOUBLE"; readonly value: number }
  | { readonly type: "STRING"; readonly value: string }
  | { readonly type: "BOOLEAN"; readonly value: boolean }
  | { readonly type: "JSON"; readonly value: string };

/** Values of one instant; `ts` undefined means the server's time. */
export interface TimedValues {
  readonly ts: number | undefined;
  readonly values: ReadonlyMap<string, StoredValue>;
}

/** AdaptorException: PUBACK 0x99 on MQTT 5, close on 3.1.1. */
export class AdaptorError extends Error {
  override readonly name: string = "AdaptorError";
}

/** NumberFormatException and the like: the session is closed (0x8B on MQTT 5). */
export class UncaughtError extends Error {
  override readonly name: string = "UncaughtError";
}

/** A number as it was written. */
class NumberToken {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Json = null | boolean | string | NumberToken | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

/** `{k:v}`, `{"ts","values"}` or a list of both. An empty list gives no values at all. */
export function parseTelemetry(payload: string, typeCast: boolean): readonly TimedValues[] {
  const root = parseJson(payload);
  const items = Array.isArray(root) ? (root as readonly Json[]) : [root];
  return items.map((item) => {
    if (!isObject(item)) throw new AdaptorError("not an object");
    return parseTimed(item, typeCast);
  });
}

/** `{k:v}`. */
export function parseAttributes(
  payload: string,
  typeCast: boolean,
): ReadonlyMap<string, StoredValue> {
  const root = parseJson(payload);
  if (!isObject(root)) throw new AdaptorError("not an object");
  return parseValues(root, typeCast);
}

function parseTimed(item: JsonObject, typeCast: boolean): TimedValues {
  const { ts, values } = item;
  // Both, or the whole object is flat keys: {"values":{}} alone stores a key named "values".
  if (ts === undefined || values === undefined) {
    return { ts: undefined, values: parseValues(item, typeCast) };
  }
  if (!(ts instanceof NumberToken)) throw new UncaughtError("ts is no number");
  if (!isObject(values)) throw new AdaptorError("values is no object");
  return { ts: Math.trunc(Number(ts.source)), values: parseValues(values, typeCast) };
}

function parseValues(object: JsonObject, typeCast: boolean): Map<string, StoredValue> {
  const values = new Map<string, StoredValue>();
  for (const [key, value] of Object.entries(object)) {
    // null is skipped without a word.
    if (value !== null) values.set(key, typed(value, typeCast));
  }
  return values;
}

function typed(value: Exclude<Json, null>, typeCast: boolean): StoredValue {
  if (typeof value === "boolean") return { type: "BOOLEAN", value };
  if (value instanceof NumberToken) return numeric(value.source);
  if (typeof value === "string") {
    return typeCast && isParsable(value) ? numeric(value) : { type: "STRING", value };
  }
  return { type: "JSON", value: JSON.stringify(value, sourceOfNumbers) };
}

/** org.apache.commons NumberUtils.isParsable. */
function isParsable(text: string): boolean {
  return /^-?\d*\.?\d+$/.test(text);
}

/** JsonConverter.buildNumericKeyValueProto over java.math.BigDecimal. */
function numeric(source: string): StoredValue {
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(source);
  if (parts === null) throw new UncaughtError(`${source} is no number`);
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  const digits = `${whole}${fraction}`;
  const scale = fraction.length - Number(exponent);
  const simpleDouble = source.includes(".") && !/[eE]/.test(source);
  const trailing = /0*$/.exec(digits)![0].length;
  const isIntegral = /^0*$/.test(digits) || scale - trailing <= 0;
  if (isIntegral && !simpleDouble) {
    const raw = BigInt(digits === "" ? "0" : digits);
    const value = scale >= 0 ? raw / 10n ** BigInt(scale) : raw * 10n ** BigInt(-scale);
    const signed = sign === "-" ? -value : value;
    return BigInt.asIntN(64, signed) === signed
      ? { type: "LONG", value: signed }
      : { type: "STRING", value: signed.toString() };
  }
  return scale <= 16
    ? { type: "DOUBLE", value: Number(source) }
    : { type: "STRING", value: source };
}

function parseJson(text: string): Json {
  try {
    // The third argument (source text) is in V8 and not yet in the compiler's library.
    const reviver = (_key: string, value: Json, context?: { readonly source?: string }): Json =>
      typeof value === "number" ? new NumberToken(context?.source ?? String(value)) : value;
    return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as Json;
  } catch (error) {
    throw new AdaptorError("no JSON", { cause: error });
  }
}

function sourceOfNumbers(_key: string, value: unknown): unknown {
  return value instanceof NumberToken ? Number(value.source) : value;
}

function isObject(value: Json): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof NumberToken)
  );
}
