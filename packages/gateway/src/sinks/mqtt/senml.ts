import type { PollRecord, Reading } from "../../readings/reading.ts";
import { dateTimeText, jsonValue } from "../json-value.ts";

/**
 * Blue Book unit code to the SenML registry (RFC 8428 table 1, RFC 8798 table 1). A unit that is in
 * neither is left out, as RFC 8428 wants, rather than invented.
 */
const senmlUnits: Readonly<Record<number, string>> = {
  7: "s",
  9: "Cel",
  11: "m",
  27: "W",
  28: "VA",
  29: "var",
  30: "Wh",
  31: "VAh",
  32: "varh",
  33: "A",
  34: "C",
  35: "V",
  44: "Hz",
};

/**
 * SenML pack (RFC 8428): base name and base time in the first record, one record per value. What
 * could not be read is absent; a pack without any value keeps a record with base fields only.
 */
export function senmlPayload(record: PollRecord, meterName: string): string {
  const base = `"bn":"${senmlName(meterName)}:","bt":${secondsText(record.measuredAt)}`;
  const records = record.readings.flatMap((reading) => {
    const value = senmlValue(reading);
    if (value === undefined) return [];
    const unit = senmlUnits[reading.unit];
    return [
      `"n":"${senmlName(reading.key)}"${unit === undefined ? "" : `,"u":"${unit}"`},${value}`,
    ];
  });
  if (records.length === 0) return `[{${base}}]`;
  return `[${records.map((fields, index) => `{${index === 0 ? `${base},` : ""}${fields}}`).join(",")}]`;
}

function senmlValue({ value }: Reading): string | undefined {
  switch (value.kind) {
    case "decimal":
    case "float": {
      const literal = jsonValue(value);
      return literal === undefined ? undefined : `"v":${literal}`;
    }
    case "boolean":
      return `"vb":${value.value}`;
    case "octets":
      return `"vd":"${value.octets.toBase64({ alphabet: "base64url", omitPadding: true })}"`;
    case "text":
      return `"vs":${JSON.stringify(value.text)}`;
    case "datetime":
      return `"vs":${JSON.stringify(dateTimeText(value))}`;
  }
}

/**
 * RFC 8428 section 4.5.1: A-Z a-z 0-9 - : . / _ and a letter or digit first. Others become
 * their code point in hex between underscores.
 */
function senmlName(name: string): string {
  const safe = name.replaceAll(
    /[^A-Za-z0-9_.:/-]/gu,
    (character) => `_${character.codePointAt(0)!.toString(16)}_`,
  );
  return /^[A-Za-z0-9]/.test(safe) ? safe : `m${safe}`;
}

/** Milliseconds to seconds without going through a fraction of a double. */
function secondsText(ms: number): string {
  const fraction = String(ms % 1000).padStart(3, "0");
  return `${Math.floor(ms / 1000)}${fraction === "000" ? "" : `.${fraction}`}`;
}
