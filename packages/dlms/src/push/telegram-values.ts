/** Values of a P1 telegram as those of any other push: named, exact, with scaler and unit. */
import { i32, i64, octetString, u32, u64, visibleString } from "../axdr/construct.ts";
import type { Data } from "../axdr/data.ts";
import { dateTimeOf, encodeDateTime } from "../cosem/date-time.ts";
import { type ObisCode, parseObis } from "../cosem/obis.ts";
import type { ScalerUnit } from "../cosem/scaler-unit.ts";
import { noUnit } from "../cosem/units.ts";
import type { P1Telegram } from "../iec62056-21/p1.ts";
import type { ReadoutEntry, ReadoutValue } from "../iec62056-21/data-block.ts";
import type { PushValue } from "./push-values.ts";

/** Units of P1 ports by their text: exponent of ten, and the code of the Blue Book. */
const unitsByText: Readonly<Record<string, readonly [exponent: number, unit: number]>> = {
  a: [0, 33],
  gj: [9, 25],
  hz: [0, 44],
  kva: [3, 28],
  kvah: [3, 31],
  kvar: [3, 29],
  kvarh: [3, 32],
  kw: [3, 27],
  kwh: [3, 30],
  m3: [0, 13],
  mj: [6, 25],
  s: [0, 7],
  v: [0, 35],
  va: [0, 28],
  vah: [0, 31],
  var: [0, 29],
  varh: [0, 32],
  w: [0, 27],
  wh: [0, 30],
};

const otherUnit = 254;
const clockClass = 8;
const extendedRegisterClass = 4;
const captureTimeAttribute = 5;
/** Digits a 64-bit integer surely takes. */
const digitsMax = 18;
const daylightSaving = 0x80;

/** What a telegram says: values by their codes, and those whose address is none. */
export interface TelegramValues {
  readonly values: readonly PushValue[];
  readonly unnamed: readonly ReadoutEntry[];
}

/**
 * Names what a telegram holds. Numbers keep all their decimals as scaler; a time and a measured
 * value of one data set become capture time and value of an extended register, as DSMR has them;
 * other sets of several values are told apart by `dataIndex`, from 1. Never throws.
 */
export function telegramValues({ entries }: P1Telegram): TelegramValues {
  const values: PushValue[] = [];
  const unnamed: ReadoutEntry[] = [];
  for (const entry of entries) {
    const parsed = parseObis(entry.address);
    if (parsed.ok) values.push(...valuesOf(parsed.code, entry.values));
    else unnamed.push(entry);
  }
  return { values, unnamed };
}

function valuesOf(logicalName: ObisCode, sent: readonly ReadoutValue[]): readonly PushValue[] {
  const [first, second] = sent;
  if (sent.length === 1 && first !== undefined) return [{ logicalName, ...meaningOf(first) }];
  const time = first === undefined ? undefined : timeOf(first);
  if (sent.length === 2 && time !== undefined && second?.unit !== undefined) {
    const register = { logicalName, classId: extendedRegisterClass };
    return [
      { ...register, attributeId: captureTimeAttribute, value: time },
      { ...register, attributeId: 2, ...meaningOf(second) },
    ];
  }
  return sent.map((one, index) => ({ logicalName, dataIndex: index + 1, ...meaningOf(one) }));
}

function meaningOf(sent: ReadoutValue): Pick<PushValue, "classId" | "value" | "scalerUnit"> {
  const number = sent.unit === undefined ? undefined : numberOf(sent.value);
  if (number !== undefined) {
    const { value, scaler } = number;
    return { value, scalerUnit: scalerUnitOf(sent.unit!, scaler) };
  }
  const time = timeOf(sent);
  if (time !== undefined) return { classId: clockClass, value: time };
  return { value: visibleString(sent.value) };
}

function scalerUnitOf(text: string, scaler: number): ScalerUnit {
  if (text === "") return { scaler, unit: noUnit };
  const [exponent, unit] = unitsByText[text.toLowerCase()] ?? [0, otherUnit];
  return { scaler: scaler + exponent, unit };
}

/** `-000671.578` to the integer 671578 and the scaler -3; undefined for no number. */
function numberOf(text: string): { readonly value: Data; readonly scaler: number } | undefined {
  const match = /^([-+]?)(\d+)(?:[.,](\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", decimals = ""] = match;
  const digits = whole + decimals;
  if (digits.length > digitsMax) return undefined;
  const amount = BigInt(digits);
  return { value: integerData(sign === "-" ? -amount : amount), scaler: 0 - decimals.length };
}

function integerData(value: bigint): Data {
  if (value >= 0n) return value <= 0xffff_ffffn ? u32(Number(value)) : u64(value);
  return value >= -0x8000_0000n ? i32(Number(value)) : i64(value);
}

/**
 * `YYMMDDhhmmssX`, X = S in daylight saving time, W else: a local time whose deviation is not said.
 * Undefined for anything else; digits that are no date stay a text.
 */
function timeOf({ value, unit }: ReadoutValue): Data | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW])$/.exec(value);
  if (match === null || unit !== undefined) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  if (month! < 1 || month! > 12 || day! < 1 || day! > 31) return undefined;
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined;
  const status = match[7] === "S" ? daylightSaving : 0;
  const fields = { year: 2000 + year!, month: month!, day: day!, hour: hour!, minute: minute! };
  return octetString(encodeDateTime(dateTimeOf({ ...fields, second: second!, status })));
}
