import { noUnit, toExactValue } from "@lectura/dlms/cosem";
import type { RawRead } from "./raw-read.ts";
import type { QualityFlag, Reading, ReadingFailure, ReadingValue } from "./reading.ts";

/** A raw read as a Reading, or why it cannot be one. */
export type Normalized =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly failure: ReadingFailure };

/**
 * RawRead to Reading. Numbers stay integers with their scaler. A unit that is not the catalogue's is
 * flagged and kept as the meter said it: the meter is right about itself more often than a table.
 */
export function normalize(raw: RawRead): Normalized {
  const { item, scalerUnit } = raw;
  const { key, logicalName: obis } = item;
  const value = valueOf(raw, scalerUnit?.scaler ?? 0);
  if (typeof value === "string") return { ok: false, failure: { key, obis, code: value } };
  const unit = scalerUnit?.unit ?? noUnit;
  const quality: QualityFlag[] = [];
  const { expectedUnit } = item;
  if (expectedUnit !== undefined && scalerUnit !== undefined && unit !== expectedUnit) {
    quality.push("unit-mismatch");
  }
  if (raw.isCorrected === true) quality.push("scaler-corrected");
  return {
    ok: true,
    reading: {
      meterId: raw.meterId,
      key,
      obis,
      value,
      unit,
      measuredAt: raw.measuredAt,
      receivedAt: raw.receivedAt,
      origin: raw.origin,
      quality,
    },
  };
}

/** The exact value, or the code that says why the data is no single value. */
function valueOf({ data, item, deviation }: RawRead, scaler: number): ReadingValue | string {
  if (data.type === "null-data" || data.type === "dont-care") return "reading/no-value";
  const octetString = data.type === "octet-string" ? meaningOf(data.value, item.classId) : "octets";
  return toExactValue(data, scaler, { octetString, ...deviation }) ?? "reading/not-a-single-value";
}

const clockClassId = 8;

/** Class 8 tells its time as an octet-string; serial numbers are octet-strings of ASCII. */
function meaningOf(octets: Uint8Array, classId: number): "datetime" | "text" | "octets" {
  if (classId === clockClassId && octets.length === 12) return "datetime";
  const printable = octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet < 0x7f);
  return printable ? "text" : "octets";
}
