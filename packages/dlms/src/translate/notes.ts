/** What values mean to a person, as far as the value alone tells. Advice: never part of a value. */
import type { Data } from "../axdr/data.ts";
import { catalogue, type CatalogueLanguage } from "../cosem/catalogue.ts";
import { attributeOf, classOf, methodOf } from "../cosem/class-directory.ts";
import {
  type CosemDateTime,
  decodeDateTime,
  deviationNotSpecified,
  looseText,
} from "../cosem/date-time.ts";
import { obisFromOctets, type ObisCode } from "../cosem/obis.ts";
import { unitSymbol } from "../cosem/units.ts";
import { textOf } from "../cosem/text.ts";
import type { DraftNode } from "./node.ts";

const dateTimeOctets = 12;
const obisOctets = 6;
const textOctetsMin = 3;

/** `2025-09-22T10:30:00 UTC-01:00`; with the parts that are not specified as `*`. */
export function noteOfDateTime(octets: Uint8Array): string | undefined {
  if (octets.length !== dateTimeOctets) return undefined;
  const value = decodeDateTime(octets);
  return value.invalid ? `${looseText(value)}, out of range` : dateTimeText(value);
}

function dateTimeText(value: CosemDateTime): string {
  const { deviationMinutes: deviation } = value;
  const local = looseText(value);
  if (deviation === deviationNotSpecified) return local;
  // UTC = local + deviation (Blue Book 4.1.6.1): the offset people write has the other sign.
  const offset = Math.abs(deviation);
  const hours = String(Math.floor(offset / 60)).padStart(2, "0");
  const minutes = String(offset % 60).padStart(2, "0");
  return `${local} UTC${deviation > 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** What octets in a string may stand for: a date-time, a logical name, a text. */
export function noteOfOctets(octets: Uint8Array, language: CatalogueLanguage): string | undefined {
  if (octets.length === dateTimeOctets) {
    const value = decodeDateTime(octets);
    if (!value.invalid && isLikelyYear(value.year)) return dateTimeText(value);
  }
  if (octets.length === obisOctets && octets[5] === 0xff) {
    return noteOfLogicalName(obisFromOctets(octets), language);
  }
  return printableText(octets);
}

/** Years a meter may tell; FFFF is any year. */
function isLikelyYear(year: number): boolean {
  return year === 0xffff || (year >= 1990 && year <= 2100);
}

function printableText(octets: Uint8Array): string | undefined {
  if (octets.length < textOctetsMin) return undefined;
  if (!octets.every((octet) => octet >= 0x20 && octet < 0x7f)) return undefined;
  return `"${textOf(octets, "visible-string")}"`;
}

/** `1.0.1.8.0.255 active energy, import`, without the description where nobody knows one. */
export function noteOfLogicalName(code: ObisCode, language: CatalogueLanguage): string {
  const description = describeLogicalName(code, language);
  return description === undefined ? code : `${code} ${description}`;
}

/** What the catalogue calls an object. */
export function describeLogicalName(
  code: ObisCode,
  language: CatalogueLanguage,
): string | undefined {
  return catalogue.byObis(code)?.description[language];
}

export function noteOfData(data: Data, language: CatalogueLanguage): string | undefined {
  if (data.type === "octet-string") return noteOfOctets(data.value, language);
  return data.type === "date-time" ? noteOfDateTime(data.value) : undefined;
}

const noUnit = 255;

/** A structure of integer and enum is a scaler and a unit: `x 10^-1 V`. */
export function noteOfPair(elements: readonly DraftNode[]): string | undefined {
  const [first, second] = elements;
  if (elements.length !== 2 || first?.type !== "integer" || second?.type !== "enum") {
    return undefined;
  }
  const { value: scaler } = first;
  const { value: unit } = second;
  if (typeof scaler !== "number" || typeof unit !== "number") return undefined;
  const symbol = unit === noUnit ? "" : ` ${unitSymbol(unit)}`;
  return `x 10^${scaler}${symbol}`;
}

/** The standard's name of a class, where it is known. */
export function noteOfClass(classId: number): string | undefined {
  return classOf(classId)?.name;
}

/** The standard's name of an attribute or a method. */
export function noteOfMember(
  classId: number,
  kind: "attribute" | "method",
  id: number,
): string | undefined {
  return kind === "attribute" ? attributeOf(classId, id)?.name : methodOf(classId, id)?.name;
}
