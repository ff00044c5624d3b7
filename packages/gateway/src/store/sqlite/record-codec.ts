/**
 * A poll as it lies on disk. What all polls of a plan share is the `layout` (stored once); a row
 * carries its values as a compact JSON list, exact: integers above 2^53 and float patterns that a
 * JSON number cannot carry are strings.
 *
 * | kind          | element of `vals`                                        |
 * |---------------|----------------------------------------------------------|
 * | 0 decimal     | the raw integer                                          |
 * | 1, 2 float    | the number, or "x" and the hexadecimal pattern (NaN, -0) |
 * | 3 text        | the text                                                 |
 * | 4 octets      | hexadecimal                                              |
 * | 5 datetime    | [local, utcMs or null]                                   |
 * | 6 boolean     | true or false                                            |
 */
import type { ObisCode } from "@lectura/dlms/cosem";
import type {
  PollRecord,
  QualityFlag,
  Reading,
  ReadingFailure,
  ReadingOrigin,
  ReadingValue,
} from "../../readings/reading.ts";

/** A list with one entry per value, or the one integer they all share. */
export type UniformOrList = number | string;

/** The columns a journal row and an outbox payload have in common. */
export interface EncodedReadings {
  readonly received: UniformOrList;
  readonly marks: UniformOrList;
  readonly vals: string;
}

export interface EncodedRecord extends EncodedReadings {
  readonly meterId: number;
  readonly measuredAt: number;
  readonly receivedAt: number;
  readonly origin: number;
  readonly layout: string;
  readonly failures: string | null;
  readonly readings: number;
}

/** key, logical name, kind, unit, scaler */
export type LayoutItem = readonly [string, string, number, number, number];

const origins: readonly ReadingOrigin[] = ["poll", "push", "backfill"];
const flags: readonly QualityFlag[] = [
  "estimated",
  "late",
  "clock-suspect",
  "unit-mismatch",
  "rollover",
  "substituted",
  "meter-invalid",
  "scaler-corrected",
];
const originBits = 2;

function markOf(reading: Reading): number {
  let mark = origins.indexOf(reading.origin);
  for (const flag of reading.quality) mark |= 1 << (originBits + flags.indexOf(flag));
  return mark;
}

const noFlags: readonly QualityFlag[] = [];
function flagsOf(mark: number): readonly QualityFlag[] {
  if (mark >> originBits === 0) return noFlags;
  return flags.filter((_, index) => (mark & (1 << (originBits + index))) !== 0);
}

function uniformOrList(list: readonly number[]): UniformOrList {
  const first = list[0] ?? 0;
  return list.every((entry) => entry === first) ? first : JSON.stringify(list);
}

function listOf(stored: UniformOrList, length: number): readonly number[] {
  return typeof stored === "number"
    ? Array.from({ length }, () => stored)
    : (JSON.parse(stored) as number[]);
}

const pattern = new DataView(new ArrayBuffer(8));

function floatOf(width: 32 | 64, bits: bigint): number {
  pattern.setBigUint64(0, bits);
  return width === 32 ? pattern.getFloat32(4) : pattern.getFloat64(0);
}

function bitsOf(width: 32 | 64, number: number): bigint {
  if (width === 64) pattern.setFloat64(0, number);
  else {
    pattern.setUint32(0, 0);
    pattern.setFloat32(4, number);
  }
  return pattern.getBigUint64(0);
}

function encodeFloat(width: 32 | 64, bits: bigint): string {
  const number = floatOf(width, bits);
  const text = JSON.stringify(number);
  return Number.isFinite(number) && bitsOf(width, Number(text)) === bits
    ? text
    : `"x${bits.toString(16)}"`;
}

function encodeValue(value: ReadingValue): string {
  switch (value.kind) {
    case "decimal": {
      const isSafe = value.raw >= -9007199254740991n && value.raw <= 9007199254740991n;
      return isSafe ? value.raw.toString() : `"${value.raw.toString()}"`;
    }
    case "float":
      return encodeFloat(value.width, value.bits);
    case "text":
      return JSON.stringify(value.text);
    case "octets":
      return `"${value.octets.toHex()}"`;
    case "datetime":
      return JSON.stringify([value.local, value.utcMs ?? null]);
    case "boolean":
      return value.value ? "true" : "false";
  }
}

function kindOf(value: ReadingValue): number {
  switch (value.kind) {
    case "decimal":
      return 0;
    case "float":
      return value.width === 32 ? 1 : 2;
    case "text":
      return 3;
    case "octets":
      return 4;
    case "datetime":
      return 5;
    case "boolean":
      return 6;
  }
}

function scalerOf(value: ReadingValue): number {
  return value.kind === "decimal" || value.kind === "float" ? value.scaler : 0;
}

