import type { Data } from "@lectura/dlms/axdr";
import {
  type CosemDateTime,
  decodeDateTime,
  looseText,
  obisFromOctets,
  toExactValue,
} from "@lectura/dlms/cosem";
import { valueText } from "@lectura/gateway";

/** Elements of a list that are shown; the number of the others follows. */
const elementsShown = 12;
const nestingShown = 4;
const dateTimeOctets = 12;
const nameOctets = 6;
const yearFirst = 1970;
const yearLast = 2100;

/** Data of any type on one line, for people: numbers bare, text quoted, octets as hex or a time. */
export function dataText(data: Data): string {
  return textAt(data, 0);
}

/** Local time as the meter says it, without zeros behind its hundredths. */
export function dateTimeText(time: CosemDateTime): string {
  return looseText(time)
    .replace("T", " ")
    .replace(/\.0*$|(?<=\.\d+?)0+$/, "");
}

function textAt(data: Data, depth: number): string {
  const { type, value } = data;
  if (type === "array") return listText("[", value, "]", depth);
  if (type === "structure") return listText("{", value, "}", depth);
  if (type === "compact-array") return listText("[", value.elements, "]", depth);
  if (type === "octet-string") return octetsText(value);
  const exact = toExactValue(data);
  if (exact === undefined) return "-";
  return exact.kind === "text" && type !== "bit-string"
    ? JSON.stringify(exact.text)
    : valueText(exact);
}

function listText(open: string, items: readonly Data[], close: string, depth: number): string {
  if (depth >= nestingShown) return `${open}\u2026${close}`;
  const shown = items.slice(0, elementsShown).map((item) => textAt(item, depth + 1));
  const more = items.length - shown.length;
  return `${open}${[...shown, ...(more > 0 ? [`\u2026 +${more}`] : [])].join(", ")}${close}`;
}

function octetsText(octets: Uint8Array): string {
  const printable = octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet < 0x7f);
  if (printable) return JSON.stringify(new TextDecoder("latin1").decode(octets));
  if (octets.length === dateTimeOctets) {
    const time = decodeDateTime(octets);
    const isTime = !time.invalid && time.year >= yearFirst && time.year <= yearLast;
    if (isTime) return dateTimeText(time);
  }
  // Value group F of almost every logical name.
  if (octets.length === nameOctets && octets.at(-1) === 255) return obisFromOctets(octets);
  return octets.length === 0 ? '""' : octets.toHex();
}
