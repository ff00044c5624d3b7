import { unitSymbol } from "@lectura/dlms/cosem";
import type { Reading, ReadingValue } from "../readings/reading.ts";
import { valueText } from "../readings/value-text.ts";

/** A Reading as the API gives it: `value` and `unit` for people, `exact` and `unitCode` for programs. */
export interface ReadingJson {
  readonly type: "reading";
  readonly meter: string;
  readonly meterId: number;
  readonly key: string;
  readonly obis: string;
  readonly value: string;
  readonly unit: string;
  readonly unitCode: number;
  readonly exact: ExactJson;
  readonly measuredAt: number;
  readonly receivedAt: number;
  readonly origin: string;
  readonly quality: readonly string[];
}

/** A `ReadingValue` in JSON: integers of any size as decimal text, octets as hex. */
export type ExactJson =
  | { readonly kind: "decimal"; readonly raw: string; readonly scaler: number }
  | {
      readonly kind: "float";
      readonly width: 32 | 64;
      readonly bits: string;
      readonly scaler: number;
    }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "octets"; readonly octets: string }
  | { readonly kind: "datetime"; readonly local: string; readonly utcMs?: number }
  | { readonly kind: "boolean"; readonly value: boolean };

export function readingToJson(reading: Reading, meter: string): ReadingJson {
  const { meterId, key, obis, unit, measuredAt, receivedAt, origin, quality } = reading;
  return {
    type: "reading",
    meter,
    meterId,
    key,
    obis,
    value: valueText(reading.value),
    unit: unitSymbol(unit),
    unitCode: unit,
    exact: exactToJson(reading.value),
    measuredAt,
    receivedAt,
    origin,
    quality,
  };
}

/** The Reading again, without loss. */
export function readingFromJson(json: ReadingJson): Reading {
  const { meterId, key, obis, unitCode, measuredAt, receivedAt, origin, quality } = json;
  return {
    meterId,
    key,
    obis: obis as Reading["obis"],
    value: exactFromJson(json.exact),
    unit: unitCode,
    measuredAt,
    receivedAt,
    origin: origin as Reading["origin"],
    quality: quality as Reading["quality"],
  };
}

function exactToJson(value: ReadingValue): ExactJson {
  switch (value.kind) {
    case "decimal":
      return { kind: "decimal", raw: value.raw.toString(), scaler: value.scaler };
    case "float":
      return { ...value, bits: value.bits.toString() };
    case "octets":
      return { kind: "octets", octets: value.octets.toHex() };
    case "datetime": {
      const { local, utcMs } = value;
      return { kind: "datetime", local, ...(utcMs === undefined ? {} : { utcMs }) };
    }
    case "text":
    case "boolean":
      return value;
  }
}

function exactFromJson(json: ExactJson): ReadingValue {
  switch (json.kind) {
    case "decimal":
      return { kind: "decimal", raw: BigInt(json.raw), scaler: json.scaler };
    case "float":
      return { ...json, bits: BigInt(json.bits) };
    case "octets":
      return { kind: "octets", octets: Uint8Array.fromHex(json.octets) };
    case "datetime":
      return { kind: "datetime", local: json.local, utcMs: json.utcMs };
    case "text":
    case "boolean":
      return json;
  }
}