function decodeValue(kind: number, scaler: number, stored: unknown): ReadingValue {
  switch (kind) {
    case 0:
      return { kind: "decimal", raw: BigInt(stored as number | string), scaler };
    case 1:
    case 2: {
      const width = kind === 1 ? 32 : 64;
      const bits =
        typeof stored === "string" ? BigInt(`0${stored}`) : bitsOf(width, stored as number);
      return { kind: "float", width, bits, scaler };
    }
    case 3:
      return { kind: "text", text: stored as string };
    case 4:
      return { kind: "octets", octets: Uint8Array.fromHex(stored as string) };
    case 5: {
      const [local, utcMs] = stored as [string, number | null];
      return { kind: "datetime", local, utcMs: utcMs ?? undefined };
    }
    case 6:
      return { kind: "boolean", value: stored as boolean };
    default:
      throw new RangeError(`the journal has a value of unknown kind ${kind}`);
  }
}

/** A record to its columns. Copies everything; the record may change afterwards. */
export function encodeRecord(record: PollRecord): EncodedRecord {
  const { readings, failures } = record;
  const layout: LayoutItem[] = [];
  const received: number[] = [];
  const marks: number[] = [];
  let vals = "[";
  for (const reading of readings) {
    const { value } = reading;
    layout.push([reading.key, reading.obis, kindOf(value), reading.unit, scalerOf(value)]);
    received.push(reading.receivedAt - record.measuredAt);
    marks.push(markOf(reading));
    vals += vals.length === 1 ? encodeValue(value) : `,${encodeValue(value)}`;
  }
  return {
    meterId: record.meterId,
    measuredAt: record.measuredAt,
    receivedAt: record.receivedAt,
    origin: origins.indexOf(record.origin),
    layout: JSON.stringify(layout),
    received: uniformOrList(received),
    marks: uniformOrList(marks),
    vals: `${vals}]`,
    failures: failures.length === 0 ? null : JSON.stringify(failures),
    readings: readings.length,
  };
}

/** What a layout is on disk, taken apart. */
export function parseLayout(spec: string): readonly LayoutItem[] {
  return JSON.parse(spec) as LayoutItem[];
}

/** The Readings of one stored row, in the order in which they were read. */
export function decodeReadings(
  meterId: number,
  measuredAt: number,
  layout: readonly LayoutItem[],
  row: EncodedReadings,
): Reading[] {
  const values = JSON.parse(row.vals) as unknown[];
  const received = listOf(row.received, values.length);
  const marks = listOf(row.marks, values.length);
  return layout.map(([key, obis, kind, unit, scaler], index) => ({
    meterId,
    key,
    obis: obis as ObisCode,
    value: decodeValue(kind, scaler, values[index]),
    unit,
    measuredAt,
    receivedAt: measuredAt + (received[index] ?? 0),
    origin: origins[(marks[index] ?? 0) & 0b11] ?? "poll",
    quality: flagsOf(marks[index] ?? 0),
  }));
}

/** The record of an outbox payload, as it was appended. */
export function decodeRecord(
  row: EncodedReadings & {
    readonly meterId: number;
    readonly measuredAt: number;
    readonly receivedAt: number;
    readonly origin: number;
    readonly failures: string | null;
  },
  layout: readonly LayoutItem[],
): PollRecord {
  return {
    meterId: row.meterId,
    measuredAt: row.measuredAt,
    receivedAt: row.receivedAt,
    origin: origins[row.origin] ?? "poll",
    readings: decodeReadings(row.meterId, row.measuredAt, layout, row),
    failures: row.failures === null ? [] : (JSON.parse(row.failures) as ReadingFailure[]),
  };
}

/**
 * Two polls of one meter at one instant: the later one wins key by key, keys only one of them has
 * stay. Returns the merged row and its layout.
 */
export function mergeReadings(
  older: { readonly layout: string } & EncodedReadings,
  newer: { readonly layout: string } & EncodedReadings,
): { readonly layout: string } & EncodedReadings {
  interface Entry {
    readonly item: LayoutItem;
    readonly value: unknown;
    readonly received: number;
    readonly mark: number;
  }
  const merged = new Map<string, Entry>();
  for (const side of [older, newer]) {
    const values = JSON.parse(side.vals) as unknown[];
    const received = listOf(side.received, values.length);
    const marks = listOf(side.marks, values.length);
    for (const [index, item] of parseLayout(side.layout).entries()) {
      merged.set(item[0], {
        item,
        value: values[index],
        received: received[index] ?? 0,
        mark: marks[index] ?? 0,
      });
    }
  }
  const entries = [...merged.values()];
  return {
    layout: JSON.stringify(entries.map(({ item }) => item)),
    vals: JSON.stringify(entries.map(({ value }) => value)),
    received: uniformOrList(entries.map(({ received }) => received)),
    marks: uniformOrList(entries.map(({ mark }) => mark)),
  };
}
